//! From the documents to what is shown of them: pages, a filter, where each stands with the server; and policies made of
//! picked attributes.

use std::collections::BTreeMap;
use std::ops::Range;

use vecseal::{AccessStructure, Attribute, Policy};
use vecseal_embed::MINI_LM;

use super::places::{GivenVectors, StoredDocuments};
use super::scenario::{Dimension, Scenario};
use super::{Checked, State};
use crate::gather::gather;
use crate::protocol::{Document, Pairs, Vectors};
use crate::sort::sort_by;

/// Where a document stands with the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentStatus {
    /// Never uploaded.
    New,
    /// Encrypted there as it is here.
    Encrypted,
    /// Encrypted there, and changed here since.
    Changed,
    /// The last upload failed for it.
    Failed,
}

/// Which documents are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DocumentFilter {
    /// All.
    #[default]
    All,
    /// Those that an upload would change on the server.
    ToUpload,
    /// Those whose policy has a mistake.
    Mistakes,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its number, from 0.
    pub number: usize,
    /// How many there are, at least one.
    pub count: usize,
    /// What is on it.
    pub range: Range<usize>,
}

impl Page {
    /// The page of this number, or the last one there is.
    #[must_use]
    pub fn of(number: usize, size: usize, length: usize) -> Self {
        let count = length.div_ceil(size).max(1);
        let number = number.min(count - 1);
        let start = number * size;
        Self {
            number,
            count,
            range: start..(start + size).min(length),
        }
    }
}

impl Document {
    /// What it is called everywhere: its title, or how its text begins, or its id.
    #[must_use]
    pub fn short_title(&self) -> String {
        if !self.title.trim().is_empty() {
            return self.title.clone();
        }
        let text = self.text.trim();
        if text.is_empty() {
            return format!("Document {}", self.id);
        }
        let Some((end, _)) = text.char_indices().nth(SHORT_TITLE) else {
            return text.to_owned();
        };
        let begin = text.get(..end).unwrap_or_default();
        let whole = begin.rsplit_once(char::is_whitespace).map_or(begin, |(words, _)| words);
        format!("{} …", whole.trim_end())
    }
}

/// What the server has, to be looked up.
#[derive(Debug, Default)]
pub struct Uploads<'a> {
    documents: BTreeMap<&'a str, &'a Document>,
    failed: Vec<&'a str>,
}

impl<'a> Uploads<'a> {
    /// Of an upload.
    #[must_use]
    pub fn of(stored: &'a StoredDocuments) -> Self {
        let documents = stored.documents.iter();
        Self {
            documents: gather(documents.map(|document| (document.id.as_str(), document))),
            failed: stored.failed().collect(),
        }
    }

    /// Where a document stands.
    #[must_use]
    pub fn status(&self, document: &Document) -> DocumentStatus {
        match self.documents.get(document.id.as_str()) {
            None => DocumentStatus::New,
            Some(_) if self.failed.contains(&document.id.as_str()) => DocumentStatus::Failed,
            Some(sent) if *sent == document => DocumentStatus::Encrypted,
            Some(_) => DocumentStatus::Changed,
        }
    }
}

/// The places of the documents that have a text, in any case, and are wanted.
#[must_use]
pub fn filtered(
    documents: &[Document],
    text: &str,
    filter: DocumentFilter,
    checked: &Checked,
    uploads: &Uploads<'_>,
) -> Vec<usize> {
    let text = text.trim().to_lowercase();
    let has_text = |document: &Document| {
        let texts = [&document.id, &document.title, &document.policy, &document.text];
        text.is_empty() || texts.iter().any(|field| field.to_lowercase().contains(&text))
    };
    let is_wanted = |document: &Document| match filter {
        DocumentFilter::All => true,
        DocumentFilter::ToUpload => uploads.status(document) != DocumentStatus::Encrypted,
        DocumentFilter::Mistakes => !is_right(checked, &document.policy),
    };
    let wanted = documents.iter().enumerate().filter(|(_, document)| is_wanted(document) && has_text(document));
    wanted.map(|(index, _)| index).collect()
}

/// Whether a document's policy has no mistake. One in the access structure is not the policy's.
#[must_use]
pub fn is_right(checked: &Checked, policy: &str) -> bool {
    checked.structure.is_err() || checked.policies.get(policy).is_some_and(Result::is_ok)
}

/// The policies of documents, with how many have each; the most common first.
#[must_use]
pub fn policies(documents: &[Document]) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for document in documents {
        *counts.entry(document.policy.as_str()).or_default() += 1;
    }
    let mut counts: Vec<(String, usize)> =
        counts.into_iter().map(|(policy, count)| (policy.to_owned(), count)).collect();
    // Stable, so that equally common ones stay in the order of their texts.
    sort_by(&mut counts, |a, b| b.1.cmp(&a.1));
    counts
}

/// A number that no document has: one more than the highest.
#[must_use]
pub fn next_id(documents: &[Document]) -> String {
    let numbers = documents.iter().filter_map(|document| document.id.parse::<u64>().ok());
    numbers.max().map_or(1, |highest| highest.saturating_add(1)).to_string()
}

/// The policy that wants one of the attributes of each dimension; everybody's if there is none.
#[must_use]
pub fn policy_of(pairs: &Pairs, dimensions: &[Dimension]) -> String {
    let alternatives: Vec<Vec<String>> = dimensions
        .iter()
        .map(|dimension| {
            let names = dimension.attributes.iter();
            let chosen = names.filter(|name| pairs.iter().any(|(of, other)| of == &dimension.name && other == *name));
            chosen.map(|name| Attribute::new(&dimension.name, name).to_string()).collect()
        })
        .filter(|chosen: &Vec<String>| !chosen.is_empty())
        .collect();
    let is_alone = alternatives.len() == 1;
    let parts = alternatives.iter().map(|chosen| {
        let text = chosen.join(" || ");
        if is_alone || chosen.len() == 1 {
            text
        } else {
            format!("({text})")
        }
    });
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() {
        "*".to_owned()
    } else {
        parts.join(" && ")
    }
}

/// The attributes to pick for a policy, if it wants one of some attributes of each dimension.
#[must_use]
pub fn pairs_of(policy: &Policy, structure: &AccessStructure, dimensions: &[Dimension]) -> Option<Pairs> {
    let named = policy.clauses().iter().flat_map(vecseal::Right::attributes);
    let mut pairs = Pairs::new();
    for attribute in named {
        let pair = (attribute.dimension().to_owned(), attribute.name().to_owned());
        if !pairs.contains(&pair) {
            pairs.push(pair);
        }
    }
    let again = Policy::parse(&policy_of(&pairs, dimensions), structure).ok()?;
    (again.clauses() == policy.clauses()).then_some(pairs)
}

/// A file to try the import with, as JSON Lines under policies of this scenario.
#[must_use]
pub fn example_file(scenario: &Scenario) -> String {
    let mut policies = policies(&scenario.documents).into_iter().map(|(policy, _)| policy);
    let texts = [
        "Travel is booked by the office; receipts are due within ten days.",
        "The audit of the second quarter found two late invoices and no errors.",
        "New starters get their badge on the first morning at reception.",
    ];
    let lines = texts.iter().zip(1..).map(|(text, id)| {
        let policy = policies.next().unwrap_or_else(|| "*".to_owned());
        format!("{}\n", serde_json::json!({ "id": id, "text": text, "policy": policy }))
    });
    lines.collect()
}

impl State {
    /// The vectors that the documents came with, if they came with some.
    #[must_use]
    pub fn given_vectors(&self) -> Option<&GivenVectors> {
        self.data.given_vectors.as_ref().filter(|given| given.import == self.scenario().vectors)
    }

    /// Whether the documents came with vectors that are no longer here: those of one import are kept.
    #[must_use]
    pub fn has_lost_vectors(&self) -> bool {
        self.scenario().vectors != 0 && self.given_vectors().is_none()
    }

    /// Whether what is uploaded came with vectors, so that a text is near to it only if one model made both.
    #[must_use]
    pub fn has_given_vectors(&self) -> bool {
        self.data.stored.as_ref().is_some_and(|stored| stored.vectors == Vectors::Kept)
    }

    /// Dimensions of the vectors that an upload would write.
    #[must_use]
    pub fn vector_dimension(&self) -> usize {
        self.given_vectors().map_or(MINI_LM.dimension, |given| given.dimension)
    }
}

/// Letters of a text that stand for its title.
const SHORT_TITLE: usize = 64;

#[cfg(test)]
mod tests;
