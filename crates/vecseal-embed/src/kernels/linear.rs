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

/// Outputs and tokens whose products are computed together, so that what is loaded is used more than once. More do not
/// fit into sixteen registers.
const OUTPUTS: usize = 2;
const TOKENS: usize = 4;

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
        let nibbles = file.get(self.nibbles.clone()).unwrap_or_default().chunks_exact(OUTPUTS * self.inputs / 2);
        let scales = self.scales.chunks_exact(OUTPUTS * self.inputs / GROUP);
        for (pair, (nibbles, scales)) in nibbles.zip(scales).enumerate() {
            unpack(nibbles, &mut weights);
            sums.clear();
            for block in x.vectors.chunks(TOKENS * self.inputs / 8) {
                match block.len() / (self.inputs / 8) {
                    1 => products::<1>(&weights, scales, block, &mut sums),
                    2 => products::<2>(&weights, scales, block, &mut sums),
                    3 => products::<3>(&weights, scales, block, &mut sums),
                    _ => products::<TOKENS>(&weights, scales, block, &mut sums),
                }
            }
            for ((y, sums), scale) in y.chunks_exact_mut(outputs).zip(&sums).zip(&x.scales) {
                let bias = self.bias.iter().skip(OUTPUTS * pair);
                for ((y, sum), bias) in y.iter_mut().skip(OUTPUTS * pair).zip(sums).zip(bias) {
                    *y = sum * scale + bias;
                }
            }
        }
    }
}

/// Multiplies the weights of two outputs with the states of `N` tokens, and appends both sums of each token.
fn products<const N: usize>(weights: &[i16x8], scales: &[f32], states: &[i16x8], sums: &mut Vec<[f32; OUTPUTS]>) {
    let mut totals = [[f32x4::ZERO; OUTPUTS]; N];
    let weights = weights.as_chunks::<OUTPUTS>().0.as_chunks::<VECTORS>().0;
    let states = states.as_chunks::<N>().0.as_chunks::<VECTORS>().0;
    let (first, second) = scales.split_at(scales.len() / OUTPUTS);
    for ((weights, states), scales) in weights.iter().zip(states).zip(first.iter().zip(second)) {
        let mut group = [[i32x4::ZERO; OUTPUTS]; N];
        for (weights, states) in weights.iter().zip(states) {
            for (sums, state) in group.iter_mut().zip(states) {
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum += weight.dot(*state);
                }
            }
        }
        for (totals, sums) in totals.iter_mut().zip(group) {
            for ((total, sum), scale) in totals.iter_mut().zip(sums).zip([scales.0, scales.1]) {
                *total += sum.round_float() * f32x4::splat(*scale);
            }
        }
    }
    sums.extend(totals.map(|totals| totals.map(f32x4::reduce_add)));
}

/// Unpacks the nibbles of two outputs to weights from −8 to 7, even columns of thirty-two before odd ones, a vector of
/// the one output and of the other in turns.
fn unpack(nibbles: &[u8], weights: &mut Vec<i16x8>) {
    weights.clear();
    let (first, second) = nibbles.split_at(nibbles.len() / OUTPUTS);
    for (first, second) in first.as_chunks().0.iter().zip(second.as_chunks().0) {
        let pairs = unpack_columns(*first).into_iter().zip(unpack_columns(*second));
        weights.extend(pairs.flat_map(|(first, second)| [first, second]));
    }
}

fn unpack_columns(bytes: [u8; UNPACKED / 2]) -> [i16x8; UNPACKED / 8] {
    let bytes = u8x16::new(bytes);
    let (even, odd) = (bytes & u8x16::splat(0x0f), bytes >> 4);
    let halves = [i16x8::from_u8x16_low, i16x8::from_u8x16_high];
    let [a, b] = halves.map(|half| half(even));
    let [c, d] = halves.map(|half| half(odd));
    [a, b, c, d].map(|nibbles| nibbles - i16x8::splat(NOUGHT.into()))
}

/// States of all tokens, rounded to 16 bits.
#[derive(Default)]
pub(crate) struct Activations {
    vectors: Vec<i16x8>,
    scales: Vec<f32>,
}

impl Activations {
    /// Rounds states, `f32[tokens × columns]`; columns a multiple of [`GROUP`]. Of [`TOKENS`] tokens at a time, and of the
    /// rest, the vectors stand in turns.
    pub(crate) fn round(&mut self, states: &[f32], columns: usize) {
        self.vectors.clear();
        self.scales.clear();
        for block in states.chunks(TOKENS * columns) {
            let start = self.vectors.len();
            let tokens = block.len() / columns;
            self.vectors.resize(start + block.len() / 8, i16x8::ZERO);
            for (token, state) in block.chunks_exact(columns).enumerate() {
                let largest = state.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
                let scale = largest / f32::from(i16::MAX);
                let inverse = if scale > 0.0 { scale.recip() } else { 0.0 };
                self.scales.push(scale);
                let mut places = self.vectors.iter_mut().skip(start + token).step_by(tokens);
                for columns in state.as_chunks::<UNPACKED>().0 {
                    for parity in [0, 1] {
                        let mut rounded = columns.iter().skip(parity).step_by(2).map(|value| round(value * inverse));
                        for place in places.by_ref().take(2) {
                            *place = i16x8::new(std::array::from_fn(|_| rounded.next().unwrap_or_default()));
                        }
                    }
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
