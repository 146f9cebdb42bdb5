//! From what a search found to what is shown of it: rows with what each key made of them, and recall.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::basis::{Basis, Judge, Judgement};
use crate::protocol::{Document, Failure, Hit, KeyId, KeySearch, Outcome, Ranked, Searched};

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
    hits.sort_by(|one, other| by_score((one.score, &one.document), (other.score, &other.document)));
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
    rows.sort_by(|one, other| by_score((one.score, &one.document), (other.score, &other.document)));
    rows
}

/// How much of what a user should find was found, whichever of their keys found it.
#[must_use]
pub fn recall_of_user(found: &Searched, keys: &[KeyId]) -> Recall {
    let searches: Vec<&KeySearch> = keys.iter().filter_map(|key| search_of(found, *key)).collect();
    let hits: BTreeSet<&str> = searches.iter().flat_map(|search| documents_of(&search.hits)).collect();
    let mut expected: Vec<&Ranked> = Vec::new();
    for ranked in searches.iter().flat_map(|search| &search.expected) {
        if !expected.iter().any(|known| known.document == ranked.document) {
            expected.push(ranked);
        }
    }
    expected.sort_by(|one, other| by_score((one.score, &one.document), (other.score, &other.document)));
    expected.truncate(found.plain.len());
    Recall::of(expected.into_iter(), &hits)
}

/// How much of what a key should find was found.
#[must_use]
pub fn recall_of_key(search: &KeySearch) -> Recall {
    Recall::of(search.expected.iter(), &documents_of(&search.hits).collect())
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

type Outcomes<'a> = BTreeMap<(KeyId, &'a str), Outcome>;

fn outcomes(found: &Searched) -> Outcomes<'_> {
    let accesses = found.accesses.iter();
    accesses
        .flat_map(|access| {
            access.outcomes.iter().map(|(document, outcome)| ((access.key, document.as_str()), *outcome))
        })
        .collect()
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
mod tests {
    use super::{Finding, Recall, columns, failures, has_searched, recall_of_key, recall_of_user, rows_of_user};
    use crate::protocol::{Access, Failure, Hit, KeySearch, Outcome, Ranked, Searched};
    use crate::state::Judgement;
    use crate::state::basis::tests::{basis, rotate, scenario};

    fn ranked(of: &[(&str, f64)]) -> Vec<Ranked> {
        let ranked = of.iter().map(|(document, score)| Ranked {
            document: (*document).to_owned(),
            score: *score,
        });
        ranked.collect()
    }

    fn search(key: u32, hits: &[(&str, f64, &str)], expected: &[(&str, f64)]) -> KeySearch {
        let hits = hits.iter().map(|(document, score, content)| Hit {
            document: (*document).to_owned(),
            score: *score,
            content: (*content).to_owned(),
            policy: "*".to_owned(),
        });
        KeySearch {
            key,
            hits: hits.collect(),
            expected: ranked(expected),
            skipped: Vec::new(),
            cost: None,
            failure: None,
        }
    }

    fn access(key: u32, opened: &[&str], denied: &[&str]) -> Access {
        let opened = opened.iter().map(|document| ((*document).to_owned(), Outcome::Opened));
        let denied = denied.iter().map(|document| ((*document).to_owned(), Outcome::Denied));
        Access {
            key,
            outcomes: opened.chain(denied).collect(),
        }
    }

    /// Nearest are 2 (legal), 1 (finance), 3 (analysts of finance). Key 1 found 1 and missed 4.
    fn found() -> Searched {
        Searched {
            embedding: 1.0,
            plain: ranked(&[("2", 0.9), ("1", 0.8), ("3", 0.7)]),
            plain_time: 1.0,
            keys: vec![
                search(1, &[("1", 0.8, "Budget. text 1")], &[("1", 0.8), ("4", 0.2)]),
                search(
                    2,
                    &[("2", 0.9, "Contract. text 2"), ("5", 0.5, "text 5")],
                    &[("2", 0.9), ("5", 0.5), ("4", 0.2)],
                ),
            ],
            accesses: vec![
                access(1, &["1", "4"], &["2", "3", "5"]),
                access(2, &["2", "4", "5"], &["1", "3"]),
            ],
        }
    }

    #[test]
    fn rows_are_what_the_user_found_with_what_stays_sealed_between_it() {
        let rows = rows_of_user(&found(), &basis(&scenario()), &[1, 2]);
        let seen: Vec<_> = rows.iter().map(|row| (row.document.as_str(), row.rank, row.plain_rank)).collect();
        let expected = [
            ("2", Some(1), Some(1)),
            ("1", Some(2), Some(2)),
            ("3", None, Some(3)),
            ("5", Some(3), None),
        ];
        assert_eq!(seen, expected);
        let sealed = &rows[2];
        assert_eq!((&sealed.content, &sealed.policy), (&None, &None));
        assert_eq!(rows[0].policy.as_deref(), Some("*"));
        assert!(sealed.keys.iter().all(|key| matches!(key.judgement, Judgement::Denied(_))));
    }

    #[test]
    fn content_is_what_was_decrypted_and_its_title_stands_apart() {
        let mut found = found();
        found.keys[0].hits[0].content = "Another text altogether".to_owned();
        let rows = rows_of_user(&found, &basis(&scenario()), &[1, 2]);
        let contents: Vec<_> = rows.iter().filter_map(|row| row.content.as_ref()).collect();
        assert_eq!((contents[0].title.as_deref(), contents[0].text.as_str()), (Some("Contract"), "text 2"));
        assert_eq!((contents[1].title.as_deref(), contents[1].text.as_str()), (None, "Another text altogether"));
        assert_eq!((contents[2].title.as_deref(), contents[2].text.as_str()), (None, "text 5"));
    }

    #[test]
    fn each_key_says_whether_it_opens_and_where_its_search_has_it() {
        let rows = rows_of_user(&found(), &basis(&scenario()), &[1, 2]);
        let contract = &rows[0].keys;
        let Judgement::Denied(unmet) = &contract[0].judgement else {
            unreachable!("finance does not open what is legal's");
        };
        assert_eq!(unmet[0].missing, ["needs departments:legal; this key has finance"]);
        assert_eq!((contract[0].found, contract[1].found), (Finding::Beyond, Finding::At(1)));
        assert_eq!(contract[1].judgement, Judgement::Opened);
    }

    #[test]
    fn what_opens_but_was_not_found_is_told() {
        let mut found = found();
        found.plain = ranked(&[("1", 0.8), ("4", 0.2)]);
        let rows = rows_of_user(&found, &basis(&scenario()), &[1]);
        let missed = rows.last().unwrap();
        assert_eq!((missed.document.as_str(), missed.keys[0].found), ("4", Finding::Missed));
        assert!(missed.content.is_none() && missed.keys[0].judgement.is_open());
    }

    #[test]
    fn a_stale_key_and_one_that_did_not_search_are_told() {
        let mut basis = basis(&scenario());
        rotate(&mut basis, 1, "departments:finance");
        let mut found = found();
        found.accesses[0] = access(1, &[], &["1", "2", "3"]);
        found.keys[0].hits.clear();
        let rows = rows_of_user(&found, &basis, &[1, 3]);
        let budget = rows.iter().find(|row| row.document == "1").unwrap();
        assert!(matches!(budget.keys[0].judgement, Judgement::Stale(_)));
        assert_eq!(budget.keys[1].judgement, Judgement::Untried);
    }

    #[test]
    fn recall_is_the_share_of_what_should_be_found() {
        let found = found();
        let recall = recall_of_key(&found.keys[0]);
        assert_eq!((recall, recall.share()), (Recall { found: 1, expected: 2 }, Some(0.5)));
        // Of the union the nearest three are 2, 1 and 5.
        assert_eq!(recall_of_user(&found, &[1, 2]), Recall { found: 3, expected: 3 });
        let nothing = recall_of_user(&found, &[]);
        assert_eq!((nothing.expected, nothing.share()), (0, None));
    }

    #[test]
    fn a_failure_of_several_keys_is_told_once() {
        let mut found = found();
        assert!(failures(&found, &[1, 2, 3]).is_empty() && has_searched(&found, &[1]) && !has_searched(&found, &[3]));
        for search in &mut found.keys {
            search.failure = Some(Failure::new("unreachable", "nobody answers"));
        }
        let [(failure, keys)] = &failures(&found, &[1, 2])[..] else {
            unreachable!("they failed for one reason");
        };
        assert_eq!((failure.code.as_str(), &keys[..]), ("unreachable", &[1, 2][..]));
        assert!(!has_searched(&found, &[1, 2]));
    }

    #[test]
    fn columns_count_how_many_of_the_nearest_open() {
        let columns = columns(&found(), &basis(&scenario()));
        let counts: Vec<_> = columns.iter().map(|column| (column.key, column.opens, column.hits.len())).collect();
        assert_eq!(counts, [(1, 1, 1), (2, 1, 2)]);
        assert_eq!(columns[1].hits[1].plain_rank, None);
    }
}
