//! The tables of `docs/FORMAT.md` against the code: every error has a code in §10, a sentence, and something here or in
//! the vectors that causes it; every label is in §2. And
//! the tests that `docs/SECURITY.md` names exist.

#![cfg(not(target_arch = "wasm32"))]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use vecseal::{
    AccessStructure, Attributes, Authority, CompartmentOptions, Document, Epochs, Error, Metric, PointId, Policy,
    SearchParameters, hazmat,
};
use vecseal_tests::random::seeded;
use vecseal_tests::vectors::FILES;

#[test]
fn every_documented_code_is_caused_and_every_caused_code_is_documented() {
    let mut caused = codes_in_vectors();
    caused.extend(errors().iter().map(|error| error.code().to_owned()));
    assert_eq!(caused, documented_codes());
}

#[test]
fn every_error_is_a_sentence_without_full_stop() {
    for error in errors() {
        let sentence = error.to_string();
        assert!(
            sentence.len() > 10 && !sentence.ends_with('.') && !sentence.starts_with(char::is_uppercase),
            "{sentence}"
        );
    }
}

/// What asks before vectors meet: a compartment that gets them, a new one beside others, a next generation.
#[test]
fn two_models_are_told_apart_by_name() {
    let mut rng = seeded(1);
    let authority = Authority::from_secret(AccessStructure::from_json(r#"{"roles": ["admin"]}"#).unwrap(), &[1; 32]);
    let policy = Policy::parse("*", authority.structure()).unwrap();
    let options = || CompartmentOptions::new(SearchParameters::sealed(2, Metric::Dot).unwrap());
    let mut create = |options| authority.create_compartment(&policy, &options, &mut rng).unwrap().0;
    let mini = create(options().model("mini@1").unwrap());
    assert_eq!(mini.require_model("mini@1"), Ok(()));
    let sentence = "vectors of the model `mpnet@1` do not compare with those here, of `mini@1`";
    assert_eq!(mini.require_model("mpnet@1").unwrap_err().to_string(), sentence);

    let other = || options().model("mpnet@1").unwrap();
    assert_eq!(other().beside(mini.model()).unwrap_err().to_string(), sentence);
    assert_eq!(options().beside(mini.model()).unwrap().model("mpnet@1").unwrap_err().to_string(), sentence);
    assert_eq!(other().generation_after(&mini).unwrap_err().to_string(), sentence);
    let inherited = create(options().generation_after(&mini).unwrap());
    assert_eq!(inherited.model(), Some("mini@1"));

    // One without a name goes beside any, and does not make it forget the others.
    let unnamed = create(options());
    assert_eq!(unnamed.require_model("mpnet@1"), Ok(()));
    assert_eq!(create(other().beside(unnamed.model()).unwrap()).model(), Some("mpnet@1"));
    let both = options().beside(mini.model()).unwrap().beside(unnamed.model()).unwrap();
    assert_eq!(both.beside(Some("mpnet@1")).unwrap_err().code(), "wrong_model");
}

#[test]
fn errors_about_names_say_which_and_where() {
    let structure = AccessStructure::from_json(r#"{"roles": ["admin", "analyst"]}"#).unwrap();
    let error = Policy::parse("roles:admin || roles:admn", &structure).unwrap_err();
    assert_eq!(error.to_string(), "unknown attribute `roles:admn` at bytes 15..25");
    let error = Policy::parse("roles:admin && roles:analyst", &structure).unwrap_err();
    assert_eq!(
        error.to_string(),
        "one clause cannot ask for two attributes of one set: `roles:admin` and `roles:analyst` at bytes 0..28"
    );
    let error = Policy::parse("roles:admin |", &structure).unwrap_err();
    assert_eq!(error.to_string(), "expected `&&`, `||` or the end at bytes 12..13");
    let error = AccessStructure::builder().set("roles", ["a", "b", "a"]).unwrap_err();
    assert_eq!(error.to_string(), "given twice: `roles:a`");
    assert_eq!(
        AccessStructure::builder().build().unwrap_err().to_string(),
        "at least one member is needed in `access structure`"
    );
}

/// The other table that code and document share.
#[test]
fn the_format_document_lists_every_label_and_no_other() {
    let (_, section) = FORMAT.split_once("## 2 Labels").unwrap();
    let (section, _) = section.split_once("## 3 Limits").unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let documented: BTreeSet<&str> = rows.filter_map(|row| row.split('`').next()).collect();
    assert_eq!(documented, hazmat::labels().collect());
}

#[test]
fn every_test_that_the_security_page_names_exists() {
    let page = include_str!("../../docs/SECURITY.md");
    let (_, table) = page.split_once("## Threat model").unwrap();
    let (table, _) = table.split_once("## What leaks").unwrap();
    let named: BTreeSet<&str> = table.split('`').skip(1).step_by(2).collect();
    assert!(named.len() > 10);
    let mut sources = String::new();
    read_sources(concat!(env!("CARGO_MANIFEST_DIR"), "/tests").as_ref(), &mut sources);
    for name in named {
        assert!(sources.contains(&format!("fn {name}(")), "there is no test {name}");
    }
}

fn read_sources(folder: &Path, sources: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_sources(&path, sources);
        } else {
            sources.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}

const FORMAT: &str = include_str!("../../docs/FORMAT.md");

/// Errors that no vector causes, each by doing what it is about.
fn errors() -> Vec<Error> {
    let mut rng = seeded(1);
    let structure = AccessStructure::from_json(r#"{"roles": ["admin"]}"#).unwrap();
    let mut authority = Authority::from_secret(structure, &[1; 32]);
    let policy = Policy::parse("roles:admin", authority.structure()).unwrap();
    let options = CompartmentOptions::new(SearchParameters::sealed(2, Metric::Dot).unwrap()).model("mini@1").unwrap();
    let (compartment, header) = authority.create_compartment(&policy, &options, &mut rng).unwrap();
    authority.rotate(policy.clauses()).unwrap();
    let rewrapped = authority.rewrap(&header, &policy, &mut rng).unwrap().unwrap();
    let closed = rewrapped.compartment.seal(&PointId::Number(1), &Document::new(&[1.0, 2.0]), &mut rng);

    // The authority's file with the one epoch, 1, at its end replaced by the last one, and the checksum repaired.
    let file = authority.to_bytes();
    let covered = [&[0xa5], &file[1..file.len() - 19], &[0x1a, 255, 255, 255, 255]].concat();
    let check: [u8; 16] = hazmat::derive("check", &covered, &[], &[]).unwrap();
    let mut last = Authority::from_bytes(&[&[0xa6], &covered[1..], &[15, 0x50], &check].concat()).unwrap();
    assert_eq!(last.epoch(policy.clauses().first().unwrap()), u32::MAX);
    let attributes = Attributes::new([("roles", "admin")], authority.structure()).unwrap();

    vec![
        closed.unwrap_err(),
        last.rotate(policy.clauses()).unwrap_err(),
        last.issue_user_key(&attributes, Epochs::All).unwrap_err(),
        compartment.encrypt_query(&[1.0, 2.0], &mut rng).unwrap_err(),
        compartment.require_model("another").unwrap_err(),
        // Nothing here can make the system's random source fail.
        Error::RandomUnavailable,
    ]
}

fn codes_in_vectors() -> BTreeSet<String> {
    let files = FILES.iter().map(|file| serde_json::from_str::<Value>(file.text).unwrap());
    let mut codes = BTreeSet::new();
    for file in files {
        let outputs = file.get("cases").unwrap().as_array().unwrap().iter().filter_map(|case| case.get("output"));
        codes.extend(outputs.filter_map(|output| Some(output.get("error")?.as_str()?.to_owned())));
    }
    codes
}

/// The codes in the first column of the last section's table.
fn documented_codes() -> BTreeSet<String> {
    let (_, section) = FORMAT.split_once("## 10 Error codes").unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let columns = rows.filter_map(|row| row.split(" | ").next());
    let codes =
        columns.flat_map(|column| column.split(|character: char| !character.is_ascii_lowercase() && character != '_'));
    codes.filter(|code| !code.is_empty()).map(str::to_owned).collect()
}
