//! `y = x·Wᵀ + b` with weights of 4 bits.
//!
//! A weight is `(nibble − 8) · scale`, one scale for [`GROUP`] weights of an output. States are rounded to 16 bits, one
//! scale a token, because processors multiply eight pairs of 16-bit integers and add the products two by two in a single
//! instruction; within a group no sum reaches 2²³, which f32 holds exactly. Weights are unpacked once an output, for all
//! tokens of the text.
//!
//! Sixteen bytes unpack to the even columns of thirty-two, then the odd ones. A sum does not mind the order, so states
//! are stored in that order too.

use std::ops::Range;

use half::f16;
use wide::{f32x4, i16x8, i32x4, u8x16};

/// Weights that share a scale.
pub(crate) const GROUP: usize = 64;

/// Vectors of eight in a group.
const VECTORS: usize = GROUP / 8;

/// Columns that sixteen bytes of nibbles unpack to.
const UNPACKED: usize = 32;

/// The nibble of a weight of nought.
const NOUGHT: u8 = 8;

/// Tokens whose products are computed together, so that a weight is loaded once for all of them. More do not fit into
/// sixteen registers.
const TOGETHER: usize = 4;

/// Bytes of 4-bit weights in a file.
pub(crate) type Nibbles = Range<usize>;

/// A layer of weights `[outputs × inputs]`, in the file, and a bias.
#[derive(Debug)]
pub(crate) struct Linear {
    pub(crate) inputs: usize,
    pub(crate) nibbles: Nibbles,
    pub(crate) scales: Vec<f32>,
    pub(crate) bias: Vec<f32>,
}

impl Linear {
    /// Returns `f32[tokens × outputs]` in `y`.
    pub(crate) fn apply(&self, file: &[u8], x: &Activations, y: &mut Vec<f32>) {
        let outputs = self.bias.len();
        y.clear();
        y.resize(x.scales.len() * outputs, 0.0);
        let (mut weights, mut sums) = (Vec::new(), Vec::new());
        let nibbles = file.get(self.nibbles.clone()).unwrap_or_default().chunks_exact(self.inputs / 2);
        let scales = self.scales.chunks_exact(self.inputs / GROUP);
        for (output, ((nibbles, scales), bias)) in nibbles.zip(scales).zip(&self.bias).enumerate() {
            unpack(nibbles, &mut weights);
            let blocks = x.vectors.chunks_exact(TOGETHER * weights.len());
            let single = blocks.remainder().chunks_exact(weights.len());
            sums.clear();
            sums.extend(blocks.flat_map(|states| products::<TOGETHER>(&weights, scales, states)));
            sums.extend(single.flat_map(|state| products::<1>(&weights, scales, state)));
            let column = y.iter_mut().skip(output).step_by(outputs);
            for ((y, sum), scale) in column.zip(&sums).zip(&x.scales) {
                *y = sum * scale + bias;
            }
        }
    }
}

/// Multiplies one output's weights with the states of `N` tokens.
fn products<const N: usize>(weights: &[i16x8], scales: &[f32], states: &[i16x8]) -> [f32; N] {
    let mut totals = [f32x4::ZERO; N];
    let mut tokens = states.chunks_exact(weights.len());
    let mut tokens: [_; N] = std::array::from_fn(|_| groups(tokens.next().unwrap_or_default()).iter());
    for (weights, scale) in groups(weights).iter().zip(scales) {
        for (total, token) in totals.iter_mut().zip(&mut tokens) {
            let states = token.next().unwrap_or(&[i16x8::ZERO; VECTORS]);
            let sum = weights.iter().zip(states).fold(i32x4::ZERO, |sum, (weight, state)| sum + weight.dot(*state));
            *total += sum.round_float() * f32x4::splat(*scale);
        }
    }
    totals.map(f32x4::reduce_add)
}

fn groups(vectors: &[i16x8]) -> &[[i16x8; VECTORS]] {
    vectors.as_chunks().0
}

/// Unpacks nibbles to weights from −8 to 7, even columns of thirty-two before odd ones.
fn unpack(nibbles: &[u8], weights: &mut Vec<i16x8>) {
    weights.clear();
    for bytes in nibbles.as_chunks::<{ UNPACKED / 2 }>().0 {
        let bytes = u8x16::new(*bytes);
        for nibbles in [bytes & u8x16::splat(0x0f), bytes >> 4] {
            let centred = |half: i16x8| half - i16x8::splat(NOUGHT.into());
            weights.extend([i16x8::from_u8x16_low(nibbles), i16x8::from_u8x16_high(nibbles)].map(centred));
        }
    }
}

/// States of all tokens, rounded to 16 bits.
#[derive(Default)]
pub(crate) struct Activations {
    vectors: Vec<i16x8>,
    scales: Vec<f32>,
}

impl Activations {
    /// Rounds states, `f32[tokens × columns]`; columns a multiple of [`GROUP`].
    pub(crate) fn round(&mut self, states: &[f32], columns: usize) {
        self.vectors.clear();
        self.scales.clear();
        for state in states.chunks_exact(columns) {
            let largest = state.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
            let scale = largest / f32::from(i16::MAX);
            let inverse = if scale > 0.0 { scale.recip() } else { 0.0 };
            self.scales.push(scale);
            for columns in state.as_chunks::<UNPACKED>().0 {
                for parity in [0, 1] {
                    let mut rounded = columns.iter().skip(parity).step_by(2).map(|value| round(value * inverse));
                    let mut eight = || i16x8::new(std::array::from_fn(|_| rounded.next().unwrap_or_default()));
                    self.vectors.extend([eight(), eight()]);
                }
            }
        }
    }
}

/// Rounds a number within the range of `i16`, half to even, without a library call where there is no instruction for it:
/// at 1.5 · 2²³ the last bit of an f32 is worth one.
fn round(value: f32) -> i16 {
    const SHIFT: f32 = 12_582_912.0;
    let [low, high, ..] = (value + SHIFT).to_bits().to_le_bytes();
    i16::from_le_bytes([low, high])
}

/// Adds one row of a table of 4-bit vectors to a state.
pub(crate) fn add_row(nibbles: &[u8], scales: &[u8], state: &mut [f32]) {
    let groups = nibbles.chunks_exact(GROUP / 2).zip(scales.as_chunks::<2>().0);
    for (state, (nibbles, scale)) in state.chunks_exact_mut(GROUP).zip(groups) {
        let scale = f16::from_le_bytes(*scale).to_f32();
        for ([even, odd], byte) in state.as_chunks_mut::<2>().0.iter_mut().zip(nibbles) {
            *even += f32::from(i16::from(byte & 0x0f) - i16::from(NOUGHT)) * scale;
            *odd += f32::from(i16::from(byte >> 4) - i16::from(NOUGHT)) * scale;
        }
    }
}
