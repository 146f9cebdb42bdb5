//! Records: one sealed vector with its content (`docs/FORMAT.md` §6.2).

use alloc::vec::Vec;

use rand_core::CryptoRng;

use super::Compartment;
use super::document::{Document, OpenedRecord};
use super::header::SALT_BYTES;
use super::point_id::PointId;
use crate::bytes::cbor::{Reader, Writer};
use crate::bytes::frame::HEAD_BYTES;
use crate::bytes::object::{self, FORMAT_VERSION, Kind};
use crate::crypto::aead::{NONCE_BYTES, TAG_BYTES};
use crate::crypto::kdf::{Kdf, Label};
use crate::crypto::secret::{Secret, Wiped};
use crate::error::{Error, Result};
use crate::limits::MAX_RECORD_BYTES;
use crate::search::parameters::Mode;

/// What the server gets.
#[derive(Debug, Clone, PartialEq)]
pub struct Sealed {
    /// The sealed record.
    pub record: Vec<u8>,
    /// The vector to search it by, `f32[k]`; none in mode sealed.
    pub search_vector: Option<Vec<f32>>,
}

/// The derivations of one record.
pub(crate) struct Keys(Kdf);

impl Keys {
    pub(crate) fn new(compartment: &Compartment, salt: &[u8; SALT_BYTES]) -> Self {
        Self(Kdf::new(compartment.key().expose(), salt))
    }

    pub(crate) fn noise(&self) -> Secret<32> {
        self.0.expand(Label::NOISE, &[])
    }

    fn record(&self) -> Secret<{ 32 + NONCE_BYTES }> {
        self.0.expand(Label::RECORD, &[])
    }
}

/// Seals; see [`Compartment::seal`].
pub(crate) fn seal(
    compartment: &Compartment,
    point: &PointId,
    document: &Document<'_>,
    rng: &mut impl CryptoRng,
) -> Result<Sealed> {
    let parameters = compartment.search().parameters();
    let vector = document.vector_to_keep(parameters)?;
    let mut salt = [0; SALT_BYTES];
    rng.fill_bytes(&mut salt);
    let keys = Keys::new(compartment, &salt);
    let search_vector = match parameters.mode() {
        Mode::Sealed => None,
        Mode::Geometric => Some(compartment.search().transform(&vector, parameters.noise(), &keys.noise())?),
    };
    let plaintext = Wiped(document.frame_with(&vector));
    let mut writer = object::start(Kind::Record, 4, plaintext.len() + TAG_BYTES + 64);
    writer.key(2).bytes(&salt).key(3).bytes_len((plaintext.len() + TAG_BYTES) as u64);
    let mut record = writer.finish();
    let from = record.len();
    record.extend_from_slice(&plaintext);
    let secret = keys.record();
    let (key, nonce) = split_key(&secret)?;
    compartment.cipher().seal(key, nonce, &aad(compartment, point), &mut record, from);
    Ok(Sealed { record, search_vector })
}

/// Opens; see [`Compartment::open`].
pub(crate) fn open(compartment: &Compartment, point: &PointId, record: &[u8]) -> Result<OpenedRecord> {
    let RecordBytes { salt, ciphertext } =
        object::decode(record, Kind::Record, MAX_RECORD_BYTES, RecordBytes::read, RecordBytes::encode)?;
    let secret = Keys::new(compartment, salt).record();
    let (key, nonce) = split_key(&secret)?;
    let mut message = Wiped(ciphertext.to_vec());
    compartment.cipher().open(key, nonce, &aad(compartment, point), &mut message)?;
    OpenedRecord::from_frame(&message, salt, compartment.search().parameters())
}

fn aad(compartment: &Compartment, point: &PointId) -> Vec<u8> {
    let mut writer = Writer::with_capacity(40);
    writer.array(3).u64(FORMAT_VERSION.into()).bytes(&compartment.cid().0);
    point.write(&mut writer);
    writer.finish()
}

fn split_key(secret: &Secret<{ 32 + NONCE_BYTES }>) -> Result<(&[u8; 32], &[u8; NONCE_BYTES])> {
    let (key, nonce) = secret.expose().split_first_chunk().ok_or(Error::Malformed)?;
    Ok((key, nonce.try_into().map_err(|_| Error::Malformed)?))
}

/// The outside of a record.
struct RecordBytes<'r> {
    salt: &'r [u8; SALT_BYTES],
    ciphertext: &'r [u8],
}

impl<'r> RecordBytes<'r> {
    fn read(reader: &mut Reader<'r>) -> Result<Self> {
        reader.key(2)?;
        let salt = reader.fixed()?;
        reader.key(3)?;
        let ciphertext = reader.bytes()?;
        if ciphertext.len() < HEAD_BYTES + TAG_BYTES {
            return Err(Error::Malformed);
        }
        Ok(Self { salt, ciphertext })
    }

    fn encode(&self) -> Wiped<u8> {
        let mut writer = object::start(Kind::Record, 4, self.ciphertext.len() + 64);
        writer.key(2).bytes(self.salt).key(3).bytes(self.ciphertext);
        Wiped(writer.finish())
    }
}
