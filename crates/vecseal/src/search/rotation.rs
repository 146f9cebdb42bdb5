//! The secret rotation (`docs/FORMAT.md` §7.2, §7.3).

use chacha20::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};

use super::hadamard::hadamard;
use crate::crypto::secret::Wiped;

/// A pseudo-random orthogonal transform of `d` dimensions, O(d log d) to apply.
///
/// Applying it reads memory in an order that depends on the key; `docs/SECURITY.md` says so.
pub(crate) struct Rotation {
    rounds: [Round; ROUNDS],
}

/// For each coordinate where it comes from, and in the highest bit its sign.
struct Round(Wiped<u32>);

/// At d = 1,536, 6 rounds bring the kurtosis of the matrix entries to 2.99 (3 for a random rotation); 4 leave 3.07.
const ROUNDS: usize = 6;
const SIGN: u32 = 1 << 31;

impl Rotation {
    pub(crate) fn new(key: &[u8; 32], dimension: usize) -> Self {
        let mut keystream = ChaCha20Rng::from_seed(*key);
        Self {
            rounds: core::array::from_fn(|_| Round::draw(&mut keystream, dimension)),
        }
    }

    /// Returns the rotated `x`, `f32[d]`.
    pub(crate) fn apply(&self, mut x: Wiped<f32>) -> Wiped<f32> {
        let mut y = Wiped(alloc::vec![0.0; x.len()]);
        for round in &self.rounds {
            round.permute(&x, &mut y);
            mix_first(&mut y);
            mix_last(&mut y);
            core::mem::swap(&mut x, &mut y);
        }
        x
    }

    /// Returns the vector that [`Self::apply`] takes to `y`, up to f32 rounding.
    pub(crate) fn undo(&self, mut y: Wiped<f32>) -> Wiped<f32> {
        let mut x = Wiped(alloc::vec![0.0; y.len()]);
        for round in self.rounds.iter().rev() {
            // The Walsh–Hadamard transform is its own inverse.
            mix_last(&mut y);
            mix_first(&mut y);
            round.unpermute(&y, &mut x);
            core::mem::swap(&mut x, &mut y);
        }
        y
    }
}

impl Round {
    fn draw(keystream: &mut ChaCha20Rng, dimension: usize) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "at most 65,536 dimensions")]
        let count = dimension as u32;
        let mut entries: Wiped<u32> = Wiped((0..count).collect());
        // Fisher and Yates, from the last.
        for last in (1..count).rev() {
            entries.swap(last as usize, below(keystream, last + 1));
        }
        for coordinates in entries.chunks_mut(32) {
            let signs = keystream.next_u32();
            for (bit, entry) in coordinates.iter_mut().enumerate() {
                *entry |= (signs >> bit) << 31;
            }
        }
        Self(entries)
    }

    fn permute(&self, x: &[f32], y: &mut [f32]) {
        for (target, entry) in y.iter_mut().zip(self.0.iter()) {
            // INVARIANT: entries are a permutation of the indices of x.
            let source = x.get((entry & !SIGN) as usize).copied().unwrap_or_default();
            *target = f32::from_bits(source.to_bits() ^ (entry & SIGN));
        }
    }

    fn unpermute(&self, y: &[f32], x: &mut [f32]) {
        for (source, entry) in y.iter().zip(self.0.iter()) {
            if let Some(target) = x.get_mut((entry & !SIGN) as usize) {
                *target = f32::from_bits(source.to_bits() ^ (entry & SIGN));
            }
        }
    }
}

/// Mixes the first `p` coordinates, `p` the largest power of two that fits.
fn mix_first(y: &mut [f32]) {
    let p = largest_power_of_two(y.len());
    hadamard(y.split_at_mut(p).0);
}

/// Mixes the last `p`, unless they are the first.
fn mix_last(y: &mut [f32]) {
    let rest = y.len() - largest_power_of_two(y.len());
    if rest > 0 {
        hadamard(y.split_at_mut(rest).1);
    }
}

fn largest_power_of_two(length: usize) -> usize {
    1 << length.ilog2()
}

/// Uniform in `0..bound` (Lemire 2019, Alg. 5).
fn below(keystream: &mut ChaCha20Rng, bound: u32) -> usize {
    let rejected = bound.wrapping_neg() % bound;
    loop {
        let product = u64::from(keystream.next_u32()) * u64::from(bound);
        #[expect(clippy::cast_possible_truncation, reason = "the low half")]
        if product as u32 >= rejected {
            return (product >> 32) as usize;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::sum_of_products;

    fn vector(dimension: usize, seed: u8) -> Wiped<f32> {
        let mut keystream = ChaCha20Rng::from_seed([seed; 32]);
        let values =
            (0..dimension).map(|_| f32::from(u16::try_from(keystream.next_u32() >> 16).unwrap()) / 32_768.0 - 1.0);
        Wiped(values.collect())
    }

    #[test]
    fn rotations_preserve_inner_products_and_undo() {
        for dimension in [
            2, 3, 5, 15, 16, 17, 31, 32, 48, 64, 100, 384, 768, 1000, 1024, 1536, 65_536,
        ] {
            let rotation = Rotation::new(&[9; 32], dimension);
            let (a, b) = (vector(dimension, 1), vector(dimension, 2));
            let norms = (sum_of_products(&a, &a) * sum_of_products(&b, &b)).sqrt();
            let (ra, rb) = (rotation.apply(Wiped(a.to_vec())), rotation.apply(Wiped(b.to_vec())));
            let error = (sum_of_products(&a, &b) - sum_of_products(&ra, &rb)).abs() / norms;
            assert!(error < 1e-5, "{dimension}: {error}");
            let back = rotation.undo(ra);
            assert!(back.iter().zip(a.iter()).all(|(x, y)| (x - y).abs() < 1e-5), "{dimension}");
        }
    }

    #[test]
    fn six_rounds_mix_like_a_random_rotation() {
        let dimension = 256;
        let rotation = Rotation::new(&[3; 32], dimension);
        let (mut second, mut fourth) = (0.0f64, 0.0f64);
        for i in 0..dimension {
            let mut unit = Wiped(alloc::vec![0.0; dimension]);
            unit[i] = 1.0;
            for entry in rotation.apply(unit).iter() {
                second += f64::from(*entry).powi(2);
                fourth += f64::from(*entry).powi(4);
            }
        }
        let entries = f64::from(u32::try_from(dimension * dimension).unwrap());
        let kurtosis = (fourth / entries) / (second / entries).powi(2);
        assert!((2.8..3.2).contains(&kurtosis), "{kurtosis}");
    }
}
