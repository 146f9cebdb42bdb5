//! Authenticated encryption. Every key is derived for one message, so nonces are constant or derived with it.

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{AeadInOut, KeyInit, Tag};
use alloc::vec::Vec;
use chacha20poly1305::ChaCha20Poly1305;

use crate::error::{Error, Result};

pub(crate) const TAG_BYTES: usize = 16;
pub(crate) const NONCE_BYTES: usize = 12;
/// For keys that serve one message.
pub(crate) const ZERO_NONCE: [u8; NONCE_BYTES] = [0; NONCE_BYTES];

/// The cipher of a compartment's records.
///
/// Both are 256-bit AEADs. AES-256-GCM is the default; ChaCha20-Poly1305 (RFC 8439) is several times faster in
/// WebAssembly, which has no AES instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum RecordCipher {
    /// AES-256-GCM (NIST SP 800-38D).
    #[default]
    Aes256Gcm,
    /// ChaCha20-Poly1305 (RFC 8439).
    ChaCha20Poly1305,
}

impl RecordCipher {
    /// Encrypts `message[from..]` in place and appends the tag.
    pub(crate) fn seal(
        self,
        key: &[u8; 32],
        nonce: &[u8; NONCE_BYTES],
        aad: &[u8],
        message: &mut Vec<u8>,
        from: usize,
    ) {
        match self {
            Self::Aes256Gcm => seal_with(&Aes256Gcm::new(key.into()), nonce, aad, message, from),
            Self::ChaCha20Poly1305 => seal_with(&ChaCha20Poly1305::new(key.into()), nonce, aad, message, from),
        }
    }

    /// Verifies and decrypts `message` in place and cuts the tag off.
    pub(crate) fn open(
        self,
        key: &[u8; 32],
        nonce: &[u8; NONCE_BYTES],
        aad: &[u8],
        message: &mut Vec<u8>,
    ) -> Result<()> {
        match self {
            Self::Aes256Gcm => open_with(&Aes256Gcm::new(key.into()), nonce, aad, message),
            Self::ChaCha20Poly1305 => open_with(&ChaCha20Poly1305::new(key.into()), nonce, aad, message),
        }
    }
}

fn seal_with<A: AeadInOut<NonceSize = U12>>(
    cipher: &A,
    nonce: &[u8; NONCE_BYTES],
    aad: &[u8],
    message: &mut Vec<u8>,
    from: usize,
) {
    let body = message.get_mut(from..).unwrap_or_default();
    match cipher.encrypt_inout_detached(nonce.into(), aad, body.into()) {
        Ok(tag) => message.extend_from_slice(&tag),
        // INVARIANT: fails only beyond 2^36 bytes, and every caller is bounded by `limits`. Were it to fail, no plaintext
        // may be left where ciphertext is expected.
        Err(_) => message.truncate(from),
    }
}

fn open_with<A: AeadInOut<NonceSize = U12>>(
    cipher: &A,
    nonce: &[u8; NONCE_BYTES],
    aad: &[u8],
    message: &mut Vec<u8>,
) -> Result<()> {
    let end = message.len().checked_sub(TAG_BYTES).ok_or(Error::Malformed)?;
    let (body, tag) = message.split_at_mut(end);
    let tag = Tag::<A>::try_from(&*tag).map_err(|_| Error::Malformed)?;
    cipher.decrypt_inout_detached(nonce.into(), aad, body.into(), &tag).map_err(|_| Error::Tampered)?;
    message.truncate(end);
    Ok(())
}
