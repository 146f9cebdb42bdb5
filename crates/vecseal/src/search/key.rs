//! Search keys: rotate and perturb vectors and queries (`docs/FORMAT.md` §7.5).

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use once_cell::race::OnceBox;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::noise;
use super::parameters::{Mode, Scope, SearchParameters};
use super::rotation::Rotation;
use crate::bytes::cbor::{Reader, Writer};
use crate::bytes::object::{self, CHECK_ENTRY_BYTES, Kind};
use crate::crypto::kdf::{Label, kdf};
use crate::crypto::secret::Secret;
use crate::error::{Error, Result};
use crate::limits::MAX_KEY_BYTES;

/// Encrypts vectors for searching, on its own or inside a compartment.
///
/// # Security
///
/// A keyed rotation with noise is not a cipher: distances between vectors show, within the noise, and enough known
/// pairs reveal the rotation. See `docs/SECURITY.md`, "What leaks", for numbers.
pub struct SearchKey {
    secret: Secret<32>,
    parameters: SearchParameters,
    /// Made when first used: opening headers does not need it.
    rotation: OnceBox<Rotation>,
}

impl SearchKey {
    /// Makes a key for plain vector encryption.
    ///
    /// # Errors
    ///
    /// [`Error::NoSearchVector`] if the parameters' mode is sealed.
    pub fn generate(parameters: SearchParameters, rng: &mut impl CryptoRng) -> Result<Self> {
        Self::plain(Secret::random(rng), parameters)
    }

    /// Makes the key of a secret of 32 uniformly random bytes. The caller wipes its own copy.
    ///
    /// # Errors
    ///
    /// [`Error::NoSearchVector`] if the parameters' mode is sealed.
    pub fn from_secret(parameters: SearchParameters, secret: &[u8; 32]) -> Result<Self> {
        Self::plain(Secret::copy_of(secret), parameters)
    }

    /// Returns the vector, `f32[k]`, to query with. Draws 32 bytes if queries have noise.
    ///
    /// # Errors
    ///
    /// [`Error::NoSearchVector`] in mode sealed, or what is wrong with the vector.
    pub fn encrypt_query(&self, query: &[f32], rng: &mut impl CryptoRng) -> Result<Vec<f32>> {
        self.parameters.check_vector(query)?;
        let radius = self.parameters.query_noise();
        let noise = if radius > 0.0 {
            Secret::random(rng)
        } else {
            Secret::filled(|_| ())
        };
        self.transform(query, radius, &noise)
    }

    /// Returns the search parameters.
    #[must_use]
    pub fn parameters(&self) -> &SearchParameters {
        &self.parameters
    }

    /// Returns the key file.
    ///
    /// # Security
    ///
    /// These bytes are the key. They are wiped when dropped.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut writer = object::start(Kind::SearchKey, 5, 128 + CHECK_ENTRY_BYTES);
        writer.key(2).bytes(self.secret.expose());
        self.parameters.write(writer.key(3));
        object::finish_with_check(writer)
    }

    /// Reads a key file.
    ///
    /// # Errors
    ///
    /// [`Error::Malformed`], [`Error::UnsupportedVersion`] or [`Error::WrongObject`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        object::decode(bytes, Kind::SearchKey, MAX_KEY_BYTES, Self::read, Self::to_bytes)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self> {
        reader.key(2)?;
        let secret = Secret::copy_of(reader.fixed()?);
        reader.key(3)?;
        let parameters = SearchParameters::read(reader)?;
        object::read_check(reader)?;
        if parameters.scope() != Scope::Compartment {
            return Err(Error::Malformed);
        }
        Self::plain(secret, parameters).map_err(|_| Error::Malformed)
    }

    fn plain(secret: Secret<32>, parameters: SearchParameters) -> Result<Self> {
        match parameters.mode() {
            Mode::Geometric => Ok(Self::of(secret, parameters.in_collection(false))),
            Mode::Sealed => Err(Error::NoSearchVector),
        }
    }

    pub(crate) fn of(secret: Secret<32>, parameters: SearchParameters) -> Self {
        Self {
            secret,
            parameters,
            rotation: OnceBox::new(),
        }
    }

    pub(crate) fn secret(&self) -> &Secret<32> {
        &self.secret
    }

    /// Steps 1 to 4 of §7.5 for a vector that was checked; `noise` is its `noise` key and used if `radius` is above 0.
    pub(crate) fn transform(&self, vector: &[f32], radius: f32, noise: &Secret<32>) -> Result<Vec<f32>> {
        let mut transformed = self.transform_whole(vector, radius, noise)?;
        transformed.truncate(self.parameters.search_dimensions());
        Ok(transformed)
    }

    /// Steps 1 to 3.
    pub(crate) fn transform_whole(&self, vector: &[f32], radius: f32, noise: &Secret<32>) -> Result<Vec<f32>> {
        if self.parameters.mode() == Mode::Sealed {
            return Err(Error::NoSearchVector);
        }
        let mut rotated = self.rotation().apply(self.parameters.metric().normalise(vector));
        if radius > 0.0 {
            noise::add(&mut rotated, radius * self.parameters.scale(), noise.expose());
        }
        Ok(core::mem::take(&mut *rotated))
    }

    pub(crate) fn rotation(&self) -> &Rotation {
        self.rotation.get_or_init(|| {
            let mut context = Writer::with_capacity(8);
            context.u64(self.parameters.dimension() as u64);
            let key = kdf(self.secret.expose(), &[], Label::ROTATION, &context.finish());
            Box::new(Rotation::new(key.expose(), self.parameters.dimension()))
        })
    }
}

/// Shows the parameters, no secret.
impl fmt::Debug for SearchKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SearchKey").field("parameters", &self.parameters).finish_non_exhaustive()
    }
}
