//! What is sealed, and how.

use serde::{Deserialize, Serialize};

/// A document to seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// A number or a UUID.
    pub id: String,
    /// Sealed with the text.
    pub title: String,
    /// What it says.
    pub text: String,
    /// Who may read it, in text form.
    pub policy: String,
    /// What is embedded, if it is not what is sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embedded: Option<String>,
}

impl Document {
    /// What is embedded.
    #[must_use]
    pub fn to_embed(&self) -> String {
        self.embedded.clone().unwrap_or_else(|| self.passage())
    }

    /// What is sealed.
    #[must_use]
    pub fn passage(&self) -> String {
        if self.title.is_empty() {
            self.text.clone()
        } else {
            format!("{}. {}", self.title, self.text)
        }
    }
}

/// How documents are sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sealing {
    /// Whether the server compares vectors.
    pub mode: Mode,
    /// How much noise is on search vectors.
    pub preset: Preset,
    /// Which compartments share a search key.
    pub scope: Scope,
    /// What writes.
    pub written_by: WrittenBy,
    /// What encrypts records.
    pub cipher: Cipher,
}

/// Whether the server compares vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Mode {
    /// It does, rotated and perturbed ones.
    #[default]
    Geometric,
    /// It gets none.
    Sealed,
}

/// How much noise is on search vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Preset {
    /// None.
    Off,
    /// Half as much as vector.
    #[default]
    Balanced,
    /// As much as vector.
    Strong,
}

/// Which compartments share a search key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Scope {
    /// None: each has its own.
    #[default]
    Compartment,
    /// All of the collection.
    Collection,
}

/// What writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WrittenBy {
    /// The authority itself.
    #[default]
    Authority,
    /// A writer key, which reads nothing.
    WriterKey,
}

/// What encrypts records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Cipher {
    /// AES-256-GCM.
    #[default]
    Aes,
    /// ChaCha20-Poly1305, faster in WebAssembly.
    ChaCha,
}

/// Which vectors documents have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Vectors {
    /// Those kept for their ids; the others are embedded.
    #[default]
    Kept,
    /// All are embedded.
    Embedded,
}

/// How an upload went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Uploaded {
    /// Points written.
    pub written: usize,
    /// Documents that could not be, at most the first 20.
    pub failures: Vec<Unwritten>,
    /// The ids of all that are not written.
    pub missing: Vec<String>,
    /// Whether it was cancelled before its end.
    pub is_cancelled: bool,
    /// Compartments created.
    pub created: usize,
    /// Milliseconds of embedding.
    pub embedding: f64,
    /// Milliseconds of sealing and writing.
    pub writing: f64,
    /// Name and version of the embedding model, if texts were embedded.
    pub model: Option<String>,
    /// Dimensions of the vectors.
    pub dimension: usize,
}

/// A document that is not written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unwritten {
    /// Its id.
    pub document: String,
    /// A stable code.
    pub code: String,
    /// A sentence.
    pub message: String,
}
