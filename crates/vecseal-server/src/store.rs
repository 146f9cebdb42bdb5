//! The collections, in memory and on disk.

pub(crate) mod collection;
mod config;
mod folder;
mod space;
mod tending;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::RwLock;
use vecseal_qdrant::NewCollection;

use crate::answer::{ApiError, Result};
use crate::complaint::complain;
use collection::Collection;
use folder::StorageFolder;

/// All collections.
pub(crate) struct Store {
    slots: RwLock<BTreeMap<String, Slot>>,
    // After the collections, which write to it to the last.
    folder: StorageFolder,
}

/// What there is under a name.
enum Slot {
    Open(Arc<Collection>),
    /// It is being made or deleted.
    Busy,
    /// It is on disk, and did not open.
    LeftOut,
}

impl Store {
    /// Opens the collections of a folder, and looks after them from then on.
    ///
    /// A collection that does not open is left where it is and said to standard error; the others serve.
    pub(crate) fn open(folder: &Path) -> std::result::Result<Arc<Self>, String> {
        let folder = StorageFolder::lock(folder)?;
        let found = folder.collections()?.into_iter();
        let store = Arc::new(Self {
            slots: RwLock::new(found.map(|(name, folders)| (name.clone(), load(&name, &folders))).collect()),
            folder,
        });
        tending::start(&store).map_err(|error| format!("cannot start threads: {error}"))?;
        Ok(store)
    }

    /// Returns the names of all collections, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        let slots = self.slots.read();
        slots
            .iter()
            .filter(|(_, slot)| matches!(slot, Slot::Open(_)))
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// Returns whether a collection exists.
    pub(crate) fn exists(&self, name: &str) -> bool {
        matches!(self.slots.read().get(name), Some(Slot::Open(_)))
    }

    /// Returns a collection.
    pub(crate) fn get(&self, name: &str) -> Result<Arc<Collection>> {
        match self.slots.read().get(name) {
            Some(Slot::Open(collection)) => Ok(Arc::clone(collection)),
            Some(Slot::LeftOut) => Err(ApiError::not_found(left_out(name))),
            Some(Slot::Busy) | None => Err(ApiError::no_collection(name)),
        }
    }

    /// Creates a collection.
    pub(crate) fn create(&self, name: &str, asked: &NewCollection) -> Result<()> {
        if name.is_empty() || name.len() > MAX_NAME_BYTES || name.contains(FORBIDDEN) || name.contains(char::is_control)
        {
            return Err(ApiError::invalid_name(format_args!("collection_name: value {name:?} invalid")));
        }
        let config = config::edge_config(asked)?;
        space::check(self.folder.path(), space::LOG)?;
        let reservation = self.reserve(name)?;
        let collection = Collection::create(name, asked, config, self.folder.place())?;
        reservation.fill(Arc::new(collection));
        Ok(())
    }

    /// Deletes a collection; returns whether there was one.
    pub(crate) fn delete(&self, name: &str) -> Result<bool> {
        let mut slots = self.slots.write();
        let Some(Slot::Open(collection)) = slots.get(name) else {
            return Ok(false);
        };
        let collection = Arc::clone(collection);
        slots.insert(name.to_owned(), Slot::Busy);
        drop(slots);
        // Until its folder is no collection any more nobody may make another of its name.
        let reservation = Reservation { store: self, name };
        if let Err(error) = collection.forget() {
            reservation.fill(collection);
            return Err(error);
        }
        Ok(true)
    }

    fn reserve<'a>(&'a self, name: &'a str) -> Result<Reservation<'a>> {
        let mut slots = self.slots.write();
        match slots.get(name) {
            Some(Slot::Open(_) | Slot::Busy) => {
                return Err(ApiError::conflict(format_args!("Collection `{name}` already exists!")));
            }
            Some(Slot::LeftOut) => return Err(ApiError::conflict(left_out(name))),
            None => (),
        }
        slots.insert(name.to_owned(), Slot::Busy);
        Ok(Reservation { store: self, name })
    }
}

/// A name that nobody else may use meanwhile. It is free again if nothing comes of it.
struct Reservation<'a> {
    store: &'a Store,
    name: &'a str,
}

impl Reservation<'_> {
    fn fill(self, collection: Arc<Collection>) {
        self.store.slots.write().insert(self.name.to_owned(), Slot::Open(collection));
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        let mut slots = self.store.slots.write();
        if matches!(slots.get(self.name), Some(Slot::Busy)) {
            slots.remove(self.name);
        }
    }
}

const MAX_NAME_BYTES: usize = 255;
const FORBIDDEN: [char; 9] = ['<', '>', ':', '"', '/', '\\', '|', '?', '*'];

/// Opens the collection of a name, or says why it cannot be.
fn load(name: &str, folders: &[PathBuf]) -> Slot {
    let opened = match folders {
        [folder] => catch_unwind(AssertUnwindSafe(|| Collection::open(folder)))
            .unwrap_or_else(|_| Err("the engine panics on its log".to_owned())),
        _ => Err("several folders say that they are it: move all but one away".to_owned()),
    };
    match opened {
        Ok(collection) => Slot::Open(Arc::new(collection)),
        Err(sentence) => {
            let folders: Vec<_> = folders.iter().map(|folder| folder.display().to_string()).collect();
            complain(format_args!("collection {name} is left out: {sentence} (in {})", folders.join(", ")));
            Slot::LeftOut
        }
    }
}

fn left_out(name: &str) -> String {
    format!("Collection `{name}` is left out since it did not open: the server said why when it started")
}
