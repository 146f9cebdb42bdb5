//! Fetching points by their ids.

use std::collections::BTreeMap;

use vecseal_qdrant::{PointId, Qdrant, Record, RetrieveRequest, Transport};

use crate::collection::EncryptedCollection;
use crate::error::Result;
use crate::search::wanted_payload;

impl<T: Transport> EncryptedCollection<T> {
    /// Fetches points of the collection, with our payload, what lies in clear if asked for, and vectors.
    pub(crate) async fn fetch<U: Transport>(
        &self,
        qdrant: &Qdrant<U>,
        ids: &[PointId],
        public: bool,
        vector: bool,
    ) -> Result<BTreeMap<PointId, Record>> {
        let request = RetrieveRequest {
            ids: &[],
            with_payload: wanted_payload(public),
            with_vector: vector,
            shard_key: self.settings.shard_key.as_deref(),
        };
        qdrant.retrieve_all(&self.name, ids, &request).await.map_err(|error| self.failed(error))
    }
}
