//! Plain vector encryption, without policies (`docs/FORMAT.md` §8).

use alloc::vec::Vec;

use hmac::{Hmac, KeyInit as _, Mac as _};
use rand_core::CryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::key::SearchKey;
use super::noise;
use crate::bytes::cbor::Writer;
use crate::bytes::object::FORMAT_VERSION;
use crate::compartment::point_id::PointId;
use crate::crypto::kdf::{Label, kdf};
use crate::crypto::secret::Wiped;
use crate::error::{Error, Result};

/// A vector encrypted by [`SearchKey::encrypt`].
#[derive(Debug, Clone, PartialEq)]
pub struct EncryptedVector {
    /// The searchable vector, `f32[d]`.
    pub ciphertext: Vec<f32>,
    /// What the noise was drawn with.
    pub iv: [u8; IV_BYTES],
    /// Binds ciphertext, iv, point id and parameters to the key.
    pub tag: [u8; TAG_BYTES],
}

const IV_BYTES: usize = 24;
const TAG_BYTES: usize = 16;

impl SearchKey {
    /// Encrypts a vector, `f32[d]`, for a point. Draws 24 bytes.
    ///
    /// All `d` coordinates are kept, whatever `search_dimensions` says: decryption needs them.
    ///
    /// # Errors
    ///
    /// What is wrong with the vector: [`Error::WrongDimension`], [`Error::NotFinite`], [`Error::ZeroVector`],
    /// [`Error::VectorOutOfRange`].
    pub fn encrypt(&self, vector: &[f32], point: &PointId, rng: &mut impl CryptoRng) -> Result<EncryptedVector> {
        self.parameters().check_vector(vector)?;
        let mut iv = [0; IV_BYTES];
        rng.fill_bytes(&mut iv);
        let noise = kdf(self.secret().expose(), &iv, Label::PLAIN_NOISE, &[]);
        let ciphertext = self.transform_whole(vector, self.parameters().noise(), &noise)?;
        let mut tag = [0; TAG_BYTES];
        let full = self.mac(&ciphertext, &iv, point)?.finalize().into_bytes();
        for (target, byte) in tag.iter_mut().zip(full) {
            *target = byte;
        }
        Ok(EncryptedVector { ciphertext, iv, tag })
    }

    /// Decrypts a vector to f32 rounding; for cosine, the normalised vector.
    ///
    /// It verifies only where the database returns the floats unchanged: dot and Euclid do, Qdrant normalises cosine.
    ///
    /// # Errors
    ///
    /// [`Error::Tampered`] if the ciphertext, iv or point id is not the one encrypted, or the key another;
    /// [`Error::WrongDimension`].
    pub fn decrypt(&self, encrypted: &EncryptedVector, point: &PointId) -> Result<Zeroizing<Vec<f32>>> {
        if encrypted.ciphertext.len() != self.parameters().dimension() {
            return Err(Error::WrongDimension);
        }
        let mac = self.mac(&encrypted.ciphertext, &encrypted.iv, point)?;
        mac.verify_truncated_left(&encrypted.tag).map_err(|_| Error::Tampered)?;
        let mut rotated = Wiped(encrypted.ciphertext.clone());
        let radius = self.parameters().noise();
        if radius > 0.0 {
            let noise = kdf(self.secret().expose(), &encrypted.iv, Label::PLAIN_NOISE, &[]);
            noise::subtract(&mut rotated, radius * self.parameters().scale(), noise.expose());
        }
        Ok(Zeroizing::new(core::mem::take(&mut *self.rotation().undo(rotated))))
    }

    fn mac(&self, ciphertext: &[f32], iv: &[u8; IV_BYTES], point: &PointId) -> Result<Hmac<Sha256>> {
        let key = kdf::<32>(self.secret().expose(), &[], Label::PLAIN_TAG, &[]);
        let mut head = Writer::with_capacity(128);
        head.array(4).u64(FORMAT_VERSION.into());
        point.write(&mut head);
        head.bytes(iv);
        self.parameters().write(&mut head);
        // HMAC takes keys of any length.
        let mut mac = Hmac::<Sha256>::new_from_slice(key.expose()).map_err(|_| Error::Malformed)?;
        mac.update(&head.finish());
        let mut bytes = Vec::with_capacity(4 * ciphertext.len());
        bytes.extend(ciphertext.iter().flat_map(|value| value.to_le_bytes()));
        mac.update(&bytes);
        Ok(mac)
    }
}
