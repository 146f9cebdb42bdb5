//! Collections and payload indexes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How similar two vectors are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Distance {
    /// The cosine of their angle. Qdrant stores the vectors normalised.
    Cosine,
    /// The Euclidean distance; smaller is nearer.
    Euclid,
    /// The inner product. Qdrant stores the vectors as they are.
    Dot,
    /// The sum of absolute differences; smaller is nearer.
    Manhattan,
}

/// The numbers that a vector is stored as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Datatype {
    /// Four bytes a coordinate.
    Float32,
    /// Two bytes a coordinate.
    Float16,
    /// One byte a coordinate.
    Uint8,
}

/// One kind of vector in a collection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VectorParams {
    /// How many coordinates each vector has, 1 to 65,536.
    pub size: u64,
    /// How they are compared.
    pub distance: Distance,
    /// The graph index of these vectors, where it differs from the collection's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hnsw_config: Option<HnswConfig>,
    /// Compressed copies of these vectors, for a faster first pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantization_config: Option<Quantization>,
    /// Whether vectors stay on disk rather than in memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_disk: Option<bool>,
    /// What the numbers are stored as; `Float32` if nothing else is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub datatype: Option<Datatype>,
}

impl VectorParams {
    /// Vectors of so many coordinates, with Qdrant's defaults.
    #[must_use]
    pub fn new(size: u64, distance: Distance) -> Self {
        Self {
            size,
            distance,
            hnsw_config: None,
            quantization_config: None,
            on_disk: None,
            datatype: None,
        }
    }
}

/// The vectors that each point of a collection has: one without a name, or any number with names, or none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Vectors {
    /// One vector without a name.
    Single(VectorParams),
    /// Vectors by name; none at all if it is empty.
    Named(BTreeMap<String, VectorParams>),
}

impl Default for Vectors {
    fn default() -> Self {
        Self::Named(BTreeMap::new())
    }
}

impl Vectors {
    /// The vectors of this name; the one without a name has the empty one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&VectorParams> {
        match self {
            Self::Single(params) => name.is_empty().then_some(params),
            Self::Named(named) => named.get(name),
        }
    }
}

/// Settings of the graph index. What is `None` stays as Qdrant has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HnswConfig {
    /// Edges a node; 0 builds no graph.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub m: Option<u64>,
    /// Neighbours looked at while the graph is built.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ef_construct: Option<u64>,
    /// Below this many kilobytes of vectors everything is compared instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_scan_threshold: Option<u64>,
    /// Edges a node within each value of a tenant index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload_m: Option<u64>,
}

/// When Qdrant builds indexes. What is `None` stays as Qdrant has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OptimizersConfig {
    /// Kilobytes of vectors in a segment from which it gets a graph index; 0 never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indexing_threshold: Option<u64>,
    /// How many segments Qdrant aims at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_segment_number: Option<u64>,
}

/// Compressed copies of vectors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Quantization {
    /// One byte a coordinate.
    Scalar {
        /// Its settings.
        scalar: ScalarQuantization,
    },
    /// Any other, as Qdrant's JSON has it.
    Other(Value),
}

/// One byte a coordinate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ScalarQuantization {
    /// Always `int8`.
    #[serde(rename = "type")]
    pub kind: Int8,
    /// The share of coordinates that the range covers, 0.5 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantile: Option<f32>,
    /// Whether the copies stay in memory when the vectors do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub always_ram: Option<bool>,
}

/// The one type of scalar quantisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Int8 {
    /// Signed bytes.
    #[default]
    #[serde(rename = "int8")]
    Int8,
}

/// The body that creates a collection.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct NewCollection {
    /// The vectors of each point.
    #[serde(default)]
    pub vectors: Vectors,
    /// The graph index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hnsw_config: Option<HnswConfig>,
    /// When indexes are built.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub optimizers_config: Option<OptimizersConfig>,
    /// Compressed copies of all vectors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantization_config: Option<Quantization>,
    /// Whether payloads stay on disk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_disk_payload: Option<bool>,
    /// How many shards the collection is split into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard_number: Option<u32>,
    /// `auto`, or `custom` for shard keys given with each call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sharding_method: Option<String>,
    /// How many nodes of a cluster hold each shard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replication_factor: Option<u32>,
    /// How many of them must have a write before it is acknowledged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write_consistency_factor: Option<u32>,
}

impl NewCollection {
    /// A collection of points with one vector without a name.
    #[must_use]
    pub fn single(vector: VectorParams) -> Self {
        Self {
            vectors: Vectors::Single(vector),
            ..Self::default()
        }
    }
}

/// The names of all collections.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionList {
    /// One entry each, in no order.
    pub collections: Vec<CollectionDescription>,
}

/// A collection in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionDescription {
    /// Its name.
    pub name: String,
}

/// Whether a collection exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionExists {
    /// Whether it does.
    pub exists: bool,
}

/// What Qdrant says of a collection; what we do not use is left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CollectionInfo {
    /// `green` when all indexes are built, `yellow` while they are, `grey` when that waits, `red` after a failure.
    pub status: String,
    /// How many points there are, roughly.
    #[serde(default)]
    pub points_count: Option<u64>,
    /// How many vectors are in a graph index, roughly.
    #[serde(default)]
    pub indexed_vectors_count: Option<u64>,
    /// How the collection was made.
    pub config: CollectionConfig,
    /// The payload indexes by key.
    #[serde(default)]
    pub payload_schema: BTreeMap<String, PayloadIndexInfo>,
}

/// How a collection was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CollectionConfig {
    /// Its vectors.
    pub params: CollectionParams,
}

/// The vectors of a collection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CollectionParams {
    /// The vectors of each point.
    #[serde(default)]
    pub vectors: Vectors,
}

/// A payload index as Qdrant reports it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PayloadIndexInfo {
    /// The type of the values, as `keyword`.
    pub data_type: String,
    /// What else was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub params: Option<Value>,
}

/// The body that creates a payload index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayloadIndex {
    /// The key in the payload, with dots between levels.
    pub field_name: String,
    /// What it holds.
    pub field_schema: PayloadType,
}

/// What a payload index holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PayloadType {
    /// Strings compared as a whole.
    Keyword,
    /// Whole numbers.
    Integer,
    /// Numbers.
    Float,
    /// Booleans.
    Bool,
    /// Places.
    Geo,
    /// Text by its words.
    Text,
    /// Dates and times.
    Datetime,
    /// UUIDs.
    Uuid,
    /// Strings compared as a whole, with settings.
    #[serde(untagged)]
    KeywordWith(KeywordIndex),
}

/// Settings of a keyword index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeywordIndex {
    #[serde(rename = "type")]
    kind: Keyword,
    /// Whether most searches name one value: Qdrant then keeps the points of a value together.
    pub is_tenant: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Keyword {
    #[serde(rename = "keyword")]
    Keyword,
}

impl PayloadIndex {
    /// Strings that most searches name one value of, as tenants.
    #[must_use]
    pub fn tenant(field_name: &str) -> Self {
        Self {
            field_name: field_name.to_owned(),
            field_schema: PayloadType::KeywordWith(KeywordIndex {
                kind: Keyword::Keyword,
                is_tenant: true,
            }),
        }
    }
}
