//! X-Wing (draft-connolly-cfrg-xwing-kem): X25519 and ML-KEM-768, hybrid. Suite 2 wraps with it.

use alloc::boxed::Box;

use rand_core::CryptoRng;
use x_wing::{
    DecapsulationKeyRejectNonContrib, Decapsulator as _, EncapsulationKey, KeyExport as _, TryDecapsulate as _,
};
use zeroize::Zeroize as _;

use super::secret::Secret;
use crate::error::{Error, Result};

pub(crate) const PUBLIC_KEY_BYTES: usize = x_wing::ENCAPSULATION_KEY_SIZE;
pub(crate) const ENCAPSULATION_BYTES: usize = x_wing::CIPHERTEXT_SIZE;

/// A right's public key.
#[derive(Clone)]
pub(crate) struct PublicKey(EncapsulationKey);

impl PublicKey {
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self> {
        EncapsulationKey::try_from(bytes).map(Self).map_err(|_| Error::Malformed)
    }

    pub(crate) fn of(seed: &Secret<32>) -> Self {
        Self(DecapsulationKeyRejectNonContrib::from(*seed.expose()).encapsulation_key().clone())
    }

    pub(crate) fn to_bytes(&self) -> Box<[u8]> {
        self.0.to_bytes().as_slice().into()
    }

    /// Returns an encapsulation and the shared secret in it; draws 64 bytes.
    pub(crate) fn encapsulate(&self, rng: &mut impl CryptoRng) -> (Box<[u8]>, Secret<32>) {
        let randomness = Secret::<64>::random(rng);
        let (encapsulation, mut shared) = self.0.encapsulate_deterministic(randomness.expose().into());
        let secret = Secret::copy_of(shared.as_ref());
        shared.zeroize();
        (encapsulation.as_slice().into(), secret)
    }
}

/// Returns the shared secret of an encapsulation to the public key of `seed`.
pub(crate) fn decapsulate(seed: &Secret<32>, encapsulation: &[u8]) -> Result<Secret<32>> {
    let encapsulation = encapsulation.try_into().map_err(|_| Error::Malformed)?;
    let key = DecapsulationKeyRejectNonContrib::from(*seed.expose());
    let mut shared = key.try_decapsulate(&encapsulation).map_err(|_| Error::Tampered)?;
    let secret = Secret::copy_of(shared.as_ref());
    shared.zeroize();
    Ok(secret)
}
