//! The copy that attacks change: some points of the collection with their headers, beside it.

use std::cell::RefCell;
use std::collections::BTreeSet;

use vecseal::PointId;
use vecseal_client::qdrant::{NewCollection, PayloadIndex, PointStruct, Qdrant, Record, Transport, Vector};

use super::spoils::fetch;
use super::{Scene, note};
use crate::gather::gather;
use crate::protocol::Failure;
use crate::worker::recording::Recording;
use crate::worker::vault::{View, header_id, keyring, text_of};

/// More points are not copied.
const MAX_POINTS: usize = 200;
/// Written at once.
const CHUNK: usize = 50;

/// What was copied, to be deleted whatever becomes of the attack.
pub(in crate::worker) struct Copies<T>(RefCell<Option<(Qdrant<T>, String)>>);

impl<T> Default for Copies<T> {
    fn default() -> Self {
        Self(RefCell::new(None))
    }
}

impl<T: Transport> Copies<T> {
    /// Deletes the copy, if there is one.
    pub(in crate::worker) async fn delete(&self) -> Result<(), Failure> {
        let copy = self.0.take();
        let Some((qdrant, name)) = copy else { return Ok(()) };
        qdrant.delete_collection(&name).await?;
        qdrant.delete_collection(&keyring(&name)).await?;
        Ok(())
    }
}

impl<T: Transport + Clone> Scene<'_, T> {
    /// Copies these documents' points first, then others, with their headers. Returns the copy and the points in it.
    pub(super) async fn copy(
        &self,
        copies: &Copies<Recording<T>>,
        first: &[PointId],
    ) -> Result<(View<Recording<T>>, Vec<Record>), Failure> {
        let mut copy = self.view.clone();
        copy.made.name = format!("{}-attacked", self.view.made.name);
        let (qdrant, name) = (&self.plain.qdrant, &copy.made.name);
        if qdrant.collection_exists(name).await? {
            // One that a closed tab has left. A collection without a keyring would be somebody else's.
            if !qdrant.collection_exists(&keyring(name)).await? {
                return Err(vecseal_client::ClientError::CollectionExists(name.clone()).into());
            }
            qdrant.delete_collection(name).await?;
        }
        qdrant.delete_collection(&keyring(name)).await?;
        copies.0.replace(Some((qdrant.clone(), name.clone())));

        let info = qdrant.collection_info(&self.plain.made.name).await?;
        let like = NewCollection {
            vectors: info.config.params.vectors,
            ..NewCollection::default()
        };
        qdrant.create_collection(&keyring(name), &NewCollection::default()).await?;
        qdrant.create_collection(name, &like).await?;
        qdrant.create_payload_index(name, &PayloadIndex::tenant("vecseal.cid")).await?;

        let mut chosen: Vec<PointId> = Vec::new();
        let mut known = BTreeSet::new();
        for id in first.iter().chain(self.view.originals.keys()).take(first.len() + MAX_POINTS) {
            if known.insert(*id) {
                chosen.push(*id);
            }
        }
        chosen.truncate(MAX_POINTS);
        let records = fetch(qdrant, &self.plain.made.name, &chosen).await?;
        let cids: BTreeSet<&str> = gather(records.iter().filter_map(|record| text_of(record, "cid")));
        let cids: Vec<PointId> = cids.into_iter().filter_map(header_id).collect();
        let headers = fetch(qdrant, &self.plain.keyring(), &cids).await?;
        write(qdrant, &keyring(name), &headers).await?;
        write(qdrant, name, &records).await?;
        let what = format!(
            "A copy to work on: {} points and {} headers, in “{name}”. It is deleted in the end.",
            records.len(),
            headers.len()
        );
        self.step(what, vec![note("The collection itself stays as it is.")]).await;
        Ok((copy, records))
    }
}

/// Writes points as they were read, or as somebody changed them.
pub(super) async fn write<T: Transport>(qdrant: &Qdrant<T>, name: &str, records: &[Record]) -> Result<(), Failure> {
    let points: Vec<PointStruct> = records.iter().map(point).collect();
    for chunk in points.chunks(CHUNK) {
        qdrant.upsert(name, chunk, None).await?;
    }
    Ok(())
}

fn point(record: &Record) -> PointStruct {
    PointStruct {
        id: record.id.clone(),
        vector: record.vector.clone().unwrap_or_else(|| Vector::Named(std::collections::BTreeMap::new())),
        payload: record.payload.clone().unwrap_or_default(),
    }
}
