//! Whatever decodes as a key file encodes to the same bytes. The checksum is repaired, or nothing would get past it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vecseal::{Authority, Compartment, SearchKey, UserKey, WriterKey, hazmat};

fuzz_target!(|bytes: &[u8]| {
    let mut file = bytes.to_vec();
    if let Some((_, [first, rest @ ..])) = bytes.split_last_chunk::<16>().map(|(rest, check)| (check, rest)) {
        // The checksum covers the map without its last entry: key 15 and the head of 16 bytes stand before the check.
        let covered = [&[first.wrapping_sub(1)], rest.get(..rest.len().saturating_sub(2)).unwrap_or_default()].concat();
        let check: [u8; 16] = hazmat::derive("check", &covered, &[], &[]).unwrap();
        let start = file.len() - 16;
        file[start..].copy_from_slice(&check);
    }
    for file in [bytes, &file] {
        if let Ok(key) = UserKey::from_bytes(file) {
            assert_eq!(key.to_bytes().as_slice(), file);
            assert_eq!(key.attenuate(key.attributes(), None).unwrap().rights().len(), key.rights().len());
        }
        if let Ok(key) = WriterKey::from_bytes(file) {
            assert_eq!(key.to_bytes().as_slice(), file);
        }
        if let Ok(authority) = Authority::from_bytes(file) {
            assert_eq!(authority.to_bytes().as_slice(), file);
        }
        if let Ok(compartment) = Compartment::from_bytes(file) {
            assert_eq!(compartment.to_bytes().as_slice(), file);
        }
        if let Ok(key) = SearchKey::from_bytes(file) {
            assert_eq!(key.to_bytes().as_slice(), file);
        }
    }
});
