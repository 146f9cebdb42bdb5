//! The part of Qdrant's REST API that VecSeal uses, typed as Qdrant's API description has it, over any HTTP.
//!
//! ```no_run
//! # #[cfg(all(feature = "http", not(target_arch = "wasm32")))]
//! # async fn example() -> Result<(), vecseal_qdrant::QdrantError> {
//! use vecseal_qdrant::{Credentials, Distance, Endpoint, Http, NewCollection, Qdrant, VectorParams};
//!
//! let endpoint = Endpoint::new("http://localhost:6333", Credentials::None)?;
//! let qdrant = Qdrant::new(Http::new(endpoint)?);
//! qdrant.create_collection("documents", &NewCollection::single(VectorParams::new(384, Distance::Dot))).await?;
//! # Ok(())
//! # }
//! ```
//!
//! Nothing here knows of keys, encryption or policies: what it sends is what its caller gives it.
//!
//! # Features
//!
//! - `http` (off): [`Http`], the transport of native programs, by reqwest with rustls.
//! - `fetch` (off): `Fetch`, the transport of web pages and workers.

mod client;
mod endpoint;
mod error;
mod everything;
mod retry;
mod transport;
mod types;

pub use client::Qdrant;
pub use endpoint::{Credentials, Endpoint};
pub use error::{MAX_MESSAGE_CHARACTERS, QdrantError, Result};
pub use retry::Retry;
#[cfg(all(feature = "fetch", target_arch = "wasm32"))]
pub use transport::fetch::Fetch;
#[cfg(all(feature = "http", not(target_arch = "wasm32")))]
pub use transport::http::Http;
pub use transport::{MAX_ANSWER_BYTES, Method, Request, Response, Transport, TransportError, TransportProblem};
pub use types::answer::{Envelope, ErrorStatus, Failure, Version};
pub use types::collections::{
    CollectionConfig, CollectionDescription, CollectionExists, CollectionInfo, CollectionList, CollectionParams,
    Datatype, Distance, HnswConfig, Int8, KeywordIndex, NewCollection, OptimizersConfig, PayloadIndex,
    PayloadIndexInfo, PayloadType, Quantization, ScalarQuantization, VectorParams, Vectors,
};
pub use types::filter::{Condition, FieldCondition, Filter, Match, Nested, PayloadField, Range};
pub use types::points::{
    Count, CountRequest, DeleteRequest, Page, Payload, PointId, PointStruct, Points, Query, QueryBatch, QueryRequest,
    Record, RetrieveRequest, ScoredPoint, ScrollRequest, SearchParams, Selector, SetPayload, UpdateResult,
    UpdateStatus, UpsertRequest, Vector, WithPayload,
};
