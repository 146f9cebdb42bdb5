//! What the server sees.

use serde::{Deserialize, Serialize};

/// A document beside what the server has of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inspected {
    /// The document's id.
    pub document: String,
    /// What it came from.
    pub origin: Origin,
    /// What the server has.
    pub stored: Stored,
}

/// What a document came from; it never leaves the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// The text that was sealed.
    pub text: String,
    /// Its policy.
    pub policy: String,
    /// Its vector.
    pub vector: Vec<f32>,
}

/// What the server has of a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stored {
    /// The point as it was returned, as indented JSON, long texts and lists cut.
    pub point: String,
    /// Its header in the keyring, the same.
    pub header: String,
    /// The compartment that it says it belongs to.
    pub cid: String,
    /// Bytes of the sealed record.
    pub record_bytes: usize,
    /// The clauses that the header's slots give away.
    pub slots: usize,
    /// Bytes of the header.
    pub header_bytes: usize,
    /// 1 or 2.
    pub suite: u8,
    /// Records with the same compartment id, which everybody can count.
    pub records: usize,
    /// The search vector; none in mode sealed.
    pub vector: Option<Vec<f32>>,
    /// The cosine between it and the document's vector.
    pub cosine: Option<f32>,
}

/// Vectors in a plane, by principal components. Coordinates are within -1 to 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Projected {
    /// The documents, at most [`MAX_PROJECTED`].
    pub documents: Vec<String>,
    /// For each, the number of its policy among `policies`.
    pub groups: Vec<usize>,
    /// The policies.
    pub policies: Vec<String>,
    /// The plaintext vectors.
    pub plain: Vec<[f32; 2]>,
    /// The stored vectors of one compartment: numbers of documents, and where they are.
    pub one: Vec<(usize, [f32; 2])>,
    /// The stored vectors of all compartments; empty in mode sealed.
    pub all: Vec<[f32; 2]>,
    /// The share of plaintext's five nearest neighbours that are also nearest among the stored vectors, in that
    /// compartment.
    pub kept_in_one: f32,
    /// The same over all compartments, for neighbours of other compartments.
    pub kept_in_all: f32,
}

/// More documents are not projected.
pub const MAX_PROJECTED: usize = 600;
