//! The envelope of every object: version, kind, canonical encoding, and for key files a checksum.

use alloc::vec::Vec;
use core::ops::Deref;

use zeroize::Zeroizing;

use super::cbor::{Reader, Writer};
use crate::crypto::kdf::{Label, kdf};
use crate::crypto::secret::Wiped;
use crate::error::{Error, Result};

/// The format version that this crate reads and writes.
pub const FORMAT_VERSION: u8 = 1;

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    Header = 1,
    Record = 2,
    UserKey = 3,
    WriterKey = 4,
    Authority = 5,
    SearchKey = 6,
    Compartment = 7,
}

/// Starts an object of `entries` map entries, version and kind included.
pub(crate) fn start(kind: Kind, entries: u64, capacity: usize) -> Writer {
    let mut writer = Writer::with_capacity(capacity);
    writer.map(entries).key(0).u64(FORMAT_VERSION.into()).key(1).u64(kind as u64);
    writer
}

/// Decodes an object with `read`, then encodes it with `write` and refuses any other encoding.
pub(crate) fn decode<'a, T, B: Deref<Target = Vec<u8>>>(
    bytes: &'a [u8],
    kind: Kind,
    limit: usize,
    read: impl FnOnce(&mut Reader<'a>) -> Result<T>,
    write: impl FnOnce(&T) -> B,
) -> Result<T> {
    if bytes.len() > limit {
        return Err(Error::Malformed);
    }
    let mut reader = Reader::new(bytes);
    reader.map()?;
    reader.key(0)?;
    if reader.u64()? != u64::from(FORMAT_VERSION) {
        return Err(Error::UnsupportedVersion);
    }
    reader.key(1)?;
    if reader.u64()? != kind as u64 {
        return Err(Error::WrongObject);
    }
    let object = read(&mut reader)?;
    reader.end()?;
    if write(&object).as_slice() == bytes {
        Ok(object)
    } else {
        Err(Error::Malformed)
    }
}

/// The map key of a checksum.
const CHECK: u8 = 15;
const CHECK_BYTES: usize = 16;
/// Key, head and bytes of the checksum entry.
pub(crate) const CHECK_ENTRY_BYTES: usize = 2 + CHECK_BYTES;

/// Ends a key file, started with one entry more than written so far, with its checksum.
pub(crate) fn finish_with_check(mut writer: Writer) -> Zeroizing<Vec<u8>> {
    let check = checksum(writer.buffer());
    writer.key(CHECK).bytes(check.as_slice());
    Zeroizing::new(writer.finish())
}

/// Reads the entry that [`finish_with_check`] wrote. Encoding again tells whether it is right.
pub(crate) fn read_check(reader: &mut Reader<'_>) -> Result<()> {
    reader.key(CHECK)?;
    reader.fixed::<CHECK_BYTES>().map(|_| ())
}

/// The checksum of a map that lacks only its last entry: the map's head counts one less.
fn checksum(map: &[u8]) -> [u8; CHECK_BYTES] {
    let mut message = Wiped(map.to_vec());
    if let Some(head) = message.first_mut() {
        *head = head.wrapping_sub(1);
    }
    *kdf(&message, &[], Label::CHECK, &[]).expose()
}
