//! Example organisations: who there is, what they wrote, who may read it, and what somebody might ask.

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;
use serde_json::value::RawValue;
use vecseal::{AccessStructure, Attributes, Policy};

/// An organisation with people and documents, read from a JSON file that a person can edit (`docs/DATA.md`).
#[derive(Debug, Clone)]
pub struct Organisation {
    /// What it is called.
    pub name: String,
    /// What it is, in a sentence.
    pub about: String,
    /// The dimensions and attributes of its people and policies.
    pub structure: AccessStructure,
    /// Who works there.
    pub people: Vec<Person>,
    /// What they wrote.
    pub documents: Vec<Document>,
    /// What they ask.
    pub queries: Vec<Query>,
}

/// Somebody who gets a key.
#[derive(Debug, Clone)]
pub struct Person {
    /// What they are called.
    pub name: String,
    /// What they do.
    pub about: String,
    /// What their key will hold.
    pub attributes: Attributes,
}

/// A short text and who may read it.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its number in the organisation, from 1.
    pub id: u64,
    /// What it is called.
    pub title: String,
    /// What it says; short enough to embed whole.
    pub text: String,
    /// Who may read it.
    pub policy: Policy,
}

impl Document {
    /// Returns what is embedded: title and text.
    #[must_use]
    pub fn passage(&self) -> String {
        format!("{}. {}", self.title, self.text)
    }
}

/// A question that one document answers best.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// As somebody would type it.
    pub text: String,
    /// The document's id.
    pub answer: u64,
}

impl Organisation {
    /// Returns the organisations that come with this crate: a company, a hospital, and one small enough to read its bytes.
    ///
    /// # Errors
    ///
    /// What [`Self::from_json`] says of a file that was edited.
    pub fn examples() -> Result<Vec<Self>, OrganisationError> {
        EXAMPLES.iter().map(|text| Self::from_json(text)).collect()
    }

    /// Reads an organisation.
    ///
    /// # Errors
    ///
    /// A sentence that says what is wrong and with whom or what.
    pub fn from_json(text: &str) -> Result<Self, OrganisationError> {
        let file: File<'_> = serde_json::from_str(text).map_err(|error| OrganisationError::new("the file", &error))?;
        let structure = AccessStructure::from_json(file.structure.get())
            .map_err(|error| OrganisationError::new("the structure", &error))?;
        let mut organisation = Self {
            name: file.name,
            about: file.about,
            people: file.people.into_iter().map(|person| person.checked(&structure)).collect::<Result<_, _>>()?,
            documents: file
                .documents
                .into_iter()
                .map(|document| document.checked(&structure))
                .collect::<Result<_, _>>()?,
            queries: Vec::new(),
            structure,
        };
        let mut ids = BTreeSet::new();
        if let Some(document) = organisation.documents.iter().find(|document| !ids.insert(document.id)) {
            return Err(OrganisationError(format!("document {}: given twice", document.id)));
        }
        if let Some(query) = file.queries.iter().find(|query| organisation.document(query.answer).is_none()) {
            return Err(OrganisationError(format!("query `{}`: there is no document {}", query.text, query.answer)));
        }
        organisation.queries = file.queries;
        Ok(organisation)
    }

    /// Returns a document by its id.
    #[must_use]
    pub fn document(&self, id: u64) -> Option<&Document> {
        self.documents.iter().find(|document| document.id == id)
    }
}

/// What is wrong with an organisation's file, in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationError(String);

impl OrganisationError {
    fn new(whose: &str, error: &dyn fmt::Display) -> Self {
        Self(format!("{whose}: {error}"))
    }
}

impl fmt::Display for OrganisationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for OrganisationError {}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<'text> {
    name: String,
    about: String,
    #[serde(borrow)]
    structure: &'text RawValue,
    people: Vec<FilePerson<'text>>,
    documents: Vec<FileDocument>,
    queries: Vec<Query>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FilePerson<'text> {
    name: String,
    about: String,
    #[serde(borrow)]
    attributes: &'text RawValue,
}

impl FilePerson<'_> {
    fn checked(self, structure: &AccessStructure) -> Result<Person, OrganisationError> {
        let attributes = Attributes::from_json(self.attributes.get(), structure)
            .map_err(|error| OrganisationError::new(&self.name, &error))?;
        Ok(Person {
            name: self.name,
            about: self.about,
            attributes,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileDocument {
    id: u64,
    title: String,
    text: String,
    policy: String,
}

impl FileDocument {
    fn checked(self, structure: &AccessStructure) -> Result<Document, OrganisationError> {
        let policy = Policy::parse(&self.policy, structure)
            .map_err(|error| OrganisationError::new(&format!("document {}", self.id), &error))?;
        Ok(Document {
            id: self.id,
            title: self.title,
            text: self.text,
            policy,
        })
    }
}

const EXAMPLES: &[&str] = &[
    include_str!("../organisations/company.json"),
    include_str!("../organisations/hospital.json"),
    include_str!("../organisations/tiny.json"),
];
