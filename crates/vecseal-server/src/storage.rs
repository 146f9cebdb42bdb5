//! Where collections are kept: in a folder that was named, or in a temporary one.

use std::fs;
use std::path::{Path, PathBuf};

use crate::complaint::complain;

/// A folder for collections. A temporary one goes from the disk with this.
pub(crate) enum Storage {
    Named(PathBuf),
    Temporary(PathBuf),
}

impl Storage {
    pub(crate) fn named_or_temporary(named: Option<&Path>) -> Result<Self, String> {
        if let Some(path) = named {
            return Ok(Self::Named(path.to_owned()));
        }
        let made = tempfile::Builder::new().prefix("vecseal-").tempdir();
        let folder =
            made.map_err(|error| format!("cannot make a temporary folder: {error}: name one with --storage"))?;
        Ok(Self::Temporary(folder.keep()))
    }

    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Named(path) | Self::Temporary(path) => path,
        }
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        if let Self::Temporary(path) = self {
            // An optimisation cannot be interrupted, and may write a file between two removals.
            for _ in 0..REMOVALS {
                if fs::remove_dir_all(&*path).is_ok() || !path.exists() {
                    return;
                }
            }
            complain(format_args!("cannot remove the temporary folder {}", path.display()));
        }
    }
}

const REMOVALS: usize = 100;
