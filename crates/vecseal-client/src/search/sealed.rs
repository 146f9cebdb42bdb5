//! Mode sealed: the server finds nothing. All records of a compartment are fetched, those that have changed since the
//! last time, and ranked here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use vecseal::{Cid, Compartment, PointId};
use vecseal_qdrant::{Condition, Filter, Payload, ScrollRequest, Transport, WithPayload};
use web_time::Instant;

use super::cache::{Cached, Kept};
use super::{Candidate, Run, Skipped, since, wanted_payload};
use crate::collection::EncryptedCollection;
use crate::error::{Refused, Result};
use crate::gather::gather;
use crate::{id, stored};

/// A point of a list.
struct Listed {
    id: PointId,
    tag: String,
    /// What it holds, or that it holds nothing of ours, if that came with the list or was fetched since.
    stored: Option<std::result::Result<stored::StoredRecord, Refused>>,
    public: Payload,
}

impl<T: Transport> EncryptedCollection<T> {
    /// Fetches and opens the records of these compartments.
    pub(super) async fn search_sealed<U: Transport>(
        &self,
        run: &mut Run<'_, U>,
        compartments: &[Arc<Compartment>],
    ) -> Result<()> {
        self.state().cache.retain(|cid| compartments.iter().any(|compartment| compartment.cid() == cid));
        for compartment in compartments {
            let (mut kept, taken) = self.state().cache.take(compartment.cid());
            let points = if run.search.filter.is_none() && kept.is_fresh(self.settings.refresh_after()) {
                Ok(kept.records.keys().copied().collect())
            } else {
                self.update(run, compartment, &mut kept).await
            };
            let points: Vec<PointId> = match points {
                Ok(points) => points,
                Err(error) => {
                    self.state().cache.put(*compartment.cid(), kept, taken);
                    if error.code() != "too_many" {
                        return Err(error);
                    }
                    // More than is ranked here: the others can be searched nevertheless.
                    run.cost.compartments -= 1;
                    run.skipped.push(Skipped {
                        cid: *compartment.cid(),
                        error,
                    });
                    continue;
                }
            };
            run.cost.candidates += points.len();
            for id in points {
                let Some(Cached { record, public, at, .. }) = kept.records.get(&id) else {
                    continue;
                };
                match record {
                    Ok(record) => run.candidates.push(Candidate {
                        id,
                        record: Arc::clone(record),
                        public: if run.search.public {
                            public.clone()
                        } else {
                            Payload::new()
                        },
                        compartment: Arc::clone(compartment),
                        at: *at,
                    }),
                    Err(refused) => run.count(*refused),
                }
            }
            self.state().cache.put(*compartment.cid(), kept, taken);
        }
        Ok(())
    }

    /// Brings what is kept of a compartment up to date, and returns the points that meet the search's filter.
    async fn update<U: Transport>(
        &self,
        run: &mut Run<'_, U>,
        compartment: &Compartment,
        kept: &mut Kept,
    ) -> Result<Vec<PointId>> {
        let fetching = Instant::now();
        let mut listed = self.list(run, compartment.cid(), kept).await?;
        let is_changed = |point: &&Listed| {
            let known = kept.records.get(&point.id);
            point.stored.is_none() && known.is_none_or(|known| known.tag != point.tag || point.tag.is_empty())
        };
        let changed: Vec<_> = listed.iter().filter(is_changed).map(|point| id::to_qdrant(&point.id)).collect();
        let fetched = self.fetch(run.qdrant, &changed, false, false).await?;
        let fetched = fetched.into_values().filter_map(|point| Listed::whole(&point.id, point.payload));
        let mut fetched: BTreeMap<PointId, Listed> = gather(fetched.map(|point| (point.id, point)));
        run.cost.times.fetch += since(fetching);
        let opening = Instant::now();
        for point in &mut listed {
            // What lies in clear came with the list.
            if let Some(fetched) = fetched.remove(&point.id) {
                (point.tag, point.stored) = (fetched.tag, fetched.stored);
            }
        }
        let points: Vec<PointId> = listed.iter().map(|point| point.id).collect();
        for point in listed {
            take(run, compartment, kept, point, fetching);
        }
        if run.search.filter.is_none() {
            let there: BTreeSet<&PointId> = gather(&points);
            kept.records.retain(|id, _| there.contains(id));
            kept.listed = Some(fetching);
        }
        run.cost.times.open += since(opening);
        Ok(points)
    }

    /// Lists the points of a compartment that meet the search's filter: all with their tags and what lies in clear, and at
    /// the first time with their records.
    async fn list<U: Transport>(&self, run: &Run<'_, U>, cid: &Cid, kept: &Kept) -> Result<Vec<Listed>> {
        let is_first = kept.records.is_empty();
        let of_compartment = Condition::matches(stored::CID, cid.to_string());
        let conditions = std::iter::once(of_compartment).chain(run.search.filter.clone().map(Condition::Filter));
        let request = ScrollRequest {
            offset: None,
            limit: if is_first { RECORDS_A_PAGE } else { TAGS_A_PAGE },
            filter: Some(Filter::must(conditions)),
            with_payload: if is_first {
                wanted_payload(true)
            } else {
                WithPayload::Except {
                    exclude: vec![stored::RECORD.into()],
                }
            },
            with_vector: false,
            shard_key: self.settings.shard_key.as_deref(),
        };
        let records = run.qdrant.scroll_all(&self.name, request, MAX_RECORDS).await;
        let records = records.map_err(|error| self.failed(error))?;
        let read = if is_first {
            Listed::whole
        } else {
            Listed::without_record
        };
        Ok(records.into_iter().filter_map(|record| read(&record.id, record.payload)).collect())
    }
}

impl Listed {
    fn whole(id: &vecseal_qdrant::PointId, payload: Option<Payload>) -> Option<Self> {
        let mut point = Self::without_record(id, payload)?;
        point.stored = Some(stored::take_record(&mut point.public).ok_or(Refused::Malformed));
        Some(point)
    }

    fn without_record(id: &vecseal_qdrant::PointId, payload: Option<Payload>) -> Option<Self> {
        Some(Self {
            id: id::from_qdrant(id)?,
            tag: stored::tag_of(payload.as_ref()).unwrap_or_default().to_owned(),
            stored: None,
            public: payload.unwrap_or_default(),
        })
    }
}

/// Opens a point if it is new or has changed, and keeps it.
fn take<U>(run: &mut Run<'_, U>, compartment: &Compartment, kept: &mut Kept, point: Listed, at: Instant) {
    let Some(stored) = point.stored else {
        if let Some(cached) = kept.records.get_mut(&point.id) {
            (cached.public, cached.at) = (point.public, at);
        }
        return;
    };
    if stored.as_ref().is_ok_and(|stored| stored.cid != *compartment.cid()) {
        // Written into another compartment since it was listed.
        kept.records.remove(&point.id);
        return;
    }
    let record = stored.and_then(|stored| {
        let opened = compartment.open(&point.id, &stored.record).map(Arc::new);
        opened.map_err(|error| Refused::from(&error))
    });
    run.cost.opened += usize::from(record.is_ok());
    let cached = Cached {
        tag: point.tag,
        record,
        public: point.public,
        at,
    };
    kept.records.insert(point.id, cached);
}

const RECORDS_A_PAGE: usize = 512;
const TAGS_A_PAGE: usize = 4_096;
/// A compartment of more records is searched by the server, in mode geometric.
const MAX_RECORDS: usize = 200_000;
