//! What is made of outcomes.

use std::rc::Rc;

use super::{Basis, Judgement, Opens};
use crate::protocol::{Document, KeyFacts, Outcome, Pairs, RightEpoch, Sealing, Uploaded};
use crate::state::{Checked, Dimension, KeySpec, Kind, Origin, Person, Scenario, StoredDocuments};

fn pairs(of: &[(&str, &str)]) -> Pairs {
    of.iter().map(|(dimension, name)| ((*dimension).to_owned(), (*name).to_owned())).collect()
}

fn set(name: &str, attributes: &[&str]) -> Dimension {
    Dimension {
        name: name.to_owned(),
        attributes: attributes.iter().map(|name| (*name).to_owned()).collect(),
        kind: Kind::Set,
    }
}

fn person(name: &str, keys: &[(u32, &[(&str, &str)])]) -> Person {
    let keys = keys.iter().map(|(id, holds)| KeySpec {
        id: *id,
        label: format!("key {id}"),
        pairs: pairs(holds),
        origin: Origin::Issued,
    });
    Person {
        name: name.to_owned(),
        about: String::new(),
        keys: keys.collect(),
    }
}

fn document(id: &str, title: &str, policy: &str) -> Document {
    Document {
        id: id.to_owned(),
        title: title.to_owned(),
        text: format!("text {id}"),
        policy: policy.to_owned(),
        embedded: None,
    }
}

/// Ada with keys 1 (finance) and 2 (legal), Ben with key 3 (analyst of finance); five documents.
pub(in crate::state) fn scenario() -> Scenario {
    Scenario {
        dimensions: vec![set("departments", &["finance", "legal"]), set("roles", &["analyst"])],
        people: Rc::new(vec![
            person("Ada", &[(1, &[("departments", "finance")]), (2, &[("departments", "legal")])]),
            person("Ben", &[(3, &[("departments", "finance"), ("roles", "analyst")])]),
        ]),
        documents: Rc::new(vec![
            document("1", "Budget", "departments:finance"),
            document("2", "Contract", "departments:legal"),
            document("3", "Analysis", "departments:finance && roles:analyst"),
            document("4", "Notice", "*"),
            document("5", "", "(departments:legal && roles:analyst) || departments:legal"),
        ]),
        ..Scenario::default()
    }
}

pub(in crate::state) fn basis(scenario: &Scenario) -> Basis {
    let checked = Checked::new(scenario, None);
    let facts = scenario.keys().map(|(_, spec)| {
        let facts = KeyFacts {
            key: spec.id,
            pairs: spec.pairs.clone(),
            rights: 1,
            epochs: Vec::new(),
            is_ours: true,
            not_after: None,
            bytes: 100,
            fingerprint: String::new(),
        };
        (spec.id, facts)
    });
    let uploaded = Uploaded {
        written: scenario.documents.len(),
        failures: Vec::new(),
        missing: vec![],
        is_cancelled: false,
        created: 1,
        embedding: 0.0,
        writing: 0.0,
        model: None,
        dimension: 384,
    };
    Basis {
        stored: Rc::new(StoredDocuments {
            collection: "c".to_owned(),
            documents: Rc::clone(&scenario.documents),
            structure: checked.structure.clone().unwrap(),
            sealing: Sealing::default(),
            vectors: crate::protocol::Vectors::Embedded,
            uploaded,
        }),
        people: Rc::clone(&scenario.people),
        facts: facts.collect(),
        checked: Rc::new(checked),
    }
}

pub(in crate::state) fn rotate(basis: &mut Basis, key: u32, right: &str) {
    basis.facts.get_mut(&key).unwrap().epochs.push(RightEpoch {
        right: right.to_owned(),
        held: 0,
        current: 1,
    });
}

fn judge(basis: &Basis, key: u32, policy: &str, outcome: Outcome) -> Judgement {
    basis.judge().outcome(key, policy, outcome)
}

#[test]
fn what_the_policy_says_is_told_with_what_is_missing() {
    let basis = basis(&scenario());
    assert_eq!(judge(&basis, 1, "departments:finance", Outcome::Opened), Judgement::Opened);
    let Judgement::Denied(unmet) = judge(&basis, 1, "departments:legal", Outcome::Denied) else {
        unreachable!("it is denied");
    };
    assert_eq!(unmet[0].clause, "departments:legal");
    assert_eq!(unmet[0].missing, ["needs departments:legal; this key has finance"]);
}

#[test]
fn the_clause_that_is_nearest_to_being_met_comes_first() {
    let basis = basis(&scenario());
    // A policy that no document has any more is parsed.
    let policy = "(departments:legal && roles:analyst) || departments:finance && roles:analyst";
    let Judgement::Denied(unmet) = judge(&basis, 1, policy, Outcome::Denied) else {
        unreachable!("it is denied");
    };
    let clauses: Vec<&str> = unmet.iter().map(|unmet| unmet.clause.as_str()).collect();
    assert_eq!(
        clauses,
        [
            "departments:finance && roles:analyst",
            "departments:legal && roles:analyst"
        ]
    );
}

#[test]
fn an_opening_against_the_policy_is_a_breach() {
    let judgement = judge(&basis(&scenario()), 1, "departments:legal", Outcome::Opened);
    assert_eq!(judgement, Judgement::Breach);
    assert!(judgement.is_open() && judgement.is_mismatch());
}

#[test]
fn a_rotated_right_explains_a_denial() {
    let mut basis = basis(&scenario());
    assert_eq!(judge(&basis, 1, "departments:finance", Outcome::Denied), Judgement::Refused);
    rotate(&mut basis, 1, "roles:analyst");
    rotate(&mut basis, 1, "departments:finance");
    let stale = judge(&basis, 1, "departments:finance", Outcome::Denied);
    assert_eq!(stale, Judgement::Stale(["departments:finance".to_owned()].into()));
    // What the policy denies anyway needs no other reason.
    assert!(matches!(judge(&basis, 1, "departments:legal", Outcome::Denied), Judgement::Denied(_)));
}

#[test]
fn a_key_of_another_authority_is_told() {
    let mut basis = basis(&scenario());
    basis.facts.get_mut(&1).unwrap().is_ours = false;
    assert_eq!(judge(&basis, 1, "departments:finance", Outcome::Denied), Judgement::Foreign);
    assert_eq!(judge(&basis, 1, "departments:legal", Outcome::Denied), Judgement::Foreign);
}

#[test]
fn a_structure_changed_since_the_upload_alarms_nobody() {
    let mut changed = scenario();
    changed.dimensions[0].attributes.push("sales".to_owned());
    let before = basis(&scenario());
    let mut basis = basis(&changed);
    basis.stored = before.stored;
    let legal = "departments:legal";
    assert_eq!(judge(&basis, 1, legal, Outcome::Opened), Judgement::Unclear(Opens::Yes));
    assert!(matches!(judge(&basis, 1, legal, Outcome::Denied), Judgement::Denied(_)));
    assert_eq!(judge(&basis, 1, "departments:gone", Outcome::Denied), Judgement::Unclear(Opens::No));
}

#[test]
fn what_is_not_there_is_told_whatever_the_policy_says() {
    let basis = basis(&scenario());
    assert_eq!(judge(&basis, 1, "*", Outcome::Missing), Judgement::Missing);
    assert_eq!(judge(&basis, 1, "*", Outcome::Tampered), Judgement::Tampered);
    assert_eq!(judge(&basis, 1, "*", Outcome::NoHeader), Judgement::NoHeader);
}
