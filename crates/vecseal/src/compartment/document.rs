//! What records hold: documents before sealing, and opened again (`docs/FORMAT.md` §6.2).

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use half::f16;
use zeroize::Zeroizing;

use super::header::SALT_BYTES;
use crate::bytes::cbor::{Reader, Writer};
use crate::bytes::frame::{Padding, frame, unframe};
use crate::crypto::secret::Wiped;
use crate::error::{Error, Result};
use crate::limits::{MAX_CONTENT_BYTES, MAX_SOURCE_BYTES};
use crate::search::parameters::SearchParameters;

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
    /// Takes the vector, `f32[d]`, as the embedding model gave it.
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

/// An opened record. Its memory is wiped when dropped.
pub struct OpenedRecord {
    salt: [u8; SALT_BYTES],
    vector: Wiped<f32>,
    precision: Precision,
    kind: ContentKind,
    content: Wiped<u8>,
    source: Option<Zeroizing<String>>,
    expires_at: Option<u64>,
    padding: Padding,
}

impl OpenedRecord {
    /// Returns the vector, `f32[d]`, as it was sealed (after rounding, if it was kept as f16).
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

    /// Returns what was sealed, to be sealed again elsewhere.
    #[must_use]
    pub fn to_document(&self) -> Document<'_> {
        Document {
            vector: &self.vector,
            precision: self.precision,
            content: self.content(),
            source: self.source(),
            expires_at: self.expires_at,
            padding: self.padding,
        }
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

impl Document<'_> {
    /// Checks the document, and returns the vector as the record will keep it.
    pub(crate) fn vector_to_keep(&self, parameters: &SearchParameters) -> Result<Wiped<f32>> {
        if self.content.len() > MAX_CONTENT_BYTES || self.source.is_some_and(|source| source.len() > MAX_SOURCE_BYTES) {
            return Err(Error::TooLong);
        }
        let mut vector = Wiped(self.vector.to_vec());
        if self.precision == Precision::F16 {
            for value in vector.iter_mut() {
                let narrow = f16::from_f32(*value);
                if value.is_finite() && !narrow.is_finite() {
                    return Err(Error::VectorOutOfRange);
                }
                *value = narrow.to_f32();
            }
        }
        parameters.check_vector(&vector)?;
        Ok(vector)
    }

    /// The plaintext with `vector`, which is this document's as kept.
    pub(crate) fn frame_with(&self, vector: &[f32]) -> Vec<u8> {
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
        let opened = Self::read(&mut reader, salt, padding)?;
        reader.end()?;
        parameters.check_vector(&opened.vector).map_err(|_| Error::Malformed)?;
        let again = Wiped(opened.to_document().frame_with(&opened.vector));
        if again.as_slice() == frame {
            Ok(opened)
        } else {
            Err(Error::Malformed)
        }
    }

    fn read(reader: &mut Reader<'_>, salt: &[u8; SALT_BYTES], padding: Padding) -> Result<Self> {
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
            padding,
        })
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
