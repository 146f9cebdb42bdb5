//! The inputs of every vector file.

mod access;
mod hostile;
mod sealing;
mod search;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use vecseal_tests::random;

/// Cases by name.
pub(super) type Cases = Vec<(String, Value)>;

/// Outputs that later files take as inputs, by file and case.
#[derive(Default)]
pub(super) struct Store(BTreeMap<(String, String), Value>);

impl Store {
    pub(super) fn keep(&mut self, file: &str, case: &str, output: &Value) {
        self.0.insert((file.to_owned(), case.to_owned()), output.clone());
    }

    pub(super) fn take(&self, file: &str, case: &str, field: &str) -> Value {
        let output = self.0.get(&(file.to_owned(), case.to_owned()));
        output.unwrap_or_else(|| panic!("no case {file} / {case}"))[field].clone()
    }

    pub(super) fn bytes(&self, file: &str, case: &str, field: &str) -> Vec<u8> {
        let value = json!({"bytes": self.take(file, case, field)});
        vecseal_tests::json::Input(&value).bytes("bytes").unwrap()
    }
}

/// What a file is about, and its inputs.
pub(super) fn of(file: &str, store: &Store) -> (&'static str, Cases) {
    match file {
        "derive" => ("Every label of FORMAT.md §2.", search::derive()),
        "padme" => ("Lengths and their padded lengths, FORMAT.md §6.3.", sealing::padme()),
        "structure" => ("Access structures as JSON, FORMAT.md §4.1.", access::structure()),
        "policy" => ("Policies as text and JSON, their text form and normal form, FORMAT.md §4.3.", access::policy()),
        "explain" => ("Which clauses attributes satisfy, and what is missing.", access::explain()),
        "authority" => ("Authority files, FORMAT.md §5.", access::authority()),
        "user-key" => ("User keys, FORMAT.md §5.", access::user_key(store)),
        "attenuate" => ("Weaker keys made from user keys, FORMAT.md §5.", access::attenuate(store)),
        "writer-key" => ("Writer keys, FORMAT.md §5.", access::writer_key(store)),
        "create" => ("New compartments in both suites, FORMAT.md §6.1.", sealing::create(store)),
        "open-header" => ("Keys that open headers and keys that do not, FORMAT.md §6.1.", sealing::open_header(store)),
        "compartment" => ("Key files of open compartments, FORMAT.md §5.", hostile::compartment(store)),
        "rewrap" => ("Headers before and after rotations, FORMAT.md §6.1.", sealing::rewrap(store)),
        "seal" => ("Records and their search vectors, FORMAT.md §6.2 and §7.5.", sealing::seal(store)),
        "open-record" => {
            ("Records opened, and records that must not open, FORMAT.md §6.2.", sealing::open_record(store))
        }
        "query" => ("Encrypted queries, FORMAT.md §7.5.", sealing::query(store)),
        "rotate" => ("Rotations, FORMAT.md §7.2 and §7.3.", search::rotate()),
        "noise" => ("Noise in a ball, FORMAT.md §7.4.", search::noise()),
        "plain" => ("Plain vector encryption, FORMAT.md §8.", search::plain()),
        "plain-decrypt" => ("Plain vectors that decrypt and that do not, FORMAT.md §8.", search::plain_decrypt(store)),
        "rank" => ("Exact ranking, FORMAT.md §9.", search::rank()),
        "decode" => ("Hostile objects and the code each must give, FORMAT.md §1 and §10.", hostile::decode(store)),
        "unframe" => ("Frames, FORMAT.md §6.3.", hostile::unframe()),
        "body" => ("Decrypted bodies of headers, FORMAT.md §6.1.", hostile::body()),
        "record-contents" => ("Decrypted records, FORMAT.md §6.2.", hostile::record_contents()),
        other => panic!("no inputs for {other}"),
    }
}

/// Bytes that look random and are always the same.
pub(super) fn filler(name: &str, length: usize) -> Vec<u8> {
    let seed = name.bytes().fold(0u64, |seed, byte| seed.wrapping_mul(257).wrapping_add(byte.into()));
    let mut rng = random::seeded(seed);
    (0..length).map(|_| random::bytes::<1>(&mut rng)[0]).collect()
}

/// [`filler`] as a field.
pub(super) fn random_field(name: &str, length: usize) -> Value {
    vecseal_tests::json::bytes(&filler(name, length))
}

/// A vector that looks random and is always the same, as a field.
pub(super) fn vector_field(name: &str, dimension: usize) -> Value {
    let seed = name.bytes().fold(7u64, |seed, byte| seed.wrapping_mul(257).wrapping_add(byte.into()));
    vecseal_tests::json::floats(&random::vector(dimension, &mut random::seeded(seed)))
}

/// The access structure of most cases.
pub(super) const STRUCTURE: &str = r#"{"roles": ["admin", "analyst", "hr_manager"], "groups": ["team_hr", "team_eu"], "departments": ["finance", "human_resources", "legal"], "clearance": {"ordered": ["public", "internal", "secret"]}}"#;
