//! The part of deterministic CBOR (RFC 8949 §4.2.1) that the format uses.
//!
//! Reading is lenient about encodings; [`super::object::decode`] encodes again and compares, which is what
//! makes decoders accept exactly what encoders produce.

use alloc::vec::Vec;

use minicbor::{Decoder, Encoder};

use crate::error::{Error, Result};

/// Writes CBOR. Writing to memory cannot fail, so the methods return the writer.
pub(crate) struct Writer(Encoder<Vec<u8>>);

macro_rules! writing {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $kind:ty)?);)*) => {
        $($(#[$doc])* pub(crate) fn $name(&mut self $(, $argument: $kind)?) -> &mut Self {
            // INVARIANT: a Vec takes every write.
            let _ = self.0.$name($($argument)?);
            self
        })*
    };
}

impl Writer {
    /// Makes a writer. Objects with secrets give a capacity that fits, so that no copy is left behind by growth.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self::continuing(Vec::with_capacity(bytes))
    }

    /// Makes a writer that appends to `bytes`.
    pub(crate) fn continuing(bytes: Vec<u8>) -> Self {
        Self(Encoder::new(bytes))
    }

    writing! {
        u64(value: u64);
        bool(value: bool);
        bytes(value: &[u8]);
        /// Writes the head of a byte string, which the caller appends to [`Writer::buffer`].
        bytes_len(length: u64);
        str(value: &str);
        array(length: u64);
        map(length: u64);
    }

    /// Writes a map key followed, by the caller, with its value.
    pub(crate) fn key(&mut self, key: u8) -> &mut Self {
        self.u64(key.into())
    }

    pub(crate) fn f32(&mut self, value: f32) -> &mut Self {
        self.bytes(&value.to_le_bytes())
    }

    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        self.0.writer_mut()
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.0.into_writer()
    }
}

/// Reads CBOR; anything unexpected is `malformed`.
#[derive(Clone)]
pub(crate) struct Reader<'a>(Decoder<'a>);

macro_rules! reading {
    ($($name:ident() -> $kind:ty;)*) => {
        $(pub(crate) fn $name(&mut self) -> Result<$kind> {
            self.0.$name().map_err(|_| Error::Malformed)
        })*
    };
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(Decoder::new(bytes))
    }

    reading! {
        u8() -> u8;
        u16() -> u16;
        u32() -> u32;
        u64() -> u64;
        bool() -> bool;
        bytes() -> &'a [u8];
        str() -> &'a str;
    }

    /// Returns the length of an array, at most `limit`.
    pub(crate) fn array(&mut self, limit: usize) -> Result<usize> {
        let length = self.0.array().map_err(|_| Error::Malformed)?.ok_or(Error::Malformed)?;
        usize::try_from(length).ok().filter(|length| *length <= limit).ok_or(Error::Malformed)
    }

    /// Reads the head of an array of exactly `length` items.
    pub(crate) fn tuple(&mut self, length: usize) -> Result<()> {
        if self.array(length)? == length {
            Ok(())
        } else {
            Err(Error::Malformed)
        }
    }

    /// Returns the number of entries of a map.
    pub(crate) fn map(&mut self) -> Result<u64> {
        self.0.map().map_err(|_| Error::Malformed)?.ok_or(Error::Malformed)
    }

    /// Reads a map key that must come now.
    pub(crate) fn key(&mut self, key: u8) -> Result<()> {
        if self.u8()? == key {
            Ok(())
        } else {
            Err(Error::Malformed)
        }
    }

    /// Reads a map key that may come now, and says whether it did.
    pub(crate) fn optional_key(&mut self, key: u8) -> bool {
        let mut ahead = self.clone();
        let found = ahead.key(key).is_ok();
        if found {
            *self = ahead;
        }
        found
    }

    pub(crate) fn fixed<const N: usize>(&mut self) -> Result<&'a [u8; N]> {
        self.bytes()?.try_into().map_err(|_| Error::Malformed)
    }

    pub(crate) fn f32(&mut self) -> Result<f32> {
        self.fixed().map(|bytes| f32::from_le_bytes(*bytes))
    }

    pub(crate) fn end(&self) -> Result<()> {
        if self.0.position() == self.0.input().len() {
            Ok(())
        } else {
            Err(Error::Malformed)
        }
    }
}
