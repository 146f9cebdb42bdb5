//! What creates a collection, in Qdrant's words and in the engine's.

use std::num::NonZeroUsize;
use std::ops::RangeInclusive;

use qdrant_edge::{EdgeConfig, HnswIndexConfig, WalOptions};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use vecseal_qdrant::{HnswConfig, NewCollection, Quantization, Vectors};

use crate::answer::{ApiError, Result};
use crate::validation::{check_at_least, check_within};

/// Returns the engine's configuration of a collection. Vectors, quantisation and optimizers have the same JSON on both
/// sides; the graph index has defaults that the engine wants spelled out.
pub(super) fn edge_config(asked: &NewCollection) -> Result<EdgeConfig> {
    check(asked)?;
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

/// Checks what the engine takes as it is. Qdrant has no upper bounds here; the engine allocates by these numbers, which
/// ends the process when there is not as much memory.
fn check(asked: &NewCollection) -> Result<()> {
    check_settings("", asked.hnsw_config.as_ref(), asked.quantization_config.as_ref())?;
    match &asked.vectors {
        Vectors::Single(own) => check_settings("vectors.", own.hnsw_config.as_ref(), own.quantization_config.as_ref()),
        Vectors::Named(named) if named.len() > MAX_VECTORS => {
            Err(ApiError::invalid(format_args!("vectors: must be {MAX_VECTORS} or fewer")))
        }
        Vectors::Named(named) => named.iter().try_for_each(|(name, own)| {
            if name.len() > MAX_NAME_BYTES || name.contains(char::is_control) {
                return Err(ApiError::invalid(format_args!("vectors: name {name:?} invalid")));
            }
            let place = format!("vectors.{name}.");
            check_settings(&place, own.hnsw_config.as_ref(), own.quantization_config.as_ref())
        }),
    }
}

fn check_settings(place: &str, hnsw: Option<&HnswConfig>, quantization: Option<&Quantization>) -> Result<()> {
    if let Some(hnsw) = hnsw {
        let place = format!("{place}hnsw_config");
        check_within(format_args!("{place}.m"), hnsw.m, &EDGES)?;
        check_within(format_args!("{place}.payload_m"), hnsw.payload_m, &EDGES)?;
        check_within(format_args!("{place}.ef_construct"), hnsw.ef_construct, &CANDIDATES)?;
        check_at_least(format_args!("{place}.full_scan_threshold"), hnsw.full_scan_threshold, MIN_FULL_SCAN)?;
    }
    if let Some(Quantization::Scalar { scalar }) = quantization {
        check_within(format_args!("{place}quantization_config.scalar.quantile"), scalar.quantile, &QUANTILES)?;
    }
    Ok(())
}

/// Edges of a node in the graph: ten times what is of use, and two kilobytes a point.
const EDGES: RangeInclusive<u64> = 0..=512;
const CANDIDATES: RangeInclusive<u64> = 4..=4_096;
const MIN_FULL_SCAN: u64 = 10;
const QUANTILES: RangeInclusive<f32> = 0.5..=1.0;
const MAX_SIZE: u64 = 65_536;
/// Vectors of different names; each has files of its own.
const MAX_VECTORS: usize = 256;
/// The engine names files by them.
const MAX_NAME_BYTES: usize = 200;
/// Qdrant's default of a log's segment.
pub(super) const WAL_BYTES: usize = 32 << 20;

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
