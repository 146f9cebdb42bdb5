//! What searches find.

use serde::{Deserialize, Serialize};

use super::{Failure, KeyId};

/// What is searched for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Query {
    /// A text, embedded in the worker.
    Text(String),
    /// What is near to a document of the upload, by its id.
    Document(String),
}

/// A search with several keys, and in the clear.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Searched {
    /// Milliseconds of embedding the query.
    pub embedding: f64,
    /// The nearest of all documents, compared in the clear in the worker.
    pub plain: Vec<Ranked>,
    /// Milliseconds of that.
    pub plain_time: f64,
    /// Key by key, in the order asked for.
    pub keys: Vec<KeySearch>,
    /// For each document in `plain` or found by a key: each key tried on it, as the server has it.
    pub accesses: Vec<Access>,
}

/// A document with its exact score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    /// Its id.
    pub document: String,
    /// The cosine.
    pub score: f64,
}

/// What a search with one key found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeySearch {
    /// The key.
    pub key: KeyId,
    /// The nearest that it opens.
    pub hits: Vec<Hit>,
    /// The nearest in the clear among the documents whose policy it satisfies: what `hits` should be.
    pub expected: Vec<Ranked>,
    /// Compartments that it opens but could not search.
    pub skipped: Vec<Skip>,
    /// What it cost; none if it failed.
    pub cost: Option<Cost>,
    /// Why it failed.
    pub failure: Option<Failure>,
}

/// A result, opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// The document's id.
    pub document: String,
    /// The exact score.
    pub score: f64,
    /// The text that was sealed.
    pub content: String,
    /// The policy that its compartment claims.
    pub policy: String,
}

/// A compartment that was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skip {
    /// A stable code.
    pub code: String,
    /// A sentence.
    pub message: String,
}

/// What a search cost.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cost {
    /// Compartments searched.
    pub compartments: usize,
    /// The radius of the query's noise.
    pub query_noise: f32,
    /// Points that the server named.
    pub candidates: usize,
    /// Records that opened.
    pub opened: usize,
    /// Points that this key does not open.
    pub denied: usize,
    /// Points that are not what was sealed.
    pub tampered: usize,
    /// Requests sent.
    pub requests: usize,
    /// Bytes sent.
    pub sent: usize,
    /// Bytes received.
    pub received: usize,
    /// Milliseconds of looking at the keyring.
    pub keyring: f64,
    /// Milliseconds of encrypting the query.
    pub encrypt: f64,
    /// Milliseconds of the server's search and the way.
    pub search: f64,
    /// Milliseconds of fetching records.
    pub fetch: f64,
    /// Milliseconds of opening records.
    pub open: f64,
    /// Milliseconds of exact ranking.
    pub rank: f64,
    /// Milliseconds of all.
    pub total: f64,
}

/// What a key makes of some documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// The key.
    pub key: KeyId,
    /// The documents with what came of each.
    pub outcomes: Vec<(String, Outcome)>,
}

/// What a key makes of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// It decrypts.
    Opened,
    /// No slot of the header is this key's.
    Denied,
    /// The header is not in the keyring.
    NoHeader,
    /// It is not what was sealed.
    Tampered,
    /// There is no such point.
    Missing,
}
