//! What was known when keys were tried, and what is to be made of each outcome. What came of a search or of the access
//! matrix is compared with that, never with what was changed since.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::checked::{self, Checked};
use super::places::StoredDocuments;
use super::scenario::Person;
use super::{HeldStatus, State};
use crate::gather::gather;
use crate::protocol::{Document, KeyFacts, KeyId, Outcome};
use crate::sort::sort_by;

/// What was known when keys were tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Basis {
    /// What was uploaded.
    pub stored: Rc<StoredDocuments>,
    /// Who there was.
    pub people: Rc<Vec<Person>>,
    /// What each key held.
    facts: BTreeMap<KeyId, KeyFacts>,
    /// What the policies came to.
    checked: Rc<Checked>,
}

/// What a key made of a document, beside what its policy says.
#[derive(Debug, Clone, PartialEq)]
pub enum Judgement {
    /// It opened, as the policy says.
    Opened,
    /// It opened though the policy does not admit the key: never, or `VecSeal` has failed.
    Breach,
    /// It did not open, as the policy says: what each clause lacks.
    Denied(Rc<[Unmet]>),
    /// The attributes satisfy the policy, but these rights were rotated since the key was issued.
    Stale(Rc<[String]>),
    /// The key is of another authority.
    Foreign,
    /// It did not open though the policy admits the key, and nothing says why.
    Refused,
    /// It opened or not, and there is nothing to compare with: the structure was changed since the upload.
    Unclear(Opens),
    /// The document's header is not in the keyring.
    NoHeader,
    /// The record is not what was sealed.
    Tampered,
    /// The server has no such point.
    Missing,
    /// The key was not tried.
    Untried,
}

/// Whether a document opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opens {
    /// It did.
    Yes,
    /// It did not.
    No,
}

/// A clause that a key does not satisfy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// The clause in text form.
    pub clause: String,
    /// For each attribute that is missing, a sentence such as `needs departments:legal; this key has finance`.
    pub missing: Vec<String>,
}

impl Judgement {
    /// Whether the document opened.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Opened | Self::Breach | Self::Unclear(Opens::Yes))
    }

    /// Whether this is not what the policy says.
    #[must_use]
    pub fn is_mismatch(&self) -> bool {
        !matches!(self, Self::Opened | Self::Denied(_) | Self::Unclear(_) | Self::Untried)
    }

    /// It in a few words.
    #[must_use]
    pub fn words(&self) -> &'static str {
        match self {
            Self::Opened | Self::Unclear(Opens::Yes) => "opened",
            Self::Breach => "opened though the policy denies it",
            Self::Denied(_) | Self::Unclear(Opens::No) => "denied",
            Self::Stale(_) => "denied: the key is stale",
            Self::Foreign => "denied: key of another authority",
            Self::Refused => "denied though the policy admits it",
            Self::NoHeader => "no header in the keyring",
            Self::Tampered => "not what was sealed",
            Self::Missing => "not on the server",
            Self::Untried => "not tried",
        }
    }
}

/// What a policy says of a key's attributes.
#[derive(Debug, Clone)]
enum Says {
    Admits,
    Denies(Rc<[Unmet]>),
    Nothing,
}

/// Judges many outcomes under few policies.
#[derive(Debug)]
pub struct Judge<'a> {
    basis: &'a Basis,
    said: BTreeMap<(&'a str, KeyId), Says>,
    is_same_structure: bool,
}

impl Basis {
    /// Begins to judge.
    #[must_use]
    pub fn judge(&self) -> Judge<'_> {
        Judge {
            basis: self,
            said: BTreeMap::new(),
            is_same_structure: self.checked.structure.as_ref() == Ok(&self.stored.structure),
        }
    }

    /// The documents as they were uploaded, by id.
    #[must_use]
    pub fn documents(&self) -> BTreeMap<&str, &Document> {
        let documents = self.stored.documents.iter();
        gather(documents.map(|document| (document.id.as_str(), document)))
    }

    /// What a key is called.
    #[must_use]
    pub fn key_name(&self, id: KeyId) -> String {
        let mut keys = self.people.iter().flat_map(|person| person.keys.iter().map(move |key| (person, key)));
        match keys.find(|(_, key)| key.id == id) {
            Some((person, _)) if person.keys.len() == 1 => person.name.clone(),
            Some((person, key)) => format!("{}, {}", person.name, key.label),
            None => format!("key {id}"),
        }
    }

    fn says(&self, key: KeyId, policy: &str) -> Says {
        let known = self.checked.policies.get(policy).cloned();
        let policy = known.or_else(|| {
            let parsed = checked::parse(policy, self.checked.structure.as_ref().ok()?);
            Some(parsed.map(Rc::new))
        });
        let attributes = self.checked.keys.get(&key).and_then(|attributes| attributes.as_ref().ok());
        let (Some(Ok(policy)), Some(attributes)) = (policy, attributes) else {
            return Says::Nothing;
        };
        let explanation = policy.explain(attributes);
        if explanation.is_satisfied() {
            return Says::Admits;
        }
        let unmet = explanation.clauses().iter().map(|clause| Unmet {
            clause: clause.clause().to_string(),
            missing: clause.missing().iter().map(ToString::to_string).collect(),
        });
        let mut unmet: Vec<Unmet> = unmet.collect();
        // The one that is nearest to being met says most.
        sort_by(&mut unmet, |a, b| a.missing.len().cmp(&b.missing.len()));
        Says::Denies(unmet.into())
    }

    /// The rights of a policy that were rotated since a key was issued.
    fn rotated(&self, facts: &KeyFacts, policy: &str) -> Vec<String> {
        let stale: Vec<&String> = facts.stale().map(|right| &right.right).collect();
        let policy = self.checked.policies.get(policy).and_then(|policy| policy.as_ref().ok());
        let clauses: Vec<String> = policy.iter().flat_map(|policy| policy.clauses()).map(ToString::to_string).collect();
        let named: Vec<String> =
            stale.iter().filter(|right| clauses.contains(right)).map(ToString::to_string).collect();
        if named.is_empty() {
            stale.into_iter().cloned().collect()
        } else {
            named
        }
    }
}

impl<'a> Judge<'a> {
    /// What is to be made of what a key made of a document.
    pub fn outcome(&mut self, key: KeyId, policy: &'a str, outcome: Outcome) -> Judgement {
        let opens = match outcome {
            Outcome::NoHeader => return Judgement::NoHeader,
            Outcome::Tampered => return Judgement::Tampered,
            Outcome::Missing => return Judgement::Missing,
            Outcome::Opened => Opens::Yes,
            Outcome::Denied => Opens::No,
        };
        let basis = self.basis;
        let says = self.said.entry((policy, key)).or_insert_with(|| basis.says(key, policy)).clone();
        let facts = basis.facts.get(&key);
        match (opens, says) {
            (Opens::No, _) if facts.is_some_and(|facts| !facts.is_ours) => Judgement::Foreign,
            (Opens::Yes, Says::Admits) => Judgement::Opened,
            (Opens::No, Says::Denies(unmet)) => Judgement::Denied(unmet),
            (opens, Says::Nothing) => Judgement::Unclear(opens),
            (opens, _) if !self.is_same_structure => Judgement::Unclear(opens),
            (Opens::Yes, Says::Denies(_)) => Judgement::Breach,
            (Opens::No, Says::Admits) => {
                let rotated = facts.map(|facts| basis.rotated(facts, policy)).unwrap_or_default();
                if rotated.is_empty() {
                    Judgement::Refused
                } else {
                    Judgement::Stale(rotated.into())
                }
            }
        }
    }
}

impl State {
    /// What is known now, if something is uploaded.
    #[must_use]
    pub fn basis(&self) -> Option<Basis> {
        let facts = self.keys.iter().filter_map(|(key, held)| match &held.status {
            HeldStatus::Ready(facts) => Some((*key, (**facts).clone())),
            _ => None,
        });
        Some(Basis {
            stored: Rc::clone(self.readable()?),
            people: Rc::clone(&self.scenario().people),
            facts: gather(facts),
            checked: Rc::clone(&self.checked),
        })
    }

    /// Whether keys or the upload are others than they were.
    #[must_use]
    pub fn is_past(&self, basis: &Basis) -> bool {
        let is_same_upload = self.data.stored.as_ref().is_some_and(|stored| Rc::ptr_eq(stored, &basis.stored));
        let now = self.keys.iter().filter_map(|(key, held)| match &held.status {
            HeldStatus::Ready(facts) => Some((key, &**facts)),
            _ => None,
        });
        !is_same_upload || !now.eq(&basis.facts)
    }
}

#[cfg(test)]
pub(super) mod tests;
