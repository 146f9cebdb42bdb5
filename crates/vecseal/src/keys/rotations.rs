//! The rights that an authority has rotated, and how often.

use alloc::vec::Vec;

use crate::access::right::Right;
use crate::bytes::cbor::{Reader, Writer};
use crate::error::{Error, Result};
use crate::limits::{MAX_NAME_BYTES, MAX_RIGHTS};
use crate::sort::sort_by;

/// Epochs other than 0, sorted by right.
#[derive(Default)]
pub(super) struct Rotations(Vec<(Right, u32)>);

impl Rotations {
    /// Returns the epoch of a right.
    pub(super) fn epoch(&self, right: &Right) -> u32 {
        let found = self.0.binary_search_by(|(own, _)| own.cmp(right)).ok();
        found.and_then(|index| self.0.get(index)).map_or(0, |(_, epoch)| *epoch)
    }

    /// Returns the same with these rights rotated once more.
    pub(super) fn rotated(&self, mut rights: Vec<&Right>) -> Result<Self> {
        sort_by(&mut rights, Ord::cmp);
        rights.dedup();
        let kept = self.0.iter().filter(|(own, _)| rights.binary_search(&own).is_err()).cloned();
        let next = rights.iter().map(|right| {
            let epoch = self.epoch(right).checked_add(1).ok_or(Error::EpochExhausted)?;
            Ok(((*right).clone(), epoch))
        });
        let mut all = kept.map(Ok).chain(next).collect::<Result<Vec<_>>>()?;
        if all.len() > MAX_RIGHTS {
            return Err(Error::TooManyRights);
        }
        sort_by(&mut all, |a, b| a.0.cmp(&b.0));
        Ok(Self(all))
    }

    /// Returns every epoch that was and is not, newest first, by right.
    pub(super) fn earlier(&self) -> impl Iterator<Item = (&Right, u32)> {
        self.0.iter().flat_map(|(right, current)| (0..*current).rev().map(move |epoch| (right, epoch)))
    }

    /// An upper bound of the bytes that [`Self::write`] writes.
    pub(super) fn encoded_bytes(&self) -> usize {
        self.0
            .iter()
            .fold(16, |sum, (right, _)| sum + 16 + right.attributes().len() * (2 * MAX_NAME_BYTES + 8))
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.array(self.0.len() as u64);
        for (right, epoch) in &self.0 {
            writer.array(2);
            right.write(writer);
            writer.u64((*epoch).into());
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let mut all: Vec<(Right, u32)> = Vec::new();
        for _ in 0..reader.array(MAX_RIGHTS)? {
            reader.tuple(2)?;
            let right = Right::read(reader)?;
            let epoch = reader.u32()?;
            if epoch == 0 || all.last().is_some_and(|(last, _)| *last >= right) {
                return Err(Error::Malformed);
            }
            all.push((right, epoch));
        }
        Ok(Self(all))
    }
}
