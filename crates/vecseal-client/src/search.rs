//! Searching: what is near to a vector, among what opens.

pub(crate) mod cache;
mod geometric;
mod noise;
mod sealed;
mod selection;

use std::collections::BTreeMap;
use std::sync::Arc;

use vecseal::{Cid, Compartment, Metric, OpenedRecord, PointId, rerank};
use vecseal_qdrant::{Filter, Payload, Qdrant, Transport, WithPayload};
use web_time::Instant;

use crate::collection::EncryptedCollection;
use crate::error::{ClientError, Refused, Result};
use crate::metered::{Meter, Metered, Traffic};
use crate::stored;
use selection::Selection;
pub use selection::Skipped;

/// What to search for.
#[derive(Debug, Clone)]
pub struct Search<'q> {
    pub(crate) vector: &'q [f32],
    pub(crate) limit: usize,
    pub(crate) offset: usize,
    pub(crate) score_threshold: Option<f64>,
    pub(crate) filter: Option<Filter>,
    pub(crate) oversampling: Option<u16>,
    pub(crate) hnsw_ef: Option<u16>,
    pub(crate) public: bool,
    pub(crate) verify: bool,
    pub(crate) reach: Reach,
}

/// Whose points a search in scope collection looks at; in scope compartment it is always those that open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Reach {
    /// Only points of compartments that open: nobody else's take the place of a result.
    #[default]
    Readable,
    /// All points. Those of others are denied, and counted: search all, open what you may.
    Everything,
}

impl<'q> Search<'q> {
    /// The 10 points nearest to a vector, `f32[d]`.
    #[must_use]
    pub fn new(vector: &'q [f32]) -> Self {
        Self {
            vector,
            limit: 10,
            offset: 0,
            score_threshold: None,
            filter: None,
            oversampling: None,
            hnsw_ef: None,
            public: true,
            verify: false,
            reach: Reach::default(),
        }
    }

    /// Sets how many results there are at most.
    #[must_use]
    pub fn limit(self, limit: usize) -> Self {
        Self { limit, ..self }
    }

    /// Leaves out so many of the nearest.
    #[must_use]
    pub fn offset(self, offset: usize) -> Self {
        Self { offset, ..self }
    }

    /// Leaves out what is farther than this exact score: less for cosine and dot, more for Euclid.
    #[must_use]
    pub fn score_threshold(self, score: f64) -> Self {
        Self {
            score_threshold: Some(score),
            ..self
        }
    }

    /// Leaves out points whose public payload does not meet a filter. Qdrant sees the filter.
    #[must_use]
    pub fn filter(self, filter: Filter) -> Self {
        Self {
            filter: Some(filter),
            ..self
        }
    }

    /// Sets how many candidates are fetched for each result, in place of what the compartments say. Of all results' together
    /// about 20,000 are.
    #[must_use]
    pub fn oversampling(self, oversampling: u16) -> Self {
        Self {
            oversampling: Some(oversampling),
            ..self
        }
    }

    /// Sets Qdrant's `hnsw_ef`, in place of what the compartments say.
    #[must_use]
    pub fn hnsw_ef(self, hnsw_ef: u16) -> Self {
        Self {
            hnsw_ef: Some(hnsw_ef),
            ..self
        }
    }

    /// Leaves the public payload at the server; it comes otherwise.
    #[must_use]
    pub fn without_public(self) -> Self {
        Self { public: false, ..self }
    }

    /// Also fetches the candidates' search vectors and checks that each is that of its record: a server that swaps them
    /// shows. Costs some kilobytes a candidate.
    #[must_use]
    pub fn verify_vectors(self) -> Self {
        Self { verify: true, ..self }
    }

    /// Sets whose points are looked at, in scope collection.
    #[must_use]
    pub fn reach(self, reach: Reach) -> Self {
        Self { reach, ..self }
    }

    /// How many of the nearest must be known.
    fn wanted(&self) -> usize {
        self.limit.saturating_add(self.offset)
    }
}

/// What a search found.
#[derive(Debug)]
pub struct SearchResult {
    /// The nearest, by exact score; equal ones by id.
    pub hits: Vec<Found>,
    /// Compartments that open, but that this search could not go to.
    pub skipped: Vec<Skipped>,
    /// What it cost.
    pub cost: Cost,
}

/// A point that was found.
#[derive(Debug)]
pub struct Found {
    /// The point.
    pub id: PointId,
    /// Its exact score: cosine or dot product, where more is nearer, or Euclidean distance, where less is.
    pub score: f64,
    /// What was sealed. Shared with the cache of mode sealed.
    pub record: Arc<OpenedRecord>,
    /// What lies in clear beside it.
    pub public: Payload,
    /// The compartment it is in.
    pub cid: Cid,
    /// That compartment's policy, as its creator claims it.
    pub policy: Arc<str>,
}

/// What a search cost.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cost {
    /// Compartments that were searched.
    pub compartments: usize,
    /// The radius of the query's noise; 0 if no server compared it.
    pub query_noise: f32,
    /// Points that the server named.
    pub candidates: usize,
    /// Records that opened.
    pub opened: usize,
    /// Points whose compartment does not open with this key.
    pub denied: usize,
    /// Points that are not what was sealed for them: records, search vectors or places were changed.
    pub tampered: usize,
    /// Requests and bytes.
    pub traffic: Traffic,
    /// Where the time went.
    pub times: Times,
}

/// Milliseconds by stage.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Times {
    /// Looking at the keyring, if it was due.
    pub keyring: f64,
    /// Encrypting the query.
    pub encrypt: f64,
    /// The server's search, and the way there and back.
    pub search: f64,
    /// Fetching records, if they did not come with the search.
    pub fetch: f64,
    /// Opening records.
    pub open: f64,
    /// Ranking exactly.
    pub rank: f64,
    /// All of it.
    pub total: f64,
}

/// A point that may be among the nearest, opened.
pub(crate) struct Candidate {
    pub(crate) id: PointId,
    pub(crate) record: Arc<OpenedRecord>,
    pub(crate) public: Payload,
    pub(crate) compartment: Arc<Compartment>,
    /// When it was read: a point that has moved may still be in the cache.
    pub(crate) at: Instant,
}

/// What the stages of a search add to.
pub(crate) struct Run<'s, U> {
    pub(crate) qdrant: &'s Qdrant<U>,
    pub(crate) search: &'s Search<'s>,
    pub(crate) cost: Cost,
    pub(crate) candidates: Vec<Candidate>,
    pub(crate) skipped: Vec<Skipped>,
}

impl<T: Transport> EncryptedCollection<T> {
    /// Returns the points nearest to a vector among all that this key opens, with exact scores.
    ///
    /// One request finds candidates in all compartments, one fetches their records; with a single compartment both are
    /// one. Compartments of mode sealed are fetched whole, the first time, and ranked here.
    ///
    /// # Errors
    ///
    /// [`ClientError::NoReaderKey`], [`ClientError::TooMany`], [`ClientError::Qdrant`], what is wrong with the vector, or
    /// why no compartment could be searched, if some open: [`vecseal::Error::WrongModel`] for other embedding models than
    /// the settings', [`vecseal::Error::WrongDimension`], [`ClientError::WrongMetric`], [`ClientError::WrongDimension`],
    /// [`ClientError::MissingVector`].
    pub async fn search(&self, search: &Search<'_>) -> Result<SearchResult> {
        if search.wanted() > MAX_RESULTS {
            return Err(ClientError::TooMany { limit: MAX_RESULTS });
        }
        let start = Instant::now();
        let meter = Meter::default();
        let qdrant = self.qdrant.over(Metered {
            transport: self.qdrant.transport(),
            meter: &meter,
        });
        self.refresh_if_due(&qdrant).await?;
        let mut run = Run {
            qdrant: &qdrant,
            search,
            cost: Cost::default(),
            candidates: Vec::new(),
            skipped: Vec::new(),
        };
        run.cost.times.keyring = since(start);
        let Selection {
            metric,
            geometric,
            sealed,
            skipped,
        } = self.selection(search.vector.len())?;
        run.skipped = skipped;
        run.cost.compartments = sealed.len() + geometric.len();
        self.search_geometric(&mut run, metric, &geometric).await?;
        self.search_sealed(&mut run, &sealed).await?;
        let ranking = Instant::now();
        let Run {
            mut cost,
            candidates,
            skipped,
            ..
        } = run;
        let hits = if cost.compartments == 0 {
            Vec::new()
        } else {
            rank(metric, search, candidates)?
        };
        cost.times.rank = since(ranking);
        cost.times.total = since(start);
        cost.traffic = meter.traffic();
        Ok(SearchResult { hits, skipped, cost })
    }
}

/// The payload that a search or a read asks for.
pub(crate) fn wanted_payload(public: bool) -> WithPayload {
    if public {
        WithPayload::All(true)
    } else {
        WithPayload::Only(vec![stored::FIELD.into()])
    }
}

impl<U> Run<'_, U> {
    pub(crate) fn count(&mut self, refused: Refused) {
        match refused {
            Refused::AccessDenied | Refused::MissingHeader => self.cost.denied += 1,
            Refused::Tampered | Refused::Malformed | Refused::UnsupportedVersion => self.cost.tampered += 1,
        }
    }
}

/// More results than this are no search.
const MAX_RESULTS: usize = 10_000;

fn rank(metric: Metric, search: &Search<'_>, candidates: Vec<Candidate>) -> Result<Vec<Found>> {
    // Each point once, as it was read last.
    let mut by_id: BTreeMap<PointId, Candidate> = BTreeMap::new();
    for candidate in candidates {
        if by_id.get(&candidate.id).is_none_or(|known| known.at <= candidate.at) {
            by_id.insert(candidate.id, candidate);
        }
    }
    let vectors = by_id.values().map(|candidate| (candidate.id, candidate.record.vector()));
    let ranked = rerank(metric, search.vector, vectors, search.wanted())?;
    let is_near = |score: f64| match (search.score_threshold, metric) {
        (None, _) => true,
        (Some(threshold), Metric::Euclid) => score <= threshold,
        (Some(threshold), _) => score >= threshold,
    };
    let hits = ranked.into_iter().skip(search.offset).filter(|hit| is_near(hit.score)).filter_map(|hit| {
        let candidate = by_id.remove(&hit.id)?;
        Some(Found {
            id: hit.id,
            score: hit.score,
            cid: *candidate.compartment.cid(),
            policy: candidate.compartment.policy().into(),
            record: candidate.record,
            public: candidate.public,
        })
    });
    Ok(hits.collect())
}

/// Milliseconds since a time.
pub(crate) fn since(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1_000.0
}
