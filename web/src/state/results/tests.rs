//! What is shown of a search.

use super::{
    Finding, Recall, columns, failures, has_searched, recall_of_key, recall_of_user, rows_of_user, time_of_all,
};
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
            search(2, &[("2", 0.9, "Contract. text 2"), ("5", 0.5, "text 5")], &[("2", 0.9), ("5", 0.5), ("4", 0.2)]),
        ],
        accesses: vec![
            access(1, &["1", "4"], &["2", "3", "5"]),
            access(2, &["2", "4", "5"], &["1", "3"]),
        ],
    }
}

#[test]
fn the_time_of_all_keys_has_the_embedding_once() {
    let mut found = found();
    assert_eq!(time_of_all(&found), (0, 1.0));
    for search in &mut found.keys {
        search.cost = Some(crate::protocol::Cost {
            total: 20.0,
            ..Default::default()
        });
    }
    assert_eq!(time_of_all(&found), (2, 41.0));
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
