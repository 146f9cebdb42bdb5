//! From what a search found to what is shown of it: rows with what each key made of them, and recall.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::basis::{Basis, Judge, Judgement};
use crate::gather::gather;
use crate::protocol::{Document, Failure, Hit, KeyId, KeySearch, Outcome, Ranked, Searched};
use crate::sort::sort_by;

/// A document in one user's results.
#[derive(Debug, Clone, PartialEq)]
pub struct ResultRow {
    /// Its id.
    pub document: String,
    /// The exact score.
    pub score: f64,
    /// Its place among what the user found, from 1.
    pub rank: Option<usize>,
    /// Its place among all documents in the clear, from 1, if it is among the nearest.
    pub plain_rank: Option<usize>,
    /// What a key decrypted, if one found it.
    pub content: Option<Content>,
    /// The policy that its header claims, if a key opened that.
    pub policy: Option<String>,
    /// Key by key.
    pub keys: Vec<KeyResult>,
}

/// What was decrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// What was sealed as its title, if it begins with one.
    pub title: Option<String>,
    /// The rest.
    pub text: String,
}

/// What a key made of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyResult {
    /// The key.
    pub key: KeyId,
    /// Whether it opens the document, and why not.
    pub judgement: Judgement,
    /// Where its search has the document.
    pub found: Finding,
}

/// Where a key's search has a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// At this place, from 1.
    At(usize),
    /// Nowhere, though it is among the nearest that the key opens: noise hid it.
    Missed,
    /// Nowhere: enough others are nearer, or it does not open.
    Beyond,
}

/// How much of what should be found was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recall {
    /// What was.
    pub found: usize,
    /// What should be.
    pub expected: usize,
}

impl Recall {
    fn of<'a>(expected: impl Iterator<Item = &'a Ranked>, found: &BTreeSet<&str>) -> Self {
        let hits: Vec<bool> = expected.map(|ranked| found.contains(ranked.document.as_str())).collect();
        Self {
            found: hits.iter().filter(|hit| **hit).count(),
            expected: hits.len(),
        }
    }

    /// The share, if something was to be found.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a few dozen results")]
    pub fn share(&self) -> Option<f64> {
        (self.expected > 0).then(|| self.found as f64 / self.expected as f64)
    }
}

/// What one key found, beside others.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyColumn {
    /// The key.
    pub key: KeyId,
    /// What it found.
    pub hits: Vec<ColumnHit>,
    /// How many of the nearest in the clear it opens.
    pub opens: usize,
    /// How much of what it should find it found.
    pub recall: Recall,
    /// Why it found nothing.
    pub failure: Option<Failure>,
}

/// A result in a column.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnHit {
    /// The document's id.
    pub document: String,
    /// The exact score.
    pub score: f64,
    /// What was decrypted.
    pub content: Content,
    /// Its place among all documents in the clear, from 1, if it is among the nearest.
    pub plain_rank: Option<usize>,
}

/// What one user's keys found, and what of the nearest in the clear they do not open, by score.
#[must_use]
pub fn rows_of_user(found: &Searched, basis: &Basis, keys: &[KeyId]) -> Vec<ResultRow> {
    let documents = basis.documents();
    let searches: Vec<Option<&KeySearch>> = keys.iter().map(|key| search_of(found, *key)).collect();
    let limit = found.plain.len();
    let mut hits: Vec<&Hit> = Vec::new();
    for hit in searches.iter().flatten().flat_map(|search| &search.hits) {
        if !hits.iter().any(|known| known.document == hit.document) {
            hits.push(hit);
        }
    }
    sort_by(&mut hits, |one, other| by_score((one.score, &one.document), (other.score, &other.document)));
    hits.truncate(limit.max(searches.iter().flatten().map(|search| search.hits.len()).max().unwrap_or(0)));
    let opened = hits.iter().zip(1..).map(|(hit, rank)| {
        let content = Content::of(hit, documents.get(hit.document.as_str()).copied());
        (hit.document.as_str(), hit.score, Some((rank, content, hit.policy.clone())))
    });
    let others = found.plain.iter().filter(|ranked| !hits.iter().any(|hit| hit.document == ranked.document));
    let others = others.map(|ranked| (ranked.document.as_str(), ranked.score, None));
    let mut judge = basis.judge();
    let outcomes = outcomes(found);
    let mut rows: Vec<ResultRow> = opened
        .chain(others)
        .map(|(document, score, opened)| {
            let (rank, content, claimed) = match opened {
                Some((rank, content, policy)) => (Some(rank), Some(content), Some(policy)),
                None => (None, None, None),
            };
            let policy = documents.get(document).map_or("", |document| document.policy.as_str());
            let keys = keys.iter().zip(&searches).map(|(key, search)| KeyResult {
                key: *key,
                judgement: judged(&mut judge, &outcomes, *key, document, policy),
                found: search.map_or(Finding::Beyond, |search| Finding::of(search, document)),
            });
            ResultRow {
                document: document.to_owned(),
                score,
                rank,
                plain_rank: plain_rank(found, document),
                content,
                policy: claimed,
                keys: keys.collect(),
            }
        })
        .collect();
    sort_by(&mut rows, |one, other| by_score((one.score, &one.document), (other.score, &other.document)));
    rows
}

/// How much of what a user should find was found, whichever of their keys found it.
#[must_use]
pub fn recall_of_user(found: &Searched, keys: &[KeyId]) -> Recall {
    let searches: Vec<&KeySearch> = keys.iter().filter_map(|key| search_of(found, *key)).collect();
    let hits: BTreeSet<&str> = gather(searches.iter().flat_map(|search| documents_of(&search.hits)));
    let mut expected: Vec<&Ranked> = Vec::new();
    for ranked in searches.iter().flat_map(|search| &search.expected) {
        if !expected.iter().any(|known| known.document == ranked.document) {
            expected.push(ranked);
        }
    }
    sort_by(&mut expected, |one, other| by_score((one.score, &one.document), (other.score, &other.document)));
    expected.truncate(found.plain.len());
    Recall::of(expected.into_iter(), &hits)
}

/// How much of what a key should find was found.
#[must_use]
pub fn recall_of_key(search: &KeySearch) -> Recall {
    Recall::of(search.expected.iter(), &gather(documents_of(&search.hits)))
}

/// Why searches of these keys failed, and which compartments they left out; each reason once, with the keys it is of.
#[must_use]
pub fn failures(found: &Searched, keys: &[KeyId]) -> Vec<(Failure, Vec<KeyId>)> {
    let mut failures: Vec<(Failure, Vec<KeyId>)> = Vec::new();
    for search in keys.iter().filter_map(|key| search_of(found, *key)) {
        let skipped = search.skipped.iter().map(|skip| Failure::new(&skip.code, &skip.message));
        for failure in search.failure.iter().cloned().chain(skipped) {
            match failures.iter_mut().find(|(known, _)| *known == failure) {
                Some((_, keys)) if keys.contains(&search.key) => (),
                Some((_, keys)) => keys.push(search.key),
                None => failures.push((failure, vec![search.key])),
            }
        }
    }
    failures
}

/// Whether a search with one of these keys came through.
#[must_use]
pub fn has_searched(found: &Searched, keys: &[KeyId]) -> bool {
    keys.iter().filter_map(|key| search_of(found, *key)).any(|search| search.failure.is_none())
}

/// What each key found, side by side.
#[must_use]
pub fn columns(found: &Searched, basis: &Basis) -> Vec<KeyColumn> {
    let documents = basis.documents();
    let outcomes = outcomes(found);
    let columns = found.keys.iter().map(|search| {
        let hits = search.hits.iter().map(|hit| ColumnHit {
            document: hit.document.clone(),
            score: hit.score,
            content: Content::of(hit, documents.get(hit.document.as_str()).copied()),
            plain_rank: plain_rank(found, &hit.document),
        });
        let opens = |ranked: &&Ranked| outcomes.get(&(search.key, ranked.document.as_str())) == Some(&Outcome::Opened);
        KeyColumn {
            key: search.key,
            hits: hits.collect(),
            opens: found.plain.iter().filter(opens).count(),
            recall: recall_of_key(search),
            failure: search.failure.clone(),
        }
    });
    columns.collect()
}

impl Content {
    /// What is sealed is the title with the text. Where the title ends, the page knows; what it says is decrypted.
    fn of(hit: &Hit, document: Option<&Document>) -> Self {
        let title = document.map(|document| document.title.as_str()).filter(|title| !title.is_empty());
        let split =
            title.and_then(|title| hit.content.strip_prefix(title)?.strip_prefix(". ").map(|text| (title, text)));
        Self {
            title: split.map(|(title, _)| title.to_owned()),
            text: split.map_or(hit.content.as_str(), |(_, text)| text).to_owned(),
        }
    }
}

impl Finding {
    fn of(search: &KeySearch, document: &str) -> Self {
        let place = search.hits.iter().position(|hit| hit.document == document);
        match place {
            Some(place) => Self::At(place + 1),
            None if search.expected.iter().any(|ranked| ranked.document == document) => Self::Missed,
            None => Self::Beyond,
        }
    }
}

/// The search of a key, if it searched.
#[must_use]
pub fn search_of(found: &Searched, key: KeyId) -> Option<&KeySearch> {
    found.keys.iter().find(|search| search.key == key)
}

/// How many keys searched, and their milliseconds one after another, with the embedding that they share.
#[must_use]
pub fn time_of_all(found: &Searched) -> (usize, f64) {
    let costs = found.keys.iter().filter_map(|search| search.cost);
    costs.fold((0, found.embedding), |(count, time), cost| (count + 1, time + cost.total))
}

type Outcomes<'a> = BTreeMap<(KeyId, &'a str), Outcome>;

fn outcomes(found: &Searched) -> Outcomes<'_> {
    gather(found.accesses.iter().flat_map(|access| {
        access.outcomes.iter().map(|(document, outcome)| ((access.key, document.as_str()), *outcome))
    }))
}

fn judged<'a>(
    judge: &mut Judge<'a>,
    outcomes: &Outcomes<'_>,
    key: KeyId,
    document: &str,
    policy: &'a str,
) -> Judgement {
    outcomes
        .get(&(key, document))
        .map_or(Judgement::Untried, |outcome| judge.outcome(key, policy, *outcome))
}

fn plain_rank(found: &Searched, document: &str) -> Option<usize> {
    found.plain.iter().position(|ranked| ranked.document == document).map(|place| place + 1)
}

fn documents_of(hits: &[Hit]) -> impl Iterator<Item = &str> {
    hits.iter().map(|hit| hit.document.as_str())
}

/// The highest first; equal ones by id, so that they stay where they are.
fn by_score((one, first): (f64, &str), (other, second): (f64, &str)) -> Ordering {
    other.total_cmp(&one).then_with(|| first.cmp(second))
}

#[cfg(test)]
mod tests;
