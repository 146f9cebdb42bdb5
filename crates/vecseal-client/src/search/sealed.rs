//! Mode sealed: the server finds nothing. All records of a compartment are fetched, those that have changed since the
//! last time, and ranked here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use vecseal::{Cid, Compartment, PointId};
use vecseal_qdrant::{Condition, Filter, Payload, ScrollRequest, Transport, WithPayload};
use web_time::Instant;

use super::cache::Cached;
use super::{Candidate, Run, since, wanted_payload};
use crate::collection::EncryptedCollection;
use crate::error::{Refused, Result};
use crate::{id, stored};

/// The records of a compartment, by point, that are kept between searches.
type Kept = BTreeMap<PointId, Cached>;

impl<T: Transport> EncryptedCollection<T> {
    /// Fetches and opens the records of these compartments.
    pub(super) async fn search_sealed<U: Transport>(
        &self,
        run: &mut Run<'_, U>,
        compartments: &[Arc<Compartment>],
    ) -> Result<()> {
        self.state().cache.retain(|cid| compartments.iter().any(|compartment| compartment.cid() == cid));
        for compartment in compartments {
            let fetching = Instant::now();
            let mut kept = self.state().cache.take(compartment.cid());
            let mut listed = self.list(run, compartment.cid(), &kept).await?;
            let is_changed = |point: &Listed| {
                point.stored.is_none()
                    && kept.get(&point.id).is_none_or(|kept| kept.tag != point.tag || point.tag.is_empty())
            };
            let changed: Vec<_> =
                listed.iter().filter(|point| is_changed(point)).map(|point| id::to_qdrant(&point.id)).collect();
            let mut fetched: BTreeMap<PointId, Listed> = self
                .fetch(run, changed)
                .await?
                .into_iter()
                .filter_map(|point| Listed::new(&point.id, point.payload))
                .map(|point| (point.id, point))
                .collect();
            for point in &mut listed {
                if let Some(fetched) = fetched.remove(&point.id) {
                    point.stored = fetched.stored;
                }
            }
            run.cost.times.fetch += since(fetching);
            run.cost.candidates += listed.len();
            let opening = Instant::now();
            if run.search.filter.is_none() {
                let there: BTreeSet<PointId> = listed.iter().map(|point| point.id).collect();
                kept.retain(|id, _| there.contains(id));
            }
            for point in listed {
                open(run, compartment, &mut kept, point);
            }
            self.state().cache.put(*compartment.cid(), kept);
            run.cost.times.open += since(opening);
        }
        Ok(())
    }

    /// Lists the points of a compartment that meet the search's filter: all with their tags, and at the first time with
    /// their records.
    async fn list<U: Transport>(&self, run: &Run<'_, U>, cid: &Cid, kept: &Kept) -> Result<Vec<Listed>> {
        let is_first = kept.is_empty();
        let of_compartment = Condition::matches(stored::CID, cid.to_string());
        let conditions = std::iter::once(of_compartment).chain(run.search.filter.clone().map(Condition::Filter));
        let request = ScrollRequest {
            offset: None,
            limit: if is_first { RECORDS_A_PAGE } else { TAGS_A_PAGE },
            filter: Some(Filter::must(conditions)),
            with_payload: match (is_first, run.search.public) {
                (true, public) => wanted_payload(public),
                (false, true) => WithPayload::Except {
                    exclude: vec![stored::RECORD.into()],
                },
                (false, false) => WithPayload::Only(vec![stored::TAG.into()]),
            },
            with_vector: false,
            shard_key: self.settings.shard_key.as_deref(),
        };
        let records = run.qdrant.scroll_all(&self.name, request, MAX_RECORDS).await;
        let records = records.map_err(|error| self.failed(error))?;
        Ok(records.into_iter().filter_map(|record| Listed::new(&record.id, record.payload)).collect())
    }
}

/// Opens a point that is new or has changed, and makes all that open candidates.
fn open<U>(run: &mut Run<'_, U>, compartment: &Arc<Compartment>, kept: &mut Kept, point: Listed) {
    if let Some(stored) = point.stored {
        let record = if stored.cid == *compartment.cid() {
            run.open(point.id, &stored, compartment).map(Arc::new)
        } else {
            // The server was asked for this compartment's points.
            run.count(Refused::Tampered);
            None
        };
        let tag = point.tag;
        kept.insert(point.id, Cached { tag, record });
    }
    if let Some(Cached {
        record: Some(record), ..
    }) = kept.get(&point.id)
    {
        run.candidates.push(Candidate {
            id: point.id,
            record: Arc::clone(record),
            public: point.public,
            compartment: Arc::clone(compartment),
        });
    }
}

/// A point of a list.
struct Listed {
    id: PointId,
    tag: String,
    /// If it came with the list, or was fetched since.
    stored: Option<stored::StoredRecord>,
    public: Payload,
}

impl Listed {
    fn new(id: &vecseal_qdrant::PointId, payload: Option<Payload>) -> Option<Self> {
        let tag = stored::tag_of(payload.as_ref()).unwrap_or_default().to_owned();
        let mut public = payload.unwrap_or_default();
        let stored = stored::take_record(&mut public);
        let id = id::from_qdrant(id)?;
        Some(Self {
            id,
            tag,
            stored,
            public,
        })
    }
}

const RECORDS_A_PAGE: usize = 512;
const TAGS_A_PAGE: usize = 4_096;
/// A compartment of more records is searched by the server, in mode geometric.
const MAX_RECORDS: usize = 200_000;
