//! The embedder beside the reference implementations, natively and in WebAssembly.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[cfg(not(target_arch = "wasm32"))]
mod native;

use std::sync::OnceLock;

use vecseal_embed::{Embedder, MINI_LM};

static MODEL: &[u8] = include_bytes!("../../../crates/vecseal-embed/model/minilm-q4-v24k.bin");

fn embedder() -> &'static Embedder {
    static EMBEDDER: OnceLock<Embedder> = OnceLock::new();
    EMBEDDER.get_or_init(|| MINI_LM.load(MODEL.to_vec()).unwrap())
}

/// Texts with token ids and vectors by onnxruntime, on the same weights.
fn references() -> impl Iterator<Item = (&'static str, Vec<u32>, Vec<f32>)> {
    let lines = include_str!("../../../crates/vecseal-embed/model/reference.tsv").lines();
    lines.map(|line| {
        let [text, ids, vector] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let ids = ids.split(' ').map(|id| id.parse().unwrap()).collect();
        (text, ids, vector.split(' ').map(|value| value.parse().unwrap()).collect())
    })
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn vectors_are_those_of_onnxruntime() {
    let mut seen = 0;
    for (text, ids, expected) in references() {
        assert_eq!(embedder().tokens(text), ids, "{text}");
        let vector = embedder().embed(text);
        assert_eq!(vector.len(), MINI_LM.dimension);
        assert!((dot(&vector, &vector) - 1.0).abs() < 1e-5, "{text}");
        let cosine = dot(&vector, &expected) / dot(&expected, &expected).sqrt();
        assert!(cosine > 0.999_99, "{cosine} for {text}");
        seen += 1;
    }
    assert_eq!(seen, 60);
}

/// Accents, ligatures, scripts, control characters, marks, long words and long texts: ids by Hugging Face's tokenizers.
#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn tokens_are_those_of_hugging_face() {
    let cases = include_str!("../../../crates/vecseal-embed/model/tokens.json");
    let cases: Vec<serde_json::Value> = serde_json::from_str(cases).unwrap();
    assert!(cases.len() > 40);
    for case in cases {
        let text = case.get("text").unwrap().as_str().unwrap();
        let ids = case.get("ids").unwrap().as_array().unwrap().iter().map(|id| id.as_u64().unwrap());
        let found = embedder().tokens(text).into_iter().map(u64::from);
        assert_eq!(found.collect::<Vec<_>>(), ids.collect::<Vec<_>>(), "{text}");
    }
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn any_text_embeds() {
    let long = "a document that goes on ".repeat(10_000);
    for text in ["", " ", "\0", "\u{fffd}", "#", "日本語", "🎉", &long] {
        let vector = embedder().embed(text);
        assert!((dot(&vector, &vector) - 1.0).abs() < 1e-5, "{text:.20}");
    }
    assert_eq!(embedder().tokens(&long).len(), 128);
}
