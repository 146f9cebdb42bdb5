//! Mode geometric: the server finds candidates by their search vectors, exact ranking sorts them here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use vecseal::{Cid, Compartment, Metric, PerturbedQuery};
use vecseal_qdrant::{Condition, Filter, QueryRequest, Record, ScoredPoint, SearchParams, Transport};
use web_time::Instant;

use super::noise::{self, Class};
use super::{Candidate, Reach, Run, Search, since, wanted_payload};
use crate::collection::EncryptedCollection;
use crate::error::{Refused, Result};
use crate::gather::gather;
use crate::{id, stored};

/// Compartments that one query serves: one alone, or those of a class that share a search key.
struct Group {
    compartments: Vec<Arc<Compartment>>,
    /// The number of its class.
    class: usize,
    /// How many points its class gives.
    candidates: usize,
    /// The query as their search key rotates it.
    vector: Vec<f32>,
}

impl<T: Transport> EncryptedCollection<T> {
    /// Finds, fetches and opens the candidates of these compartments.
    pub(super) async fn search_geometric<U: Transport>(
        &self,
        run: &mut Run<'_, U>,
        metric: Metric,
        compartments: &[Arc<Compartment>],
    ) -> Result<()> {
        if compartments.is_empty() || run.search.wanted() == 0 {
            return Ok(());
        }
        let encrypting = Instant::now();
        let noise = noise::query_noise(self.settings.least_query_noise(), compartments);
        let radius = noise::radius(metric, run.search.vector, noise);
        let mut rng = vecseal::system_rng()?;
        let query = PerturbedQuery::new(metric, run.search.vector, radius, &mut rng)?;
        let groups = groups(run.search, noise, compartments, |first| first.rotate_query(&query, &mut rng))?;
        run.cost.query_noise = radius;
        run.cost.times.encrypt = since(encrypting);

        let searching = Instant::now();
        // With one query, records come with the answer, if they are not too large for it.
        let mut with_records = groups.len() == 1;
        let mut found = self.find(run, metric, &groups, with_records).await;
        if found.as_ref().is_err_and(|error| with_records && error.code() == "answer_too_large") {
            with_records = false;
            found = self.find(run, metric, &groups, with_records).await;
        }
        let found = found?;
        run.cost.candidates += found.len();
        run.cost.times.search = since(searching);

        let fetching = Instant::now();
        let fetched: Vec<Record> = if with_records {
            found.into_iter().map(record).collect()
        } else {
            let ids: Vec<_> = found.into_iter().map(|point| point.id).collect();
            let fetched = self.fetch(run.qdrant, &ids, run.search.public, run.search.verify).await?;
            fetched.into_values().collect()
        };
        run.cost.times.fetch = since(fetching);

        let opening = Instant::now();
        let readable: BTreeMap<Cid, &Arc<Compartment>> =
            gather(compartments.iter().map(|compartment| (*compartment.cid(), compartment)));
        for point in fetched {
            self.open_candidate(run, point, &readable, fetching);
        }
        run.cost.times.open = since(opening);
        Ok(())
    }

    /// The best that the server finds of each class, each point once; of too many, as many of each.
    async fn find<U: Transport>(
        &self,
        run: &Run<'_, U>,
        metric: Metric,
        groups: &[Group],
        with_records: bool,
    ) -> Result<Vec<ScoredPoint>> {
        let mut classes: BTreeMap<usize, Vec<ScoredPoint>> = BTreeMap::new();
        let mut left: Vec<&[Group]> = groups.chunks(SEARCHES_A_REQUEST).collect();
        while let Some(batch) = left.pop() {
            let queries = batch.iter().map(|group| self.query(run.search, group, with_records)).collect();
            let answers = match run.qdrant.query_batch(&self.name, queries).await {
                Err(error) if error.code() == "answer_too_large" && batch.len() > 1 => {
                    left.extend(batch.chunks(batch.len().div_ceil(2)));
                    continue;
                }
                answers => answers.map_err(|error| self.failed(error))?,
            };
            for (group, answer) in batch.iter().zip(answers) {
                let best = classes.entry(group.class).or_default();
                best.extend(answer.points.into_iter().take(group.candidates));
                keep_best(best, metric, group.candidates);
            }
        }
        Ok(in_turns(classes.into_values().collect(), noise::MAX_CANDIDATES))
    }

    fn query(&self, search: &Search<'_>, group: &Group, with_records: bool) -> QueryRequest<'_> {
        let mut request = QueryRequest::nearest(group.vector.clone(), group.candidates);
        let own = group.compartments.iter().map(|compartment| compartment.cid().to_string());
        let is_shared = group.compartments.iter().any(|compartment| compartment.collection_key().is_some());
        let mut conditions = Vec::new();
        match own.collect::<Vec<_>>().as_slice() {
            _ if is_shared && search.reach == Reach::Everything => (),
            [cid] => conditions.push(Condition::matches(stored::CID, cid.as_str())),
            cids => conditions.push(Condition::any_of(stored::CID, cids.iter().map(String::as_str))),
        }
        conditions.extend(search.filter.clone().map(Condition::Filter));
        request.filter = (!conditions.is_empty()).then(|| Filter::must(conditions));
        let asked = |compartment: &Arc<Compartment>| compartment.parameters().hnsw_ef();
        let hnsw_ef = search.hnsw_ef.or_else(|| group.compartments.iter().map(asked).max()).filter(|ef| *ef > 0);
        request.params = hnsw_ef.map(|ef| SearchParams {
            hnsw_ef: Some(usize::from(ef).max(group.candidates)),
            exact: None,
        });
        let name = self.settings.vector_name.as_str();
        request.using = (!name.is_empty()).then_some(name);
        request.shard_key = self.settings.shard_key.as_deref();
        if with_records {
            request.with_payload = wanted_payload(search.public);
            request.with_vector = search.verify;
        }
        request
    }

    fn open_candidate<U>(
        &self,
        run: &mut Run<'_, U>,
        point: Record,
        readable: &BTreeMap<Cid, &Arc<Compartment>>,
        at: Instant,
    ) {
        let mut public = point.payload.unwrap_or_default();
        let (Some(id), Some(stored)) = (id::from_qdrant(&point.id), stored::take_record(&mut public)) else {
            return run.count(Refused::Malformed);
        };
        let Some(compartment) = readable.get(&stored.cid) else {
            return run.count(Refused::AccessDenied);
        };
        let record = match compartment.open(&id, &stored.record) {
            Ok(record) => Arc::new(record),
            Err(error) => return run.count(Refused::from(&error)),
        };
        run.cost.opened += 1;
        if run.search.verify {
            let stored = point.vector.as_ref().and_then(|vector| vector.get(&self.settings.vector_name));
            if stored.is_none_or(|stored| compartment.verify_search_vector(&record, stored).is_err()) {
                return run.count(Refused::Tampered);
            }
        }
        run.candidates.push(Candidate {
            id,
            record,
            public,
            compartment: Arc::clone(compartment),
            at,
        });
    }
}

fn record(point: ScoredPoint) -> Record {
    Record {
        id: point.id,
        payload: point.payload,
        vector: point.vector,
    }
}

/// How many searches go in one request.
const SEARCHES_A_REQUEST: usize = 128;

fn groups(
    search: &Search<'_>,
    query_noise: f32,
    compartments: &[Arc<Compartment>],
    mut rotate: impl FnMut(&Compartment) -> vecseal::Result<Vec<f32>>,
) -> Result<Vec<Group>> {
    let mut classes: Vec<(Class, Vec<&Arc<Compartment>>)> = Vec::new();
    for compartment in compartments {
        let class = Class::of(compartment.parameters());
        match classes.iter_mut().find(|(other, _)| *other == class) {
            Some((_, members)) => members.push(compartment),
            None => classes.push((class, vec![compartment])),
        }
    }
    let mut groups = Vec::new();
    for (class, (_, members)) in classes.into_iter().enumerate() {
        let parameters: Vec<_> = members.iter().map(|compartment| compartment.parameters()).collect();
        let candidates = noise::candidates(search, query_noise, &parameters);
        for compartments in by_search_key(members) {
            let vector = compartments.first().map(|first| rotate(first)).transpose()?;
            groups.push(Group {
                vector: vector.unwrap_or_default(),
                compartments,
                class,
                candidates,
            });
        }
    }
    Ok(groups)
}

fn by_search_key(compartments: Vec<&Arc<Compartment>>) -> Vec<Vec<Arc<Compartment>>> {
    // Only keys of collections can be shared, and there are few of those.
    let (shared, own): (Vec<_>, Vec<_>) =
        compartments.into_iter().partition(|compartment| compartment.collection_key().is_some());
    let mut groups: Vec<Vec<Arc<Compartment>>> = Vec::new();
    for compartment in shared {
        let is_alike = |other: &Arc<Compartment>| other.shares_search_key(compartment);
        match groups.iter_mut().find(|group| group.first().is_some_and(is_alike)) {
            Some(group) => group.push(Arc::clone(compartment)),
            None => groups.push(vec![Arc::clone(compartment)]),
        }
    }
    groups.extend(own.into_iter().map(|compartment| vec![Arc::clone(compartment)]));
    groups
}

/// The first of each list, then the second of each, each point once, up to a number.
fn in_turns(lists: Vec<Vec<ScoredPoint>>, most: usize) -> Vec<ScoredPoint> {
    let mut lists: Vec<_> = lists.into_iter().map(Vec::into_iter).collect();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    while !lists.is_empty() && found.len() < most {
        lists.retain_mut(|list| {
            let Some(point) = list.next() else { return false };
            if seen.insert(point.id.clone()) {
                found.push(point);
            }
            true
        });
    }
    found
}

fn keep_best(points: &mut Vec<ScoredPoint>, metric: Metric, count: usize) {
    points.sort_by(|a, b| match metric {
        Metric::Euclid => a.score.total_cmp(&b.score),
        Metric::Cosine | Metric::Dot => b.score.total_cmp(&a.score),
    });
    points.truncate(count);
}
