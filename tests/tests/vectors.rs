//! The vectors of `tests/vectors`, natively and in WebAssembly.

use vecseal_tests::vectors::{FILES, run};

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn every_vector_gives_its_output() {
    let failures: Vec<String> = FILES.iter().filter_map(|file| run(file).err()).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// A file that nobody runs proves nothing.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn every_vector_file_is_claimed_by_an_operation() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors");
    let mut found: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let mut claimed: Vec<String> = FILES.iter().map(|file| format!("{}.json", file.name)).collect();
    found.sort();
    claimed.sort();
    assert_eq!(found, claimed);
}

/// The runner itself must be able to fail.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn a_changed_output_fails_its_file() {
    for file in FILES {
        let mut contents: serde_json::Value = serde_json::from_str(file.text).unwrap();
        contents["cases"][0]["output"] = serde_json::json!({"changed": true});
        let text = Box::leak(contents.to_string().into_boxed_str());
        let changed = vecseal_tests::vectors::File { text, ..*file };
        assert!(run(&changed).is_err(), "{}", file.name);
    }
}
