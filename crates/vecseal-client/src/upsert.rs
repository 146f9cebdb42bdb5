//! Writing: sealing points into the compartments of their policies.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream;
use vecseal::{Compartment, CryptoRng, Document, PointId, Policy};
use vecseal_qdrant::{Payload, PointStruct, Transport, Vector};

use crate::collection::EncryptedCollection;
use crate::error::{ClientError, Result};
use crate::{id, stored};

/// A point to seal.
#[derive(Debug, Clone)]
pub struct NewPoint<'p> {
    id: PointId,
    policy: &'p Policy,
    document: Document<'p>,
    public: Payload,
}

impl<'p> NewPoint<'p> {
    /// A document, for a point, under a policy.
    #[must_use]
    pub fn new(id: impl Into<PointId>, policy: &'p Policy, document: Document<'p>) -> Self {
        Self {
            id: id.into(),
            policy,
            document,
            public: Payload::new(),
        }
    }

    /// Leaves this payload in clear, to filter by: Qdrant and whoever reads it see it. The key `vecseal` is taken.
    #[must_use]
    pub fn public(self, payload: Payload) -> Self {
        Self {
            public: payload,
            ..self
        }
    }
}

/// How far an upsert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Points that are written, or have failed.
    pub done: usize,
    /// All points.
    pub total: usize,
}

/// What an upsert did.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Upserted {
    /// How many points are written.
    pub written: usize,
    /// The points that are not, or of which it is unknown. Writing them again is safe: the same id overwrites.
    pub failures: Vec<Failure>,
    /// How many compartments were created for them.
    pub created: usize,
}

/// A point that is not written, or of which it is unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// Its place among the points given, from 0.
    pub index: usize,
    /// Its id.
    pub id: PointId,
    /// Why.
    pub error: ClientError,
}

/// Points that are sealed, on their way together.
#[derive(Default)]
struct Batch {
    points: Vec<PointStruct>,
    indexes: Vec<usize>,
    bytes: usize,
}

impl<T: Transport> EncryptedCollection<T> {
    /// Seals points and writes them, in batches of a few megabytes, some at a time.
    ///
    /// A point that cannot be sealed fails alone; a batch that does not land fails as a whole, point by point. All others
    /// are written. Of several with one id only the last counts, whether it can be sealed or not. `progress` is called
    /// after each batch and at the end.
    ///
    /// # Errors
    ///
    /// Only if nothing was written: [`ClientError::NoWriterKey`], [`ClientError::NoParameters`], a policy that the key
    /// cannot write under, or a keyring that cannot be read or written.
    pub async fn upsert(&self, points: &[NewPoint<'_>], mut progress: impl FnMut(Progress)) -> Result<Upserted> {
        let _changing = self.changing();
        let (compartments, created) = self.compartments_for(points.iter().map(|point| point.policy)).await?;
        let mut rng = vecseal::system_rng()?;
        let mut written = 0;
        let mut unsealed = Vec::new();
        // Batches overtake each other, so of points with one id only the last is sent.
        let mut later = BTreeSet::new();
        let last = points.iter().enumerate().rev().filter(|(_, point)| later.insert(point.id));
        let mut indexes: Vec<usize> = last.map(|(index, _)| index).collect();
        indexes.reverse();
        let total = indexes.len();
        // Sealed as they are asked for, so that no more than a few batches are in memory.
        let mut rest = indexes.into_iter().peekable();
        let batches = std::iter::from_fn(|| {
            let mut batch = Batch::default();
            while rest.peek().is_some() && batch.has_room() {
                let next = rest.next().and_then(|index| Some((index, points.get(index)?)));
                if let Some((index, point)) = next {
                    match self.sealed(point, &compartments, &mut rng) {
                        Ok((sealed, bytes)) => batch.push(index, sealed, bytes),
                        Err(error) => unsealed.push((index, error)),
                    }
                }
            }
            (!batch.points.is_empty()).then_some(batch)
        });
        let mut sent = stream::iter(batches).map(|batch| self.send(batch)).buffer_unordered(BATCHES_AT_ONCE);
        let mut failed = BTreeMap::new();
        while let Some((indexes, sent)) = sent.next().await {
            match sent {
                Ok(()) => written += indexes.len(),
                Err(error) => failed.extend(indexes.into_iter().map(|index| (index, error.clone()))),
            }
            progress(Progress {
                done: written + failed.len(),
                total,
            });
        }
        drop(sent);
        failed.extend(unsealed);
        progress(Progress {
            done: written + failed.len(),
            total,
        });
        let failures = failed.into_iter().filter_map(|(index, error)| {
            let id = points.get(index)?.id;
            Some(Failure { index, id, error })
        });
        Ok(Upserted {
            written,
            failures: failures.collect(),
            created,
        })
    }

    async fn send(&self, batch: Batch) -> (Vec<usize>, Result<()>) {
        let shard_key = self.settings.shard_key.as_deref();
        let sent = self.qdrant.upsert(&self.name, &batch.points, shard_key).await;
        (batch.indexes, sent.map(|_| ()).map_err(|error| self.failed(error)))
    }

    /// Seals one point; also returns how large its request is about.
    fn sealed(
        &self,
        point: &NewPoint<'_>,
        compartments: &BTreeMap<String, Arc<Compartment>>,
        rng: &mut impl CryptoRng,
    ) -> Result<(PointStruct, usize)> {
        if point.public.contains_key(stored::FIELD) {
            return Err(ClientError::ReservedField);
        }
        let compartment = compartments.get(&point.policy.to_string()).ok_or(ClientError::NoWriterKey)?;
        let sealed = compartment.seal(&point.id, &point.document, rng)?;
        let coordinates = sealed.search_vector.as_ref().map_or(0, Vec::len);
        let public = if point.public.is_empty() {
            0
        } else {
            serde_json::to_vec(&point.public).map_or(0, |text| text.len())
        };
        let bytes = sealed.record.len() / 3 * 4 + coordinates * BYTES_A_COORDINATE + public + BYTES_A_POINT;
        if bytes > MAX_REQUEST_BYTES {
            return Err(ClientError::PointTooLarge);
        }
        let payload = stored::record_payload(compartment.cid(), &sealed.record, point.public.clone());
        let vector = match sealed.search_vector {
            Some(vector) => Vector::of(&self.settings.vector_name, vector),
            None => Vector::Named(BTreeMap::new()),
        };
        let id = id::to_qdrant(&point.id);
        Ok((PointStruct { id, vector, payload }, bytes))
    }
}

impl Batch {
    fn has_room(&self) -> bool {
        self.bytes < BATCH_BYTES && self.points.len() < BATCH_POINTS
    }

    fn push(&mut self, index: usize, point: PointStruct, bytes: usize) {
        self.points.push(point);
        self.indexes.push(index);
        self.bytes += bytes;
    }
}

/// A batch ends beyond this. The largest point may come last, so that a request stays below what Qdrant takes.
const BATCH_BYTES: usize = 2 << 20;
const BATCH_POINTS: usize = 512;
const BATCHES_AT_ONCE: usize = 4;
/// Qdrant's limit less a batch.
const MAX_REQUEST_BYTES: usize = (32 << 20) - 2 * BATCH_BYTES;
/// A coordinate as text, sign, digits, exponent and comma.
const BYTES_A_COORDINATE: usize = 16;
const BYTES_A_POINT: usize = 256;
