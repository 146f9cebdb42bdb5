//! The arithmetic that takes the time, over eight numbers at once: `wide` makes SSE2, NEON or wasm's simd128 of it.

mod linear;
mod rows;

pub(crate) use linear::{Activations, GROUP, Linear, add_row};
pub(crate) use rows::{LayerNorm, add, dot, gelu, normalise, softmax};
