//! The models that this crate knows by their checksum.

use sha2::{Digest as _, Sha256};

use crate::Embedder;
use crate::error::ModelError;

/// A model whose file is known byte for byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownModel {
    /// Name and version, for [`CompartmentOptions::model`](https://docs.rs/vecseal): vectors of different names do not
    /// compare. It changes whenever the same text would give another vector.
    pub name: &'static str,
    /// Dimensions of its embeddings.
    pub dimension: usize,
    /// Name of its file.
    pub file: &'static str,
    /// Bytes of its file.
    pub bytes: usize,
    /// SHA-256 of its file, in lower-case hexadecimal digits.
    pub sha256: &'static str,
}

/// sentence-transformers/all-MiniLM-L6-v2, weights quantised to 4 bits, vocabulary cut to 24,000 word pieces
/// (`docs/EMBEDDINGS.md`). The first 126 word pieces of a text count.
pub const MINI_LM: KnownModel = KnownModel {
    name: "all-MiniLM-L6-v2-q4@1",
    dimension: 384,
    file: "minilm-q4-v24k.bin",
    bytes: 10_938_969,
    sha256: "39226509e854326175bd7a725eef04b2ed052f62b4c1150d147de7200e16bd97",
};

impl KnownModel {
    /// Reads the model's file and checks that it is this model.
    ///
    /// # Errors
    ///
    /// [`ModelError::WrongMagic`], [`ModelError::Truncated`], [`ModelError::Malformed`], or
    /// [`ModelError::WrongChecksum`] when all of that is in order and the file still another one.
    pub fn load(&self, file: Vec<u8>) -> Result<Embedder, ModelError> {
        let sha256 = Sha256::digest(&file).iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        let embedder = Embedder::parse(file)?;
        if sha256 == self.sha256 {
            Ok(embedder)
        } else {
            Err(ModelError::WrongChecksum)
        }
    }
}
