//! Derivations, rotation, noise, plain encryption, ranking.

use chacha20::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};
use vecseal_tests::json::{bytes, floats};

use super::{Cases, Store, random_field, vector_field};

pub(super) fn derive() -> Cases {
    let mut cases: Cases = Vec::new();
    for label in vecseal::hazmat::labels() {
        let length = match label {
            "authority" | "cid" | "check" => 16,
            "label" | "public/label" => 8,
            "record" => 44,
            _ => 32,
        };
        for (name, salt, context) in [("", 0, 0), (" with salt", 24, 0), (" with context", 0, 40)] {
            let input = json!({
                "label": label, "ikm": random_field(label, 32), "salt": random_field("salt", salt),
                "context": random_field("context", context), "length": length,
            });
            cases.push((format!("{label}{name}"), input));
        }
    }
    cases
}

pub(super) fn rotate() -> Cases {
    let dimensions = [2usize, 3, 4, 15, 16, 17, 31, 48, 64, 384, 768, 1_000, 1_024, 1_536];
    let cases = dimensions.iter().map(|dimension| {
        let name = format!("rotate {dimension}");
        (
            dimension.to_string(),
            json!({"key": random_field(&name, 32), "vector": vector_field(&name, *dimension)}),
        )
    });
    let rejected = json!({"key": bytes(&key_with_rejection(1_000)), "vector": vector_field("rejection", 1_000)});
    cases.chain([("1000, a word is rejected".to_owned(), rejected)]).collect()
}

/// A rotation key under which drawing the permutations rejects a word, which happens to one key in some thousand.
fn key_with_rejection(dimension: u32) -> [u8; 32] {
    let mut keys = (0u32..).map(|i| {
        let mut key = [0; 32];
        key[..4].copy_from_slice(&i.to_le_bytes());
        key
    });
    let rejects = |key: &[u8; 32]| {
        let mut words = ChaCha20Rng::from_seed(*key);
        (0..6).any(|_| {
            let rejected = (2..=dimension).rev().any(|n| words.next_u32().wrapping_mul(n) < n.wrapping_neg() % n);
            (0..dimension.div_ceil(32)).for_each(|_| {
                words.next_u32();
            });
            rejected
        })
    };
    keys.find(rejects).unwrap()
}

pub(super) fn noise() -> Cases {
    let dimensions = [2usize, 3, 30, 31, 48, 384, 768, 1_000, 1_536];
    let cases = dimensions.iter().map(|dimension| {
        let key = random_field(&format!("noise {dimension}"), 32);
        (dimension.to_string(), json!({"key": key, "dimension": dimension, "radius": 0.5}))
    });
    cases.collect()
}

pub(super) fn plain() -> Cases {
    let case = |dimension: usize, metric: &str, preset: &str, point: &str| {
        let name = format!("plain {dimension} {metric} {preset}");
        let mut parameters = json!({"dimension": dimension, "metric": metric, "preset": preset});
        if metric != "cosine" {
            parameters["scale"] = json!(3.3);
        }
        let input = json!({
            "secret": random_field(&name, 32), "parameters": parameters, "vector": vector_field(&name, dimension),
            "point": point, "random": random_field(&format!("iv {name}"), 24),
        });
        (format!("{dimension} {metric} {preset}"), input)
    };
    let mut reduced = case(48, "cosine", "balanced", "6");
    reduced.0 += ", k = 8";
    reduced.1["parameters"]["search_dimensions"] = json!(8);
    let mut rounded = case(48, "dot", "balanced", "7");
    rounded.0 += ", a product that rounds";
    rounded.1["parameters"]["noise"] = json!(0.7);
    rounded.1["parameters"]["query_noise"] = json!(0.3);
    let mut sealed = case(3, "cosine", "balanced", "1").1;
    sealed["parameters"]["preset"] = json!("sealed");
    sealed["random"] = json!("");
    vec![
        case(3, "cosine", "balanced", "1"),
        case(48, "dot", "balanced", "2"),
        case(384, "euclid", "strong", "5c56c793-69f3-4fbf-87e6-c4bf54c28c26"),
        case(768, "cosine", "strong", "3"),
        case(1_000, "dot", "off", "4"),
        case(1_536, "euclid", "balanced", "5"),
        reduced,
        rounded,
        ("sealed".to_owned(), sealed),
    ]
}

pub(super) fn plain_decrypt(store: &Store) -> Cases {
    let field = |name: &str| store.take("plain", "48 dot balanced", name);
    let (ciphertext, iv, tag) = (field("ciphertext"), field("iv"), field("tag"));
    let case = json!({"key": field("file"), "point": "2", "ciphertext": ciphertext, "iv": iv, "tag": tag});
    let with = |name: &str, value: Value| {
        let mut changed = case.clone();
        changed[name] = value;
        changed
    };
    let mut flipped = store.bytes("plain", "48 dot balanced", "ciphertext");
    flipped[0] ^= 1;
    vec![
        ("as encrypted".to_owned(), case.clone()),
        ("another point".to_owned(), with("point", json!("3"))),
        ("another iv".to_owned(), with("iv", random_field("another iv", 24))),
        ("another tag".to_owned(), with("tag", random_field("another tag", 16))),
        ("one bit of the ciphertext".to_owned(), with("ciphertext", bytes(&flipped))),
        ("another dimension".to_owned(), with("key", store.take("plain", "3 cosine balanced", "file"))),
    ]
}

pub(super) fn rank() -> Cases {
    let candidate = |id: &str, vector: Value| json!({"point": id, "vector": vector});
    let with = |metric: &str, query: Value, candidates: &[Value], limit: usize| json!({"metric": metric, "query": query, "candidates": candidates, "limit": limit});
    let mut cases: Cases = Vec::new();
    let shapes = [
        (3usize, "cosine"),
        (48, "dot"),
        (384, "euclid"),
        (768, "cosine"),
        (1_000, "euclid"),
        (1_536, "dot"),
    ];
    for (dimension, metric) in shapes {
        let vectors = (0..6).map(|i| candidate(&i.to_string(), vector_field(&format!("rank {i}"), dimension)));
        let candidates: Vec<Value> = vectors.collect();
        cases.push((format!("{dimension} {metric}"), with(metric, vector_field("rank", dimension), &candidates, 4)));
    }
    let ties = [
        candidate("00000000-0000-0000-0000-000000000001", floats(&[1.0, 0.0])),
        candidate("9", floats(&[1.0, 0.0])),
        candidate("10", floats(&[1.0, 0.0])),
        candidate("7", floats(&[-0.0, 2.0])),
        candidate("8", floats(&[0.0, -2.0])),
    ];
    let one = |values: &[f32]| [candidate("1", floats(values))];
    let query = || floats(&[1.0, 0.0]);
    let more = [
        ("ties by id", with("dot", query(), &ties, 10)),
        ("cosine ties by id", with("cosine", query(), &ties, 10)),
        ("no candidates", with("dot", query(), &[], 10)),
        ("limit zero", with("dot", query(), &ties, 0)),
        ("NaN in the query", with("dot", floats(&[f32::NAN, 0.0]), &ties, 10)),
        ("infinity in a candidate", with("euclid", query(), &one(&[f32::INFINITY, 0.0]), 10)),
        ("wrong dimension", with("dot", floats(&[1.0, 0.0, 0.0]), &ties, 10)),
        ("zero vector", with("cosine", query(), &one(&[0.0, 0.0]), 10)),
    ];
    cases.extend(more.into_iter().map(|(name, case)| (name.to_owned(), case)));
    cases
}
