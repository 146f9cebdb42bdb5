//! One collection: the engine's shard, and what a client asked for when it made it.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};

use parking_lot::Mutex;
use qdrant_edge::{EdgeConfig, EdgeShard, UpdateOperation, VectorPersisted, VectorStructPersisted};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use vecseal_qdrant::{NewCollection, UpdateResult, UpdateStatus};

use super::config;
use super::space;
use super::tending::Chore;
use crate::answer::{ApiError, Result};
use crate::complaint::complain;
use crate::validation::check_finite;

/// One collection.
pub(crate) struct Collection {
    name: String,
    asked: NewCollection,
    shard: EdgeShard,
    // After the shard, which writes to it to the last.
    folder: Folder,
    writing: Mutex<Writing>,
    operations: AtomicU64,
    flushing: Chore,
    optimizing: Chore,
}

/// Whether there may be writes; held by each.
#[derive(PartialEq, Eq)]
enum Writing {
    Allowed,
    /// The collection is deleted.
    Over,
}

/// A folder that goes from the disk with its last user, unless it is kept.
struct Folder {
    path: PathBuf,
    is_kept: AtomicBool,
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.is_kept.load(SeqCst) {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// What `collection.json` holds.
#[derive(Serialize, Deserialize)]
struct Description {
    name: String,
    collection: NewCollection,
}

impl Collection {
    /// Makes one in a folder that is not there yet, and writes down what it is when all else is there.
    pub(super) fn create(name: &str, asked: &NewCollection, config: EdgeConfig, path: PathBuf) -> Result<Self> {
        let description = Description {
            name: name.to_owned(),
            collection: asked.clone(),
        };
        let folder = Folder {
            path,
            is_kept: AtomicBool::new(false),
        };
        let shard = EdgeShard::new(&folder.path, config)?;
        let text = serde_json::to_vec(&description).map_err(ApiError::internal)?;
        write_down(&folder.path, &text).map_err(ApiError::internal)?;
        folder.is_kept.store(true, SeqCst);
        Ok(Self::new(description, shard, folder))
    }

    /// Opens one that is on disk.
    pub(super) fn open(path: &Path) -> std::result::Result<Self, String> {
        let description = describe(path).map_err(|error| error.to_string())?;
        // What a killed optimisation left; the engine would keep it for ever.
        let _ = fs::remove_dir_all(path.join(UNFINISHED_SEGMENTS));
        let shard = EdgeShard::load(path, None).map_err(|error| error.to_string())?;
        let folder = Folder {
            path: path.to_owned(),
            is_kept: AtomicBool::new(true),
        };
        Ok(Self::new(description, shard, folder))
    }

    fn new(description: Description, shard: EdgeShard, folder: Folder) -> Self {
        Self {
            name: description.name,
            asked: description.collection,
            shard,
            folder,
            writing: Mutex::new(Writing::Allowed),
            operations: AtomicU64::new(0),
            // Once after a start, whatever was left undone.
            flushing: Chore::due(),
            optimizing: Chore::due(),
        }
    }

    /// The engine, for reading.
    pub(crate) fn shard(&self) -> &EdgeShard {
        &self.shard
    }

    /// Carries out a write. The engine logs it first, so it must be one that the engine can carry out.
    /// Refuses what the disk may have no room for: `body` bytes have asked for it.
    pub(crate) fn update(&self, operation: UpdateOperation, body: usize) -> Result<UpdateResult> {
        let writing = self.writing.lock();
        if *writing == Writing::Over {
            return Err(ApiError::no_collection(&self.name));
        }
        space::check(&self.folder.path, self.needed(&operation, body))?;
        let done = self.shard.update(operation);
        self.flushing.ask();
        self.optimizing.ask();
        done?;
        Ok(UpdateResult {
            operation_id: Some(self.operations.fetch_add(1, SeqCst)),
            status: UpdateStatus::Completed,
        })
    }

    /// How many bytes must be free on the disk for a write.
    fn needed(&self, operation: &UpdateOperation, body: usize) -> u64 {
        let all_points = || self.shard.info().map_or(0, |info| info.points_count as u64);
        space::of_write(operation, body, space::of_vectors(&self.asked.vectors), all_points)
    }

    /// Checks vectors to be written as the engine does after it has logged them.
    pub(crate) fn check(&self, vectors: &VectorStructPersisted) -> Result<()> {
        match vectors {
            VectorStructPersisted::Single(vector) => self.check_dense("", vector),
            VectorStructPersisted::Named(named) => named.iter().try_for_each(|(name, vector)| match vector {
                VectorPersisted::Dense(vector) => self.check_dense(name, vector),
                VectorPersisted::Sparse(_) | VectorPersisted::MultiDense(_) => Err(only_dense()),
            }),
            VectorStructPersisted::MultiDense(_) => Err(only_dense()),
        }
    }

    fn check_dense(&self, name: &str, vector: &[f32]) -> Result<()> {
        let params = self.asked.vectors.get(name);
        let params =
            params.ok_or_else(|| ApiError::wrong_input(format_args!("Not existing vector name error: {name}")))?;
        if vector.is_empty() {
            return Err(ApiError::invalid("vector: dense vector must not be empty"));
        }
        check_finite("vector", vector)?;
        if vector.len() as u64 != params.size {
            let (expected, got) = (params.size, vector.len());
            return Err(ApiError::wrong_input(format_args!(
                "Vector dimension error: expected dim: {expected}, got {got}"
            )));
        }
        Ok(())
    }

    /// Writes to disk what has changed since the last time.
    pub(super) fn flush(&self) {
        self.flushing.run(&format!("writing {} to disk", self.name), || {
            // Not beside a write: the engine would take one half done for done, and forget its log.
            let _writing = self.writing.lock();
            self.shard.flush().map_err(|error| error.to_string())
        });
    }

    /// Builds indexes over what has changed since the last time.
    pub(super) fn optimize(&self) {
        self.optimizing.run(&format!("optimizing {}", self.name), || {
            let built = self.shard.optimize().map_err(|error| error.to_string());
            self.flushing.ask();
            built.map(|_| ())
        });
    }

    /// Ends all writing, and makes the folder go when nobody reads the collection any more; it is no collection from now
    /// on, whatever happens to the process.
    pub(super) fn forget(&self) -> Result<()> {
        let mut writing = self.writing.lock();
        fs::remove_file(self.folder.path.join(DESCRIPTION)).map_err(ApiError::internal)?;
        *writing = Writing::Over;
        self.folder.is_kept.store(false, SeqCst);
        if let Err(error) = sync(&self.folder.path) {
            complain(format_args!("a power cut may bring {} back: {error}", self.name));
        }
        Ok(())
    }

    /// What `GET /collections/{name}` answers; clients in other languages read more of it than ours.
    pub(crate) fn info(&self) -> Result<Value> {
        let info = self.shard.info()?;
        let trouble = self.optimizing.trouble().or_else(|| self.flushing.trouble());
        let status = match &trouble {
            Some(_) => "red",
            None if self.optimizing.is_open() => "yellow",
            None => "green",
        };
        let schema: Map<String, Value> =
            info.payload_schema.into_iter().map(|(key, index)| (key.to_string(), json!(index))).collect();
        Ok(json!({
            "status": status,
            "optimizer_status": trouble.map_or(json!("ok"), |error| json!({ "error": error })),
            "indexed_vectors_count": info.indexed_vectors_count,
            "points_count": info.points_count,
            "segments_count": info.segments_count,
            "config": config::describe(&self.asked, &self.shard.config()),
            "payload_schema": schema,
        }))
    }
}

/// Whether a folder is a collection, by the description in it.
pub(super) enum Named {
    As(String),
    Unreadably(io::Error),
    Not,
}

/// Returns the name of the collection that a folder holds.
pub(super) fn name_in(folder: &Path) -> Named {
    match describe(folder) {
        Ok(description) => Named::As(description.name),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Named::Not,
        Err(error) => Named::Unreadably(error),
    }
}

const DESCRIPTION: &str = "collection.json";
const UNFINISHED: &str = "collection.tmp";
const UNFINISHED_SEGMENTS: &str = "temp_segments";

/// What is in a collection's folder beside its description.
pub(super) const PARTS: [&str; 5] = ["edge_config.json", "segments", UNFINISHED_SEGMENTS, UNFINISHED, "wal"];

fn describe(folder: &Path) -> io::Result<Description> {
    let text = fs::read(folder.join(DESCRIPTION))?;
    serde_json::from_slice(&text).map_err(|error| io::Error::other(format!("{DESCRIPTION} is unreadable: {error}")))
}

/// Writes a description to the disk; it is there whole or not at all.
fn write_down(folder: &Path, text: &[u8]) -> io::Result<()> {
    let unfinished = folder.join(UNFINISHED);
    let mut file = File::create(&unfinished)?;
    file.write_all(text)?;
    file.sync_all()?;
    fs::rename(&unfinished, folder.join(DESCRIPTION))?;
    sync(folder)?;
    // The folder itself is new, too.
    folder.parent().map_or(Ok(()), sync)
}

/// Writes to the disk which files a folder has.
#[cfg(unix)]
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Writes to the disk which files a folder has: other systems do so on their own.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "it can fail elsewhere")]
fn sync(_folder: &Path) -> io::Result<()> {
    Ok(())
}

fn only_dense() -> ApiError {
    ApiError::beyond("Sparse vectors and several vectors of one name")
}
