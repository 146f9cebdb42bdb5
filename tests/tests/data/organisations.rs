use std::collections::BTreeSet;

use vecseal_data::Organisation;
use vecseal_embed::MINI_LM;

static MODEL: &[u8] = include_bytes!("../../../crates/vecseal-embed/model/minilm-q4-v24k.bin");

#[test]
fn the_examples_are_complete() {
    let examples = Organisation::examples().unwrap();
    let sizes: Vec<_> = examples.iter().map(|example| (example.people.len(), example.documents.len())).collect();
    assert_eq!(sizes, [(6, 60), (6, 36), (2, 3)]);
    for example in examples {
        let ids: Vec<u64> = example.documents.iter().map(|document| document.id).collect();
        assert_eq!(ids, (1..=ids.len() as u64).collect::<Vec<_>>(), "{}", example.name);
        let answered: BTreeSet<u64> = example.queries.iter().map(|query| query.answer).collect();
        assert_eq!(answered.len(), example.documents.len(), "{}: every document is asked for", example.name);
        assert_eq!(answered.len(), example.queries.len(), "{}", example.name);
    }
}

/// Otherwise there is nothing to see: somebody without any document, or with all of them.
#[test]
fn people_of_the_examples_read_some_documents_and_not_others() {
    let examples = Organisation::examples().unwrap();
    for example in &examples {
        let reads = |person: usize| {
            let attributes = &example.people[person].attributes;
            example
                .documents
                .iter()
                .filter(|document| document.policy.explain(attributes).is_satisfied())
                .count()
        };
        let read: Vec<usize> = (0..example.people.len()).map(reads).collect();
        assert!(read.iter().all(|count| *count > 0), "{}: {read:?}", example.name);
        let all = example.documents.len();
        assert!(read.iter().filter(|count| **count < all).count() * 2 >= read.len(), "{}: {read:?}", example.name);
        for document in &example.documents {
            let readers =
                example.people.iter().filter(|person| document.policy.explain(&person.attributes).is_satisfied());
            assert!(readers.count() > 0, "nobody of {} reads document {}", example.name, document.id);
        }
    }
}

/// What is beyond the last position would not count.
#[test]
fn documents_of_the_examples_embed_whole() {
    let embedder = MINI_LM.load(MODEL.to_vec()).unwrap();
    for document in Organisation::examples().unwrap().iter().flat_map(|example| &example.documents) {
        assert!(embedder.tokens(&document.passage()).len() < 128, "{}", document.title);
        assert!(document.title.chars().count() <= 60, "{}", document.title);
    }
}

/// A person who edits a file is told what is wrong and where.
#[test]
fn a_faulty_organisation_says_what_is_wrong() {
    let organisation = |people: &str, documents: &str, queries: &str| {
        let text = format!(
            r#"{{"name": "A", "about": "B", "structure": {{"roles": ["admin"]}}, "people": [{people}], "documents": [{documents}], "queries": [{queries}]}}"#
        );
        Organisation::from_json(&text).unwrap_err().to_string()
    };
    let document = r#"{"id": 1, "title": "T", "text": "X", "policy": "roles:admin"}"#;
    let cases = [
        ("the file: expected value at line 1 column 75", organisation("x", "", "")),
        (
            "Ada: unknown attribute `roles:boss` at bytes 11..17",
            organisation(r#"{"name": "Ada", "about": "", "attributes": {"roles": ["boss"]}}"#, "", ""),
        ),
        (
            "document 1: unknown dimension `teams` at bytes 0..5",
            organisation("", &document.replace("roles:admin", "teams:red"), ""),
        ),
        ("document 1: given twice", organisation("", &format!("{document}, {document}"), "")),
        ("query `who`: there is no document 2", organisation("", document, r#"{"text": "who", "answer": 2}"#)),
    ];
    for (expected, found) in cases {
        assert_eq!(found, expected);
    }
}
