//! Changes of the scenario.

use std::rc::Rc;

use super::action::Change;
use super::checked::Checked;
use super::renaming::{rename, rename_dimension};
use super::scenario::{Expectation, Expected, KeySpec, Origin, Person, Scenario};
use crate::protocol::{Document, KeyId, Pairs};

impl Change {
    /// What it is about, if changes about it in a row are to be undone together.
    pub(super) fn about(&self) -> Option<String> {
        match self {
            Self::TypeStructure(_) => Some("structure".to_owned()),
            Self::DescribePerson(person, ..) => Some(format!("person {person}")),
            Self::SetDocument(document) => Some(format!("document {}", document.id)),
            _ => None,
        }
    }

    /// Why it is not to be made: a name that stands for two things would mix them wherever it is written.
    pub(super) fn refusal(&self, scenario: &Scenario) -> Option<String> {
        match self {
            Self::RenameAttribute(dimension, _, to) => {
                let known = scenario.dimensions.iter().filter(|known| known.name == *dimension);
                taken(known.flat_map(|known| &known.attributes), to)
            }
            Self::RenameDimension(index, to) => {
                let others = scenario.dimensions.iter().enumerate().filter(|(other, _)| other != index);
                taken(others.map(|(_, other)| &other.name), to)
            }
            Self::AddAttribute(index, name) => taken(scenario.dimensions.get(*index)?.attributes.iter(), name),
            _ => None,
        }
    }

    /// Makes it.
    pub(super) fn make(&self, scenario: &mut Scenario) {
        match self {
            Self::Structure(dimensions) | Self::TypeStructure(dimensions) => scenario.dimensions.clone_from(dimensions),
            Self::AddAttribute(dimension, name) => {
                if let Some(dimension) = scenario.dimensions.get_mut(*dimension) {
                    dimension.attributes.push(name.clone());
                }
            }
            Self::RenameDimension(dimension, name) => rename_dimension(scenario, *dimension, name),
            Self::RenameAttribute(dimension, from, to) => rename(scenario, dimension, from, to),
            Self::AddPerson(name, about) => {
                let key = KeySpec {
                    id: scenario.next_key(),
                    label: "key 1".to_owned(),
                    pairs: Pairs::new(),
                    origin: Origin::Issued,
                };
                Rc::make_mut(&mut scenario.people).push(Person {
                    name: name.clone(),
                    about: about.clone(),
                    keys: vec![key],
                });
            }
            Self::DescribePerson(person, name, about) => {
                if let Some(person) = Rc::make_mut(&mut scenario.people).get_mut(*person) {
                    person.name.clone_from(name);
                    person.about.clone_from(about);
                }
            }
            Self::RemovePerson(person) => {
                if *person < scenario.people.len() {
                    Rc::make_mut(&mut scenario.people).remove(*person);
                    drop_expectations_without_key(scenario);
                }
            }
            Self::AddKey(person, label, pairs) => {
                let id = scenario.next_key();
                if let Some(person) = Rc::make_mut(&mut scenario.people).get_mut(*person) {
                    let (label, pairs, origin) = (label.clone(), pairs.clone(), Origin::Issued);
                    person.keys.push(KeySpec {
                        id,
                        label,
                        pairs,
                        origin,
                    });
                }
            }
            Self::SetKey(id, label, pairs) => {
                if let Some(key) = key_mut(scenario, *id) {
                    key.label.clone_from(label);
                    if key.pairs != *pairs {
                        key.origin = Origin::Issued;
                    }
                    key.pairs.clone_from(pairs);
                }
            }
            Self::RemoveKey(id) => {
                for person in Rc::make_mut(&mut scenario.people) {
                    person.keys.retain(|key| key.id != *id);
                }
                drop_expectations_without_key(scenario);
            }
            Self::SetDocument(document) => set_document(scenario, document),
            Self::RemoveDocument(id) => Rc::make_mut(&mut scenario.documents).retain(|document| document.id != *id),
            Self::ReplaceDocuments(documents) => {
                scenario.documents = Rc::new(documents.clone());
                scenario.vectors = 0;
                scenario.questions = Rc::default();
                scenario.expectations = Rc::default();
            }
            Self::ReplacePolicy(from, to) => {
                for document in Rc::make_mut(&mut scenario.documents) {
                    if document.policy == *from {
                        document.policy.clone_from(to);
                    }
                }
            }
            Self::Expect(key, document, expected) => expect(scenario, *key, document, *expected),
            Self::DropExpectation(index) => {
                if *index < scenario.expectations.len() {
                    Rc::make_mut(&mut scenario.expectations).remove(*index);
                }
            }
            Self::ExpectAsNow => expect_as_now(scenario),
            Self::DropExpectations => scenario.expectations = Rc::default(),
            Self::Sealing(sealing) => scenario.sealing = *sealing,
        }
    }
}

fn taken<'a>(mut names: impl Iterator<Item = &'a String>, name: &String) -> Option<String> {
    names.any(|other| other == name).then(|| format!("`{name}` is there already: take another name."))
}

fn key_mut(scenario: &mut Scenario, id: KeyId) -> Option<&mut KeySpec> {
    Rc::make_mut(&mut scenario.people)
        .iter_mut()
        .flat_map(|person| &mut person.keys)
        .find(|key| key.id == id)
}

fn set_document(scenario: &mut Scenario, document: &Document) {
    let documents = Rc::make_mut(&mut scenario.documents);
    match documents.iter_mut().find(|other| other.id == document.id) {
        Some(other) => other.clone_from(document),
        None => documents.push(document.clone()),
    }
}

fn expect(scenario: &mut Scenario, key: KeyId, document: &str, expected: Expected) {
    let expectations = Rc::make_mut(&mut scenario.expectations);
    let known = expectations.iter_mut().find(|known| known.key == key && known.document == document);
    match known {
        Some(known) => known.expected = expected,
        None => expectations.push(Expectation {
            key,
            document: document.to_owned(),
            expected,
        }),
    }
}

/// One test for each key and each different policy, by its first document: more would say the same again.
pub(super) fn expect_as_now(scenario: &mut Scenario) {
    let checked = Checked::new(scenario, None);
    let mut policies: Vec<&Document> = Vec::new();
    for document in scenario.documents.iter() {
        if !policies.iter().any(|known| known.policy == document.policy) {
            policies.push(document);
        }
    }
    let tests = scenario.keys().flat_map(|(_, key)| {
        policies.iter().filter_map(|document| {
            Some(Expectation {
                key: key.id,
                document: document.id.clone(),
                expected: Expected::of(checked.opens(key.id, &document.policy)?),
            })
        })
    });
    let tests: Vec<Expectation> = tests.take(MAX_TESTS).collect();
    scenario.expectations = Rc::new(tests);
}

fn drop_expectations_without_key(scenario: &mut Scenario) {
    let keys: Vec<KeyId> = scenario.keys().map(|(_, key)| key.id).collect();
    Rc::make_mut(&mut scenario.expectations).retain(|test| keys.contains(&test.key));
}

/// More tests than this are no help.
const MAX_TESTS: usize = 500;
