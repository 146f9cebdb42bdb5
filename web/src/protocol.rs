//! What page and worker say to each other, as plain objects.

use js_sys::{Array, Float32Array};
use serde::{Deserialize, Serialize};
use vecseal_data::import::Place;

/// A job for the worker.
#[derive(Debug, Serialize, Deserialize)]
pub struct Request {
    /// Comes back with every message about this job.
    pub job: u32,
    /// What to do.
    pub work: Work,
}

/// What the worker does.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Work {
    /// Embeds texts. Jobs take turns, so a query does not wait until a collection is through.
    Embed {
        /// At most [`MAX_TEXTS`]; in any language, though English embeds best.
        texts: Vec<String>,
    },
    /// Imports files. WebAssembly's memory does not shrink: give a large import a worker of its own, and end it.
    Import {
        /// `File`s of the page.
        #[serde(with = "serde_wasm_bindgen::preserve")]
        files: Array,
        /// The access structure as JSON, which policies are checked against.
        structure: String,
    },
    /// Stops the embedding job of this number, which fails as `cancelled`. To stop an import, end the worker.
    Cancel,
}

/// Texts of one embedding job; a collection is several jobs.
pub const MAX_TEXTS: usize = 10_000;

/// What the worker says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Message {
    /// It listens.
    Ready {},
    /// How far the model's file has come, whichever job wants it.
    Model(Progress),
    /// How far a job has come, in texts or rows.
    Progress {
        /// The job.
        job: u32,
        /// How far.
        progress: Progress,
    },
    /// The result of [`Work::Embed`].
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
    /// The result of [`Work::Import`].
    Imported {
        /// The job.
        job: u32,
        /// The documents.
        rows: Vec<Row>,
        /// Their vectors, one after another, `f32[rows × dimension]`; none unless the files have them.
        #[serde(with = "serde_wasm_bindgen::preserve")]
        vectors: Float32Array,
        /// Dimensions of a vector; 0 without vectors.
        dimension: usize,
        /// Fields that were not used.
        ignored: Vec<String>,
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
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Progress {
    /// What is done.
    pub done: usize,
    /// All there is.
    pub total: usize,
}

/// A document of an import.
#[derive(Debug, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Serialize, Deserialize)]
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

    /// What was asked for is none of [`Work`].
    #[must_use]
    pub fn invalid_request() -> Self {
        Self::new("invalid_request", "this is no job of the worker's")
    }
}
