//! What goes through whole rows of f32.

use wide::f32x8;

/// Layer normalisation (Ba, Kiros and Hinton 2016), learnt gain and bias.
#[derive(Debug)]
pub(crate) struct LayerNorm {
    pub(crate) gain: Vec<f32>,
    pub(crate) bias: Vec<f32>,
}

impl LayerNorm {
    /// BERT's.
    const EPSILON: f32 = 1e-12;

    /// Brings every state to mean 0 and variance 1, then applies gain and bias.
    pub(crate) fn apply(&self, states: &mut [f32]) {
        let width = self.gain.len();
        #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
        let share = 1.0 / width as f32;
        for state in states.chunks_exact_mut(width) {
            let mean = sum(state) * share;
            map(state, |eight| eight - f32x8::splat(mean));
            let scale = 1.0 / (dot(state, state) * share + Self::EPSILON).sqrt();
            for ((value, gain), bias) in state.iter_mut().zip(&self.gain).zip(&self.bias) {
                *value = *value * scale * gain + bias;
            }
        }
    }
}

/// Adds `b` to `a`.
pub(crate) fn add(a: &mut [f32], b: &[f32]) {
    a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
}

/// Returns the scalar product.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks(), b.as_chunks());
    let eights = a.iter().zip(b).fold(f32x8::ZERO, |sum, (a, b)| sum + f32x8::new(*a) * f32x8::new(*b));
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    eights.reduce_add() + rest
}

fn sum(values: &[f32]) -> f32 {
    let (eights, rest) = values.as_chunks();
    eights.iter().fold(f32x8::ZERO, |sum, eight| sum + f32x8::new(*eight)).reduce_add() + rest.iter().sum::<f32>()
}

/// Divides by the L2 norm; the zero vector stays.
pub(crate) fn normalise(vector: &mut [f32]) {
    let norm = dot(vector, vector).sqrt();
    if norm > 0.0 {
        map(vector, |eight| eight / f32x8::splat(norm));
    }
}

/// Turns scores into weights that sum to 1.
pub(crate) fn softmax(scores: &mut [f32]) {
    let largest = scores.iter().copied().fold(f32::MIN, f32::max);
    map(scores, |score| (score - f32x8::splat(largest)).exp());
    let share = 1.0 / sum(scores);
    map(scores, |eight| eight * f32x8::splat(share));
}

/// The Gaussian error linear unit `x·Φ(x)` in its exact form (Hendrycks and Gimpel 2016); `erf` after Abramowitz and
/// Stegun 7.1.26, to 1.5·10⁻⁷.
pub(crate) fn gelu(values: &mut [f32]) {
    const POLYNOMIAL: [f32; 5] = [1.061_405_4, -1.453_152_1, 1.421_413_8, -0.284_496_72, 0.254_829_6];
    map(values, |x| {
        let one = f32x8::splat(1.0);
        let z = x.abs() * f32x8::splat(std::f32::consts::FRAC_1_SQRT_2);
        let t = one / (one + f32x8::splat(0.327_591_1) * z);
        let series = POLYNOMIAL.into_iter().fold(f32x8::ZERO, |sum, factor| sum * t + f32x8::splat(factor)) * t;
        let erf = one - series * (-z * z).exp();
        let signed = x.simd_lt(f32x8::ZERO).select(-erf, erf);
        f32x8::splat(0.5) * x * (one + signed)
    });
}

/// Applies a function to every value.
fn map(values: &mut [f32], f: impl Fn(f32x8) -> f32x8) {
    let (eights, rest) = values.as_chunks_mut();
    for eight in eights {
        *eight = f(f32x8::new(*eight)).to_array();
    }
    let mut last = [0.0; 8];
    last.iter_mut().zip(rest.iter()).for_each(|(to, from)| *to = *from);
    let last = f(f32x8::new(last)).to_array();
    rest.iter_mut().zip(last).for_each(|(to, from)| *to = from);
}
