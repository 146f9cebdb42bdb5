//! Mode geometric: the server finds candidates by their search vectors, exact ranking sorts them here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use vecseal::{Cid, Compartment, CryptoRng, Metric};
use vecseal_qdrant::{
    Condition, Filter, Payload, QueryRequest, Record, RetrieveRequest, ScoredPoint, SearchParams, Transport, Vector,
    WithPayload,
};
use web_time::Instant;

use super::{Candidate, Reach, Run, Search, since, wanted_payload};
use crate::collection::EncryptedCollection;
use crate::error::{Refused, Result};
use crate::{id, stored};

/// Compartments that one query serves: one alone, or all that share a search key.
struct Group {
    compartments: Vec<Arc<Compartment>>,
}

/// A point as the server has it.
pub(super) struct Fetched {
    pub(super) id: vecseal_qdrant::PointId,
    pub(super) payload: Option<Payload>,
    vector: Option<Vector>,
}

impl<T: Transport> EncryptedCollection<T> {
    /// Finds, fetches and opens the candidates of these compartments.
    pub(super) async fn search_geometric<U: Transport>(
        &self,
        run: &mut Run<'_, U>,
        compartments: &[Arc<Compartment>],
    ) -> Result<()> {
        if compartments.is_empty() || run.search.wanted() == 0 {
            return Ok(());
        }
        let encrypting = Instant::now();
        let groups = groups(compartments);
        let candidates = candidates(run.search, compartments);
        let mut rng = vecseal::system_rng()?;
        let is_alone = groups.len() == 1;
        let queries = groups.iter().map(|group| self.query(run.search, group, candidates, is_alone, &mut rng));
        let queries = queries.collect::<Result<Vec<_>>>()?;
        run.cost.times.encrypt = since(encrypting);

        let searching = Instant::now();
        let mut found: Vec<ScoredPoint> = Vec::new();
        for batch in in_batches(queries) {
            let answers = run.qdrant.query_batch(&self.name, batch).await.map_err(|error| self.failed(error))?;
            found.extend(answers.into_iter().flat_map(|answer| answer.points));
        }
        best(&mut found, compartments, candidates);
        run.cost.candidates += found.len();
        run.cost.times.search = since(searching);

        let fetching = Instant::now();
        let fetched = if is_alone {
            found.into_iter().map(Fetched::from).collect()
        } else {
            self.fetch(run, found.into_iter().map(|point| point.id).collect()).await?
        };
        run.cost.times.fetch = since(fetching);

        let opening = Instant::now();
        let readable: BTreeMap<Cid, &Arc<Compartment>> =
            compartments.iter().map(|compartment| (*compartment.cid(), compartment)).collect();
        for point in fetched {
            self.open_candidate(run, point, &readable);
        }
        run.cost.times.open = since(opening);
        Ok(())
    }

    fn query(
        &self,
        search: &Search<'_>,
        group: &Group,
        candidates: usize,
        is_alone: bool,
        rng: &mut impl CryptoRng,
    ) -> Result<QueryRequest<'_>> {
        let mut query = QueryRequest::nearest(Vec::new(), candidates);
        if let Some(compartment) = group.compartments.first() {
            let encrypted = compartment.encrypt_query(search.vector, rng)?;
            query.query = Some(vecseal_qdrant::Query::Nearest(encrypted));
        }
        let own = group.compartments.iter().map(|compartment| compartment.cid().to_string());
        let is_shared = group.compartments.iter().any(|compartment| compartment.collection_key().is_some());
        let mut conditions = Vec::new();
        match own.collect::<Vec<_>>().as_slice() {
            _ if is_shared && search.reach == Reach::Everything => (),
            [cid] => conditions.push(Condition::matches(stored::CID, cid.as_str())),
            cids => conditions.push(Condition::any_of(stored::CID, cids.iter().map(String::as_str))),
        }
        conditions.extend(search.filter.clone().map(Condition::Filter));
        query.filter = (!conditions.is_empty()).then(|| Filter::must(conditions));
        let asked = |compartment: &Arc<Compartment>| compartment.parameters().hnsw_ef();
        let hnsw_ef = search.hnsw_ef.or_else(|| group.compartments.iter().map(asked).max()).filter(|ef| *ef > 0);
        query.params = hnsw_ef.map(|ef| SearchParams {
            hnsw_ef: Some(usize::from(ef).max(candidates)),
            exact: None,
        });
        let name = self.settings.vector_name.as_str();
        query.using = (!name.is_empty()).then_some(name);
        query.shard_key = self.settings.shard_key.as_deref();
        if is_alone {
            query.with_payload = wanted_payload(search.public);
            query.with_vector = search.verify;
        }
        Ok(query)
    }

    /// Fetches points, some at a time.
    pub(super) async fn fetch<U: Transport>(
        &self,
        run: &Run<'_, U>,
        ids: Vec<vecseal_qdrant::PointId>,
    ) -> Result<Vec<Fetched>> {
        let with_payload = wanted_payload(run.search.public);
        let mut requests = Vec::new();
        for ids in ids.chunks(RECORDS_A_REQUEST) {
            requests.push(self.fetch_some(run, ids, &with_payload));
        }
        let answers: Vec<_> = stream::iter(requests).buffered(REQUESTS_AT_ONCE).try_collect().await?;
        let records = answers.into_iter().flatten().map(|record| Fetched {
            id: record.id,
            payload: record.payload,
            vector: record.vector,
        });
        Ok(records.collect())
    }

    /// Fetches points with one request, or with more if their answer would be too large.
    async fn fetch_some<U: Transport>(
        &self,
        run: &Run<'_, U>,
        ids: &[vecseal_qdrant::PointId],
        with_payload: &WithPayload,
    ) -> Result<Vec<Record>> {
        let mut records = Vec::with_capacity(ids.len());
        let mut left = vec![ids];
        while let Some(ids) = left.pop() {
            let request = RetrieveRequest {
                ids,
                with_payload: with_payload.clone(),
                with_vector: run.search.verify,
                shard_key: self.settings.shard_key.as_deref(),
            };
            match run.qdrant.retrieve(&self.name, &request).await {
                Ok(found) => records.extend(found),
                Err(error) if error.code() == "answer_too_large" && ids.len() > 1 => {
                    left.extend(ids.chunks(ids.len().div_ceil(2)));
                }
                Err(error) => return Err(self.failed(error)),
            }
        }
        Ok(records)
    }

    fn open_candidate<U>(&self, run: &mut Run<'_, U>, point: Fetched, readable: &BTreeMap<Cid, &Arc<Compartment>>) {
        let mut public = point.payload.unwrap_or_default();
        let (Some(id), Some(stored)) = (id::from_qdrant(&point.id), stored::take_record(&mut public)) else {
            return run.count(Refused::Malformed);
        };
        let Some(compartment) = readable.get(&stored.cid) else {
            return run.count(Refused::AccessDenied);
        };
        let Some(record) = run.open(id, &stored, compartment) else {
            return;
        };
        if run.search.verify {
            let stored = point.vector.as_ref().and_then(|vector| vector.get(&self.settings.vector_name));
            if stored.is_none_or(|stored| compartment.verify_search_vector(&record, stored).is_err()) {
                return run.count(Refused::Tampered);
            }
        }
        run.candidates.push(Candidate {
            id,
            record: Arc::new(record),
            public,
            compartment: Arc::clone(compartment),
        });
    }
}

impl From<ScoredPoint> for Fetched {
    fn from(point: ScoredPoint) -> Self {
        Self {
            id: point.id,
            payload: point.payload,
            vector: point.vector,
        }
    }
}

/// How many points a request fetches: of the usual size, a megabyte or two.
const RECORDS_A_REQUEST: usize = 512;
const REQUESTS_AT_ONCE: usize = 4;
/// How many points are fetched to rank, at most.
const MAX_CANDIDATES: usize = 20_000;
/// How many searches go in one request.
const SEARCHES_A_REQUEST: usize = 128;

/// How many candidates there are to be: enough for the compartment with the most noise.
fn candidates(search: &Search<'_>, compartments: &[Arc<Compartment>]) -> usize {
    let own = compartments.iter().map(|compartment| compartment.parameters().oversampling()).max();
    let oversampling = search.oversampling.or(own).unwrap_or(1).max(1);
    let wanted = search.wanted();
    wanted.saturating_mul(usize::from(oversampling)).min(MAX_CANDIDATES.max(wanted))
}

/// Compartments by search key.
fn groups(compartments: &[Arc<Compartment>]) -> Vec<Group> {
    let mut shared: BTreeMap<(String, u32), Vec<Arc<Compartment>>> = BTreeMap::new();
    let mut groups = Vec::new();
    for compartment in compartments {
        match compartment.collection_key() {
            Some(key) => {
                let key = (key.name().to_owned(), key.generation());
                shared.entry(key).or_default().push(Arc::clone(compartment));
            }
            None => groups.push(Group {
                compartments: vec![Arc::clone(compartment)],
            }),
        }
    }
    groups.extend(shared.into_values().map(|compartments| Group { compartments }));
    groups
}

fn in_batches(queries: Vec<QueryRequest<'_>>) -> impl Iterator<Item = Vec<QueryRequest<'_>>> {
    let mut queries = queries.into_iter();
    std::iter::from_fn(move || {
        let batch: Vec<_> = queries.by_ref().take(SEARCHES_A_REQUEST).collect();
        (!batch.is_empty()).then_some(batch)
    })
}

/// Keeps the best, each point once. Rotated distances compare across compartments.
fn best(found: &mut Vec<ScoredPoint>, compartments: &[Arc<Compartment>], count: usize) {
    let metric = compartments.first().map(|compartment| compartment.parameters().metric());
    found.sort_by(|a, b| match metric {
        Some(Metric::Euclid) => a.score.total_cmp(&b.score),
        _ => b.score.total_cmp(&a.score),
    });
    let mut seen = BTreeSet::new();
    found.retain(|point| seen.insert(point.id.clone()));
    found.truncate(count);
}
