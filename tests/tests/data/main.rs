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

/// Expects each file to be refused with its code and sentence.
fn assert_problems(format: Format, cases: &[(&str, &str, &str)]) {
    for (code, file, sentence) in cases {
        assert_eq!(problem(&[(format, file.as_bytes())]), (*code, (*sentence).to_owned()), "{file:?}");
    }
}

/// The code and the sentence of what is wrong.
fn problem(files: &[(Format, &[u8])]) -> (&'static str, String) {
    let problems = import(files).unwrap_err();
    (problems.first.kind.code(), problems.to_string())
}

/// The table of `docs/DATA.md` against the code; the two that only the worker can cause are tested in browsers.
#[test]
fn every_code_is_documented() {
    use std::collections::BTreeSet;
    use vecseal_data::import::ProblemKind as Kind;

    let why = || "why".into();
    let (expected, found, table, matrix) = (2, 3, 4, 5);
    let kinds = [
        Kind::TooLarge,
        Kind::TooManyFiles,
        Kind::Empty,
        Kind::NotText,
        Kind::Json(why()),
        Kind::Csv(why()),
        Kind::Npy(why()),
        Kind::RepeatedField(why()),
        Kind::NoHeader,
        Kind::NothingToEmbed,
        Kind::VectorsOfSome,
        Kind::InvalidId,
        Kind::DuplicateId,
        Kind::NotAText,
        Kind::TooLong,
        Kind::NotAVector,
        Kind::WrongDimension { expected, found },
        Kind::DimensionOutOfRange { found },
        Kind::NotFinite,
        Kind::RowsDiffer { table, matrix },
    ];
    let codes = kinds.iter().map(Kind::code).chain(["import_unknown_format", "import_unreadable"]);
    let rows = include_str!("../../../docs/DATA.md").lines().skip_while(|line| !line.starts_with("| code"));
    let cells = rows.filter_map(|row| row.strip_prefix("| `")?.split(" | ").next());
    let documented = cells.flat_map(|cell| cell.split(['`', ',', ' '])).filter(|code| !code.is_empty());
    assert_eq!(documented.collect::<BTreeSet<_>>(), codes.collect::<BTreeSet<_>>());
}
