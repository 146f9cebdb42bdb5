//! Randomness that is not: fixed seeds, and bytes given beforehand.

use chacha20::ChaCha20Rng;
use rand_core::{Infallible, Rng as _, SeedableRng as _, TryCryptoRng, TryRng};

/// Returns a generator that gives the same bytes every time.
#[must_use]
pub fn seeded(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// Returns `dimension` values between −1 and 1, with all 24 bits of an f32 and exponents of all sizes.
pub fn vector(dimension: usize, rng: &mut ChaCha20Rng) -> Vec<f32> {
    let mut draw = || {
        let word = rng.next_u32();
        #[expect(clippy::cast_precision_loss, reason = "24 bits: exact")]
        let value = (word >> 8) as f32 / 8_388_608.0 - 1.0;
        value / f32::from(1u8 << (word & 3))
    };
    (0..dimension).map(|_| draw()).collect()
}

/// Returns the next bytes.
pub fn bytes<const N: usize>(rng: &mut ChaCha20Rng) -> [u8; N] {
    let mut bytes = [0; N];
    rng.fill_bytes(&mut bytes);
    bytes
}

/// Gives back bytes in the order given, and counts how many are left.
pub struct Replay {
    bytes: Vec<u8>,
    position: usize,
}

impl Replay {
    /// Takes the bytes to give.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, position: 0 }
    }

    /// Returns whether all bytes were drawn and no more.
    #[must_use]
    pub fn is_exhausted(&self) -> bool {
        self.position == self.bytes.len()
    }
}

impl TryRng for Replay {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes).map(|()| u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes).map(|()| u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Infallible> {
        for byte in target.iter_mut() {
            *byte = self.bytes.get(self.position).copied().unwrap_or_default();
            self.position += 1;
        }
        Ok(())
    }
}

impl TryCryptoRng for Replay {}
