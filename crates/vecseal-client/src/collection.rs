//! An encrypted collection: making it, opening it, knowing its keyring.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use vecseal::{Cid, Compartment, SearchParameters, Suite};
use vecseal_qdrant::{CollectionInfo, Distance, PayloadIndex, Qdrant, QdrantError, Transport};

use crate::error::{ClientError, Refused, Result};
use crate::keyring::{self, Keyring, KeyringProblem};
use crate::keys::Keys;
use crate::sealing::Sealing;
use crate::search::cache::Cache;
use crate::settings::{Settings, search_vectors};
use crate::stored;

/// A collection of a Qdrant whose vectors and documents are sealed, with its keyring.
///
/// Keeps what it knows of the keyring and looks again when that is older than [`Settings::refresh_every`]; opened
/// compartments stay in memory until it is dropped.
pub struct EncryptedCollection<T> {
    pub(crate) qdrant: Qdrant<T>,
    pub(crate) name: String,
    pub(crate) keyring_name: String,
    pub(crate) keys: Keys,
    pub(crate) settings: Settings,
    /// What Qdrant compares; nothing if it has no vectors of the name.
    pub(crate) vectors: Option<(u64, Distance)>,
    /// Held while compartments are looked up and created, so that calls at once share them.
    pub(crate) preparing: futures_util::lock::Mutex<()>,
    state: Mutex<State>,
}

/// What changes while the collection is used. Never locked across an `await`.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) keyring: Keyring,
    /// What new records are sealed into, by policy.
    pub(crate) sealing: Sealing,
    pub(crate) cache: Cache,
}

/// A compartment, as far as this client sees into it.
#[derive(Debug, Clone, PartialEq)]
pub struct CompartmentSummary {
    /// Its id.
    pub cid: Cid,
    /// How its header is wrapped.
    pub suite: Suite,
    /// How many clauses its policy has.
    pub slots: usize,
    /// What is in it, or why it does not open.
    pub state: std::result::Result<CompartmentState, Refused>,
}

/// What readers of a compartment know of it.
#[derive(Debug, Clone, PartialEq)]
pub struct CompartmentState {
    /// The policy, as its creator claims it.
    pub policy: String,
    /// Its search parameters.
    pub parameters: SearchParameters,
    /// Its generation, from 0.
    pub generation: u32,
    /// Whether nothing more is sealed into it.
    pub is_closed: bool,
    /// When it was created, in Unix seconds.
    pub created_at: u64,
    /// The embedding model of its vectors.
    pub model: Option<String>,
}

impl<T: Transport> EncryptedCollection<T> {
    /// Creates a collection and its keyring, and opens it. Needs search parameters in the settings.
    ///
    /// A call that failed halfway can be made again. If the error was that no answer came, the collection may be there: it
    /// is whole then, and to be opened.
    ///
    /// # Errors
    ///
    /// [`ClientError::CollectionExists`], [`ClientError::NoParameters`], [`ClientError::InvalidName`], or
    /// [`ClientError::Qdrant`].
    pub async fn create(qdrant: Qdrant<T>, name: &str, keys: Keys, settings: Settings) -> Result<Self> {
        let keyring_name = keyring_name(name)?;
        let parameters = settings.parameters.as_ref().ok_or(ClientError::NoParameters)?;
        let collection = settings.new_collection(parameters);
        if qdrant.collection_exists(name).await? {
            return Err(ClientError::CollectionExists(name.to_owned()));
        }
        // The keyring first: a collection that is there is whole.
        let without_vectors = vecseal_qdrant::NewCollection {
            vectors: vecseal_qdrant::Vectors::default(),
            quantization_config: None,
            ..collection.clone()
        };
        match qdrant.create_collection(&keyring_name, &without_vectors).await {
            Err(error) if error.status() != Some(409) => return Err(error.into()),
            _ => (),
        }
        match qdrant.create_collection(name, &collection).await {
            Err(error) if error.status() == Some(409) => return Err(ClientError::CollectionExists(name.to_owned())),
            other => other?,
        }
        Self::open(qdrant, name, keys, settings).await
    }

    /// Opens a collection that exists.
    ///
    /// Checks that its vectors are those of the settings' search parameters, if there are any, and makes the index on
    /// `vecseal.cid` if it is missing and there is a key to write with.
    ///
    /// # Errors
    ///
    /// [`ClientError::MissingCollection`], [`ClientError::MissingKeyring`], [`ClientError::MissingVector`],
    /// [`ClientError::WrongDimension`], [`ClientError::WrongMetric`], or [`ClientError::Qdrant`].
    pub async fn open(qdrant: Qdrant<T>, name: &str, keys: Keys, settings: Settings) -> Result<Self> {
        let keyring_name = keyring_name(name)?;
        let info = qdrant.collection_info(name).await.map_err(|error| missing(error, name))?;
        let vectors = vectors_of(&info, &settings)?;
        if keys.writes().is_some() && !info.payload_schema.contains_key(stored::CID) {
            qdrant.create_payload_index(name, &PayloadIndex::tenant(stored::CID)).await?;
        }
        let collection = Self {
            qdrant,
            name: name.to_owned(),
            keyring_name,
            keys,
            settings,
            vectors,
            preparing: futures_util::lock::Mutex::default(),
            state: Mutex::default(),
        };
        collection.refresh().await?;
        Ok(collection)
    }

    /// Looks at the keyring now: opens headers that are new or others, forgets those that are gone. The next search lists
    /// compartments of mode sealed anew.
    ///
    /// # Errors
    ///
    /// [`ClientError::MissingKeyring`] or [`ClientError::Qdrant`].
    pub async fn refresh(&self) -> Result<()> {
        self.state().cache.expire();
        self.refresh_over(&self.qdrant).await
    }

    /// The same over a transport of its own.
    pub(crate) async fn refresh_over<U: Transport>(&self, qdrant: &Qdrant<U>) -> Result<()> {
        let begun = self.state().keyring.begin();
        let seen = keyring::look(qdrant, &self.keyring_name, &begun).await?;
        self.state().keyring.apply(seen, self.keys.reader(), &begun);
        Ok(())
    }

    /// Looks at the keyring if what is known is too old.
    pub(crate) async fn refresh_if_due<U: Transport>(&self, qdrant: &Qdrant<U>) -> Result<()> {
        let is_due = self.state().keyring.is_older_than(self.settings.refresh_after());
        if is_due {
            self.refresh_over(qdrant).await
        } else {
            Ok(())
        }
    }

    /// The collection's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of its keyring.
    #[must_use]
    pub fn keyring_name(&self) -> &str {
        &self.keyring_name
    }

    /// The client of the Qdrant it is on.
    #[must_use]
    pub fn qdrant(&self) -> &Qdrant<T> {
        &self.qdrant
    }

    /// The compartments of the keyring, by id, as they were at the last look.
    #[must_use]
    pub fn compartments(&self) -> Vec<CompartmentSummary> {
        let state = self.state();
        let summaries = state.keyring.entries().map(|(cid, entry)| CompartmentSummary {
            cid: *cid,
            suite: entry.header.suite(),
            slots: entry.header.slots(),
            state: entry.opened.as_ref().map(|compartment| describe(compartment)).map_err(|refused| *refused),
        });
        summaries.collect()
    }

    /// What in the keyring is no header of its compartment, as of the last look: somebody has damaged or changed it.
    #[must_use]
    pub fn keyring_problems(&self) -> Vec<KeyringProblem> {
        self.state().keyring.problems().collect()
    }

    /// The compartments that open with the reader's key.
    pub(crate) fn opened(&self) -> Result<Vec<Arc<Compartment>>> {
        if self.keys.reader().is_none() {
            return Err(ClientError::NoReaderKey);
        }
        Ok(self.state().keyring.opened().map(Arc::clone).collect())
    }

    /// Checks that Qdrant compares search vectors of so many coordinates, in this way, in this collection.
    pub(crate) fn require_vectors(&self, wanted: (u64, Distance)) -> Result<()> {
        require_vectors(self.vectors, wanted, &self.settings.vector_name)
    }

    /// To be held while points change: what is kept of them is old before and after, also if the call is given up.
    pub(crate) fn changing(&self) -> Changing<'_> {
        self.state().cache.expire();
        Changing(&self.state)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }

    /// An error of a call on the collection.
    pub(crate) fn failed(&self, error: QdrantError) -> ClientError {
        missing(error, &self.name)
    }
}

impl<T> fmt::Debug for EncryptedCollection<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncryptedCollection")
            .field("name", &self.name)
            .field("keys", &self.keys)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

fn missing(error: QdrantError, name: &str) -> ClientError {
    if error.is_missing_collection() {
        ClientError::MissingCollection(name.to_owned())
    } else {
        error.into()
    }
}

/// Points that are changing.
pub(crate) struct Changing<'c>(&'c Mutex<State>);

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        locked(self.0).cache.expire();
    }
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

const MAX_NAME_BYTES: usize = 255;

/// The keyring's name beside a collection's, both as Qdrant takes them.
fn keyring_name(name: &str) -> Result<String> {
    let keyring = format!("{name}.keyring");
    let is_refused = |character: char| character.is_control() || "<>:\"/\\|?*".contains(character);
    if ["", ".", ".."].contains(&name) || keyring.len() > MAX_NAME_BYTES || name.contains(is_refused) {
        return Err(ClientError::InvalidName);
    }
    Ok(keyring)
}

/// What the collection compares, checked against what the settings need.
fn vectors_of(info: &CollectionInfo, settings: &Settings) -> Result<Option<(u64, Distance)>> {
    let found = info.config.params.vectors.get(&settings.vector_name).map(|params| (params.size, params.distance));
    if let Some(wanted) = settings.parameters.as_ref().and_then(search_vectors) {
        require_vectors(found, wanted, &settings.vector_name)?;
    }
    Ok(found)
}

fn require_vectors(found: Option<(u64, Distance)>, wanted: (u64, Distance), name: &str) -> Result<()> {
    let (size, distance) = wanted;
    match found {
        None => Err(ClientError::MissingVector(name.to_owned())),
        Some((found, _)) if found != size => Err(ClientError::WrongDimension { expected: size, found }),
        Some((_, found)) if found != distance => Err(ClientError::WrongMetric {
            expected: distance,
            found,
        }),
        Some(_) => Ok(()),
    }
}

fn describe(compartment: &Compartment) -> CompartmentState {
    CompartmentState {
        policy: compartment.policy().to_owned(),
        parameters: compartment.parameters().clone(),
        generation: compartment.generation(),
        is_closed: compartment.is_closed(),
        created_at: compartment.created_at(),
        model: compartment.model().map(ToOwned::to_owned),
    }
}
