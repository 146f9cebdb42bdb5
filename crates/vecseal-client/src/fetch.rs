//! Fetching points by their ids.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use vecseal_qdrant::{PointId, Qdrant, QdrantError, Record, RetrieveRequest, Transport, WithPayload};

use crate::collection::EncryptedCollection;
use crate::error::Result;
use crate::search::wanted_payload;

/// What to fetch of points.
#[derive(Clone)]
pub(crate) struct Wanted<'w> {
    pub(crate) payload: WithPayload,
    pub(crate) vector: bool,
    pub(crate) shard_key: Option<&'w str>,
}

impl<T: Transport> EncryptedCollection<T> {
    /// Fetches points of the collection, with our payload, what lies in clear if asked for, and vectors.
    pub(crate) async fn fetch<U: Transport>(
        &self,
        qdrant: &Qdrant<U>,
        ids: &[PointId],
        public: bool,
        vector: bool,
    ) -> Result<BTreeMap<PointId, Record>> {
        let wanted = Wanted {
            payload: wanted_payload(public),
            vector,
            shard_key: self.settings.shard_key.as_deref(),
        };
        fetch(qdrant, &self.name, ids, &wanted).await.map_err(|error| self.failed(error))
    }
}

type Fetched = std::result::Result<BTreeMap<PointId, Record>, QdrantError>;

/// Points by id: the given ones that there are, each once, whatever else the server answers.
pub(crate) async fn fetch<T: Transport>(
    qdrant: &Qdrant<T>,
    collection: &str,
    ids: &[PointId],
    wanted: &Wanted<'_>,
) -> Fetched {
    let mut requests = Vec::new();
    for ids in ids.chunks(RECORDS_A_REQUEST) {
        requests.push(fetch_some(qdrant, collection, ids, wanted));
    }
    let answers: Vec<_> = stream::iter(requests).buffered(REQUESTS_AT_ONCE).try_collect().await?;
    Ok(answers.into_iter().flatten().collect())
}

/// Fetches with one request, or with more if the answer would be too large.
async fn fetch_some<T: Transport>(
    qdrant: &Qdrant<T>,
    collection: &str,
    ids: &[PointId],
    wanted: &Wanted<'_>,
) -> Fetched {
    let mut records = BTreeMap::new();
    let mut left = vec![ids];
    while let Some(ids) = left.pop() {
        let request = RetrieveRequest {
            ids,
            with_payload: wanted.payload.clone(),
            with_vector: wanted.vector,
            shard_key: wanted.shard_key,
        };
        match qdrant.retrieve(collection, &request).await {
            Ok(found) => {
                let asked: BTreeSet<&PointId> = ids.iter().collect();
                let found = found.into_iter().filter(|record| asked.contains(&record.id));
                records.extend(found.map(|record| (record.id.clone(), record)));
            }
            Err(error) if error.code() == "answer_too_large" && ids.len() > 1 => {
                left.extend(ids.chunks(ids.len().div_ceil(2)));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(records)
}

/// Of the usual size, a megabyte or two.
const RECORDS_A_REQUEST: usize = 512;
const REQUESTS_AT_ONCE: usize = 4;
