//! Ids of points and compartments between the core and Qdrant.

use vecseal::{Cid, PointId};

/// A point's id as Qdrant's JSON has it.
pub(crate) fn to_qdrant(id: &PointId) -> vecseal_qdrant::PointId {
    match id {
        PointId::Number(number) => vecseal_qdrant::PointId::Number(*number),
        PointId::Uuid(_) => vecseal_qdrant::PointId::Uuid(id.to_string()),
    }
}

/// A point's id as records are bound to it; none for a text that is no UUID.
pub(crate) fn from_qdrant(id: &vecseal_qdrant::PointId) -> Option<PointId> {
    match id {
        vecseal_qdrant::PointId::Number(number) => Some(PointId::Number(*number)),
        vecseal_qdrant::PointId::Uuid(text) => text.parse().ok(),
    }
}

/// The point of a compartment's header in the keyring: the compartment's id, as a UUID.
pub(crate) fn of_header(cid: &Cid) -> PointId {
    PointId::Uuid(*cid.as_bytes())
}

/// A compartment's id from its 32 hexadecimal digits.
pub(crate) fn cid(text: &str) -> Option<Cid> {
    let digits = text.as_bytes();
    if digits.len() != 32 || !digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let mut bytes = [0; 16];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(Cid::from_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use vecseal::{Cid, PointId};

    use super::{cid, from_qdrant, of_header, to_qdrant};

    #[test]
    fn ids_come_back() {
        let bytes = [
            0x5c, 0x56, 0xc7, 0x93, 0x69, 0xf3, 0x4f, 0xbf, 0x87, 0xe6, 0xc4, 0xbf, 0x54, 0xc2, 0x8c, 0x26,
        ];
        for id in [PointId::Number(u64::MAX), PointId::Uuid(bytes)] {
            assert_eq!(from_qdrant(&to_qdrant(&id)), Some(id));
        }
        let id = Cid::from_bytes(bytes);
        assert_eq!(cid(&id.to_string()), Some(id));
        assert_eq!(of_header(&id).to_string(), "5c56c793-69f3-4fbf-87e6-c4bf54c28c26");
    }

    #[test]
    fn what_is_no_id_is_none() {
        assert_eq!(from_qdrant(&vecseal_qdrant::PointId::Uuid("x".to_owned())), None);
        for text in [
            "",
            "5C56c79369f34fbf87e6c4bf54c28c26",
            "+c56c79369f34fbf87e6c4bf54c28c26",
            "5c56",
        ] {
            assert_eq!(cid(text), None, "{text}");
        }
    }
}
