//! What page and worker say to each other, as plain objects. No key is among it: keys stay in the worker, and leave it
//! only as files that the user asks for.

mod answer;
mod attack;
mod key;
mod packed;
mod sealing;
mod search;
mod view;

use js_sys::{Array, Float32Array};
use serde::{Deserialize, Serialize};
use web_sys::File;

pub use answer::{Failure, Message, Progress, Row};
pub use attack::{Attack, Call, Finding, Report, Step, Tone};
pub use key::{KeyFacts, KeyId, Pairs, RightEpoch};
pub use sealing::{Cipher, Document, Mode, Preset, Scope, Sealing, Unwritten, Uploaded, Vectors, WrittenBy};
pub use search::{Access, Cost, Hit, KeySearch, Outcome, Query, Ranked, Searched, Skip};
pub use view::{Inspected, MAX_PROJECTED, Origin, Projected, Stored};

/// A job for the worker.
#[derive(Debug, Serialize, Deserialize)]
pub struct Request {
    /// Comes back with every message about this job.
    pub job: u32,
    /// What to do.
    pub work: Work,
}

/// What the worker does. Each job ends with one message: its result, or [`Message::Failed`].
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
    /// Keeps the vectors of documents that came with some, in place of embeddings; of no documents: forgets all that were
    /// kept. Ends as [`Message::Done`].
    Keep {
        /// The documents' ids.
        documents: Vec<String>,
        /// One vector after another, `f32[documents × dimension]`.
        #[serde(with = "serde_wasm_bindgen::preserve")]
        vectors: Float32Array,
        /// Dimensions of a vector.
        dimension: usize,
    },
    /// Makes a new authority over a structure; forgets every key and what was uploaded. Ends as [`Message::Done`].
    NewAuthority {
        /// The access structure as JSON.
        structure: String,
    },
    /// Gives the authority another structure; keys stay. Ends as [`Message::Done`].
    Restructure {
        /// The access structure as JSON.
        structure: String,
    },
    /// Issues a user key at the current epochs, in place of the one of this number. Ends as [`Message::Key`].
    IssueKey {
        /// Its number.
        key: KeyId,
        /// What it holds.
        pairs: Pairs,
    },
    /// Derives a weaker key from another, without the authority. Ends as [`Message::Key`].
    Attenuate {
        /// The new key's number.
        key: KeyId,
        /// The key that it comes from.
        from: KeyId,
        /// What it holds, at most what the other does.
        pairs: Pairs,
        /// A note of when it expires, in Unix seconds.
        not_after: Option<u64>,
    },
    /// Takes over a key from a file. Ends as [`Message::Key`].
    ImportKey {
        /// Its number.
        key: KeyId,
        /// The file.
        #[serde(with = "serde_wasm_bindgen::preserve")]
        file: File,
    },
    /// Hands out a key as a file. Ends as [`Message::KeyFile`].
    ExportKey {
        /// Its number.
        key: KeyId,
    },
    /// Forgets a key. Ends as [`Message::Done`].
    ForgetKey {
        /// Its number.
        key: KeyId,
    },
    /// Rotates a right, and re-wraps the headers of what was uploaded. Ends as [`Message::Rotated`].
    Rotate {
        /// The right's attributes; none for the right that everybody has.
        right: Pairs,
    },
    /// Asks a Qdrant for its version, and uses it from then on. Ends as [`Message::Connected`].
    Connect {
        /// Its address.
        url: String,
        /// Its API key, if it wants one.
        api_key: Option<String>,
    },
    /// Embeds documents as far as they have no vectors, seals and writes them; creates the collection if there is none.
    /// Ends as [`Message::Uploaded`].
    Upload {
        /// The collection's name.
        collection: String,
        /// How to seal.
        sealing: Sealing,
        /// What to seal.
        #[serde(with = "packed")]
        documents: Vec<Document>,
        /// Whether documents have the vectors that were kept for their ids.
        #[serde(default)]
        vectors: Vectors,
    },
    /// Deletes a collection of an upload, with its keyring. Ends as [`Message::Done`].
    DeleteCollection {
        /// Its name.
        collection: String,
    },
    /// Searches with each of these keys, and in the clear, for comparison. Ends as [`Message::Searched`].
    Search {
        /// What for.
        query: Query,
        /// How many results.
        limit: usize,
        /// The keys.
        keys: Vec<KeyId>,
    },
    /// Tries each key on each of these documents, as the server has them. Ends as [`Message::Accesses`].
    TryKeys {
        /// The documents' ids.
        documents: Vec<String>,
        /// The keys.
        keys: Vec<KeyId>,
    },
    /// Fetches what the server has of a document. Ends as [`Message::Inspected`].
    Inspect {
        /// The document's id.
        document: String,
    },
    /// Projects vectors to a plane: plaintext, those stored of one compartment, all stored ones. Ends as
    /// [`Message::Projected`].
    Project {
        /// The document whose compartment is shown alone.
        document: String,
    },
    /// Attacks what was uploaded. Ends as [`Message::Attacked`].
    Attack {
        /// How.
        attack: Attack,
        /// Every key there is, with whose it is.
        keys: Vec<(KeyId, String)>,
    },
    /// Stops the job of this number, which fails as `cancelled`. An upload that has written something ends as
    /// [`Message::Uploaded`] and leaves it, unless it is into another collection than the last; an attack leaves nothing. A rotation and a deletion go on to their ends; to stop
    /// an import, end the worker.
    Cancel,
}

/// Texts of one embedding job; a collection is several jobs.
pub const MAX_TEXTS: usize = 10_000;
