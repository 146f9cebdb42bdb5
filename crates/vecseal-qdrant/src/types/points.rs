//! Points: writing, reading, finding.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::filter::Filter;

/// What identifies a point.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PointId {
    /// A whole number.
    Number(u64),
    /// A UUID, as Qdrant writes it: lower case with hyphens.
    Uuid(String),
}

impl fmt::Display for PointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Uuid(uuid) => f.write_str(uuid),
        }
    }
}

impl From<u64> for PointId {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

/// What is stored with a point beside its vectors.
pub type Payload = Map<String, Value>;

/// The vectors of one point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Vector {
    /// The one without a name.
    Single(Vec<f32>),
    /// By name; empty for none.
    Named(BTreeMap<String, Vec<f32>>),
    /// Any other: sparse, or many of one name.
    Other(Value),
}

impl Vector {
    /// The vector of this name; the one without a name has the empty one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[f32]> {
        match self {
            Self::Single(vector) => name.is_empty().then_some(vector),
            Self::Named(named) => named.get(name).map(Vec::as_slice),
            Self::Other(_) => None,
        }
    }

    /// One vector under a name, or without one if the name is empty.
    #[must_use]
    pub fn of(name: &str, vector: Vec<f32>) -> Self {
        if name.is_empty() {
            Self::Single(vector)
        } else {
            Self::Named(BTreeMap::from([(name.to_owned(), vector)]))
        }
    }
}

/// A point to write.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PointStruct {
    /// What identifies it.
    pub id: PointId,
    /// Its vectors.
    pub vector: Vector,
    /// What else is stored.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub payload: Payload,
}

/// The body that writes points.
#[derive(Debug, Serialize)]
pub struct UpsertRequest<'p> {
    /// The points.
    pub points: &'p [PointStruct],
    /// Which shard they go to, in a collection with shard keys of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shard_key: Option<&'p str>,
}

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateResult {
    /// Its number, if the server counts.
    #[serde(default)]
    pub operation_id: Option<u64>,
    /// Whether it is done.
    pub status: UpdateStatus,
}

/// Whether a write is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UpdateStatus {
    /// It is logged and will be done.
    Acknowledged,
    /// It is done.
    Completed,
    /// It was waited for long enough.
    WaitTimeout,
    /// A newer write had come before it.
    ClockRejected,
}

/// Which keys of the payload an answer has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum WithPayload {
    /// All or none.
    All(bool),
    /// These, with dots between levels.
    Only(Vec<Cow<'static, str>>),
    /// All but some.
    Except {
        /// These, with dots between levels.
        exclude: Vec<Cow<'static, str>>,
    },
}

/// The body that reads points by their ids.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RetrieveRequest<'p> {
    /// The points; unknown ones are left out of the answer.
    pub ids: &'p [PointId],
    /// Which keys of the payload are wanted.
    pub with_payload: WithPayload,
    /// Whether the vectors are.
    pub with_vector: bool,
    /// Where they are, in a collection with shard keys of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shard_key: Option<&'p str>,
}

/// A point as it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// What identifies it.
    pub id: PointId,
    /// What was asked for of its payload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<Payload>,
    /// Its vectors, if asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vector: Option<Vector>,
}

/// What to look for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Query {
    /// The points nearest to a vector.
    Nearest(Vec<f32>),
    /// The points nearest to a stored one, without it.
    Point(PointId),
}

/// The body that finds points.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QueryRequest<'p> {
    /// What to look for; `None` takes points in the order of their ids.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub query: Option<Query>,
    /// Which of the named vectors is compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub using: Option<&'p str>,
    /// What the points must meet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
    /// How to search.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub params: Option<SearchParams>,
    /// How many points at most.
    pub limit: usize,
    /// How many of the best to leave out.
    #[serde(skip_serializing_if = "is_zero")]
    pub offset: usize,
    /// Nothing worse than this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score_threshold: Option<f32>,
    /// Which keys of the payload are wanted.
    pub with_payload: WithPayload,
    /// Whether the vectors are.
    pub with_vector: bool,
    /// Which shard is asked, in a collection with shard keys of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shard_key: Option<&'p str>,
}

impl QueryRequest<'_> {
    /// The ids and scores of the points nearest to a vector, so many at most.
    #[must_use]
    pub fn nearest(vector: Vec<f32>, limit: usize) -> Self {
        Self {
            query: Some(Query::Nearest(vector)),
            using: None,
            filter: None,
            params: None,
            limit,
            offset: 0,
            score_threshold: None,
            with_payload: WithPayload::All(false),
            with_vector: false,
            shard_key: None,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// Several searches at once.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QueryBatch<'p> {
    /// The searches.
    pub searches: Vec<QueryRequest<'p>>,
}

/// How to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SearchParams {
    /// How many candidates the graph search keeps: more find more, and take longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hnsw_ef: Option<usize>,
    /// Whether everything is compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exact: Option<bool>,
}

/// A point that was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScoredPoint {
    /// What identifies it.
    pub id: PointId,
    /// The number of the write that last changed it.
    #[serde(default)]
    pub version: u64,
    /// How near it is; what is better depends on the distance.
    pub score: f32,
    /// What was asked for of its payload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<Payload>,
    /// Its vectors, if asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vector: Option<Vector>,
}

/// The points that were found, best first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Points {
    /// The points.
    pub points: Vec<ScoredPoint>,
}

/// The body that reads points page by page.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScrollRequest<'p> {
    /// Where to begin: the page before says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<PointId>,
    /// How many points a page at most, 1 or more.
    pub limit: usize,
    /// What the points must meet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
    /// Which keys of the payload are wanted.
    pub with_payload: WithPayload,
    /// Whether the vectors are.
    pub with_vector: bool,
    /// Which shard is asked, in a collection with shard keys of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shard_key: Option<&'p str>,
}

/// A page of points in the order of their ids.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// The points.
    pub points: Vec<Record>,
    /// Where the next page begins; `None` on the last.
    #[serde(default)]
    pub next_page_offset: Option<PointId>,
}

/// The body that counts points.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CountRequest<'p> {
    /// What the points must meet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<Filter>,
    /// Whether an estimate is not enough.
    pub exact: bool,
    /// Which shard is asked, in a collection with shard keys of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shard_key: Option<&'p str>,
}

/// How many points there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// How many.
    pub count: u64,
}

/// Which points a write concerns.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Selector<'p> {
    /// These.
    Points(&'p [PointId]),
    /// All that meet a filter.
    Filter(Filter),
}

/// The body that deletes points.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeleteRequest<'p> {
    /// Which points.
    #[serde(flatten)]
    pub points: &'p Selector<'p>,
    /// Where they are, in a collection with shard keys of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shard_key: Option<&'p str>,
}

/// The body that adds keys to the payloads of points, or replaces them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SetPayload<'p> {
    /// The keys and their values.
    pub payload: Payload,
    /// Which points.
    #[serde(flatten)]
    pub of: Selector<'p>,
}
