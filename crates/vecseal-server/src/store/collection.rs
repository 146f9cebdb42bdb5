//! One collection: the engine's shard, and what a client asked for when it made it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};

use qdrant_edge::{EdgeShard, UpdateOperation, VectorPersisted, VectorStructPersisted};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use vecseal_qdrant::{NewCollection, UpdateResult, UpdateStatus};

use super::config;
use crate::answer::{ApiError, Result};

/// One collection.
pub(crate) struct Collection {
    name: String,
    asked: NewCollection,
    shard: EdgeShard,
    // After the shard, which writes to it to the last.
    folder: Folder,
    operations: AtomicU64,
    is_dirty: AtomicBool,
    is_optimizing: AtomicBool,
}

/// Goes from the disk with the last user of a deleted collection.
struct Folder {
    path: PathBuf,
    is_deleted: AtomicBool,
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.is_deleted.load(SeqCst) {
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
    /// Takes a shard just made, and writes down what it is.
    pub(super) fn create(name: &str, asked: &NewCollection, shard: EdgeShard, folder: PathBuf) -> Result<Self> {
        let description = Description {
            name: name.to_owned(),
            collection: asked.clone(),
        };
        let text = serde_json::to_vec(&description).map_err(ApiError::internal)?;
        let unfinished = folder.join("collection.tmp");
        fs::write(&unfinished, text)
            .and_then(|()| fs::rename(&unfinished, folder.join(DESCRIPTION)))
            .map_err(ApiError::internal)?;
        Ok(Self::new(description, shard, folder))
    }

    /// Takes a shard just loaded.
    pub(super) fn reopen(shard: EdgeShard, folder: PathBuf) -> Result<Self> {
        let description = describe(&folder).ok_or_else(|| ApiError::internal("its description is unreadable"))?;
        Ok(Self::new(description, shard, folder))
    }

    fn new(description: Description, shard: EdgeShard, path: PathBuf) -> Self {
        Self {
            name: description.name,
            asked: description.collection,
            shard,
            folder: Folder {
                path,
                is_deleted: AtomicBool::new(false),
            },
            operations: AtomicU64::new(0),
            // The optimizer looks at it once after a start.
            is_dirty: AtomicBool::new(true),
            is_optimizing: AtomicBool::new(false),
        }
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The engine, for reading.
    pub(crate) fn shard(&self) -> &EdgeShard {
        &self.shard
    }

    /// Carries out a write. The engine logs it first, so it must be one that the engine can carry out.
    pub(crate) fn update(&self, operation: UpdateOperation) -> Result<UpdateResult> {
        self.is_dirty.store(true, SeqCst);
        self.shard.update(operation)?;
        Ok(UpdateResult {
            operation_id: Some(self.operations.fetch_add(1, SeqCst)),
            status: UpdateStatus::Completed,
        })
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
        if vector.len() as u64 != params.size {
            let (expected, got) = (params.size, vector.len());
            return Err(ApiError::wrong_input(format_args!(
                "Vector dimension error: expected dim: {expected}, got {got}"
            )));
        }
        Ok(())
    }

    /// Builds indexes and writes to disk what has changed since the last time, as Qdrant's own optimizers and flusher.
    pub(super) fn tend(&self) {
        if !self.is_dirty.swap(false, SeqCst) {
            return;
        }
        self.is_optimizing.store(true, SeqCst);
        if let Err(error) = self.shard.optimize().and_then(|_| self.shard.flush()) {
            eprintln!("vecseal-server: optimizing {}: {error}", self.name);
        }
        self.is_optimizing.store(false, SeqCst);
    }

    /// Makes the folder go when nobody uses the collection any more; at the next start it is no collection already.
    pub(super) fn forget(&self) {
        let _ = fs::remove_file(self.folder.path.join(DESCRIPTION));
        self.folder.is_deleted.store(true, SeqCst);
    }

    /// What `GET /collections/{name}` answers; clients in other languages read more of it than ours.
    pub(crate) fn info(&self) -> Result<Value> {
        let info = self.shard.info()?;
        let is_busy = self.is_dirty.load(SeqCst) || self.is_optimizing.load(SeqCst);
        let schema: Map<String, Value> =
            info.payload_schema.into_iter().map(|(key, index)| (key.to_string(), json!(index))).collect();
        Ok(json!({
            "status": if is_busy { "yellow" } else { "green" },
            "optimizer_status": "ok",
            "indexed_vectors_count": info.indexed_vectors_count,
            "points_count": info.points_count,
            "segments_count": info.segments_count,
            "config": config::describe(&self.asked, &self.shard.config()),
            "payload_schema": schema,
        }))
    }
}

/// The name of the collection that a folder holds, if it holds one.
pub(super) fn name_in(folder: &Path) -> Option<String> {
    Some(describe(folder)?.name)
}

const DESCRIPTION: &str = "collection.json";

fn describe(folder: &Path) -> Option<Description> {
    serde_json::from_slice(&fs::read(folder.join(DESCRIPTION)).ok()?).ok()
}

fn only_dense() -> ApiError {
    ApiError::beyond("Sparse vectors and several vectors of one name")
}
