//! The collections, in memory and on disk: a folder for each, named at random, so that one deleted and made again under
//! its name never meets its own remains.

pub(crate) mod collection;
mod config;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::RwLock;
use qdrant_edge::EdgeShard;
use uuid::Uuid;
use vecseal_qdrant::NewCollection;

use crate::answer::{ApiError, Result};
use collection::Collection;

/// All collections.
pub(crate) struct Store {
    folder: PathBuf,
    collections: RwLock<BTreeMap<String, Arc<Collection>>>,
}

impl Store {
    /// Opens the collections of a folder, and looks after them from then on.
    ///
    /// A collection that does not open is left where it is and said to standard error; the others serve.
    pub(crate) fn open(folder: &Path) -> std::result::Result<Arc<Self>, String> {
        let failed = |error: std::io::Error| format!("cannot use the folder {}: {error}", folder.display());
        std::fs::create_dir_all(folder).map_err(failed)?;
        let mut collections = BTreeMap::new();
        for entry in std::fs::read_dir(folder).map_err(failed)? {
            let folder = entry.map_err(failed)?.path();
            if let Some(name) = collection::name_in(&folder) {
                match catch_unwind(AssertUnwindSafe(|| load(&folder))) {
                    Ok(Ok(collection)) => {
                        collections.insert(name, Arc::new(collection));
                    }
                    Ok(Err(error)) => eprintln!("vecseal-server: collection {name} is left out: {error:?}"),
                    Err(_) => eprintln!("vecseal-server: collection {name} is left out: the engine panics on its log"),
                }
            }
        }
        let store = Arc::new(Self {
            folder: folder.to_owned(),
            collections: RwLock::new(collections),
        });
        let watched = Arc::downgrade(&store);
        let tend = move || {
            while let Some(store) = watched.upgrade() {
                store.list().iter().for_each(|collection| collection.tend());
                drop(store);
                std::thread::sleep(TEND_EVERY);
            }
        };
        std::thread::Builder::new()
            .name("optimizer".to_owned())
            .spawn(tend)
            .map_err(|error| error.to_string())?;
        Ok(store)
    }

    /// Returns all collections, by name.
    pub(crate) fn list(&self) -> Vec<Arc<Collection>> {
        self.collections.read().values().map(Arc::clone).collect()
    }

    /// Returns whether a collection exists.
    pub(crate) fn exists(&self, name: &str) -> bool {
        self.collections.read().contains_key(name)
    }

    /// Returns a collection.
    pub(crate) fn get(&self, name: &str) -> Result<Arc<Collection>> {
        let found = self.collections.read().get(name).map(Arc::clone);
        found.ok_or_else(|| ApiError::not_found(format_args!("Collection `{name}` doesn't exist!")))
    }

    /// Creates a collection.
    pub(crate) fn create(&self, name: &str, asked: &NewCollection) -> Result<()> {
        if name.is_empty() || name.len() > MAX_NAME_BYTES || name.contains(FORBIDDEN) || name.contains(char::is_control)
        {
            return Err(ApiError::invalid_name(format_args!("collection_name: value {name:?} invalid")));
        }
        let config = config::edge_config(asked)?;
        let mut collections = self.collections.write();
        if collections.contains_key(name) {
            return Err(ApiError::conflict(format_args!("Collection `{name}` already exists!")));
        }
        let folder = self.folder.join(Uuid::new_v4().to_string());
        let shard = EdgeShard::new(&folder, config)?;
        let collection = Collection::create(name, asked, shard, folder)?;
        collections.insert(name.to_owned(), Arc::new(collection));
        Ok(())
    }

    /// Deletes a collection; returns whether there was one.
    pub(crate) fn delete(&self, name: &str) -> bool {
        let removed = self.collections.write().remove(name);
        removed.is_some_and(|collection| {
            collection.forget();
            true
        })
    }
}

const TEND_EVERY: Duration = Duration::from_millis(500);
const MAX_NAME_BYTES: usize = 255;
const FORBIDDEN: [char; 9] = ['<', '>', ':', '"', '/', '\\', '|', '?', '*'];

fn load(folder: &Path) -> Result<Collection> {
    // What a killed optimisation left; the engine would keep it for ever.
    let _ = std::fs::remove_dir_all(folder.join("temp_segments"));
    let shard = EdgeShard::load(folder, None)?;
    Collection::reopen(shard, folder.to_owned())
}
