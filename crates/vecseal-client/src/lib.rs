//! Encrypted collections on a stock Qdrant.
//!
//! Vectors and documents are sealed before they leave and opened after they come back. What Qdrant gets of a point is a
//! search vector (rotated and perturbed, or none at all), a sealed record, the id of its compartment, and the payload
//! that the caller leaves in clear. Beside a collection lies its keyring, `<name>.keyring`: the header of each
//! compartment.
//!
//! ```no_run
//! # #[cfg(all(feature = "http", not(target_arch = "wasm32")))]
//! # async fn example(authority: vecseal::Authority, key: vecseal::UserKey, vector: &[f32]) -> vecseal_client::Result<()> {
//! use vecseal::{Document, Metric, Policy, Preset, SearchParameters};
//! use vecseal_client::{EncryptedCollection, Keys, NewPoint, Search, Settings};
//! use vecseal_qdrant::{Credentials, Endpoint, Http, Qdrant};
//!
//! let qdrant = Qdrant::new(Http::new(Endpoint::new("http://localhost:6333", Credentials::None)?)?);
//! let settings = Settings::new(SearchParameters::geometric(384, Metric::Cosine, Preset::Balanced)?);
//!
//! // Whoever may write.
//! let hr = Policy::parse("departments:hr", authority.structure())?;
//! let writing = EncryptedCollection::create(qdrant.clone(), "documents", Keys::authority(authority), settings).await?;
//! let salaries = NewPoint::new(7, &hr, Document::new(vector).text("Salaries 2026"));
//! let written = writing.upsert(&[salaries], |_| ()).await?;
//! assert!(written.failures.is_empty());
//!
//! // Whoever may read.
//! let reading = EncryptedCollection::open(qdrant, "documents", Keys::user(key), Settings::default()).await?;
//! for found in reading.search(&Search::new(vector).limit(10)).await?.hits {
//!     println!("{} {:.3} {:?}", found.id, found.score, found.record.content());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What it trusts
//!
//! The keys, and nothing that Qdrant says. Records prove by themselves that they belong to their point and compartment;
//! search parameters, policies and embedding models of new compartments come from the caller, never from the server; new
//! records are sealed only into compartments that readers of their policy, or the authority, made. What a server can do
//! is leave things out, and give back what was there before.

/// Qdrant's API, which the collections are on.
pub use vecseal_qdrant as qdrant;

mod collection;
mod error;
mod fetch;
mod gather;
mod id;
mod inspect;
mod keyring;
mod keys;
mod metered;
mod read;
mod rotation;
mod sealing;
mod search;
mod settings;
mod stored;
mod upsert;

pub use collection::{CompartmentState, CompartmentSummary, EncryptedCollection};
pub use error::{ClientError, Refused, Result};
pub use inspect::{Attempt, HeaderSummary, Inspection};
pub use keyring::KeyringProblem;
pub use keys::Keys;
pub use metered::Traffic;
pub use read::{Got, Opened};
pub use rotation::RewrapSummary;
pub use search::{Cost, Found, Reach, Search, SearchResult, Skipped, Times};
pub use settings::Settings;
pub use upsert::{Failure, NewPoint, Progress, Upserted};
