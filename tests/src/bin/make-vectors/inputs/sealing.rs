//! Headers, records and queries.

use serde_json::{Value, json};
use vecseal_tests::json::{bytes, floats};

use super::{Cases, Store, random_field, vector_field};

/// A compartment: dimension, metric, preset, cipher.
type Shape = (usize, &'static str, &'static str, &'static str);

const SHAPES: [Shape; 7] = [
    (3, "cosine", "balanced", "aes-256-gcm"),
    (48, "dot", "strong", "chacha20-poly1305"),
    (384, "cosine", "balanced", "chacha20-poly1305"),
    (768, "euclid", "balanced", "aes-256-gcm"),
    (1_000, "cosine", "strong", "aes-256-gcm"),
    (1_536, "cosine", "off", "chacha20-poly1305"),
    (384, "dot", "sealed", "aes-256-gcm"),
];
const SMALL: Shape = SHAPES[0];

pub(super) fn padme() -> Cases {
    let small = [0u64, 1, 2, 3, 8, 9, 15, 16, 17, 63, 100, 127, 128, 129, 1_000, 3_085];
    let large = [65_535, 65_537, 1_000_000, 16_777_216, 16_777_217];
    small.iter().chain(&large).map(|length| (length.to_string(), json!({ "length": length }))).collect()
}

pub(super) fn create(store: &Store) -> Cases {
    let by_authority = |authority: &str, policy: &str, options: Value, random: Value| {
        let authority = store.take("authority", authority, "file");
        json!({"authority": authority, "policy": policy, "options": options, "random": random})
    };
    let by_writer = |writer: &str, policy: &str, random: usize, options: Value| {
        let writer = store.take("writer-key", writer, "file");
        json!({"writer": writer, "policy": policy, "options": options, "random": random_field(policy, random)})
    };
    let refused = |options: Value| by_authority("new", "*", options, json!(""));
    let small_with = |fields: &[(&str, Value)]| {
        let mut options = options(SMALL);
        for (field, value) in fields {
            options[field] = value.clone();
        }
        options
    };
    let mut cases: Cases = Vec::new();
    for shape in SHAPES {
        let policy = "roles:analyst && departments:finance || roles:hr_manager && groups:team_hr";
        let random = random_field(&shape_name(shape), 32 + 32 + 24);
        cases.push((shape_name(shape), by_authority("new", policy, options(shape), random)));
    }
    let every_option = small_with(&[
        ("model", json!("all-MiniLM-L6-v2")),
        ("collection", json!("documents")),
        ("search_dimensions", json!(2)),
        ("noise", json!(0.75)),
        ("query_noise", json!(0.125)),
    ]);
    let mut sealed_in_collection = options(SHAPES[6]);
    sealed_in_collection["collection"] = json!("documents");
    let two = "roles:hr_manager && groups:team_hr || departments:finance";
    let zero = ("query_noise", json!(0));
    let more = [
        ("every option", by_authority("rotated", "roles:hr_manager", every_option, random_field("full", 88))),
        ("anyone", by_authority("new", "*", options(SMALL), random_field("anyone", 88))),
        ("writer, two clauses", by_writer("two policies", two, 88 + 128, options(SHAPES[2]))),
        ("writer, a collection", by_writer("a collection", "departments:finance", 88 + 64, options(SMALL))),
        ("writer, anyone", by_writer("anyone", "*", 88 + 64, options(SMALL))),
        ("writer, after rotation", by_writer("after rotation", "roles:hr_manager", 88 + 64, options(SMALL))),
        ("writer, right not covered", by_writer("two policies", "groups:team_hr", 0, options(SMALL))),
        ("one dimension", refused(small_with(&[("dimension", json!(1))]))),
        ("65,537 dimensions", refused(small_with(&[("dimension", json!(65_537))]))),
        ("sealed in a collection", refused(sealed_in_collection)),
        ("noise beyond 16", refused(small_with(&[("noise", json!(16.5)), zero.clone()]))),
        ("noise below zero", refused(small_with(&[("noise", json!(-0.5)), zero.clone()]))),
        ("a scale for cosine", refused(small_with(&[("scale", json!(2))]))),
        ("k beyond d", refused(small_with(&[("search_dimensions", json!(4))]))),
        ("k of one", refused(small_with(&[("search_dimensions", json!(1))]))),
        ("a model name of 257 bytes", refused(small_with(&[("model", json!("m".repeat(257)))]))),
    ];
    cases.extend(more.into_iter().map(|(name, case)| (name.to_owned(), case)));
    cases
}

pub(super) fn open_header(store: &Store) -> Cases {
    let case = |key: &str, header: &str| json!({"key": store.take("user-key", key, "file"), "header": store.take("create", header, "header")});
    let first = shape_name(SMALL);
    let both = "writer, two clauses";
    let mut cases: Cases = [
        ("analyst opens", case("analyst", &first)),
        ("manager opens", case("manager", &first)),
        ("secret is denied", case("secret", &first)),
        ("another authority's analyst is denied", case("analyst of another authority", &first)),
        ("anyone opens", case("secret", "anyone")),
        ("suite 2: analyst opens", case("analyst", both)),
        ("suite 2: manager opens", case("manager", both)),
        ("suite 2: secret is denied", case("secret", both)),
        ("after rotation: the old key is denied", case("manager", "every option")),
        ("after rotation: the new key opens", case("manager after rotation, one back", "every option")),
        ("suite 2, after rotation: the old key is denied", case("manager", "writer, after rotation")),
        (
            "suite 2, after rotation: the new key opens",
            case("manager after rotation, all", "writer, after rotation"),
        ),
    ]
    .into_iter()
    .map(|(name, case)| (name.to_owned(), case))
    .collect();
    // The header of suite 1 has two slots of 92 bytes from byte 107 on; a label is followed by 80 wrapped bytes.
    for (name, positions) in [
        ("wrapped keys", [130, 222]),
        ("the commitment", [80, 81]),
        ("the cid", [55, 56]),
        ("the body", [320, 321]),
    ] {
        let mut header = store.bytes("create", &first, "header");
        for position in positions {
            header[position] ^= 1;
        }
        let mut changed = case("analyst", &first);
        changed["header"] = bytes(&header);
        cases.push((format!("changed: {name}"), changed));
    }
    cases
}

pub(super) fn rewrap(store: &Store) -> Cases {
    let case = |authority: &str, header: &str, policy: &str, random: usize| {
        let random = random_field(&format!("rewrap {header}"), random);
        let (authority, header) = (store.take("authority", authority, "file"), store.take("create", header, "header"));
        json!({"authority": authority, "header": header, "policy": policy, "random": random})
    };
    let first = shape_name(SMALL);
    let policy = "roles:analyst && departments:finance || roles:hr_manager && groups:team_hr";
    let narrower = "roles:hr_manager && groups:team_hr";
    vec![
        ("names a rotated right".to_owned(), case("rotated", &first, policy, 56)),
        ("under another policy".to_owned(), case("rotated", &first, narrower, 56)),
        ("names none".to_owned(), case("rotated", "every option", "roles:hr_manager", 0)),
        ("anyone was rotated".to_owned(), case("rotated", "anyone", "*", 56)),
        ("suite 2".to_owned(), case("rotated", "writer, anyone", "*", 56 + 64)),
        ("another authority".to_owned(), case("another", &first, policy, 0)),
    ]
}

pub(super) fn seal(store: &Store) -> Cases {
    let case = |shape: Shape, point: &str, more: Value| {
        let name = shape_name(shape);
        let mut case = json!({
            "key": store.take("user-key", "analyst", "file"), "header": store.take("create", &name, "header"),
            "point": point, "vector": vector_field(&name, shape.0), "random": random_field(&format!("seal {name}"), 24),
        });
        for (field, value) in more.as_object().unwrap() {
            case[field] = value.clone();
        }
        case
    };
    let refused = |vector: &[f32], precision: &str| {
        case(SMALL, "1", json!({"vector": floats(vector), "precision": precision, "random": ""}))
    };
    let everything = json!({
        "json": "{\"a\": 1}", "source": "report-7", "expires_at": 2_000_000_000, "padding": "off",
    });
    let half = json!({"precision": "f16", "bytes": "AAECAw"});
    let mut cases: Cases = Vec::new();
    for shape in SHAPES {
        cases.push((shape_name(shape), case(shape, "42", json!({"text": "Salaries, 2026: not for everybody."}))));
    }
    let more = [
        ("a UUID, f16, bytes", case(SHAPES[1], UUID, half)),
        ("no content", case(SMALL, "0", json!({}))),
        ("JSON, everything", case(SMALL, "18446744073709551615", everything)),
        ("empty text", case(SMALL, "1", json!({"text": ""}))),
        ("a UUID without hyphens", case(SMALL, "5C56C79369F34FBF87E6C4BF54C28C26", json!({}))),
        ("the smallest f32", case(SMALL, "1", json!({"vector": floats(&[f32::from_bits(1), 0.0, 0.0])}))),
        ("wrong dimension", refused(&[1.0, 2.0, 3.0, 4.0], "f32")),
        ("NaN", refused(&[1.0, f32::NAN, 0.0], "f32")),
        ("NaN, f16", refused(&[1.0, f32::NAN, 0.0], "f16")),
        ("infinity", refused(&[1.0, f32::NEG_INFINITY, 0.0], "f32")),
        ("zero", refused(&[0.0, -0.0, 0.0], "f32")),
        ("zero as f16", refused(&[1e-9, 0.0, 0.0], "f16")),
        ("too large for f16", refused(&[1e5, 0.0, 0.0], "f16")),
        ("too long", refused(&[2e30, 0.0, 0.0], "f32")),
        ("a source id of 1,025 bytes", case(SMALL, "1", json!({"source": "s".repeat(1_025), "random": ""}))),
        ("no point id", case(SMALL, "five", json!({"random": ""}))),
        ("a leading zero", case(SMALL, "042", json!({"random": ""}))),
        ("a sign", case(SMALL, "+42", json!({"random": ""}))),
        ("beyond u64", case(SMALL, "18446744073709551616", json!({"random": ""}))),
    ];
    cases.extend(more.into_iter().map(|(name, case)| (name.to_owned(), case)));
    cases
}

pub(super) fn open_record(store: &Store) -> Cases {
    let case = |shape: Shape, sealed: &str, point: &str| {
        let (key, header) =
            (store.take("user-key", "manager", "file"), store.take("create", &shape_name(shape), "header"));
        json!({"key": key, "header": header, "point": point, "record": store.take("seal", sealed, "record")})
    };
    let first = shape_name(SMALL);
    let mut cases: Cases = vec![
        ("text".to_owned(), case(SMALL, &first, "42")),
        ("f16, bytes".to_owned(), case(SHAPES[1], "a UUID, f16, bytes", UUID)),
        ("everything".to_owned(), case(SMALL, "JSON, everything", "18446744073709551615")),
        ("another point".to_owned(), case(SMALL, &first, "43")),
        ("a point of the same bytes".to_owned(), case(SMALL, &first, "00000000-0000-0000-0000-00000000002a")),
        ("another compartment".to_owned(), case(SHAPES[1], &first, "42")),
        ("another compartment of the same cipher".to_owned(), case(SHAPES[4], &first, "42")),
    ];
    let record = store.bytes("seal", &first, "record");
    let flip = |position: usize| {
        let mut bytes = record.clone();
        bytes[position] ^= 1;
        bytes
    };
    // Bytes 0 to 4: version and kind; 5 to 31: salt; then the key, head and bytes of the ciphertext.
    let changed = [
        ("changed: salt", flip(10)),
        ("changed: ciphertext", flip(60)),
        ("changed: tag", flip(record.len() - 1)),
        ("truncated", record[..record.len() - 1].to_vec()),
        ("extended", [record.as_slice(), &[0]].concat()),
        ("another version", flip(2)),
        ("another kind", flip(4)),
        ("empty", Vec::new()),
        ("not canonical", [&record[..6], &[0x59, 0, 24], &record[8..]].concat()),
        ("no tag", [&record[..32], &[3, 0x41, 0]].concat()),
        ("20 bytes", [&record[..32], &[3, 0x54], &record[40..60]].concat()),
        ("21 bytes", [&record[..32], &[3, 0x55], &record[40..61]].concat()),
    ];
    for (name, record) in changed {
        let mut case = case(SMALL, &first, "42");
        case["record"] = bytes(&record);
        cases.push((name.to_owned(), case));
    }
    cases
}

pub(super) fn query(store: &Store) -> Cases {
    let case = |shape: Shape, key: &str, header: &str, random: usize| {
        let name = format!("query {}", shape_name(shape));
        json!({
            "key": store.take("user-key", key, "file"), "header": store.take("create", header, "header"),
            "query": vector_field(&name, shape.0), "random": random_field(&name, random),
        })
    };
    let mut cases: Cases = Vec::new();
    for shape in SHAPES {
        let random = if matches!(shape.2, "off" | "sealed") { 0 } else { 32 };
        cases.push((shape_name(shape), case(shape, "analyst", &shape_name(shape), random)));
    }
    cases.push(("search dimensions".to_owned(), case(SMALL, "manager after rotation, all", "every option", 32)));
    let mut wrong = case(SMALL, "analyst", &shape_name(SMALL), 0);
    wrong["query"] = vector_field("wrong", 2);
    cases.push(("wrong dimension".to_owned(), wrong));
    cases
}

fn options(shape: Shape) -> Value {
    let (dimension, metric, preset, cipher) = shape;
    let mut options = json!({
        "dimension": dimension, "metric": metric, "preset": preset, "cipher": cipher, "created_at": 1_790_000_000,
    });
    if preset != "sealed" && metric != "cosine" {
        options["scale"] = json!(6.3);
    }
    options
}

fn shape_name(shape: Shape) -> String {
    let (dimension, metric, preset, cipher) = shape;
    format!("{dimension} {metric} {preset} {cipher}")
}

const UUID: &str = "5c56c793-69f3-4fbf-87e6-c4bf54c28c26";
