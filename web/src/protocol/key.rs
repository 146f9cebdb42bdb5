//! What may be said about keys.

use serde::{Deserialize, Serialize};

/// The number of a user key, given by the page.
pub type KeyId = u32;

/// Attributes with their dimensions.
pub type Pairs = Vec<(String, String)>;

/// A user key, less what is secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyFacts {
    /// Its number.
    pub key: KeyId,
    /// What it holds.
    pub pairs: Pairs,
    /// How many right secrets are in it.
    pub rights: usize,
    /// Those at another epoch than 0, or rotated since: what tells old keys from new ones.
    pub epochs: Vec<RightEpoch>,
    /// Whether this page's authority issued it, or who attenuated it got it from there.
    pub is_ours: bool,
    /// A note of when it expires, in Unix seconds.
    pub not_after: Option<u64>,
    /// Bytes of its file.
    pub bytes: usize,
    /// Tells keys apart: the beginning of its file's SHA-256, as hexadecimal digits.
    pub fingerprint: String,
}

/// The epoch of a right in a key, and the authority's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RightEpoch {
    /// The right in text form.
    pub right: String,
    /// In the key.
    pub held: u32,
    /// At the authority; a key that holds an earlier one is stale.
    pub current: u32,
}

impl KeyFacts {
    /// The rights that were rotated since it was issued.
    pub fn stale(&self) -> impl Iterator<Item = &RightEpoch> {
        self.epochs.iter().filter(|right| right.held < right.current)
    }
}
