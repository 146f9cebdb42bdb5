//! Writes vector files that do not exist yet. Bytes are forever: an existing file changes only with a format version.
//!
//! `cargo run -p vecseal-tests --bin make-vectors` in the repository's root.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a tool that may stop wherever it is"
)]

mod inputs;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use vecseal_tests::vectors::{OPERATIONS, output};

fn main() {
    let folder = Path::new("tests/vectors");
    let mut store = inputs::Store::default();
    for (name, operation) in OPERATIONS {
        let path = folder.join(format!("{name}.json"));
        let (about, inputs) = inputs::of(name, &store);
        let mut cases = Vec::new();
        for (case, input) in inputs {
            let output = output(*operation, &input).unwrap_or_else(|broken| panic!("{name} / {case}: {broken}"));
            store.keep(name, &case, &output);
            cases.push(json!({"name": case, "input": input, "output": output}));
        }
        if path.exists() && fs::metadata(&path).unwrap().len() > EMPTY {
            println!("{name}: exists, {} cases", cases.len());
            continue;
        }
        let lines: Vec<String> = cases.iter().map(Value::to_string).collect();
        let text = format!("{{\"about\": {},\n \"cases\": [\n{}\n]}}\n", json!(about), lines.join(",\n"));
        fs::write(&path, text).unwrap();
        println!("{name}: {} cases written", cases.len());
    }
}

/// Files up to this size are placeholders for a new operation.
const EMPTY: u64 = 16;
