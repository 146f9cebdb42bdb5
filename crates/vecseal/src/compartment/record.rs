//! Records: one sealed vector with its content (`docs/FORMAT.md` §6.2).

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use half::f16;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::Compartment;
use super::header::SALT_BYTES;
use super::point_id::PointId;
use crate::bytes::cbor::{Reader, Writer};
use crate::bytes::frame::{HEAD_BYTES, Padding, frame, unframe};
use crate::bytes::object::{self, FORMAT_VERSION, Kind};
use crate::crypto::aead::{NONCE_BYTES, TAG_BYTES};
use crate::crypto::kdf::{Kdf, Label};
use crate::crypto::secret::{Secret, Wiped};
use crate::error::{Error, Result};
use crate::limits::{MAX_CONTENT_BYTES, MAX_RECORD_BYTES, MAX_SOURCE_BYTES};
use crate::search::parameters::{Mode, SearchParameters};

/// What is to be sealed: a vector, and what it came from.
#[derive(Clone, Copy)]
pub struct Document<'d> {
    vector: &'d [f32],
    precision: Precision,
    content: Content<'d>,
    source: Option<&'d str>,
    expires_at: Option<u64>,
    padding: Padding,
}

/// The content of a record.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Content<'d> {
    /// None.
    #[default]
    Empty,
    /// Bytes of any kind.
    Bytes(&'d [u8]),
    /// Text.
    Text(&'d str),
    /// JSON text. It is kept as it is, not parsed.
    Json(&'d str),
}

/// How exactly a record keeps its vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Precision {
    /// 4 bytes per dimension, exact.
    #[default]
    F32,
    /// 2 bytes per dimension, rounded to 11 significant bits; |x| ≤ 65,504.
    F16,
}

impl<'d> Document<'d> {
    /// Takes the vector, f32[d], as the embedding model gave it.
    #[must_use]
    pub fn new(vector: &'d [f32]) -> Self {
        Self {
            vector,
            precision: Precision::F32,
            content: Content::Empty,
            source: None,
            expires_at: None,
            padding: Padding::Padme,
        }
    }

    /// Sets text as the content.
    #[must_use]
    pub fn text(self, text: &'d str) -> Self {
        self.content(Content::Text(text))
    }

    /// Sets the content.
    #[must_use]
    pub fn content(self, content: Content<'d>) -> Self {
        Self { content, ..self }
    }

    /// Sets how exactly the vector is kept.
    #[must_use]
    pub fn precision(self, precision: Precision) -> Self {
        Self { precision, ..self }
    }

    /// Names the document that this is a part of.
    #[must_use]
    pub fn source(self, id: &'d str) -> Self {
        Self {
            source: Some(id),
            ..self
        }
    }

    /// Notes when it expires, in Unix seconds. Readers see it; nothing enforces it.
    #[must_use]
    pub fn expires_at(self, unix_seconds: u64) -> Self {
        Self {
            expires_at: Some(unix_seconds),
            ..self
        }
    }

    /// Sets whether the record's size hides the content's length.
    #[must_use]
    pub fn padding(self, padding: Padding) -> Self {
        Self { padding, ..self }
    }
}

/// What the server gets.
#[derive(Debug, Clone, PartialEq)]
pub struct Sealed {
    /// The sealed record.
    pub record: Vec<u8>,
    /// The vector to search it by, f32[k]; none in mode sealed.
    pub search_vector: Option<Vec<f32>>,
}

/// An opened record. Its memory is wiped when dropped.
pub struct OpenedRecord {
    salt: [u8; SALT_BYTES],
    vector: Wiped<f32>,
    precision: Precision,
    kind: ContentKind,
    content: Wiped<u8>,
    source: Option<Zeroizing<String>>,
    expires_at: Option<u64>,
}

impl OpenedRecord {
    /// Returns the vector, f32[d], as it was sealed (after rounding, if it was kept as f16).
    #[must_use]
    pub fn vector(&self) -> &[f32] {
        &self.vector
    }

    /// Returns how exactly the vector was kept.
    #[must_use]
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// Returns the content.
    #[must_use]
    pub fn content(&self) -> Content<'_> {
        // INVARIANT: text was checked to be UTF-8 when the record was read.
        let text = || str::from_utf8(&self.content).unwrap_or_default();
        match self.kind {
            ContentKind::Empty => Content::Empty,
            ContentKind::Bytes => Content::Bytes(&self.content),
            ContentKind::Text => Content::Text(text()),
            ContentKind::Json => Content::Json(text()),
        }
    }

    /// Returns the id of the document that this is a part of.
    #[must_use]
    pub fn source(&self) -> Option<&str> {
        self.source.as_deref().map(String::as_str)
    }

    /// Returns when it expires, in Unix seconds, as its writer noted.
    #[must_use]
    pub fn expires_at(&self) -> Option<u64> {
        self.expires_at
    }

    pub(crate) fn salt(&self) -> &[u8; SALT_BYTES] {
        &self.salt
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum ContentKind {
    Empty = 0,
    Bytes = 2,
    Text = 3,
    Json = 4,
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
    if document.content.len() > MAX_CONTENT_BYTES
        || document.source.is_some_and(|source| source.len() > MAX_SOURCE_BYTES)
    {
        return Err(Error::TooLong);
    }
    let rounded;
    let vector = match document.precision {
        Precision::F32 => document.vector,
        Precision::F16 => {
            rounded = round_to_f16(document.vector)?;
            rounded.as_slice()
        }
    };
    parameters.check_vector(vector)?;
    let mut salt = [0; SALT_BYTES];
    rng.fill_bytes(&mut salt);
    let keys = Keys::new(compartment, &salt);
    let search_vector = match parameters.mode() {
        Mode::Sealed => None,
        Mode::Geometric => Some(compartment.search().transform(vector, parameters.noise(), &keys.noise())?),
    };
    let plaintext = Wiped(document.frame_with(vector));
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

fn round_to_f16(vector: &[f32]) -> Result<Wiped<f32>> {
    let mut rounded = Wiped(Vec::with_capacity(vector.len()));
    for value in vector {
        let narrow = f16::from_f32(*value);
        if value.is_finite() && !narrow.is_finite() {
            return Err(Error::VectorOutOfRange);
        }
        rounded.push(narrow.to_f32());
    }
    Ok(rounded)
}

impl Document<'_> {
    /// The plaintext with `vector`, which is this document's at its precision.
    fn frame_with(&self, vector: &[f32]) -> Vec<u8> {
        let capacity = 64 + 4 * vector.len() + self.content.len() + self.source.map_or(0, str::len);
        frame(self.padding, capacity, |out| {
            let mut writer = Writer::continuing(core::mem::take(out));
            let optional = [
                self.content.kind() != ContentKind::Empty,
                self.source.is_some(),
                self.expires_at.is_some(),
            ];
            writer.map(1 + optional.iter().filter(|present| **present).count() as u64);
            match self.precision {
                Precision::F32 => {
                    writer.key(0).bytes_len(4 * vector.len() as u64);
                    write_floats(writer.buffer(), vector, f32::to_le_bytes);
                }
                Precision::F16 => {
                    writer.key(1).bytes_len(2 * vector.len() as u64);
                    write_floats(writer.buffer(), vector, |value| f16::from_f32(value).to_le_bytes());
                }
            }
            match self.content {
                Content::Empty => {}
                Content::Bytes(bytes) => {
                    writer.key(ContentKind::Bytes as u8).bytes(bytes);
                }
                Content::Text(text) | Content::Json(text) => {
                    writer.key(self.content.kind() as u8).str(text);
                }
            }
            if let Some(source) = self.source {
                writer.key(5).str(source);
            }
            if let Some(expires_at) = self.expires_at {
                writer.key(6).u64(expires_at);
            }
            *out = writer.finish();
        })
    }
}

fn write_floats<const N: usize>(out: &mut Vec<u8>, vector: &[f32], encode: impl Fn(f32) -> [u8; N]) {
    let start = out.len();
    out.resize(start + N * vector.len(), 0);
    let targets = out.get_mut(start..).unwrap_or_default().as_chunks_mut::<N>().0;
    for (target, value) in targets.iter_mut().zip(vector) {
        *target = encode(*value);
    }
}

fn read_floats<const N: usize>(bytes: &[u8], decode: impl Fn([u8; N]) -> f32) -> Result<Wiped<f32>> {
    match bytes.as_chunks::<N>() {
        (floats, []) => Ok(Wiped(floats.iter().map(|bytes| decode(*bytes)).collect())),
        _ => Err(Error::Malformed),
    }
}

impl OpenedRecord {
    /// Reads what [`Document::frame_with`] wrote, and nothing else.
    pub(crate) fn from_frame(frame: &[u8], salt: &[u8; SALT_BYTES], parameters: &SearchParameters) -> Result<Self> {
        let (padding, plaintext) = unframe(frame)?;
        let mut reader = Reader::new(plaintext);
        reader.map()?;
        let opened = Self::read(&mut reader, salt)?;
        reader.end()?;
        parameters.check_vector(&opened.vector).map_err(|_| Error::Malformed)?;
        let again = Wiped(opened.as_document(padding).frame_with(&opened.vector));
        if again.as_slice() == frame {
            Ok(opened)
        } else {
            Err(Error::Malformed)
        }
    }

    fn read(reader: &mut Reader<'_>, salt: &[u8; SALT_BYTES]) -> Result<Self> {
        let (precision, vector) = if reader.optional_key(0) {
            (Precision::F32, read_floats(reader.bytes()?, f32::from_le_bytes)?)
        } else {
            reader.key(1)?;
            (Precision::F16, read_floats(reader.bytes()?, |bytes| f16::from_le_bytes(bytes).to_f32())?)
        };
        let (kind, content): (_, &[u8]) = if reader.optional_key(ContentKind::Bytes as u8) {
            (ContentKind::Bytes, reader.bytes()?)
        } else if reader.optional_key(ContentKind::Text as u8) {
            (ContentKind::Text, reader.str()?.as_bytes())
        } else if reader.optional_key(ContentKind::Json as u8) {
            (ContentKind::Json, reader.str()?.as_bytes())
        } else {
            (ContentKind::Empty, &[])
        };
        let source = if reader.optional_key(5) {
            Some(reader.str()?)
        } else {
            None
        };
        if content.len() > MAX_CONTENT_BYTES || source.is_some_and(|source| source.len() > MAX_SOURCE_BYTES) {
            return Err(Error::Malformed);
        }
        let expires_at = if reader.optional_key(6) {
            Some(reader.u64()?)
        } else {
            None
        };
        let content = Wiped(content.to_vec());
        Ok(Self {
            salt: *salt,
            vector,
            precision,
            kind,
            content,
            source: source.map(|source| Zeroizing::new(source.into())),
            expires_at,
        })
    }

    fn as_document(&self, padding: Padding) -> Document<'_> {
        Document {
            vector: &self.vector,
            precision: self.precision,
            content: self.content(),
            source: self.source(),
            expires_at: self.expires_at,
            padding,
        }
    }
}

impl Content<'_> {
    fn kind(&self) -> ContentKind {
        match self {
            Self::Empty => ContentKind::Empty,
            Self::Bytes(_) => ContentKind::Bytes,
            Self::Text(_) => ContentKind::Text,
            Self::Json(_) => ContentKind::Json,
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Empty => 0,
            Self::Bytes(bytes) => bytes.len(),
            Self::Text(text) | Self::Json(text) => text.len(),
        }
    }
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

/// Shows the length, not the content.
impl fmt::Debug for Content<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content({} bytes)", self.len())
    }
}

/// Shows sizes, not what was sealed.
impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("dimension", &self.vector.len())
            .field("content", &self.content)
            .finish_non_exhaustive()
    }
}

/// Shows sizes, not what was sealed.
impl fmt::Debug for OpenedRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenedRecord")
            .field("dimension", &self.vector.len())
            .field("content", &self.content())
            .finish_non_exhaustive()
    }
}
