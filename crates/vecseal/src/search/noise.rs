//! Noise uniform in a ball (`docs/FORMAT.md` §7.4).
//!
//! A point uniform on the unit sphere of `d + 2` dimensions, cut to its first `d` coordinates, is uniform in the unit
//! ball of `d` dimensions (Harman and Lacko, J. Multivariate Anal. 2010), so that no radius has to be drawn. The
//! sphere's point is a normalised vector of normal deviates by Box and Muller. Logarithm, root, sine and cosine are
//! written out here, within 1e-5: additions and multiplications only, no branch, no table, the same bits on every
//! machine.

use chacha20::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use zeroize::Zeroizing;

use crate::crypto::secret::Wiped;

/// Adds `radius` times a point uniform in the unit ball to `x`, `f32[d]`.
///
/// `key` seeds a ChaCha20 keystream and must serve one vector only.
pub(crate) fn add(x: &mut [f32], radius: f32, key: &[u8; 32]) {
    let (factor, deviates) = ball(x.len(), radius, key);
    for (value, deviate) in x.iter_mut().zip(deviates.iter()) {
        *value += factor * deviate;
    }
}

/// Takes away what [`add`] added, up to f32 rounding.
pub(crate) fn subtract(x: &mut [f32], radius: f32, key: &[u8; 32]) {
    let (factor, deviates) = ball(x.len(), radius, key);
    for (value, deviate) in x.iter_mut().zip(deviates.iter()) {
        *value -= factor * deviate;
    }
}

/// Returns deviates and the factor that takes the first `dimension` of them into the ball.
fn ball(dimension: usize, radius: f32, key: &[u8; 32]) -> (f32, Wiped<f32>) {
    let deviates = normal_deviates(dimension + 2, key);
    let norm = libm::sqrt(super::sum_of_products(&deviates, &deviates));
    #[expect(clippy::cast_possible_truncation, reason = "the factor is meant to be f32")]
    let factor = (f64::from(radius) / norm) as f32;
    (factor, deviates)
}

/// Returns the first `count` standard normal deviates of a key, and zeros to the end of the group.
fn normal_deviates(count: usize, key: &[u8; 32]) -> Wiped<f32> {
    let mut keystream = ChaCha20Rng::from_seed(*key);
    let mut deviates = Wiped(alloc::vec![0.0f32; count.next_multiple_of(GROUP)]);
    let mut bytes = Zeroizing::new([0u8; 4 * GROUP]);
    for group in deviates.as_chunks_mut::<GROUP>().0 {
        keystream.fill_bytes(bytes.as_mut_slice());
        box_muller(group, &bytes);
    }
    deviates.iter_mut().skip(count).for_each(|surplus| *surplus = 0.0);
    deviates
}

/// Pairs made side by side: lane `i` takes words `i` and `16 + i` and gives deviates `i` and `16 + i`.
const LANES: usize = 16;
const GROUP: usize = 2 * LANES;

fn box_muller(out: &mut [f32; GROUP], bytes: &[u8; 4 * GROUP]) {
    let mut words = [0u32; GROUP];
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks::<4>().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    let (first, second) = words.split_at(LANES);
    let (cosines, sines) = out.split_at_mut(LANES);
    for (((c, s), a), b) in cosines.iter_mut().zip(sines).zip(first).zip(second) {
        let radius = radius(*a);
        let (sine, cosine) = sine_cosine(*b);
        *c = radius * cosine;
        *s = radius * sine;
    }
}

/// `sqrt(-2 ln u)` for `u = (⌊word / 256⌋ + 1) / 2^24`, which is never zero.
#[inline]
fn radius(word: u32) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "at most 2^24: exact")]
    let u = ((word >> 8) + 1).cast_signed() as f32 * TWO_POW_MINUS_24;
    square_root(-2.0 * natural_log(u))
}

const TWO_POW_MINUS_24: f32 = f32::from_bits(0x3380_0000);

#[inline]
fn natural_log(u: f32) -> f32 {
    // u = m · 2^e with m in [sqrt(1/2), sqrt(2)).
    let shifted = u.to_bits().wrapping_sub(0x3f35_04f3);
    #[expect(clippy::cast_precision_loss, reason = "an exponent of at most 24")]
    let e = (shifted.cast_signed() >> 23) as f32;
    let f = f32::from_bits((shifted & 0x007f_ffff).wrapping_add(0x3f35_04f3)) - 1.0;
    let mut p = 0.119_864_106f32;
    for c in [-0.187_617_26, 0.204_925_7, -0.248_977_65, 0.333_155_45, -0.500_014_84] {
        p = p * f + c;
    }
    e * core::f32::consts::LN_2 + (f + f * f * p)
}

/// Square root by Newton steps for its inverse, from the exponent-halving start.
#[inline]
fn square_root(v: f32) -> f32 {
    let half = 0.5 * v;
    let mut y = f32::from_bits(0x5f37_5a86u32.wrapping_sub(v.to_bits() >> 1));
    y *= 1.5 - half * y * y;
    y *= 1.5 - half * y * y;
    v * y
}

#[inline]
fn sine_cosine(word: u32) -> (f32, f32) {
    #[expect(clippy::cast_precision_loss, reason = "24 bits: exact")]
    let t = ((word << 2).cast_signed() >> 8) as f32 * TWO_POW_MINUS_24;
    let x = t * core::f32::consts::FRAC_PI_2;
    let xx = x * x;
    let s = x + x * xx * (-0.166_628_33 + xx * 0.008_152_992);
    let c = 1.0 + xx * (-0.499_998_96 + xx * (0.041_656_293 + xx * -0.001_359_782_3));
    let quadrant = word >> 30;
    let swap = (quadrant & 1).wrapping_neg();
    let (sb, cb) = (s.to_bits(), c.to_bits());
    let sine = (sb & !swap) | (cb & swap);
    let cosine = (cb & !swap) | (sb & swap);
    let sine_sign = (quadrant & 2) << 30;
    let cosine_sign = ((quadrant + 1) & 2) << 30;
    (f32::from_bits(sine ^ sine_sign), f32::from_bits(cosine ^ cosine_sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_functions_are_close_to_the_real_ones() {
        for i in 0..=10_000u32 {
            let word = i.wrapping_mul(429_496);
            let u = f64::from((word >> 8) + 1) / f64::from(1 << 24);
            let expected = (-2.0 * u.ln()).sqrt();
            assert!((f64::from(radius(word)) - expected).abs() < 2e-5 * expected.max(0.1), "{word} {expected}");
            let angle = core::f64::consts::FRAC_PI_2
                * (f64::from(word >> 30) + f64::from((word << 2).cast_signed() >> 8) / f64::from(1 << 24));
            let (sine, cosine) = sine_cosine(word);
            assert!(
                (f64::from(sine) - angle.sin()).abs() < 2e-6 && (f64::from(cosine) - angle.cos()).abs() < 2e-6,
                "{word}"
            );
        }
        assert_eq!(radius(u32::MAX), 0.0);
        assert!(radius(0).is_finite() && radius(0) > 5.7);
    }
}
