//! Search encryption: what the server compares (`docs/FORMAT.md` §7).
//!
//! A keyed rotation with noise, not a cipher: distances show, within the noise. `docs/SECURITY.md` says what that
//! means.

mod hadamard;
pub(crate) mod key;
pub(crate) mod noise;
pub(crate) mod parameters;
pub(crate) mod plain;
pub(crate) mod query;
pub(crate) mod rotation;

/// `S(a, b)` of §7.1: the sum of products in f64, in a fixed order.
pub(crate) fn sum_of_products(a: &[f32], b: &[f32]) -> f64 {
    sum_over_pairs(a, b, |a, b| a * b)
}

/// The sum of squared differences, in the same order.
pub(crate) fn sum_of_squared_differences(a: &[f32], b: &[f32]) -> f64 {
    sum_over_pairs(a, b, |a, b| (a - b) * (a - b))
}

#[inline]
fn sum_over_pairs(a: &[f32], b: &[f32], term: impl Fn(f64, f64) -> f64) -> f64 {
    let mut lanes = [0.0f64; 8];
    let ((a_blocks, a_rest), (b_blocks, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += term(f64::from(*a), f64::from(*b));
        }
    }
    for ((lane, a), b) in lanes.iter_mut().zip(a_rest).zip(b_rest) {
        *lane += term(f64::from(*a), f64::from(*b));
    }
    let [l0, l1, l2, l3, l4, l5, l6, l7] = lanes;
    ((l0 + l4) + (l2 + l6)) + ((l1 + l5) + (l3 + l7))
}
