//! Encryption for vector databases: vectors and documents are sealed by the client under a policy over roles, groups,
//! departments, or whatever the dimensions are. A key that does not satisfy the policy decrypts nothing; the server can
//! still search.
//!
//! # What leaks
//!
//! - The server sees how many records a compartment has, how many clauses its policy has, padded sizes, and when they
//!   are read.
//! - In [`Mode::Geometric`] it also sees distances between the vectors of one compartment, blurred by noise. A keyed
//!   rotation is **not a cipher**: with about `d` known pairs of vector and search vector and no noise, everything
//!   under that search key is recovered. Separate keys per compartment, noise, and exact ranking on the client keep
//!   that small. [`Mode::Sealed`] shows no geometry at all.
//! - Readers of a policy cannot tell who of its writers wrote a record. A server can drop records, or give back an
//!   older one of the same point.
//!
//! `docs/SECURITY.md` has the numbers.
//!
//! # Not here
//!
//! No network, no clock, no random source of its own, no storage; no signatures; no hiding of access patterns; no
//! revocation of what was already read.
//!
//! # A tour
//!
//! ```
//! use vecseal::{
//!     AccessStructure, Attributes, Authority, CompartmentOptions, Document, Epochs, Error, Metric, PointId, Policy, Preset,
//!     SearchParameters,
//! };
//!
//! # #[cfg(feature = "getrandom")]
//! # fn main() -> Result<(), Error> {
//! let mut rng = vecseal::system_rng()?;
//! let structure = AccessStructure::from_json(r#"{"roles": ["analyst", "manager"], "departments": ["finance", "hr"]}"#)?;
//! let authority = Authority::generate(structure, &mut rng);
//!
//! // A policy names who may read; a compartment holds what is sealed under it; its header goes to the server.
//! let policy = Policy::parse("departments:hr && roles:manager", authority.structure())?;
//! let parameters = SearchParameters::geometric(4, Metric::Cosine, Preset::Balanced)?;
//! let (compartment, header) = authority.create_compartment(&policy, &CompartmentOptions::new(parameters), &mut rng)?;
//!
//! // A record is bound to its point. The server gets the record and a vector to search it by.
//! let point = PointId::Number(7);
//! let sealed = compartment.seal(&point, &Document::new(&[0.1, 0.2, 0.3, 0.4]).text("Salaries 2026"), &mut rng)?;
//!
//! // A reader opens the header once, then any record of the compartment.
//! let manager = Attributes::new([("roles", "manager"), ("departments", "hr")], authority.structure())?;
//! let opened = authority.issue_user_key(&manager, Epochs::Current)?.open(&header)?;
//! assert_eq!(opened.open(&point, &sealed.record)?.vector(), [0.1, 0.2, 0.3, 0.4]);
//!
//! // Everybody else is denied, and can be told why.
//! let analyst = Attributes::new([("roles", "analyst"), ("departments", "finance")], authority.structure())?;
//! let denied = authority.issue_user_key(&analyst, Epochs::Current)?.open(&header);
//! assert_eq!(denied.unwrap_err(), Error::AccessDenied);
//! let explanation = policy.explain(&analyst);
//! assert_eq!(explanation.clauses()[0].missing()[0].to_string(), "needs departments:hr; this key has finance");
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "getrandom"))]
//! # fn main() {}
//! ```
//!
//! # Features
//!
//! - `getrandom` (off): [`system_rng`]. Costs the `getrandom` crate. In a browser, turn on `getrandom`'s own `wasm_js`
//!   as well.
//! - `hazmat` (off): the `hazmat` module, parts for test vectors and attacks.

#![no_std]

extern crate alloc;

/// The examples of the README, as tests.
#[cfg(all(doctest, feature = "getrandom"))]
#[doc = include_str!("../../../README.md")]
struct Readme;

mod access;
mod bytes;
mod compartment;
mod crypto;
mod error;
#[cfg(feature = "hazmat")]
pub mod hazmat;
mod ids;
mod keys;
pub mod limits;
#[cfg(feature = "getrandom")]
mod random;
mod rank;
mod search;
mod sort;

pub use access::attributes::Attributes;
pub use access::explain::{ClauseExplanation, Explanation, Missing};
pub use access::policy::Policy;
pub use access::right::{Attribute, Right};
pub use access::structure::{AccessStructure, AccessStructureBuilder, Dimension, DimensionKind};
pub use bytes::frame::Padding;
pub use bytes::object::FORMAT_VERSION;
pub use compartment::document::{Content, Document, OpenedRecord, Precision};
pub use compartment::header::{Header, Suite};
pub use compartment::point_id::PointId;
pub use compartment::record::Sealed;
pub use compartment::{Compartment, CompartmentOptions};
pub use crypto::aead::RecordCipher;
pub use error::{Error, Expected, InputError, ModelMismatch, Problem, Result};
pub use ids::{AuthorityId, Cid};
pub use keys::authority::{Authority, Epochs, Rewrapped};
pub use keys::collection::CollectionKey;
pub use keys::user::UserKey;
pub use keys::writer::WriterKey;
pub use rand_core::CryptoRng;
#[cfg(feature = "getrandom")]
pub use random::system_rng;
pub use rank::{Hit, rerank};
pub use search::key::SearchKey;
pub use search::parameters::{Metric, Mode, Preset, Scope, SearchParameters};
pub use search::plain::EncryptedVector;
pub use search::query::PerturbedQuery;
