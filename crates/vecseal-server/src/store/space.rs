//! Whether the disk has room for a write. The engine writes to files that it maps into memory, where a full disk is no
//! error but the end of the process.

use std::path::Path;

use qdrant_edge::{FieldIndexOperations, PayloadOps, PointInsertOperations, PointOperations, UpdateOperation};
use vecseal_qdrant::Vectors;

use super::config::WAL_BYTES;
use crate::answer::{ApiError, Result};

/// Refuses what needs more bytes than the disk has free, in Qdrant's words.
pub(super) fn check(folder: &Path, needed: u64) -> Result<()> {
    // A disk that does not say is one that may have room.
    match fs4::available_space(folder) {
        Ok(free) if free < needed => Err(ApiError::internal(NO_SPACE)),
        _ => Ok(()),
    }
}

const NO_SPACE: &str = "No space left on device: WAL buffer size exceeds available disk space";

/// How many bytes must be free for anything: the log's segment and the next.
pub(super) const LOG: u64 = 2 * WAL_BYTES as u64;

/// How many bytes must be free for a write that a body of so many asks for: beside the log, what the engine makes of the
/// body, and of the points that it is about. Each takes `vectors` bytes for vectors, whether it has them all or not.
pub(super) fn of_write(
    operation: &UpdateOperation,
    body: usize,
    vectors: u64,
    all_points: impl FnOnce() -> u64,
) -> u64 {
    let of_points = match operation {
        UpdateOperation::PointOperation(PointOperations::UpsertPoints(PointInsertOperations::PointsList(points))) => {
            vectors.saturating_mul(points.len() as u64)
        }
        UpdateOperation::PayloadOperation(PayloadOps::SetPayload(set)) => {
            let points = set.points.as_ref().map_or_else(all_points, |ids| ids.len() as u64);
            let payload = serde_json::to_vec(&set.payload).map_or(0, |text| text.len() as u64);
            points.saturating_mul(payload.saturating_add(BLOCK))
        }
        UpdateOperation::FieldIndexOperation(FieldIndexOperations::CreateIndex(_)) => {
            all_points().saturating_mul(BLOCK)
        }
        _ => 0,
    };
    GROWTH.saturating_mul(body as u64).saturating_add(of_points).saturating_add(LOG)
}

/// Bytes of a point's vectors.
pub(super) fn of_vectors(vectors: &Vectors) -> u64 {
    let sizes: u64 = match vectors {
        Vectors::Single(params) => params.size,
        Vectors::Named(named) => named.values().map(|params| params.size).sum(),
    };
    sizes.saturating_mul(size_of::<f32>() as u64)
}

/// How much the engine makes of a byte of JSON; six at most as measured, of points with few and short numbers.
const GROWTH: u64 = 8;
/// What a point takes in a payload's storage or in an index, however little it has there.
const BLOCK: u64 = 256;

#[cfg(test)]
mod tests {
    use qdrant_edge::UpdateOperation;
    use serde_json::{Value, json};

    use super::{BLOCK, GROWTH, LOG, check, of_write};

    fn needed(operation: Value) -> u64 {
        let operation: UpdateOperation = serde_json::from_value(operation).unwrap();
        of_write(&operation, 10, 4_096, || 1_000) - LOG - 10 * GROWTH
    }

    #[test]
    fn a_write_needs_room_for_what_it_makes_of_its_points() {
        let points = json!([{ "id": 1, "vector": {} }, { "id": 2, "vector": {} }]);
        assert_eq!(needed(json!({ "upsert_points": { "points": points } })), 2 * 4_096);
        let set = json!({ "payload": { "a": 1 }, "points": [1, 2] });
        assert_eq!(needed(json!({ "set_payload": set })), 2 * (BLOCK + 7));
        let set = json!({ "payload": { "a": 1 }, "filter": {} });
        assert_eq!(needed(json!({ "set_payload": set })), 1_000 * (BLOCK + 7));
        assert_eq!(needed(json!({ "create_index": { "field_name": "a", "field_schema": "integer" } })), 1_000 * BLOCK);
        assert_eq!(needed(json!({ "delete_points": { "ids": [1] } })), 0);
    }

    #[test]
    fn what_does_not_fit_is_refused_and_a_disk_that_does_not_say_is_tried() {
        let folder = std::env::temp_dir();
        assert!(check(&folder, 0).is_ok());
        assert!(check(&folder, u64::MAX).is_err());
        #[cfg(unix)]
        assert!(check(&folder.join("there is no such folder"), u64::MAX).is_ok());
    }
}
