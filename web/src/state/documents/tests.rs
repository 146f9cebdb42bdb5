//! What is shown of documents.

use std::rc::Rc;

use super::{
    DocumentFilter, DocumentStatus, Page, Uploads, example_file, filtered, is_right, next_id, pairs_of, policies,
    policy_of,
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
        embedded: None,
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
    assert_eq!(document("7", "", " ", "*").short_title(), "Document 7");
    let long = document("1", "", &"word ".repeat(40), "*").short_title();
    assert!(long.ends_with("word …") && long.chars().count() <= 66, "{long}");
    let unbroken = document("1", "", &"ü".repeat(100), "*").short_title();
    assert_eq!(unbroken.chars().count(), 66);
}

#[test]
fn a_mistake_in_the_structure_is_not_that_of_documents() {
    let mut scenario = scenario();
    Rc::make_mut(&mut scenario.documents)[0].policy = "departments:finanse".to_owned();
    let right = Checked::new(&scenario, None);
    assert_eq!((right.wrong_policies(&scenario), is_right(&right, "departments:finanse")), (1, false));
    scenario.dimensions[0].name = String::new();
    let wrong = Checked::new(&scenario, None);
    assert!(wrong.structure.is_err());
    assert_eq!((wrong.wrong_policies(&scenario), is_right(&wrong, "departments:finanse")), (0, true));
}

#[test]
fn documents_stand_with_the_server_as_they_were_uploaded() {
    let mut stored: StoredDocuments = (*basis(&scenario()).stored).clone();
    stored.uploaded.failures.push(Unwritten {
        document: "2".to_owned(),
        code: "timeout".to_owned(),
        message: String::new(),
    });
    stored.uploaded.missing.push("2".to_owned());
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
