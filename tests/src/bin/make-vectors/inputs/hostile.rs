//! Bytes that decoders must refuse.

use serde_json::json;
use vecseal_tests::json::bytes;

use super::{Cases, Store};

pub(super) fn decode(store: &Store) -> Cases {
    let objects = [
        ("header", store.bytes("create", "3 cosine balanced aes-256-gcm", "header")),
        ("header", store.bytes("create", "writer, a collection", "header")),
        ("user-key", store.bytes("attenuate", "fewer dimensions", "file")),
        ("writer-key", store.bytes("writer-key", "a collection", "file")),
        ("authority", store.bytes("authority", "rotated", "file")),
        ("search-key", store.bytes("plain", "3 cosine balanced", "file")),
    ];
    let mut cases: Cases = Vec::new();
    for (number, (object, valid)) in objects.iter().enumerate() {
        for (name, contents) in variants(valid) {
            cases.push((format!("{object} {number}: {name}"), json!({"object": object, "bytes": bytes(&contents)})));
        }
    }
    for (name, contents) in [
        ("random", super::filler("hostile", 300)),
        ("zeros", vec![0; 300]),
        ("ones", vec![255; 300]),
    ] {
        for object in ["header", "user-key", "writer-key", "authority", "search-key"] {
            cases.push((format!("{object}: {name}"), json!({"object": object, "bytes": bytes(&contents)})));
        }
    }
    cases
}

/// A valid object and what can be done to it. Bytes 0 to 4 are the map's head, version and kind.
fn variants(valid: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let with = |position: usize, byte: u8| {
        let mut changed = valid.to_vec();
        changed[position] = byte;
        changed
    };
    let huge = [0x5b, 255, 255, 255, 255, 255, 255, 255, 255];
    vec![
        ("valid", valid.to_vec()),
        ("empty", Vec::new()),
        ("half", valid[..valid.len() / 2].to_vec()),
        ("without the last byte", valid[..valid.len() - 1].to_vec()),
        ("one byte more", [valid, &[0]].concat()),
        ("one entry fewer", with(0, valid[0] - 1)),
        ("one entry more", with(0, valid[0] + 1)),
        ("version 2", with(2, 2)),
        ("version 0", with(2, 0)),
        ("version as text", with(2, 0x61)),
        ("another kind", with(4, if valid[4] == 2 { 3 } else { 2 })),
        ("version not minimal", [&valid[..2], &[0x18, 1], &valid[3..]].concat()),
        ("a map without end", [&[0xbf], &valid[1..], &[0xff]].concat()),
        ("a list", vec![0x80]),
        ("a length beyond all memory", [&valid[..5], &[2], huge.as_slice()].concat()),
        ("nested lists", vec![0x81; 4096]),
    ]
}
