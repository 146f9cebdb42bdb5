//! The forward pass of BERT (Devlin et al. 2019; Vaswani et al. 2017): word and position vectors, layers of attention
//! and a feed-forward net, then the mean over all tokens, of length 1 (Reimers and Gurevych, *Sentence-BERT*, 2019).

mod file;
mod layer;

use std::ops::Range;

use crate::kernels::{GROUP, LayerNorm, add, add_row, normalise};
use layer::{Layer, Scratch};

/// The numbers that fix a model's shape.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    /// Word pieces in the vocabulary.
    words: usize,
    /// Dimensions of a token's state and of the embedding.
    width: usize,
    layers: usize,
    heads: usize,
    /// Dimensions inside of the feed-forward nets.
    inner: usize,
    /// Tokens of a text at most.
    positions: usize,
}

/// Weights, at 4 bits where they stand in the file.
#[derive(Debug)]
pub(crate) struct Model {
    file: Vec<u8>,
    shape: Shape,
    /// One row of nibbles a word piece, then one row of scales.
    word_vectors: Range<usize>,
    word_scales: Range<usize>,
    position_vectors: Vec<f32>,
    norm: LayerNorm,
    layers: Vec<Layer>,
}

impl Model {
    pub(crate) fn words(&self) -> usize {
        self.shape.words
    }

    pub(crate) fn positions(&self) -> usize {
        self.shape.positions
    }

    pub(crate) fn dimension(&self) -> usize {
        self.shape.width
    }

    /// Returns the embedding of the first tokens, as many as there are positions; `f32[width]`, L2 norm 1.
    pub(crate) fn embed(&self, tokens: &[u32]) -> Vec<f32> {
        let mut states = self.look_up(tokens);
        self.norm.apply(&mut states);
        let mut scratch = Scratch::default();
        for layer in &self.layers {
            layer.apply(&self.file, &mut states, &mut scratch);
        }
        let mut sum = vec![0.0; self.shape.width];
        for state in states.chunks_exact(self.shape.width) {
            add(&mut sum, state);
        }
        normalise(&mut sum);
        sum
    }

    /// Returns the sum of word and position vectors, `f32[tokens × width]`.
    fn look_up(&self, tokens: &[u32]) -> Vec<f32> {
        let width = self.shape.width;
        let mut states: Vec<f32> = self.position_vectors.iter().copied().take(tokens.len() * width).collect();
        let vectors = self.file.get(self.word_vectors.clone()).unwrap_or_default();
        let scales = self.file.get(self.word_scales.clone()).unwrap_or_default();
        for (state, token) in states.chunks_exact_mut(width).zip(tokens) {
            // INVARIANT: token ids are line numbers of the vocabulary, which has as many lines as the table rows.
            let nibbles = vectors.chunks_exact(width / 2).nth(*token as usize).unwrap_or_default();
            let scales = scales.chunks_exact(width / GROUP * 2).nth(*token as usize).unwrap_or_default();
            add_row(nibbles, scales, state);
        }
        states
    }
}
