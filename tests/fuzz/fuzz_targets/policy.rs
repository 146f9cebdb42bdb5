//! No text makes a parser panic, spans lie in the text, and what parses survives its text form.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use vecseal::{AccessStructure, Attributes, Policy};

static STRUCTURE: LazyLock<AccessStructure> = LazyLock::new(|| {
    AccessStructure::from_json(r#"{"a": ["b", "c", "d"], "b": {"ordered": ["a", "c", "d"]}, "c": ["a", "b", "x y"]}"#).unwrap()
});

fuzz_target!(|text: &str| {
    let structure = AccessStructure::from_json(text);
    if let Ok(structure) = &structure {
        assert_eq!(&AccessStructure::from_json(&structure.to_string()).unwrap(), structure);
    }
    let attributes = Attributes::from_json(text, &STRUCTURE);
    let policies = [Policy::parse(text, &STRUCTURE), Policy::from_json(text, &STRUCTURE)];
    for policy in policies.iter().flatten() {
        assert_eq!(&Policy::parse(&policy.to_string(), &STRUCTURE).unwrap(), policy);
        if let Ok(attributes) = &attributes {
            let _ = policy.explain(attributes);
        }
    }
    let errors = [structure.err(), attributes.err()].into_iter().chain(policies.map(Result::err));
    for error in errors.flatten() {
        assert!(text.get(error.span().unwrap()).is_some());
    }
});
