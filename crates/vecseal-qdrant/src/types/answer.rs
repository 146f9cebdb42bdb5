//! What every answer is wrapped in.

use serde::{Deserialize, Serialize};

/// A successful answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Envelope<T> {
    /// What was asked for.
    pub result: T,
    /// Always `ok`.
    pub status: String,
    /// How long Qdrant took, in seconds.
    #[serde(default)]
    pub time: f64,
}

/// The answer to a request that failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// What went wrong.
    pub status: ErrorStatus,
    /// How long Qdrant took, in seconds.
    #[serde(default)]
    pub time: f64,
}

/// Qdrant's words on what went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorStatus {
    /// A sentence, beginning with the kind of error.
    pub error: String,
}

/// What `GET /` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// What the server calls itself.
    pub title: String,
    /// The version of Qdrant, as `1.19.0`.
    pub version: String,
}
