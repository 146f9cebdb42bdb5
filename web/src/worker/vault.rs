//! What the worker keeps: the authority, the user keys, the way to Qdrant, and what was uploaded there. Keys leave it only
//! as files that the user asks for.
//!
//! Jobs run at once on one thread: each takes what it needs out of the state, and never holds the state over an `await`.

mod chunk;
mod collection;
mod connection;
mod inspect;
mod keys;
mod project;
mod rotate;
mod search;
mod upload;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use vecseal::{AccessStructure, Authority};
use vecseal_client::qdrant::{Qdrant, Transport};

pub(super) use chunk::upsert;
pub(super) use collection::{Original, View, keyring};
pub(super) use inspect::{decoded, from_qdrant, header_id, text_of, to_qdrant, vector_of};
pub(super) use keys::Held;
pub(super) use rotate::rewrap;
pub(super) use search::outcome;
pub(super) use upload::Model;

use crate::protocol::{Failure, KeyId};
use collection::Collection;
use connection::Connection;

/// All that is kept, for jobs over one kind of transport.
pub(super) struct Vault<T> {
    state: RefCell<State<T>>,
    /// Held by jobs that write to Qdrant: they take turns.
    writing: futures_util::lock::Mutex<()>,
    /// Held by attacks: they take turns with the copy that they change.
    attacking: futures_util::lock::Mutex<()>,
}

struct State<T> {
    authority: Option<Arc<Authority>>,
    keys: BTreeMap<KeyId, Held>,
    /// Vectors that came with documents, by the documents' ids.
    kept: HashMap<String, Rc<[f32]>>,
    connection: Option<Connection<T>>,
    collection: Option<Collection<T>>,
    /// How many collections were begun.
    collections: u64,
    /// Another number after each change of authority or server: what was planned before is not written after.
    serial: u64,
}

impl<T> Default for Vault<T> {
    fn default() -> Self {
        let state = State {
            authority: None,
            keys: BTreeMap::new(),
            kept: HashMap::new(),
            connection: None,
            collection: None,
            collections: 0,
            serial: 0,
        };
        Self {
            state: RefCell::new(state),
            writing: futures_util::lock::Mutex::default(),
            attacking: futures_util::lock::Mutex::default(),
        }
    }
}

impl<T: Transport + Clone> Vault<T> {
    /// Makes a new authority. Whatever was sealed under the one before opens no more, so it is forgotten with its keys.
    pub(super) fn new_authority(&self, structure: &str) -> Result<(), Failure> {
        let structure = AccessStructure::from_json(structure)?;
        let authority = Authority::generate(structure, &mut vecseal::system_rng()?);
        let mut state = self.state.borrow_mut();
        state.authority = Some(Arc::new(authority));
        state.keys.clear();
        state.collection = None;
        state.serial += 1;
        Ok(())
    }

    /// Gives the authority another structure.
    pub(super) fn restructure(&self, structure: &str) -> Result<(), Failure> {
        let mut authority = duplicate(&*self.authority()?)?;
        authority.set_structure(AccessStructure::from_json(structure)?);
        self.replace_authority(authority);
        Ok(())
    }

    /// Keeps vectors of documents, one after another; of no documents: forgets all.
    pub(super) fn keep(&self, documents: Vec<String>, vectors: &[f32], dimension: usize) -> Result<(), Failure> {
        if documents.is_empty() && vectors.is_empty() {
            self.state.borrow_mut().kept.clear();
            return Ok(());
        }
        if dimension == 0 || documents.len().checked_mul(dimension) != Some(vectors.len()) {
            return Err(Failure::invalid_request());
        }
        let vectors = vectors.chunks_exact(dimension).map(Rc::from);
        self.state.borrow_mut().kept.extend(documents.into_iter().zip(vectors));
        Ok(())
    }

    pub(super) fn authority(&self) -> Result<Arc<Authority>, Failure> {
        let authority = self.state.borrow().authority.clone();
        authority.ok_or_else(|| Failure::new("no_authority", "there is no authority yet: make one first"))
    }

    /// Puts an authority with the same master secret in the place of the one before.
    fn replace_authority(&self, authority: Authority) {
        let mut state = self.state.borrow_mut();
        state.authority = Some(Arc::new(authority));
        if let Some(collection) = &mut state.collection {
            // It would go on with the epochs and the structure of before.
            collection.writer = None;
        }
    }

    pub(super) fn qdrant(&self) -> Result<Qdrant<T>, Failure> {
        let state = self.state.borrow();
        let connection = state.connection.as_ref();
        connection
            .map(|connection| connection.qdrant.clone())
            .ok_or_else(|| Failure::new("not_connected", "there is no Qdrant yet: connect to one first"))
    }

    /// What was uploaded, as it is now.
    pub(super) fn view(&self) -> Result<View<T>, Failure> {
        let state = self.state.borrow();
        let collection = state.collection.as_ref();
        collection
            .map(Collection::view)
            .ok_or_else(|| Failure::new("nothing_uploaded", "nothing is uploaded yet"))
    }

    /// Waits until no other attack is on.
    pub(super) async fn attack_turn(&self) -> futures_util::lock::MutexGuard<'_, ()> {
        self.attacking.lock().await
    }

    /// Lets other jobs go on, and what has arrived be taken.
    pub(super) async fn yield_over(qdrant: &Qdrant<T>) {
        qdrant.transport().sleep(Duration::ZERO).await;
    }
}

/// Another copy of an authority, to be changed on its own.
pub(super) fn duplicate(authority: &Authority) -> Result<Authority, Failure> {
    Ok(Authority::from_bytes(&authority.to_bytes())?)
}
