//! What was uploaded: the collection, and the documents as they were before they were sealed.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use vecseal::{Attributes, Metric, PointId, Policy, Preset, RecordCipher, SearchParameters};
use vecseal_client::qdrant::{Qdrant, Transport};
use vecseal_client::{EncryptedCollection, Keys, Settings};

use super::Vault;
use crate::protocol::{self, Document, Failure, KeyId, Mode, Scope, Sealing};

/// The collection of the last upload.
pub(super) struct Collection<T> {
    /// Each that is begun has another.
    pub(super) number: u64,
    pub(super) qdrant: Qdrant<T>,
    pub(super) made: Made,
    pub(super) originals: Rc<BTreeMap<PointId, Rc<Original>>>,
    pub(super) writer: Option<Writer<T>>,
    pub(super) readers: BTreeMap<KeyId, Rc<EncryptedCollection<T>>>,
}

/// How a collection is written and read.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::worker) struct Made {
    pub(in crate::worker) name: String,
    pub(in crate::worker) sealing: Sealing,
    pub(in crate::worker) dimension: usize,
    /// The embedding model, if it is known for all vectors.
    pub(in crate::worker) model: Option<&'static str>,
    /// Of the search key, in scope collection: another after each rotation.
    pub(in crate::worker) generation: u32,
}

/// What writes, and the policies that it may write under.
pub(super) struct Writer<T> {
    pub(super) collection: Rc<EncryptedCollection<T>>,
    pub(super) policies: BTreeSet<String>,
}

/// A document as it was before it was sealed.
#[derive(Debug)]
pub(in crate::worker) struct Original {
    pub(in crate::worker) document: Document,
    pub(in crate::worker) policy: Policy,
    pub(in crate::worker) vector: Rc<[f32]>,
}

impl Original {
    /// Whether these attributes satisfy its policy. Says what should open; what does open is found out by opening it.
    pub(in crate::worker) fn admits(&self, attributes: &Attributes) -> bool {
        self.policy.clauses().iter().any(|clause| attributes.own(clause))
    }
}

/// What was uploaded, as it was when a job began.
#[derive(Clone)]
pub(in crate::worker) struct View<T> {
    pub(in crate::worker) qdrant: Qdrant<T>,
    pub(in crate::worker) made: Made,
    pub(in crate::worker) originals: Rc<BTreeMap<PointId, Rc<Original>>>,
    pub(super) number: u64,
}

impl<T> View<T> {
    /// A document by the id that the page knows it by.
    pub(in crate::worker) fn original(&self, document: &str) -> Result<(PointId, &Rc<Original>), Failure> {
        let id: PointId = document.parse()?;
        let original = self.originals.get(&id);
        original
            .map(|original| (id, original))
            .ok_or_else(|| Failure::new("unknown_document", "this document was not uploaded"))
    }

    /// The same over another transport of the kind.
    pub(in crate::worker) fn over(&self, transport: T) -> Self
    where
        T: Transport,
    {
        Self {
            qdrant: self.qdrant.over(transport),
            made: self.made.clone(),
            originals: Rc::clone(&self.originals),
            number: self.number,
        }
    }

    /// The name of the collection with the headers.
    pub(in crate::worker) fn keyring(&self) -> String {
        keyring(&self.made.name)
    }
}

/// The name of the collection with the headers of a collection.
pub(in crate::worker) fn keyring(name: &str) -> String {
    format!("{name}.keyring")
}

impl<T: Transport + Clone> Collection<T> {
    pub(super) fn view(&self) -> View<T> {
        View {
            qdrant: self.qdrant.clone(),
            made: self.made.clone(),
            originals: Rc::clone(&self.originals),
            number: self.number,
        }
    }

    /// Goes on over another client of the same Qdrant.
    pub(super) fn reach_by(&mut self, qdrant: Qdrant<T>) {
        self.qdrant = qdrant;
        self.writer = None;
        self.readers.clear();
    }
}

impl Made {
    /// What new compartments are searched by.
    pub(in crate::worker) fn parameters(&self) -> Result<SearchParameters, Failure> {
        let preset = match self.sealing.preset {
            protocol::Preset::Off => Preset::Off,
            protocol::Preset::Balanced => Preset::Balanced,
            protocol::Preset::Strong => Preset::Strong,
        };
        Ok(match self.sealing.mode {
            Mode::Geometric => SearchParameters::geometric(self.dimension, Metric::Cosine, preset)?,
            Mode::Sealed => SearchParameters::sealed(self.dimension, Metric::Cosine)?,
        })
    }

    /// The generation of the search key that compartments share, if they do. In mode sealed there is none to share.
    pub(in crate::worker) fn shared(&self) -> Option<u32> {
        (self.sealing.scope == Scope::Collection && self.sealing.mode == Mode::Geometric).then_some(self.generation)
    }

    /// What writers and readers agree on.
    pub(in crate::worker) fn settings(&self) -> Result<Settings, Failure> {
        let cipher = match self.sealing.cipher {
            protocol::Cipher::Aes => RecordCipher::Aes256Gcm,
            protocol::Cipher::ChaCha => RecordCipher::ChaCha20Poly1305,
        };
        let mut settings = Settings::new(self.parameters()?).cipher(cipher);
        if let Some(model) = self.model {
            settings = settings.model(model);
        }
        if let Some(generation) = self.shared() {
            settings = settings.collection_scope(generation);
        }
        // What others have just written is to be seen.
        Ok(settings.refresh_every(Duration::ZERO))
    }
}

impl<T: Transport + Clone> Vault<T> {
    /// The collection as the holder of a key reads it.
    pub(super) async fn reader(&self, key: KeyId) -> Result<Rc<EncryptedCollection<T>>, Failure> {
        let held = self.held(key)?;
        let view = self.view()?;
        let known =
            self.state.borrow().collection.as_ref().and_then(|collection| collection.readers.get(&key).cloned());
        if let Some(known) = known {
            return Ok(known);
        }
        let keys = Keys::user(Arc::clone(&held.key));
        let settings = view.made.settings()?;
        let opened = Rc::new(EncryptedCollection::open(view.qdrant, &view.made.name, keys, settings).await?);
        let mut state = self.state.borrow_mut();
        let is_current = state.keys.get(&key).is_some_and(|now| Arc::ptr_eq(&now.key, &held.key));
        let collection = state.collection.as_mut().filter(|collection| is_current && collection.number == view.number);
        if let Some(collection) = collection {
            collection.readers.insert(key, Rc::clone(&opened));
        }
        Ok(opened)
    }
}
