//! Bytes that decoders must refuse.

use serde_json::{Value, json};
use vecseal_tests::json::bytes;

use super::{Cases, Store, filler, random_field};

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
    let mut add = |object: &str, name: &str, contents: &[u8]| {
        cases.push((format!("{object}: {name}"), json!({"object": object, "bytes": bytes(contents)})));
    };
    for (number, (object, valid)) in objects.iter().enumerate() {
        for (name, contents) in variants(valid) {
            add(object, &format!("{number}, {name}"), &contents);
        }
    }
    for (name, contents) in [
        ("random", filler("hostile", 300)),
        ("zeros", vec![0; 300]),
        ("ones", vec![255; 300]),
    ] {
        for object in ["header", "user-key", "writer-key", "authority", "search-key"] {
            add(object, name, &contents);
        }
    }
    // Two slots of 92 bytes from byte 107 on.
    let header = &objects[0].1;
    add(
        "header",
        "slots not sorted",
        &[&header[..107], &header[199..291], &header[107..199], &header[291..]].concat(),
    );
    add("header", "a slot twice", &[&header[..199], &header[107..199], &header[291..]].concat());
    let body = 292;
    add("header", "a body of 20 bytes", &[&header[..body], &[0x54], filler("body", 20).as_slice()].concat());
    let (user, authority) = (store.bytes("user-key", "analyst", "file"), &objects[4].1);
    add("user-key", "a right missing", &repaired(&replaced(&user, &[5, 0x84, 0x82], &[5, 0x83, 0x82])));
    add("user-key", "a secret changed", &replaced(&user, &[0x82, 0, 0x58, 32], &[0x82, 0, 0x58, 33]));
    let mut damaged = user.clone();
    damaged[40] ^= 1;
    add("user-key", "a checksum that does not fit", &damaged);
    add("user-key", "a checksum that fits", &repaired(&damaged));
    add("authority", "attributes not sorted", &repaired(&replaced(authority, b"eadmin", b"ezdmin")));
    add("authority", "dimensions not sorted", &repaired(&replaced(authority, b"fgroups", b"fzroups")));
    add(
        "authority",
        "an epoch of zero",
        &repaired(&replaced(authority, b"hr_manager\x02", b"hr_manager\x00")),
    );
    add(
        "authority",
        "a right with an empty name",
        &repaired(&replaced(authority, b"\x81\x82eroles", b"\x81\x82\x60")),
    );
    add("authority", "a reserved name", &repaired(&replaced(authority, b"eroles\x00", b"cany\x00")));
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
        ("version 2, half", with(2, 2)[..valid.len() / 2].to_vec()),
        ("version 0", with(2, 0)),
        ("version as text", with(2, 0x61)),
        ("another kind", with(4, if valid[4] == 2 { 3 } else { 2 })),
        ("an unknown kind", with(4, 23)),
        ("version not minimal", [&valid[..2], &[0x18, 1], &valid[3..]].concat()),
        ("a map without end", [&[0xbf], &valid[1..], &[0xff]].concat()),
        ("kind before version", [&valid[..1], &valid[3..5], &valid[1..3], &valid[5..]].concat()),
        ("a list", vec![0x80]),
        ("a length beyond all memory", [&valid[..5], &[2], huge.as_slice()].concat()),
        ("nested lists", vec![0x81; 4096]),
    ]
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let position = bytes.windows(from.len()).position(|window| window == from).unwrap();
    [&bytes[..position], to, &bytes[position + from.len()..]].concat()
}

/// The key file with the checksum that its other bytes ask for.
fn repaired(file: &[u8]) -> Vec<u8> {
    let covered = [&[file[0] - 1], &file[1..file.len() - 18]].concat();
    let check = vecseal::hazmat::derive::<16>("check", &covered, &[], &[]).unwrap();
    [&file[..file.len() - 16], &check].concat()
}

/// Key files of open compartments: made from headers, and hostile ones.
pub(super) fn compartment(store: &Store) -> Cases {
    let opening = |key: &str, header: &str| json!({"key": store.take("user-key", key, "file"), "header": store.take("create", header, "header")});
    let mut cases: Cases = [
        ("from suite 1", opening("analyst", "3 cosine balanced aes-256-gcm")),
        ("from suite 2", opening("analyst", "writer, two clauses")),
        ("every option", opening("manager after rotation, one back", "every option")),
        ("denied", opening("secret", "writer, two clauses")),
    ]
    .into_iter()
    .map(|(name, case)| (name.to_owned(), case))
    .collect();
    let files: Vec<Vec<u8>> = cases
        .iter()
        .filter_map(|(_, case)| vecseal_tests::vectors::output(vecseal_tests::vectors::compartment, case).ok())
        .filter_map(|output| vecseal_tests::json::Input(&output).bytes("file").ok())
        .collect();
    let mut add = |name: &str, contents: &[u8]| cases.push((name.to_owned(), json!({"file": bytes(contents)})));
    for (number, file) in files.iter().enumerate() {
        for (name, contents) in variants(file) {
            add(&format!("{number}, {name}"), &contents);
        }
    }
    let file = &files[0];
    let mut damaged = file.clone();
    damaged[20] ^= 1;
    add("a checksum that does not fit", &damaged);
    add("a checksum that fits another key", &repaired(&damaged));
    add("an unknown cipher", &repaired(&replaced(file, &[3, 0xa6, 0, 1], &[3, 0xa6, 0, 3])));
    add("a user key", &store.bytes("user-key", "analyst", "file"));
    cases
}

pub(super) fn unframe() -> Cases {
    let message = filler("frame", 90);
    let head = |scheme: u8, length: u32| [[scheme].as_slice(), &length.to_le_bytes()].concat();
    let frame =
        |scheme: u8, length: u32, zeros: usize| [head(scheme, length), message.clone(), vec![0; zeros]].concat();
    let mut dirty = frame(1, 90, 1);
    *dirty.last_mut().unwrap() = 1;
    let frames = [
        ("padded", frame(1, 90, 1)),
        ("not padded", frame(0, 90, 0)),
        ("empty", head(0, 0)),
        ("empty, padded", head(1, 0)),
        ("no bytes", Vec::new()),
        ("a head cut short", vec![1, 0, 0]),
        ("no padding where it must be", frame(1, 90, 0)),
        ("padding where none must be", frame(0, 90, 1)),
        ("too much padding", frame(1, 90, 9)),
        ("padding that is not zero", dirty),
        ("a length beyond the end", frame(0, 91, 0)),
        ("the largest length", head(0, u32::MAX)),
        ("an unknown scheme", frame(2, 90, 1)),
    ];
    frames.into_iter().map(|(name, frame)| (name.to_owned(), json!({"frame": bytes(&frame)}))).collect()
}

/// A padded frame of this message.
fn framed(message: &[u8]) -> Value {
    let length = u32::try_from(message.len()).unwrap().to_le_bytes();
    let mut frame = [&[1], length.as_slice(), message].concat();
    frame.resize(vecseal::hazmat::padme(frame.len()), 0);
    bytes(&frame)
}

pub(super) fn body() -> Cases {
    // Search parameters of mode geometric, d = 3, cosine, ρ = ρ_q = 0, and of mode sealed.
    let f32s = |noise: [u8; 4]| {
        [
            &[4, 0x44],
            noise.as_slice(),
            &[5, 0x44, 0, 0, 0, 0, 6, 0x44, 0, 0, 0x80, 0x3f],
        ]
        .concat()
    };
    let zeros = f32s([0; 4]);
    let parameters = |mode: u8, scope: u8, floats: &[u8], k: u8| {
        [&[0xaa, 0, mode, 1, scope, 2, 3, 3, 0], floats, &[7, k, 8, 1, 9, 0]].concat()
    };
    let start = |entries: u8, cipher: u8, policy: &[u8]| {
        let head = [0xa0 | entries, 0, cipher, 1, 2, 2, 0xf4, 3, 0x18, 100, 4];
        [head.as_slice(), policy, &[5]].concat()
    };
    let collection = [
        &[6, 0x83, 0x64, b'd', b'o', b'c', b's', 3, 0x58, 32],
        filler("collection", 32).as_slice(),
    ]
    .concat();
    let plain = |policy: &[u8], parameters: &[u8]| [start(6, 1, policy), parameters.to_vec()].concat();
    let geometric = parameters(0, 0, &zeros, 3);
    let bodies = [
        ("geometric", plain(b"\x61*", &geometric)),
        ("sealed", plain(b"\x63a:b", &parameters(1, 0, &zeros, 3))),
        ("a collection", [start(7, 2, b"\x61*"), parameters(0, 1, &zeros, 3), collection.clone()].concat()),
        ("a model", [start(7, 1, b"\x61*"), geometric.clone(), vec![7, 0x61, b'm']].concat()),
        ("an empty model", [start(7, 1, b"\x61*"), geometric.clone(), vec![7, 0x60]].concat()),
        ("scope collection without key", plain(b"\x61*", &parameters(0, 1, &zeros, 3))),
        (
            "scope compartment with key",
            [start(7, 1, b"\x61*"), geometric.clone(), collection.clone()].concat(),
        ),
        ("sealed in a collection", [start(7, 1, b"\x61*"), parameters(1, 1, &zeros, 3), collection].concat()),
        ("sealed with noise", plain(b"\x61*", &parameters(1, 0, &f32s([0, 0, 0, 0x3f]), 3))),
        ("noise of minus zero", plain(b"\x61*", &parameters(0, 0, &f32s([0, 0, 0, 0x80]), 3))),
        ("noise that is NaN", plain(b"\x61*", &parameters(0, 0, &f32s([0, 0, 0xc0, 0x7f]), 3))),
        ("k beyond d", plain(b"\x61*", &parameters(0, 0, &zeros, 4))),
        ("mode 2", plain(b"\x61*", &parameters(2, 0, &zeros, 3))),
        ("cipher 3", [start(6, 3, b"\x61*"), geometric.clone()].concat()),
        ("a policy not in text form", plain(b"\x64a: b", &geometric)),
        ("a policy with a name that cannot be", plain(b"\x65a:\" \"".as_slice(), &geometric)),
        ("a policy that does not parse", plain(b"\x61a", &geometric)),
        ("an unknown entry", [start(7, 1, b"\x61*"), geometric.clone(), vec![8, 0]].concat()),
        ("trailing bytes", [plain(b"\x61*", &geometric), vec![0]].concat()),
        ("empty", Vec::new()),
    ];
    let key = random_field("body", 32);
    let cases = bodies
        .into_iter()
        .map(|(name, body)| (name.to_owned(), json!({"frame": framed(&body), "compartment_key": key})));
    cases.collect()
}

pub(super) fn record_contents() -> Cases {
    let f32s = |values: [f32; 2]| [&[0, 0x48], values[0].to_le_bytes().as_slice(), &values[1].to_le_bytes()].concat();
    let vector = f32s([1.0, -2.5]);
    let map = |entries: u8, parts: &[&[u8]]| [&[0xa0 | entries], parts.concat().as_slice()].concat();
    let contents = [
        ("f32", map(1, &[&vector])),
        ("f16", map(1, &[&[1, 0x44, 0, 0x3c, 0, 0xc1]])),
        ("bytes", map(2, &[&vector, &[2, 0x42, 1, 2]])),
        ("text", map(2, &[&vector, &[3, 0x62, b'h', b'i']])),
        ("JSON", map(2, &[&vector, &[4, 0x62, b'{', b'}']])),
        ("source and expiry", map(3, &[&vector, &[5, 0x61, b's', 6, 0x18, 100]])),
        ("no vector", map(1, &[&[3, 0x62, b'h', b'i']])),
        ("both vectors", map(2, &[&vector, &[1, 0x44, 0, 0x3c, 0, 0xc1]])),
        ("text and bytes", map(3, &[&vector, &[2, 0x41, 1, 3, 0x61, b'h']])),
        ("another order", map(2, &[&[3, 0x62, b'h', b'i'], &vector])),
        ("text that is not UTF-8", map(2, &[&vector, &[3, 0x61, 0xff]])),
        ("three dimensions", map(1, &[&[0, 0x4c, 0, 0, 0x80, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0]])),
        ("half a float", map(1, &[&[0, 0x46, 0, 0, 0x80, 0x3f, 0, 0]])),
        ("NaN", map(1, &[&f32s([1.0, f32::NAN])])),
        ("infinity, f16", map(1, &[&[1, 0x44, 0, 0x3c, 0, 0x7c]])),
        ("a length not minimal", map(1, &[&[0, 0x58, 8], &vector[2..]])),
        ("an unknown entry", map(2, &[&vector, &[7, 0]])),
        ("trailing bytes", map(1, &[&vector, &[0]])),
    ];
    let parameters = json!({"dimension": 2, "metric": "dot", "preset": "off"});
    let cases = contents
        .into_iter()
        .map(|(name, contents)| (name.to_owned(), json!({"frame": framed(&contents), "parameters": parameters})));
    cases.collect()
}
