//! The two keys in a header's slots (`docs/FORMAT.md` §6.1).

use super::header::SALT_BYTES;
use crate::crypto::kdf::Kdf;
use crate::crypto::secret::Secret;
use crate::error::{Error, Result};

/// What slots wrap: the compartment key, and the header key, which is fresh for each header.
///
/// The body is encrypted under both. Who kept a compartment's key from an earlier header cannot write a body that fits
/// the slots of a later one.
pub(crate) struct HeaderKeys(Secret<64>);

impl HeaderKeys {
    pub(crate) fn join(compartment_key: &Secret<32>, header_key: &Secret<32>) -> Self {
        Self(Secret::filled(|joined| {
            let (first, second) = joined.split_at_mut(32);
            first.copy_from_slice(compartment_key.expose());
            second.copy_from_slice(header_key.expose());
        }))
    }

    pub(crate) fn copy_of(joined: &[u8; 64]) -> Self {
        Self(Secret::copy_of(joined))
    }

    pub(crate) fn joined(&self) -> &[u8; 64] {
        self.0.expose()
    }

    pub(crate) fn matches(&self, other: &Self) -> bool {
        self.0.matches(other.joined())
    }

    pub(crate) fn derive(&self, salt: &[u8; SALT_BYTES]) -> Kdf {
        Kdf::new(self.0.expose(), salt)
    }

    pub(crate) fn compartment_key(&self) -> Result<Secret<32>> {
        self.0.expose().first_chunk().map(Secret::copy_of).ok_or(Error::Malformed)
    }

    #[cfg(feature = "hazmat")]
    pub(crate) fn header_key(&self) -> Option<&[u8; 32]> {
        self.0.expose().last_chunk()
    }
}
