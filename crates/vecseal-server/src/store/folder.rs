//! The folder of all collections: whose it is, and what in it is a collection.
//!
//! Each collection has a folder of its own in it, named at random, so that one deleted and made again under its name
//! never meets its own remains.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::collection::{self, Named};
use crate::complaint::complain;

/// A folder that belongs to this process alone.
pub(super) struct StorageFolder {
    path: PathBuf,
    // The system lets go of it with the process, however that ends.
    _lock: File,
}

impl StorageFolder {
    /// Makes the folder if there is none, and locks it.
    pub(super) fn lock(path: &Path) -> Result<Self, String> {
        let failed = |error: io::Error| format!("cannot use the folder {}: {error}", path.display());
        fs::create_dir_all(path).map_err(failed)?;
        let file = File::options().write(true).create(true).truncate(false).open(path.join(LOCK)).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                _lock: file,
            }),
            Err(TryLockError::WouldBlock) => Err(format!(
                "another server uses the folder {}: end that one, or name another folder with --storage",
                path.display()
            )),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns a place for a new collection.
    pub(super) fn place(&self) -> PathBuf {
        self.path.join(Uuid::new_v4().to_string())
    }

    /// Returns the folders of collections by the names that they give, usually one each; removes what is left of
    /// collections that were half made or half deleted.
    pub(super) fn collections(&self) -> Result<BTreeMap<String, Vec<PathBuf>>, String> {
        let failed = |error: io::Error| format!("cannot read the folder {}: {error}", self.path.display());
        let mut found = BTreeMap::<_, Vec<_>>::new();
        for entry in fs::read_dir(&self.path).map_err(failed)? {
            let folder = entry.map_err(failed)?.path();
            match collection::name_in(&folder) {
                Named::As(name) => found.entry(name).or_default().push(folder),
                Named::Unreadably(error) => {
                    complain(format_args!("{} is left out: {error}", folder.display()));
                }
                Named::Not if is_remains(&folder) => {
                    if let Err(error) = fs::remove_dir_all(&folder) {
                        complain(format_args!("cannot remove what is left in {}: {error}", folder.display()));
                    }
                }
                Named::Not => (),
            }
        }
        Ok(found)
    }
}

const LOCK: &str = "vecseal-server.lock";

/// Whether a folder that is no collection was one: it is named like ours, and holds nothing else than ours do.
fn is_remains(folder: &Path) -> bool {
    let is_ours = |name: &str| Uuid::try_parse(name).is_ok_and(|id| id.to_string() == name);
    let is_part = |name: &str| collection::PARTS.contains(&name) || name.starts_with(".atomicwrite");
    folder.file_name().and_then(|name| name.to_str()).is_some_and(is_ours)
        && fs::read_dir(folder).is_ok_and(|mut entries| {
            entries.all(|entry| entry.is_ok_and(|entry| entry.file_name().to_str().is_some_and(is_part)))
        })
}
