//! Point ids, as Qdrant has them.

use alloc::string::ToString as _;
use core::fmt;
use core::str::FromStr;

use uuid::Uuid;

use crate::bytes::cbor::Writer;
use crate::error::{Error, Result};

/// The id of a point: an unsigned 64-bit number or a UUID. Records are bound to it.
///
/// ```
/// use vecseal::PointId;
///
/// assert_eq!("42".parse(), Ok(PointId::Number(42)));
/// assert_eq!("5c56c793-69f3-4fbf-87e6-c4bf54c28c26".parse::<PointId>()?.to_string(), "5c56c793-69f3-4fbf-87e6-c4bf54c28c26");
/// # Ok::<(), vecseal::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PointId {
    /// A number.
    Number(u64),
    /// The 16 bytes of a UUID, in the order they are written.
    Uuid([u8; 16]),
}

impl PointId {
    pub(crate) fn write(&self, writer: &mut Writer) {
        match self {
            Self::Number(number) => writer.u64(*number),
            Self::Uuid(bytes) => writer.bytes(bytes),
        };
    }
}

impl From<u64> for PointId {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl FromStr for PointId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        // One number has one text: no sign, no leading zeros.
        if let Some(number) = text.parse::<u64>().ok().filter(|number| number.to_string() == text) {
            return Ok(Self::Number(number));
        }
        Uuid::try_parse(text).map(|uuid| Self::Uuid(uuid.into_bytes())).map_err(|_| Error::InvalidPointId)
    }
}

impl fmt::Display for PointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Uuid(bytes) => Uuid::from_bytes(*bytes).hyphenated().fmt(f),
        }
    }
}
