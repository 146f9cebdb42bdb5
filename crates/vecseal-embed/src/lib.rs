//! Text to embeddings on the device: [all-MiniLM-L6-v2](https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2)
//! with weights of 4 bits, in Rust without `unsafe`, natively and in WebAssembly.
//!
//! Vectors are encrypted before they leave the device; this crate makes them there, so that no text has to leave it
//! either. It knows nothing of keys, files or networks: the model's file comes as bytes, checked against [`MINI_LM`].
//!
//! ```
//! # let file = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/model/minilm-q4-v24k.bin"))?;
//! use vecseal_embed::MINI_LM;
//!
//! let embedder = MINI_LM.load(file)?;
//! let query = embedder.embed("how many vacation days can I roll over");
//! let answer = embedder.embed("Up to five unused days of leave may be carried over until the end of March.");
//! let other = embedder.embed("The bridge inspection recommends repainting the girders.");
//! let cosine = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
//! assert!(cosine(&query, &answer) > 0.5 && cosine(&query, &other) < 0.2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What it is not
//!
//! It reads English best; words outside of Latin script become `[UNK]`. Texts are cut at 128 tokens, about 90 words:
//! split longer documents. Embeddings differ between machines in the last bits (some multiply and add in one step), so
//! seal the vector that you have instead of embedding again to compare.

mod error;
mod kernels;
mod known;
mod model;
mod tokenizer;

pub use error::ModelError;
pub use known::{KnownModel, MINI_LM};

use model::Model;
use tokenizer::Tokenizer;

/// A loaded model: turns texts into embeddings. Read-only, so threads share it.
///
/// It keeps the weights as the file has them, at 4 bits: 12 MB in all.
#[derive(Debug)]
pub struct Embedder {
    tokenizer: Tokenizer,
    model: Model,
}

impl Embedder {
    /// Reads a model file of format MLQ1 (`docs/EMBEDDINGS.md`), whichever model is in it. [`KnownModel::load`] also
    /// checks that it is the right one.
    ///
    /// # Errors
    ///
    /// [`ModelError::WrongMagic`], [`ModelError::Truncated`] or [`ModelError::Malformed`].
    pub fn parse(file: Vec<u8>) -> Result<Self, ModelError> {
        let (model, vocabulary) = Model::parse(file)?;
        let tokenizer = Tokenizer::new(&vocabulary, model.words())?;
        Ok(Self { tokenizer, model })
    }

    /// Returns the embedding of a text, `f32[d]` of L2 norm 1; beyond 128 tokens the text is cut.
    #[must_use]
    pub fn embed(&self, text: &str) -> Vec<f32> {
        self.model.embed(&self.tokens(text))
    }

    /// Returns a text's token ids, between `[CLS]` and `[SEP]`, at most 128.
    #[must_use]
    pub fn tokens(&self, text: &str) -> Vec<u32> {
        self.tokenizer.encode(text, self.model.positions())
    }

    /// Returns the number of dimensions of embeddings.
    #[must_use]
    pub fn dimension(&self) -> usize {
        self.model.dimension()
    }
}
