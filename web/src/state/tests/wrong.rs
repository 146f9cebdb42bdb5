//! What goes wrong, what is left behind, and what is said of it.

use super::{Page, company, facts, searched, tiny, uploaded};
use crate::protocol::{Attack, Cost, Failure, KeySearch, Message, Vectors, Work};
use crate::state::{Action, Change, ConnectionStatus, Dialog, Mood, Place, Purpose};

fn interrupted() -> Failure {
    Failure::new("interrupted", "the connection ended")
}

impl Page {
    /// The worker ends the job that was just begun as failed.
    fn fails(&mut self, wanted: impl Fn(&Work) -> bool, failure: Failure) -> &mut Self {
        let job = self.job(wanted);
        self.hears(Message::Failed { job, failure })
    }

    /// The Qdrant tells of these collections.
    fn has(&mut self, names: &[&str]) -> &mut Self {
        self.does(Action::Connect(None));
        let job = self.job(|work| matches!(work, Work::Connect { .. }));
        self.hears(Message::Connected {
            job,
            version: "1.19.0".to_owned(),
            embedded: true,
            latency: 1.0,
            collections: names.iter().map(|name| (*name).to_owned()).collect(),
        })
    }

    fn notice(&self) -> &str {
        self.state.notice.as_ref().map_or("", |notice| &notice.text)
    }
}

#[test]
fn collections_of_earlier_examples_can_be_deleted_and_no_others() {
    let mut page = Page::new(tiny()).with_keys();
    page.has(&["playground-other-1", "mine", "playground-abc-2-attacked"]).uploads();
    assert!(page.state.leftovers().is_empty(), "it is in use");
    page.does(Action::Load(Box::new(company())));
    assert_eq!(page.state.leftovers(), ["playground-abc-2"]);
    page.does(Action::NameCollection("mine".to_owned())).uploads();
    page.does(Action::Load(Box::new(tiny())));
    assert_eq!(page.state.leftovers(), ["playground-abc-2"], "what the user named is theirs");

    page.does(Action::DeleteLeftovers);
    assert!(page.state.leftovers().is_empty(), "once is enough");
    page.fails(|work| matches!(work, Work::DeleteCollection { .. }), interrupted());
    assert_eq!(page.notice(), "the connection ended");
    assert_eq!(page.state.leftovers(), ["playground-abc-2"]);
    page.does(Action::DeleteLeftovers);
    let job =
        page.job(|work| matches!(work, Work::DeleteCollection { collection } if collection == "playground-abc-2"));
    page.hears(Message::Done { job });
    assert!(page.state.leftovers().is_empty());
    page.does(Action::DeleteLeftovers);
    assert!(page.work().is_empty());
}

#[test]
fn with_a_dead_server_nothing_is_called_tried_searched_or_looked_at() {
    let mut page = Page::new(tiny()).with_keys();
    page.uploads().does(Action::AttackAll);
    for _ in Attack::ALL {
        page.fails(|work| matches!(work, Work::Attack { .. }), interrupted());
    }
    assert_eq!(page.state.standing(Place::Attacks), "0 of 7 tried");
    page.does(Action::Inspect("1".to_owned()));
    page.fails(|work| matches!(work, Work::Inspect { .. }), interrupted());
    assert_eq!(page.state.standing(Place::Server), "failed");

    let search = |cost| KeySearch {
        key: 1,
        hits: vec![],
        expected: vec![],
        skipped: vec![],
        cost,
        failure: None,
    };
    for (keys, standing) in [
        (vec![search(None), search(None)], "failed"),
        (vec![search(None), search(Some(Cost::default()))], "searched"),
    ] {
        page.does(Action::Type("a question".to_owned())).does(Action::Search);
        let job = page.job(|work| matches!(work, Work::Search { .. }));
        let searched = crate::protocol::Searched { keys, ..searched() };
        page.hears(Message::Searched { job, searched });
        assert_eq!(page.state.standing(Place::Search), standing);
    }
    page.does(Action::Search);
    page.fails(|work| matches!(work, Work::Search { .. }), interrupted());
    assert_eq!(page.state.standing(Place::Search), "failed");
}

#[test]
fn what_failed_for_want_of_an_answer_asks_how_the_qdrant_is_once() {
    let mut page = Page::new(tiny()).with_keys();
    page.uploads().does(Action::Inspect("1".to_owned())).does(Action::Project);
    let project = page.job(|work| matches!(work, Work::Project { .. }));
    page.does(Action::Inspect("2".to_owned()));
    page.fails(|work| matches!(work, Work::Inspect { .. }), interrupted());
    assert!(matches!(page.work()[..], [(_, Work::Connect { .. })]));
    page.hears(Message::Failed {
        job: project,
        failure: interrupted(),
    });
    assert!(page.work().is_empty());
    page.does(Action::Inspect("2".to_owned()));
    page.fails(|work| matches!(work, Work::Inspect { .. }), Failure::new("not_found", "it is gone"));
    assert!(page.work().is_empty());
}

#[test]
fn an_api_key_can_be_forgotten() {
    let mut page = Page::new(tiny()).with_keys();
    page.does(Action::Connect(Some("s3cret".to_owned()))).does(Action::ForgetApiKey);
    assert!(page.state.connection.api_key.is_none());
    assert_eq!(page.state.connection.status, ConnectionStatus::Connecting);
    assert!(matches!(page.work()[..], [(_, Work::Connect { api_key: None, .. })]));
}

#[test]
fn a_file_that_is_no_key_leaves_nothing_behind() {
    let mut page = Page::new(tiny()).with_keys();
    let before = page.state.scenario().clone();
    // As `Action::ImportKey` begins it; there are no files here.
    page.state.jobs.insert(900, Purpose::ImportKey(1, 9));
    page.hears(Message::Failed {
        job: 900,
        failure: Failure::new("malformed", "the bytes are no key"),
    });
    assert_eq!((page.state.scenario(), page.state.scenario.can_undo()), (&before, false));
    assert_eq!(page.notice(), "That file is no user key: the bytes are no key.");

    page.state.jobs.insert(901, Purpose::ImportKey(1, 9));
    let pairs = vec![("roles".to_owned(), "author".to_owned())];
    let facts = crate::protocol::KeyFacts {
        pairs: pairs.clone(),
        ..facts(9)
    };
    page.hears(Message::Key { job: 901, facts });
    assert!(page.work().is_empty(), "the worker has it");
    let (owner, key) = page.state.scenario().key(9).unwrap();
    assert_eq!((owner, &key.pairs), (&page.state.scenario().people[1], &pairs));
    assert!(page.state.ready_keys().contains(&9) && page.state.checked.keys[&9].is_ok());
    page.does(Action::Undo);
    assert_eq!(page.state.scenario(), &before);
    assert!(matches!(page.work()[..], [(_, Work::ForgetKey { key: 9 })]));
}

#[test]
fn a_key_that_was_added_while_a_file_was_read_keeps_its_number() {
    let mut page = Page::new(tiny()).with_keys();
    page.state.jobs.insert(900, Purpose::ImportKey(1, 3));
    page.does(Action::Attenuate {
        from: 1,
        pairs: vec![],
        not_after: None,
    });
    assert!(matches!(page.work()[..], [(_, Work::Attenuate { key: 4, .. })]));
    page.does(Action::Undo).does(Action::Change(Change::AddKey(0, "new".to_owned(), vec![])));
    page.hears(Message::Key {
        job: 900,
        facts: facts(3),
    });
    assert!(matches!(page.work()[..], [(_, Work::IssueKey { key: 3, .. })]));
    assert_eq!(page.state.scenario().keys().filter(|(_, key)| key.id == 3).count(), 1);
    assert!(page.notice().contains("import it again"));
}

#[test]
fn failures_out_of_sight_are_told_as_well() {
    let mut page = Page::new(tiny()).with_keys();
    page.state.jobs.insert(900, Purpose::Import);
    page.hears(Message::Failed {
        job: 900,
        failure: Failure::new("import_syntax", "line 3 is no JSON"),
    });
    assert_eq!(page.notice(), "Nothing was imported: line 3 is no JSON.");
    assert_eq!(page.state.notice.as_ref().unwrap().mood, Mood::Bad);
    page.does(Action::GoTo(Place::Search)).does(Action::Upload);
    page.fails(|work| matches!(work, Work::Upload { .. }), interrupted());
    assert_eq!(page.notice(), "Not uploaded: the connection ended.");
}

#[test]
fn texts_are_not_of_the_model_of_given_vectors() {
    let mut page = Page::new(tiny()).with_keys();
    page.uploads();
    assert!(!page.state.has_given_vectors());
    let rows = ["1", "2"].map(|id| crate::protocol::Row {
        id: id.to_owned(),
        text: None,
        content: None,
        policy: None,
    });
    page.imports(rows.to_vec(), 384);
    assert!(!page.state.has_given_vectors(), "the upload has others");
    page.does(Action::Upload);
    let job = page.job(|work| {
        matches!(
            work,
            Work::Upload {
                vectors: Vectors::Kept,
                ..
            }
        )
    });
    page.hears(Message::Uploaded {
        job,
        uploaded: uploaded(),
    });
    assert!(page.state.has_given_vectors());
}

#[test]
fn nothing_is_undone_behind_a_dialog() {
    let mut page = Page::new(tiny()).with_keys();
    page.does(Action::Change(Change::AddPerson("Ann".to_owned(), String::new())));
    page.does(Action::Open(Some(Dialog::Help))).does(Action::Undo);
    assert_eq!(page.state.scenario().people.len(), 3);
    page.does(Action::Open(None))
        .does(Action::Undo)
        .does(Action::Open(Some(Dialog::Help)))
        .does(Action::Redo);
    assert_eq!(page.state.scenario().people.len(), 2);
}

#[test]
fn a_notice_can_be_dismissed() {
    let mut page = Page::new(tiny());
    page.state.complain("the link is cut");
    let number = page.state.notice.as_ref().unwrap().number;
    page.does(Action::DropNotice(number));
    assert!(page.state.notice.is_none());
}
