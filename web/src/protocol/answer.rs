//! What the worker says.

use js_sys::Float32Array;
use serde::{Deserialize, Serialize};
use vecseal_data::import::Place;
use web_sys::Blob;

use super::{Access, Inspected, KeyFacts, KeyId, Projected, Report, Searched, Uploaded, packed};

/// What the worker says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Message {
    /// It listens.
    Ready {},
    /// How far the model's file has come, whichever job wants it.
    Model(Progress),
    /// How far a job has come, in texts, rows or points.
    Progress {
        /// The job.
        job: u32,
        /// How far.
        progress: Progress,
    },
    /// A job is done that has nothing to show.
    Done {
        /// The job.
        job: u32,
    },
    /// The result of [`Work::Embed`](super::Work::Embed).
    Embedded {
        /// The job.
        job: u32,
        /// One vector after another, `f32[texts × dimension]`.
        #[serde(with = "serde_wasm_bindgen::preserve")]
        vectors: Float32Array,
        /// Dimensions of a vector.
        dimension: usize,
        /// Name and version of the model, for compartments.
        model: String,
    },
    /// The result of [`Work::Import`](super::Work::Import).
    Imported {
        /// The job.
        job: u32,
        /// The documents.
        #[serde(with = "packed")]
        rows: Vec<Row>,
        /// Their vectors, one after another, `f32[rows × dimension]`; none unless the files have them.
        #[serde(with = "serde_wasm_bindgen::preserve")]
        vectors: Float32Array,
        /// Dimensions of a vector; 0 without vectors.
        dimension: usize,
        /// Fields that were not used.
        ignored: Vec<String>,
    },
    /// There is a key: issued, attenuated or imported.
    Key {
        /// The job.
        job: u32,
        /// What may be said about it.
        facts: KeyFacts,
    },
    /// A key as a file, for the user to save.
    KeyFile {
        /// The job.
        job: u32,
        /// The key.
        key: KeyId,
        /// The file.
        #[serde(with = "serde_wasm_bindgen::preserve")]
        file: Blob,
    },
    /// A right was rotated.
    Rotated {
        /// The job.
        job: u32,
        /// All keys, as they are now.
        keys: Vec<KeyFacts>,
        /// How many headers were re-wrapped.
        rewrapped: usize,
    },
    /// A Qdrant answers.
    Connected {
        /// The job.
        job: u32,
        /// Its version.
        version: String,
        /// Whether it is the embedded engine.
        embedded: bool,
        /// Milliseconds there and back.
        latency: f64,
        /// The names of its collections, less keyrings.
        collections: Vec<String>,
    },
    /// Documents are written.
    Uploaded {
        /// The job.
        job: u32,
        /// How it went.
        uploaded: Uploaded,
    },
    /// A search is through.
    Searched {
        /// The job.
        job: u32,
        /// What it found.
        searched: Searched,
    },
    /// Keys were tried on documents.
    Accesses {
        /// The job.
        job: u32,
        /// What came of it, key by key.
        #[serde(with = "packed")]
        accesses: Vec<Access>,
        /// Milliseconds.
        time: f64,
    },
    /// What the server has of a document.
    Inspected {
        /// The job.
        job: u32,
        /// It.
        inspected: Box<Inspected>,
    },
    /// Vectors in a plane.
    Projected {
        /// The job.
        job: u32,
        /// They.
        #[serde(with = "packed")]
        projected: Projected,
    },
    /// An attack is over.
    Attacked {
        /// The job.
        job: u32,
        /// What came of it.
        report: Report,
    },
    /// A job that came to nothing.
    Failed {
        /// The job.
        job: u32,
        /// Why.
        failure: Failure,
    },
}

/// So much of so much; a total that is not known is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// What is done.
    pub done: usize,
    /// All there is.
    pub total: usize,
}

/// A document of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// A number or a UUID.
    pub id: String,
    /// The text to embed.
    pub text: Option<String>,
    /// What to seal; without it the text.
    pub content: Option<String>,
    /// Who may read it, in text form.
    pub policy: Option<String>,
}

/// Why a job came to nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// A stable code.
    pub code: String,
    /// A sentence.
    pub message: String,
    /// Where in an imported file.
    pub place: Option<Place>,
    /// How many other rows of an imported file have problems.
    pub others: usize,
}

impl Failure {
    /// A failure that is in no file.
    #[must_use]
    pub fn new(code: &str, message: &str) -> Self {
        Self {
            code: code.to_owned(),
            message: message.to_owned(),
            place: None,
            others: 0,
        }
    }

    /// What was asked for is none of [`Work`](super::Work).
    #[must_use]
    pub fn invalid_request() -> Self {
        Self::new("invalid_request", "this is no job of the worker's")
    }
}
