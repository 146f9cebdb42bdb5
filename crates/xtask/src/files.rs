//! Files, with errors that name them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::run::Result;

/// Returns the files of a folder whose names end so, sorted.
pub(crate) fn ending(folder: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.to_string_lossy().ends_with(ending));
    files.sort();
    Ok(files)
}

pub(crate) fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

pub(crate) fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).map(|_| ()).map_err(|error| format!("cannot copy {}: {error}", from.display()))
}

pub(crate) fn make(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))
}

pub(crate) fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if folder.exists() => Err(format!("cannot remove {}: {error}", folder.display())),
        _ => Ok(()),
    }
}

/// Puts a folder in the place of another, at once for whoever reads there.
pub(crate) fn swap(fresh: &Path, place: &Path) -> Result<()> {
    let old = place.with_extension("old");
    remove(&old)?;
    if place.exists() {
        rename(place, &old)?;
    }
    rename(fresh, place)?;
    remove(&old)
}

fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).map_err(|error| format!("cannot rename {} to {}: {error}", from.display(), to.display()))
}

#[cfg(test)]
mod tests {
    use super::{make, read, swap, write};

    #[test]
    fn a_swapped_folder_has_the_fresh_files_alone() {
        let parent = std::env::temp_dir().join(format!("vecseal-xtask-{}", std::process::id()));
        let [fresh, place] = ["fresh", "place"].map(|name| parent.join(name));
        for round in ["first", "second"] {
            make(&fresh).unwrap();
            write(&fresh.join(round), round).unwrap();
            swap(&fresh, &place).unwrap();
            assert_eq!(read(&place.join(round)).unwrap(), round);
            assert_eq!(std::fs::read_dir(&place).unwrap().count(), 1);
        }
        assert_eq!(std::fs::read_dir(&parent).unwrap().count(), 1);
        std::fs::remove_dir_all(&parent).unwrap();
    }
}
