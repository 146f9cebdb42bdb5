//! Reading points by their ids, counting and deleting them.

use std::collections::BTreeMap;
use std::sync::Arc;

use vecseal::{Cid, Compartment, Mode, OpenedRecord, PointId};
use vecseal_qdrant::{Condition, CountRequest, Filter, Payload, Record, Selector, Transport};

use crate::collection::EncryptedCollection;
use crate::error::{ClientError, Refused, Result};
use crate::gather::gather;
use crate::{id, stored};

/// What is at a point.
#[derive(Debug)]
#[non_exhaustive]
pub enum Got {
    /// A record that opens.
    Opened(Box<Opened>),
    /// A point that does not open with this key, or is not what was sealed for it.
    Refused(Refused),
    /// No point.
    Missing,
}

/// A point that was read.
#[derive(Debug)]
pub struct Opened {
    /// What was sealed.
    pub record: OpenedRecord,
    /// What lies in clear beside it.
    pub public: Payload,
    /// The compartment it is in.
    pub cid: Cid,
    /// That compartment's policy, as its creator claims it.
    pub policy: Arc<str>,
}

impl<T: Transport> EncryptedCollection<T> {
    /// Reads points by their ids, in the order of the ids given. Also checks that their search vectors are those of their
    /// records.
    ///
    /// # Errors
    ///
    /// [`ClientError::NoReaderKey`] or [`ClientError::Qdrant`].
    pub async fn get(&self, ids: &[PointId]) -> Result<Vec<Got>> {
        if self.keys.reader().is_none() {
            return Err(ClientError::NoReaderKey);
        }
        self.refresh_if_due(&self.qdrant).await?;
        let found = self.retrieve(ids).await?;
        let is_unknown = |record: &Record| {
            stored::cid_of(record.payload.as_ref()).is_some_and(|cid| self.state().keyring.get(&cid).is_none())
        };
        // A compartment that others have created since the last look.
        if found.values().any(is_unknown) {
            self.refresh().await?;
        }
        Ok(ids
            .iter()
            .map(|id| match found.get(id) {
                None => Got::Missing,
                Some(record) => match self.open_point(id, record.clone()) {
                    Ok(opened) => Got::Opened(Box::new(opened)),
                    Err(refused) => Got::Refused(refused),
                },
            })
            .collect())
    }

    /// Counts the points that this key opens, or as the server says it does: it sees no record. With a filter, those that
    /// meet it.
    ///
    /// # Errors
    ///
    /// [`ClientError::NoReaderKey`] or [`ClientError::Qdrant`].
    pub async fn count(&self, filter: Option<Filter>) -> Result<u64> {
        self.refresh_if_due(&self.qdrant).await?;
        let opened = self.opened()?;
        if opened.is_empty() {
            return Ok(0);
        }
        let own = Condition::any_of(stored::CID, opened.iter().map(|compartment| compartment.cid().to_string()));
        let request = CountRequest {
            filter: Some(Filter::must(std::iter::once(own).chain(filter.map(Condition::Filter)))),
            exact: true,
            shard_key: self.settings.shard_key.as_deref(),
        };
        self.qdrant.count(&self.name, &request).await.map_err(|error| self.failed(error))
    }

    /// Deletes points. Needs no key of ours: who may delete is decided by Qdrant.
    ///
    /// # Errors
    ///
    /// [`ClientError::Qdrant`].
    pub async fn delete(&self, ids: &[PointId]) -> Result<()> {
        let ids: Vec<_> = ids.iter().map(id::to_qdrant).collect();
        let _changing = self.changing();
        for ids in ids.chunks(IDS_A_REQUEST) {
            let points = Selector::Points(ids);
            let shard_key = self.settings.shard_key.as_deref();
            self.qdrant.delete(&self.name, &points, shard_key).await.map_err(|error| self.failed(error))?;
        }
        Ok(())
    }

    /// Points as the server has them, with payload and vectors, by id.
    pub(crate) async fn retrieve(&self, ids: &[PointId]) -> Result<BTreeMap<PointId, Record>> {
        let ids: Vec<_> = ids.iter().map(id::to_qdrant).collect();
        let found = self.fetch(&self.qdrant, &ids, true, true).await?;
        Ok(gather(found.into_iter().filter_map(|(id, record)| Some((id::from_qdrant(&id)?, record)))))
    }

    fn open_point(&self, id: &PointId, record: Record) -> std::result::Result<Opened, Refused> {
        let mut public = record.payload.unwrap_or_default();
        let stored = stored::take_record(&mut public).ok_or(Refused::Malformed)?;
        let compartment = {
            let state = self.state();
            let entry = state.keyring.get(&stored.cid).ok_or(Refused::MissingHeader)?;
            Arc::clone(entry.opened.as_ref().map_err(|refused| *refused)?)
        };
        let vector = record.vector.as_ref().and_then(|vector| vector.get(&self.settings.vector_name));
        Ok(Opened {
            record: open_verified(&compartment, id, &stored, vector)?,
            public,
            cid: stored.cid,
            policy: compartment.policy().into(),
        })
    }
}

/// Opens a point's record, and checks that the search vector at the point is that of the record.
pub(crate) fn open_verified(
    compartment: &Compartment,
    id: &PointId,
    stored: &stored::StoredRecord,
    vector: Option<&[f32]>,
) -> std::result::Result<OpenedRecord, Refused> {
    let record = compartment.open(id, &stored.record).map_err(|error| Refused::from(&error))?;
    if compartment.parameters().mode() == Mode::Geometric {
        let vector = vector.ok_or(Refused::Tampered)?;
        compartment.verify_search_vector(&record, vector).map_err(|_| Refused::Tampered)?;
    }
    Ok(record)
}

const IDS_A_REQUEST: usize = 10_000;
