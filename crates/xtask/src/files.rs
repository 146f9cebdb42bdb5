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

/// Removes a folder with all that is in it, or a file, if it is there.
pub(crate) fn remove(path: &Path) -> Result<()> {
    let removed = if path.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    match removed {
        Err(error) if path.exists() => Err(format!("cannot remove {}: {error}", path.display())),
        _ => Ok(()),
    }
}

/// Moves what is in a folder to another, and removes there what is not in it.
///
/// Each file is replaced at once, so that whoever reads there meanwhile finds it, old or new; all of them together are
/// not. Where this is interrupted, the next time completes it.
pub(crate) fn move_into(place: &Path, fresh: &Path) -> Result<()> {
    make(place)?;
    let at_place = |path: &Path| path.file_name().map(|name| place.join(name)).unwrap_or_default();
    let (old, fresh_files) = (ending(place, "")?, ending(fresh, "")?);
    let moved: Vec<PathBuf> = fresh_files.iter().map(|from| at_place(from)).collect();
    for (from, to) in fresh_files.iter().zip(&moved) {
        if to.exists() && (from.is_dir() != to.is_dir()) {
            remove(to)?;
        }
        if from.is_dir() {
            move_into(to, from)?;
        } else {
            rename(from, to)?;
        }
    }
    old.iter().filter(|path| !moved.contains(path)).try_for_each(|path| remove(path))?;
    remove(fresh)
}

fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).map_err(|error| format!("cannot rename {} to {}: {error}", from.display(), to.display()))
}

#[cfg(test)]
mod tests {
    use super::{make, move_into, read, write};

    #[test]
    fn what_is_moved_to_a_folder_is_all_that_is_there() {
        let parent = std::env::temp_dir().join(format!("vecseal-xtask-{}", std::process::id()));
        let [fresh, place] = ["fresh", "place"].map(|name| parent.join(name));
        // What was a file becomes a folder, and the other way round.
        for (file, folder) in [("first", "second"), ("second", "first"), ("first", "third")] {
            make(&fresh.join(folder)).unwrap();
            write(&fresh.join(file), file).unwrap();
            write(&fresh.join(folder).join("inner"), folder).unwrap();
            write(&fresh.join("both"), folder).unwrap();
            move_into(&place, &fresh).unwrap();
            assert_eq!(read(&place.join(file)).unwrap(), file);
            assert_eq!(read(&place.join(folder).join("inner")).unwrap(), folder);
            assert_eq!(read(&place.join("both")).unwrap(), folder);
            assert_eq!(std::fs::read_dir(&place).unwrap().count(), 3);
        }
        assert_eq!(std::fs::read_dir(&parent).unwrap().count(), 1);
        std::fs::remove_dir_all(&parent).unwrap();
    }
}
