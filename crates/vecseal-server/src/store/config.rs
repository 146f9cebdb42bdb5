//! What creates a collection, in Qdrant's words and in the engine's.

use std::num::NonZeroUsize;

use qdrant_edge::{EdgeConfig, HnswIndexConfig, WalOptions};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use vecseal_qdrant::{NewCollection, Vectors};

use crate::answer::{ApiError, Result};

/// Returns the engine's configuration of a collection. Vectors, quantisation and optimizers have the same JSON on both
/// sides; the graph index has defaults that the engine wants spelled out.
pub(super) fn edge_config(asked: &NewCollection) -> Result<EdgeConfig> {
    let mut hnsw = json!(HnswIndexConfig::default());
    merge(&mut hnsw, &json!(asked.hnsw_config));
    let mut vectors = match &asked.vectors {
        Vectors::Single(params) => Map::from_iter([(String::new(), json!(params))]),
        Vectors::Named(named) => named.iter().map(|(name, params)| (name.clone(), json!(params))).collect(),
    };
    for params in vectors.values_mut() {
        match params.get("size").and_then(Value::as_u64) {
            None | Some(0) => return Err(ApiError::malformed("expected a nonzero u64 as the size of vectors")),
            Some(size) if size > MAX_SIZE => {
                return Err(ApiError::invalid("vectors.size: value invalid, must be from 1 to 65536"));
            }
            Some(_) => (),
        }
        if let Some(own) = params.get_mut("hnsw_config") {
            let mut all = hnsw.clone();
            merge(&mut all, own);
            *own = all;
        }
    }
    let mut config: EdgeConfig = parse(json!({
        "vectors": vectors,
        "hnsw_config": hnsw,
        "on_disk_payload": asked.on_disk_payload,
        "quantization_config": asked.quantization_config,
        "optimizers": asked.optimizers_config,
    }))?;
    config.wal_options = Some(WalOptions {
        segment_capacity: WAL_BYTES,
        segment_queue_len: 0,
        retain_closed: NonZeroUsize::MIN,
    });
    Ok(config)
}

/// Describes a collection as Qdrant does.
pub(super) fn describe(asked: &NewCollection, config: &EdgeConfig) -> Value {
    let mut optimizers = json!({
        "deleted_threshold": 0.2,
        "vacuum_min_vector_number": 1000,
        "default_segment_number": 0,
        "max_segment_size": null,
        "memmap_threshold": null,
        "indexing_threshold": config.optimizers().get_indexing_threshold_kb(),
        "flush_interval_sec": 5,
        "max_optimization_threads": null,
    });
    merge(&mut optimizers, &json!(asked.optimizers_config));
    json!({
        "params": {
            "vectors": asked.vectors,
            "shard_number": 1,
            "replication_factor": 1,
            "write_consistency_factor": 1,
            "on_disk_payload": config.on_disk_payload(),
        },
        "hnsw_config": config.hnsw_config(),
        "optimizer_config": optimizers,
        "wal_config": { "wal_capacity_mb": WAL_BYTES >> 20, "wal_segments_ahead": 0, "wal_retain_closed": 1 },
        "quantization_config": config.quantization_config,
    })
}

const MAX_SIZE: u64 = 65_536;
/// Qdrant's default of a log's segment.
const WAL_BYTES: usize = 32 << 20;

fn parse<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(ApiError::malformed)
}

/// Takes over what the other value has; null says nothing.
fn merge(base: &mut Value, other: &Value) {
    match (base, other) {
        (_, Value::Null) => (),
        (Value::Object(base), Value::Object(other)) => {
            for (key, value) in other {
                merge(base.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (base, other) => *base = other.clone(),
    }
}
