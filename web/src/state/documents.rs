//! From the documents to what is shown of them: pages, a filter, where each stands with the server; and policies made of
//! picked attributes.

use std::collections::BTreeMap;
use std::ops::Range;

use vecseal::{AccessStructure, Attribute, Policy};
use vecseal_embed::MINI_LM;

use super::places::{GivenVectors, StoredDocuments};
use super::scenario::{Dimension, Scenario};
use super::{Checked, State};
use crate::protocol::{Document, Pairs};

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
    /// Its title, or how its text begins.
    #[must_use]
    pub fn short_title(&self) -> String {
        if !self.title.trim().is_empty() {
            return self.title.clone();
        }
        let text = self.text.trim();
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
            documents: documents.map(|document| (document.id.as_str(), document)).collect(),
            failed: stored.uploaded.failures.iter().map(|failure| failure.document.as_str()).collect(),
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

/// Whether a document's policy has no mistake.
#[must_use]
pub fn is_right(checked: &Checked, policy: &str) -> bool {
    checked.policies.get(policy).is_some_and(Result::is_ok)
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
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
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

    /// Dimensions of the vectors that an upload would write.
    #[must_use]
    pub fn vector_dimension(&self) -> usize {
        self.given_vectors().map_or(MINI_LM.dimension, |given| given.dimension)
    }

    /// How many documents of the last upload are no longer here; they are still on the server.
    #[must_use]
    pub fn left_behind(&self) -> usize {
        let Some(stored) = &self.data.stored else { return 0 };
        if std::rc::Rc::ptr_eq(&stored.documents, &self.scenario().documents) {
            return 0;
        }
        let here: std::collections::BTreeSet<&str> =
            self.scenario().documents.iter().map(|document| document.id.as_str()).collect();
        stored.documents.iter().filter(|document| !here.contains(document.id.as_str())).count()
    }
}

/// Letters of a text that stand for its title.
const SHORT_TITLE: usize = 64;

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::{
        DocumentFilter, DocumentStatus, Page, Uploads, example_file, filtered, next_id, pairs_of, policies, policy_of,
    };
    use crate::protocol::{Document, Unwritten};
    use crate::state::basis::tests::{basis, scenario};
    use crate::state::{Checked, Dimension, Kind, Scenario, StoredDocuments, parse};

    fn document(id: &str, title: &str, text: &str, policy: &str) -> Document {
        Document {
            id: id.to_owned(),
            title: title.to_owned(),
            text: text.to_owned(),
            policy: policy.to_owned(),
        }
    }

    #[test]
    fn pages_cover_a_list_and_end_with_it() {
        let pages: Vec<_> = (0..4).map(|number| Page::of(number, 25, 60)).map(|page| page.range).collect();
        assert_eq!(pages, [0..25, 25..50, 50..60, 50..60]);
        let empty = Page::of(3, 25, 0);
        assert_eq!((empty.number, empty.count, empty.range), (0, 1, 0..0));
        assert_eq!(Page::of(0, 25, 50).count, 2);
    }

    #[test]
    fn without_a_title_the_first_words_stand_for_it() {
        assert_eq!(document("1", "Budget", "text", "*").short_title(), "Budget");
        assert_eq!(document("1", " ", " a few words ", "*").short_title(), "a few words");
        let long = document("1", "", &"word ".repeat(40), "*").short_title();
        assert!(long.ends_with("word …") && long.chars().count() <= 66, "{long}");
        let unbroken = document("1", "", &"ü".repeat(100), "*").short_title();
        assert_eq!(unbroken.chars().count(), 66);
    }

    #[test]
    fn documents_stand_with_the_server_as_they_were_uploaded() {
        let mut stored: StoredDocuments = (*basis(&scenario()).stored).clone();
        stored.uploaded.failures.push(Unwritten {
            document: "2".to_owned(),
            code: "timeout".to_owned(),
            message: String::new(),
        });
        let uploads = Uploads::of(&stored);
        let mut documents = stored.documents.to_vec();
        documents[2].policy = "*".to_owned();
        documents.push(document("9", "", "new", "*"));
        let statuses: Vec<_> = documents.iter().map(|document| uploads.status(document)).collect();
        let expected = [
            DocumentStatus::Encrypted,
            DocumentStatus::Failed,
            DocumentStatus::Changed,
            DocumentStatus::Encrypted,
            DocumentStatus::Encrypted,
            DocumentStatus::New,
        ];
        assert_eq!(statuses, expected);
        let checked = Checked::new(&scenario(), None);
        let to_upload = filtered(&documents, "", DocumentFilter::ToUpload, &checked, &uploads);
        assert_eq!(to_upload, [1, 2, 5]);
    }

    #[test]
    fn documents_are_filtered_by_text_policy_and_mistake() {
        let mut scenario = scenario();
        Rc::make_mut(&mut scenario.documents).push(document("6", "Typo", "seventh", "departments:finanse"));
        let checked = Checked::new(&scenario, None);
        let all = |text, filter| filtered(&scenario.documents, text, filter, &checked, &Uploads::default());
        assert_eq!(all("", DocumentFilter::All).len(), 6);
        assert_eq!(all("CONTRACT ", DocumentFilter::All), [1]);
        assert_eq!(all("roles:analyst", DocumentFilter::All), [2, 4]);
        assert_eq!(all("text 4", DocumentFilter::All), [3]);
        assert_eq!(all("", DocumentFilter::Mistakes), [5]);
        assert_eq!(all("budget", DocumentFilter::Mistakes), Vec::<usize>::new());
    }

    #[test]
    fn policies_in_use_come_with_how_often() {
        let documents = ["b", "a", "b", "c"].map(|policy| document("1", "", "", policy));
        let counts = policies(&documents);
        let counts: Vec<_> = counts.iter().map(|(policy, count)| (policy.as_str(), *count)).collect();
        assert_eq!(counts, [("b", 2), ("a", 1), ("c", 1)]);
    }

    #[test]
    fn a_new_document_takes_the_next_number() {
        assert_eq!(next_id(&[]), "1");
        let ids = ["7", "c3f4b1de-55a1-4d7f-9d8e-111111111111", "12", "x"];
        assert_eq!(next_id(&ids.map(|id| document(id, "", "", "*"))), "13");
        assert_eq!(next_id(&[document(&u64::MAX.to_string(), "", "", "*")]), u64::MAX.to_string());
    }

    fn dimensions() -> Vec<Dimension> {
        let mut dimensions = scenario().dimensions;
        dimensions.push(Dimension {
            name: "clear ance".to_owned(),
            attributes: vec!["low".to_owned(), "high".to_owned()],
            kind: Kind::Hierarchy,
        });
        dimensions
    }

    #[test]
    fn picked_attributes_are_alternatives_within_a_dimension_and_all_wanted_across() {
        let pick = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter().map(|(dimension, name)| ((*dimension).to_owned(), (*name).to_owned())).collect();
            policy_of(&pairs, &dimensions())
        };
        assert_eq!(pick(&[]), "*");
        assert_eq!(
            pick(&[("departments", "legal"), ("departments", "finance")]),
            "departments:finance || departments:legal"
        );
        assert_eq!(
            pick(&[
                ("roles", "analyst"),
                ("departments", "legal"),
                ("departments", "finance")
            ]),
            "(departments:finance || departments:legal) && roles:analyst"
        );
        assert_eq!(pick(&[("clear ance", "high")]), "\"clear ance\":high");
    }

    #[test]
    fn a_policy_of_that_form_says_what_was_picked() {
        let dimensions = dimensions();
        let scenario = Scenario {
            dimensions: dimensions.clone(),
            ..Scenario::default()
        };
        let structure = Checked::new(&scenario, None).structure.unwrap();
        let picked = |text: &str| {
            let pairs = pairs_of(&parse(text, &structure).unwrap(), &structure, &dimensions)?;
            Some(policy_of(&pairs, &dimensions))
        };
        for text in [
            "*",
            "departments:legal",
            "(departments:finance || departments:legal) && roles:analyst",
            "roles:analyst && \"clear ance\":high",
        ] {
            assert_eq!(picked(text).as_deref(), Some(text));
        }
        assert_eq!(picked("departments:finance && roles:analyst || departments:legal"), None);
    }

    #[test]
    fn the_example_is_of_the_scenario_and_can_be_imported() {
        let scenario = scenario();
        let file = example_file(&scenario);
        let structure = Checked::new(&scenario, None).structure.unwrap();
        let files = [(vecseal_data::import::Format::JsonLines, file.as_bytes())];
        let import = vecseal_data::import::read(&files, &structure, |_| ()).unwrap();
        assert_eq!(import.rows.len(), 3);
        assert!(import.rows.iter().all(|row| row.policy.is_some()) && import.ignored.is_empty());
        let empty = example_file(&Scenario::default());
        assert_eq!(empty.matches("\"policy\":\"*\"").count(), 3);
    }
}
