//! The example organisations, and import of files.

#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod csv;
mod hostile;
mod json_lines;
mod npy;
mod organisations;

use vecseal::AccessStructure;
use vecseal_data::import::{Format, Import, Problems, read};

fn structure() -> AccessStructure {
    AccessStructure::from_json(r#"{"roles": ["admin", "analyst"], "departments": ["finance", "legal"]}"#).unwrap()
}

fn import(files: &[(Format, &[u8])]) -> Result<Import, Problems> {
    read(files, &structure(), |_| ())
}

/// The code and the sentence of what is wrong.
fn problem(files: &[(Format, &[u8])]) -> (&'static str, String) {
    let problems = import(files).unwrap_err();
    (problems.first.kind.code(), problems.to_string())
}
