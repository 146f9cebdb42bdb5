//! Imports, uploads, and what is on the server then.

use super::{Page, tiny, uploaded};
use crate::protocol::{Failure, Message, Mode, Progress, Row, Uploaded, Vectors, Work};
use crate::state::{Action, Change};

#[test]
fn vectors_of_an_import_are_of_its_documents_alone() {
    let mut page = Page::new(tiny()).with_keys();
    page.uploads();
    let rows: Vec<Row> = ["1", "2", "3", "4"]
        .map(|id| Row {
            id: id.to_owned(),
            text: Some("a text".to_owned()),
            content: None,
            policy: None,
        })
        .to_vec();
    page.imports(rows.clone(), 8);
    assert_eq!(page.state.vector_dimension(), 8);
    page.does(Action::Upload);
    // Vectors of another dimension need a collection of their own.
    assert!(matches!(
        page.work()[..],
        [(
            _,
            Work::Upload {
                vectors: Vectors::Kept,
                ..
            }
        )]
    ));
    page.does(Action::Undo);
    assert_eq!((page.state.scenario().documents.len(), page.state.vector_dimension()), (3, 384));
    page.does(Action::Redo);
    assert_eq!(page.state.given_vectors().map(|given| given.documents), Some(4));
    page.imports(rows, 0);
    assert!(page.state.given_vectors().is_none());
}

#[test]
fn policies_that_are_json_go_to_the_worker_as_text() {
    let mut page = Page::new(tiny()).with_keys();
    let mut document = page.state.scenario().documents[0].clone();
    document.policy = r#"{"roles": ["author", "reader"]}"#.to_owned();
    page.does(Action::Change(Change::SetDocument(document)));
    assert_eq!(page.state.checked.wrong_policies(page.state.scenario()), 0);
    page.does(Action::Upload);
    page.job(
        |work| matches!(work, Work::Upload { documents, .. } if documents[0].policy == "roles:author || roles:reader"),
    );
}

#[test]
fn documents_that_are_gone_do_not_stay_in_the_collection() {
    let mut page = Page::new(tiny()).with_keys();
    page.uploads();
    assert_eq!(page.state.left_behind(), 0);
    page.does(Action::Change(Change::RemoveDocument("2".to_owned())));
    assert_eq!(page.state.left_behind(), 1);
    let before = page.state.collection();
    page.uploads();
    // The old collection goes when the new one is there.
    assert_ne!(page.state.collection(), before);
    page.job(|work| matches!(work, Work::DeleteCollection { collection } if *collection == before));
    assert_eq!((page.state.left_behind(), page.state.is_stored_old()), (0, false));
}

#[test]
fn an_upload_shows_how_far_it_is_and_what_came_of_it() {
    let mut page = Page::new(tiny()).with_keys();
    page.does(Action::Upload);
    let job = page.job(|work| matches!(work, Work::Upload { collection, documents, .. } if collection == "playground-abc-2" && documents.len() == 3));
    page.state.update(
        Action::Heard(Box::new(Message::Progress {
            job,
            progress: Progress { done: 2, total: 6 },
        })),
        2_000.0,
    );
    assert_eq!(page.state.data.upload.unwrap().rate(), Some(2.0));
    page.does(Action::Upload);
    assert!(page.work().is_empty());
    page.hears(Message::Uploaded {
        job,
        uploaded: uploaded(),
    });
    assert!(page.state.data.upload.is_none() && !page.state.is_stored_old());
    let mut sealing = page.state.scenario().sealing;
    sealing.mode = Mode::Sealed;
    page.does(Action::Change(Change::Sealing(sealing)));
    assert!(page.state.is_stored_old());
    let before = page.state.data.stored.clone();
    page.does(Action::Upload);
    let job = page.job(|work| matches!(work, Work::Upload { collection, .. } if collection == "playground-abc-3"));
    // Cancelled, it changes nothing of what was there, and what it made goes.
    page.hears(Message::Failed {
        job,
        failure: Failure::new("cancelled", "the job was cancelled"),
    });
    page.job(|work| matches!(work, Work::DeleteCollection { collection } if collection == "playground-abc-3"));
    assert_eq!((page.state.data.stored.clone(), page.work().len()), (before, 1));
    assert_eq!(page.state.collection(), "playground-abc-2");
    page.does(Action::Change(Change::RemoveDocument("1".to_owned())));
    assert_eq!(page.state.data.failure, None);
    page.does(Action::Undo);
    page.uploads();
    page.job(|work| matches!(work, Work::DeleteCollection { collection } if collection == "playground-abc-2"));
}

#[test]
fn what_an_upload_leaves_out_is_what_was_there_before() {
    let mut page = Page::new(tiny()).with_keys();
    let mut document = page.state.scenario().documents[0].clone();
    page.uploads();
    let (id, before) = (document.id.clone(), document.policy.clone());
    document.policy = "*".to_owned();
    page.does(Action::Change(Change::SetDocument(document.clone())));
    document.id = "77".to_owned();
    page.does(Action::Change(Change::SetDocument(document)));
    page.does(Action::Upload);
    assert!(page.state.readable().is_none() && page.state.basis().is_none());
    let job = page.job(|work| matches!(work, Work::Upload { .. }));
    page.hears(Message::Uploaded {
        job,
        uploaded: Uploaded {
            written: 2,
            missing: vec![id.clone(), "77".to_owned()],
            is_cancelled: true,
            ..uploaded()
        },
    });
    let stored = page.state.readable().unwrap().clone();
    assert_eq!(stored.documents.len(), 3);
    assert!(stored.documents.iter().any(|document| document.id == id && document.policy == before));
    assert!(page.state.is_stored_old() && stored.failed().next().is_none());
    // Nothing in a new collection is no upload.
    let mut sealing = page.state.scenario().sealing;
    sealing.mode = Mode::Sealed;
    page.does(Action::Change(Change::Sealing(sealing)));
    page.does(Action::Upload);
    let job = page.job(|work| matches!(work, Work::Upload { .. }));
    let failures = vec![crate::protocol::Unwritten {
        document: id,
        code: "too_long".to_owned(),
        message: "the text is too long".to_owned(),
    }];
    page.hears(Message::Uploaded {
        job,
        uploaded: Uploaded {
            written: 0,
            failures,
            missing: vec!["1".to_owned(), "2".to_owned(), "3".to_owned(), "77".to_owned()],
            ..uploaded()
        },
    });
    assert_eq!(page.state.data.stored, Some(stored));
    assert_eq!(page.state.data.failure.as_ref().map(|failure| failure.code.as_str()), Some("too_long"));
}
