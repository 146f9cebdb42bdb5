//! Frames that hide the length of what they hold (`docs/FORMAT.md` §6.3).

use alloc::vec::Vec;

use crate::error::{Error, Result};

/// Whether a frame hides its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Padding {
    /// The exact length shows.
    Off,
    /// The length is rounded up by Padmé (Nikitin et al., PETS 2019), at most 12 % longer.
    #[default]
    Padme,
}

/// Scheme and length.
pub(crate) const HEAD_BYTES: usize = 5;

/// Returns the frame of what `write` appends, which is about `capacity` bytes.
pub(crate) fn frame(padding: Padding, capacity: usize, write: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = Vec::with_capacity(padme(HEAD_BYTES + capacity));
    out.push(match padding {
        Padding::Off => 0,
        Padding::Padme => 1,
    });
    out.extend_from_slice(&[0; 4]);
    write(&mut out);
    let length = out.len() - HEAD_BYTES;
    // INVARIANT: callers bound what they write far below 2^32 bytes (`limits`).
    let length_bytes = u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
    if let Some(field) = out.get_mut(1..HEAD_BYTES) {
        field.copy_from_slice(&length_bytes);
    }
    if padding == Padding::Padme {
        out.resize(padme(out.len()), 0);
    }
    out
}

/// Returns what a frame holds.
pub(crate) fn unframe(frame: &[u8]) -> Result<(Padding, &[u8])> {
    let (scheme, rest) = frame.split_first().ok_or(Error::Malformed)?;
    let (length, rest) = rest.split_first_chunk::<4>().ok_or(Error::Malformed)?;
    let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| Error::Malformed)?;
    let (message, zeros) = rest.split_at_checked(length).ok_or(Error::Malformed)?;
    let (padding, expected) = match scheme {
        0 => (Padding::Off, HEAD_BYTES + length),
        1 => (Padding::Padme, padme(HEAD_BYTES + length)),
        _ => return Err(Error::Malformed),
    };
    if frame.len() != expected || zeros.iter().any(|byte| *byte != 0) {
        return Err(Error::Malformed);
    }
    Ok((padding, message))
}

/// Returns `length` rounded up so that about `log log length` bits of it show.
pub(crate) fn padme(length: usize) -> usize {
    if length < 2 {
        return length;
    }
    let exponent = length.ilog2();
    let kept = exponent.checked_ilog2().map_or(0, |bits| bits + 1);
    length.next_multiple_of(1 << (exponent - kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padme_matches_the_paper() {
        for (length, padded) in [
            (0, 0),
            (1, 1),
            (2, 2),
            (3, 3),
            (7, 7),
            (9, 10),
            (100, 104),
            (1_000, 1_024),
            (3_085, 3_200),
            (1_000_000, 1_015_808),
        ] {
            assert_eq!(padme(length), padded, "{length}");
        }
    }

    #[test]
    fn padme_adds_at_most_12_percent() {
        for length in 1..200_000usize {
            let padded = padme(length);
            assert!(padded >= length && (padded - length) * 100 <= length * 12, "{length} {padded}");
        }
    }

    #[test]
    fn frames_open_only_as_written() {
        for padding in [Padding::Off, Padding::Padme] {
            let bytes = frame(padding, 100, |out| out.extend_from_slice(&[7; 90]));
            assert_eq!(unframe(&bytes), Ok((padding, [7u8; 90].as_slice())));
            let mut longer = bytes.clone();
            longer.push(0);
            assert_eq!(unframe(&longer), Err(Error::Malformed));
            assert_eq!(unframe(bytes.get(..bytes.len() - 1).unwrap_or_default()), Err(Error::Malformed));
        }
        let mut dirty = frame(Padding::Padme, 100, |out| out.extend_from_slice(&[7; 90]));
        *dirty.last_mut().expect("not empty") = 1;
        assert_eq!(unframe(&dirty), Err(Error::Malformed));
    }
}
