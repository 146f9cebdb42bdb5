//! What is being tried: an organisation with its policies, people and documents, and how they are sealed. This, and
//! nothing else, is undone, shared and copied as code; no key is in it.

use std::rc::Rc;

use serde::{Deserialize, Serialize};
use vecseal::DimensionKind;
use vecseal_data::Organisation;

use crate::protocol::{Document, KeyId, Pairs, Sealing};

/// What is being tried.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Scenario {
    /// What it is called.
    pub name: String,
    /// What it is, in a sentence.
    pub about: String,
    /// The access structure.
    pub dimensions: Vec<Dimension>,
    /// Who there is.
    pub people: Rc<Vec<Person>>,
    /// What they wrote.
    pub documents: Rc<Vec<Document>>,
    /// What somebody might ask.
    pub questions: Rc<Vec<String>>,
    /// Who should open what: tests of the policies.
    pub expectations: Rc<Vec<Expectation>>,
    /// How documents are sealed.
    pub sealing: Sealing,
    /// Which authority this is, counted in this tab. Keys of one mean nothing to another.
    #[serde(skip)]
    pub authority: u32,
    /// The import whose vectors the documents have, by its number in this tab; 0 if they are to be embedded.
    #[serde(skip)]
    pub vectors: u32,
}

/// A dimension of the access structure, as it is edited: it may be wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dimension {
    /// Its name.
    pub name: String,
    /// Its attributes; of a hierarchy, from the lowest level.
    pub attributes: Vec<String>,
    /// What its attributes are to each other.
    pub kind: Kind,
}

/// What the attributes of a dimension are to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// Unrelated.
    Set,
    /// Levels, of which a higher one includes the lower.
    Hierarchy,
}

/// Somebody with keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// What they are called.
    pub name: String,
    /// What they do.
    pub about: String,
    /// Their keys, at least one.
    pub keys: Vec<KeySpec>,
}

/// A key as it is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySpec {
    /// Its number, never used twice.
    pub id: KeyId,
    /// What it is called.
    pub label: String,
    /// What it holds.
    pub pairs: Pairs,
    /// How it came about.
    #[serde(skip)]
    pub origin: Origin,
}

/// How a key came about. In what is shared, every key is to be issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Origin {
    /// The authority issues it.
    #[default]
    Issued,
    /// Derived from another one, without the authority.
    Attenuated {
        /// The other one.
        from: KeyId,
        /// A note of when it expires, in Unix seconds.
        not_after: Option<u64>,
    },
    /// It came from a file.
    Imported,
}

/// A test of the policies: whether a key should open a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expectation {
    /// The key.
    pub key: KeyId,
    /// The document's id.
    pub document: String,
    /// Whether it should open.
    pub expected: Expected,
}

/// Whether a document should open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Expected {
    /// It should.
    Opens,
    /// It should not.
    Denied,
}

impl Expected {
    /// As a policy has it.
    #[must_use]
    pub fn of(opens: bool) -> Self {
        if opens { Self::Opens } else { Self::Denied }
    }
}

impl Scenario {
    /// An organisation to try things on.
    #[must_use]
    pub fn of(organisation: &Organisation) -> Self {
        let dimensions = organisation.structure.dimensions().iter().map(|dimension| Dimension {
            name: dimension.name().to_owned(),
            attributes: dimension.attributes().map(ToOwned::to_owned).collect(),
            kind: match dimension.kind() {
                DimensionKind::Hierarchy => Kind::Hierarchy,
                _ => Kind::Set,
            },
        });
        let people = organisation.people.iter().zip(1..).map(|(person, id)| Person {
            name: person.name.clone(),
            about: person.about.clone(),
            keys: vec![KeySpec {
                id,
                label: "key 1".to_owned(),
                pairs: pairs_of(&person.attributes),
                origin: Origin::Issued,
            }],
        });
        let documents = organisation.documents.iter().map(|document| Document {
            id: document.id.to_string(),
            title: document.title.clone(),
            text: document.text.clone(),
            policy: document.policy.to_string(),
            embedded: None,
        });
        let mut scenario = Self {
            name: organisation.name.clone(),
            about: organisation.about.clone(),
            dimensions: dimensions.collect(),
            people: Rc::new(people.collect()),
            documents: Rc::new(documents.collect()),
            questions: Rc::new(organisation.queries.iter().map(|query| query.text.clone()).collect()),
            expectations: Rc::default(),
            sealing: Sealing::default(),
            authority: 0,
            vectors: 0,
        };
        super::change::expect_as_now(&mut scenario);
        scenario
    }

    /// The access structure's JSON, as it is edited: it may be wrong.
    #[must_use]
    pub fn structure_json(&self) -> String {
        let dimensions = self.dimensions.iter().map(|dimension| {
            let names: Vec<String> = dimension.attributes.iter().map(|name| quoted(name)).collect();
            let names = format!("[{}]", names.join(", "));
            let members = match dimension.kind {
                Kind::Set => names,
                Kind::Hierarchy => format!("{{\"ordered\": {names}}}"),
            };
            format!("  {}: {members}", quoted(&dimension.name))
        });
        let dimensions: Vec<String> = dimensions.collect();
        if dimensions.is_empty() {
            "{}".to_owned()
        } else {
            format!("{{\n{}\n}}", dimensions.join(",\n"))
        }
    }

    /// All keys, with whose they are.
    pub fn keys(&self) -> impl Iterator<Item = (&Person, &KeySpec)> {
        self.people.iter().flat_map(|person| person.keys.iter().map(move |key| (person, key)))
    }

    /// A key, with whose it is.
    #[must_use]
    pub fn key(&self, id: KeyId) -> Option<(&Person, &KeySpec)> {
        self.keys().find(|(_, key)| key.id == id)
    }

    /// What a key is called: its owner, and which of theirs if they have several.
    #[must_use]
    pub fn key_name(&self, id: KeyId) -> String {
        match self.key(id) {
            Some((person, _)) if person.keys.len() == 1 => person.name.clone(),
            Some((person, key)) => format!("{}, {}", person.name, key.label),
            None => format!("key {id}"),
        }
    }

    /// A number that no key has had.
    #[must_use]
    pub fn next_key(&self) -> KeyId {
        self.keys().map(|(_, key)| key.id).max().unwrap_or(0) + 1
    }

    /// A document by its id.
    #[must_use]
    pub fn document(&self, id: &str) -> Option<&Document> {
        self.documents.iter().find(|document| document.id == id)
    }
}

/// The attributes as pairs; of a hierarchy the highest level, which includes the lower ones.
fn pairs_of(attributes: &vecseal::Attributes) -> Pairs {
    let mut pairs = Pairs::new();
    for dimension in attributes.structure().dimensions() {
        let names: Vec<&str> = dimension.attributes().collect();
        let first = match dimension.kind() {
            DimensionKind::Hierarchy => names.len().saturating_sub(1),
            _ => 0,
        };
        pairs.extend(names.iter().skip(first).map(|name| (dimension.name().to_owned(), (*name).to_owned())));
    }
    pairs
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
