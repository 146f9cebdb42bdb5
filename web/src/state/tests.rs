//! What happens, what is then known, and what is then wanted.

mod wrong;

use std::rc::Rc;

use vecseal_data::Organisation;

use super::{
    Action, Change, ConnectionStatus, Dialog, Effect, Expected, HeldStatus, Kind, Mood, Origin, Place, Purpose,
    Scenario, State, Tested, Theme, code,
};
use crate::protocol::{
    Attack, Failure, KeyFacts, Message, Mode, Progress, Query, Report, RightEpoch, Row, Searched, Uploaded, Vectors,
    Work,
};

fn company() -> Scenario {
    Scenario::of(&Organisation::examples().unwrap()[0])
}

fn tiny() -> Scenario {
    Scenario::of(&Organisation::examples().unwrap()[2])
}

/// A page with a store, whose worker does nothing by itself.
struct Page {
    state: State,
    effects: Vec<Effect>,
}

impl Page {
    fn new(scenario: Scenario) -> Self {
        let mut state = State::new(scenario, "http://here".to_owned(), "abc".to_owned(), Theme::System, Place::Policy);
        let effects = state.begin();
        Self { state, effects }
    }

    fn does(&mut self, action: Action) -> &mut Self {
        self.effects = self.state.update(action, 1_000.0);
        self
    }

    /// The story's pause is over.
    fn goes_on(&mut self) -> &mut Self {
        let story = self.state.story.unwrap();
        self.does(Action::StoryNext(story.run, story.at))
    }

    fn hears(&mut self, message: Message) -> &mut Self {
        self.does(Action::Heard(Box::new(message)))
    }

    /// The jobs that were just begun.
    fn work(&self) -> Vec<(u32, &Work)> {
        self.effects
            .iter()
            .filter_map(|effect| {
                if let Effect::Work(job, work) = effect {
                    Some((*job, work))
                } else {
                    None
                }
            })
            .collect()
    }

    fn job(&self, wanted: impl Fn(&Work) -> bool) -> u32 {
        self.work().into_iter().find(|(_, work)| wanted(work)).map(|(job, _)| job).unwrap()
    }

    /// The worker makes every key that it was asked for, and the Qdrant answers.
    fn with_keys(mut self) -> Self {
        let jobs: Vec<(u32, u32)> = self
            .work()
            .into_iter()
            .filter_map(|(job, work)| {
                if let Work::IssueKey { key, .. } = work {
                    Some((job, *key))
                } else {
                    None
                }
            })
            .collect();
        let connect = self.job(|work| matches!(work, Work::Connect { .. }));
        for (job, key) in jobs {
            self.hears(Message::Key { job, facts: facts(key) });
        }
        self.hears(Message::Connected {
            job: connect,
            version: "1.19.0".to_owned(),
            embedded: true,
            latency: 1.0,
            collections: vec![],
        });
        self
    }

    fn imports(&mut self, rows: Vec<Row>, dimension: usize) {
        self.state.last_job += 1;
        let job = self.state.last_job;
        self.state.jobs.insert(job, Purpose::Import);
        self.effects.clear();
        self.state.imported(job, rows, dimension, &[], &mut self.effects);
    }

    fn uploads(&mut self) -> &mut Self {
        self.does(Action::Upload);
        let job = self.job(|work| matches!(work, Work::Upload { .. }));
        self.hears(Message::Uploaded {
            job,
            uploaded: uploaded(),
        })
    }
}

fn facts(key: u32) -> KeyFacts {
    KeyFacts {
        key,
        pairs: vec![],
        rights: 8,
        epochs: vec![],
        is_ours: true,
        not_after: None,
        bytes: 400,
        fingerprint: "01234567".to_owned(),
    }
}

fn uploaded() -> Uploaded {
    Uploaded {
        written: 3,
        failures: vec![],
        missing: vec![],
        is_cancelled: false,
        created: 3,
        embedding: 1.0,
        writing: 1.0,
        model: None,
        dimension: 384,
    }
}

fn searched() -> Searched {
    Searched {
        embedding: 1.0,
        plain: vec![],
        plain_time: 1.0,
        keys: vec![],
        accesses: vec![],
    }
}

#[test]
fn at_the_start_there_is_an_authority_with_a_key_for_everybody_and_a_connection() {
    let page = Page::new(company());
    let work = page.work();
    assert!(matches!(&work[0].1, Work::Connect { url, api_key: None } if url == "http://here"));
    assert!(matches!(work[1].1, Work::NewAuthority { .. }));
    assert_eq!(work.iter().filter(|(_, work)| matches!(work, Work::IssueKey { .. })).count(), 6);
    assert!(page.state.checked.tests.iter().all(|tested| *tested == Tested::Passed));
    assert_eq!(page.state.checked.tests.len(), 6 * 13);
    assert_eq!(page.with_keys().state.ready_keys().len(), 6);
}

#[test]
fn a_changed_structure_reaches_the_worker_once_it_is_right() {
    let mut page = Page::new(tiny()).with_keys();
    let mut dimensions = page.state.scenario().dimensions.clone();
    dimensions[0].attributes.push("author".to_owned());
    page.does(Action::Change(Change::Structure(dimensions.clone())));
    assert_eq!(page.state.checked.structure.as_ref().unwrap_err().code, "duplicate");
    assert!(page.work().is_empty());
    dimensions[0].attributes[2] = "editor".to_owned();
    page.does(Action::Change(Change::Structure(dimensions)));
    assert!(matches!(page.work()[..], [(_, Work::Restructure { .. })]));
    assert!(page.state.checked.structure.is_ok());
}

#[test]
fn a_removed_attribute_breaks_policies_keys_and_tests_until_undo() {
    let mut page = Page::new(tiny()).with_keys();
    let mut dimensions = page.state.scenario().dimensions.clone();
    dimensions[0].attributes.retain(|name| name != "reader");
    page.does(Action::Change(Change::Structure(dimensions)));
    let mistake = page.state.checked.policies["roles:author || roles:reader"].as_ref().unwrap_err();
    assert_eq!((mistake.code.as_str(), mistake.span.clone()), ("unknown_attribute", Some(16..28)));
    assert!(page.state.checked.keys[&2].is_err());
    assert!(page.state.checked.tests.contains(&Tested::Void));
    page.does(Action::Undo);
    assert!(page.state.checked.tests.iter().all(|tested| *tested == Tested::Passed));
    assert_eq!(page.state.ready_keys().len(), 2);
}

#[test]
fn a_renamed_attribute_is_renamed_in_keys_and_policies() {
    let mut page = Page::new(company()).with_keys();
    page.does(Action::Change(Change::RenameAttribute("roles".into(), "analyst".into(), "data analyst".into())));
    assert!(page.state.checked.tests.iter().all(|tested| *tested == Tested::Passed));
    let scenario = page.state.scenario();
    assert!(scenario.documents.iter().any(|document| document.policy.contains("roles:\"data analyst\"")));
    assert!(scenario.keys().any(|(_, key)| key.pairs.contains(&("roles".into(), "data analyst".into()))));
    // A name that begins as another one does is not touched.
    page.does(Action::Change(Change::RenameAttribute("groups".into(), "team".into(), "x".into())));
    assert!(!page.state.scenario().documents.iter().any(|document| document.policy.contains("groups:x")));
}

#[test]
fn changes_of_keys_are_issued_and_gone_ones_forgotten() {
    let mut page = Page::new(tiny()).with_keys();
    page.does(Action::Change(Change::SetKey(2, "key 1".into(), vec![("roles".into(), "author".into())])));
    assert!(matches!(page.work()[..], [(_, Work::IssueKey { key: 2, .. })]));
    page.does(Action::Change(Change::AddKey(0, "laptop".into(), vec![])));
    assert!(matches!(page.work()[..], [(_, Work::IssueKey { key: 3, .. })]));
    assert_eq!(page.state.scenario().key_name(3), "Nell, laptop");
    page.does(Action::Change(Change::RemovePerson(0)));
    assert!(matches!(page.work()[..], [(_, Work::ForgetKey { key: 1 }), (_, Work::ForgetKey { key: 3 })]));
    page.does(Action::Undo);
    assert_eq!(page.work().len(), 2);
}

#[test]
fn weaker_keys_come_from_keys_and_stale_keys_are_known() {
    let mut page = Page::new(company()).with_keys();
    page.does(Action::Attenuate {
        from: 2,
        pairs: vec![("departments".into(), "human_resources".into())],
        not_after: Some(5),
    });
    let job = page.job(|work| {
        matches!(
            work,
            Work::Attenuate {
                key: 7,
                from: 2,
                not_after: Some(5),
                ..
            }
        )
    });
    page.hears(Message::Key { job, facts: facts(7) });
    assert_eq!(
        page.state.scenario().key(7).unwrap().1.origin,
        Origin::Attenuated {
            from: 2,
            not_after: Some(5)
        }
    );

    page.does(Action::Rotate(vec![("departments".into(), "human_resources".into())]));
    let job = page.job(|work| matches!(work, Work::Rotate { .. }));
    let stale = KeyFacts {
        epochs: vec![RightEpoch {
            right: "departments:human_resources".into(),
            held: 0,
            current: 1,
        }],
        ..facts(7)
    };
    page.hears(Message::Rotated {
        job,
        keys: vec![stale],
        rewrapped: 2,
    });
    assert_eq!(page.state.key_facts(7).unwrap().stale().count(), 1);
    page.does(Action::Reissue(7));
    assert!(matches!(page.work()[..], [(_, Work::IssueKey { key: 7, .. })]));
}

#[test]
fn a_key_that_cannot_be_made_says_why() {
    let mut page = Page::new(tiny());
    let job = page.job(|work| matches!(work, Work::IssueKey { key: 1, .. }));
    page.hears(Message::Failed {
        job,
        failure: Failure::new("too_many_rights", "too many rights"),
    });
    assert!(matches!(&page.state.keys[&1].status, HeldStatus::Failed(failure) if failure.code == "too_many_rights"));
    assert!(page.state.ready_keys().is_empty());
}

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
fn another_example_is_another_authority_and_undo_brings_the_first_back() {
    let mut page = Page::new(company()).with_keys();
    page.uploads();
    let name = page.state.collection();
    page.does(Action::Load(Box::new(tiny())));
    assert!(matches!(page.work()[0].1, Work::NewAuthority { .. }));
    assert_eq!(page.work().len(), 3);
    assert!(page.state.data.stored.is_none());
    assert_ne!(page.state.collection(), name);
    assert_eq!(page.state.search.text, "a man gives up the sea");
    page.does(Action::Undo);
    assert_eq!(page.state.scenario().name, "Halden Marine");
    assert!(matches!(page.work()[0].1, Work::NewAuthority { .. }));
    assert_eq!(page.work().len(), 7);
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
    // Cancelled before anything is written, it changes nothing.
    page.hears(Message::Failed {
        job,
        failure: Failure::new("cancelled", "the job was cancelled"),
    });
    assert_eq!((page.state.data.stored.clone(), page.work().len()), (before, 0));
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

#[test]
fn failures_land_where_they_belong() {
    let mut page = Page::new(tiny()).with_keys();
    let failure = || Failure::new("unauthorized", "qdrant answered 401");
    page.does(Action::Upload);
    let job = page.job(|work| matches!(work, Work::Upload { .. }));
    page.hears(Message::Failed {
        job,
        failure: failure(),
    });
    assert_eq!(page.state.data.failure, Some(failure()));
    let pings = page.state.pings;
    page.does(Action::Ping(pings));
    let job = page.job(|work| matches!(work, Work::Connect { .. }));
    page.hears(Message::Failed {
        job,
        failure: failure(),
    });
    assert_eq!(page.state.connection.status, ConnectionStatus::Down(failure()));
    assert!(matches!(page.effects[..], [Effect::After(_, Action::Ping(_))]));
    page.uploads();
    page.does(Action::DeleteCollection);
    let job = page.job(|work| matches!(work, Work::DeleteCollection { .. }));
    page.hears(Message::Failed {
        job,
        failure: failure(),
    });
    assert_eq!(page.state.notice.as_ref().map(|notice| notice.mood), Some(Mood::Bad));
    page.does(Action::WorkerBroke("out of memory".to_owned()));
    assert!(page.state.broken.is_some());
}

#[test]
fn answers_to_questions_that_were_given_up_are_not_shown() {
    let mut page = Page::new(tiny()).with_keys();
    page.does(Action::Search);
    assert!(page.work().is_empty(), "nothing is uploaded yet");
    page.uploads();
    page.does(Action::Search);
    let first = page.job(|work| matches!(work, Work::Search { .. }));
    page.does(Action::Type("another".to_owned())).does(Action::Search);
    assert!(
        matches!(page.work()[..], [(job, Work::Cancel), (_, Work::Search { query: Query::Text(text), .. })] if job == first && text == "another")
    );
    page.hears(Message::Searched {
        job: first,
        searched: searched(),
    });
    assert!(page.state.search.found.is_none());
}

#[test]
fn attacks_run_one_after_another() {
    let mut page = Page::new(tiny()).with_keys();
    page.uploads();
    page.does(Action::AttackAll);
    for attack in Attack::ALL {
        let (running, job) = page.state.attacks.running.unwrap();
        assert_eq!(running, attack);
        let report = Report {
            attack,
            steps: vec![],
            returned: 0,
            opened: 0,
            breached: 0,
            summary: String::new(),
            gained: String::new(),
        };
        page.hears(Message::Attacked { job, report });
    }
    assert_eq!((page.state.attacks.outcomes.len(), page.state.attacks.running), (7, None));
}

#[test]
fn the_story_goes_through_all_places_and_ends_with_what_it_came_to() {
    let mut page = Page::new(tiny()).with_keys();
    page.does(Action::RunStory);
    let mut seen = vec![page.state.place];
    for _ in 0..60 {
        let jobs: Vec<(u32, Message)> =
            page.work().into_iter().filter_map(|(job, work)| Some((job, answer(job, work)?))).collect();
        let next = page.effects.iter().any(|effect| matches!(effect, Effect::After(_, Action::StoryNext(..))));
        if next {
            page.goes_on();
        } else if let Some((_, message)) = jobs.into_iter().next_back() {
            let others: Vec<Message> = page.work().into_iter().filter_map(|(job, work)| answer(job, work)).collect();
            for other in others.into_iter().rev().skip(1) {
                page.hears(other);
            }
            page.hears(message);
        } else {
            break;
        }
        if seen.last() != Some(&page.state.place) {
            seen.push(page.state.place);
        }
    }
    assert_eq!(seen, Place::ALL);
    assert_eq!((page.state.story, page.state.dialog.clone()), (None, Some(Dialog::Story)));
}

/// What a worker would say.
fn answer(job: u32, work: &Work) -> Option<Message> {
    Some(match work {
        Work::Upload { .. } => Message::Uploaded {
            job,
            uploaded: uploaded(),
        },
        Work::Search { .. } => Message::Searched {
            job,
            searched: searched(),
        },
        Work::Inspect { document } => Message::Inspected {
            job,
            inspected: Box::new(inspected(document)),
        },
        Work::Project { .. } => Message::Projected {
            job,
            projected: projected(),
        },
        Work::Attack { attack, .. } => Message::Attacked {
            job,
            report: Report {
                attack: *attack,
                steps: vec![],
                returned: 0,
                opened: 0,
                breached: 0,
                summary: String::new(),
                gained: String::new(),
            },
        },
        _ => return None,
    })
}

fn inspected(document: &str) -> crate::protocol::Inspected {
    serde_json::from_value(serde_json::json!({
        "document": document,
        "origin": { "text": "", "policy": "*", "vector": [] },
        "stored": { "point": "", "header": "", "cid": "", "recordBytes": 0, "slots": 1, "headerBytes": 0, "suite": 1, "records": 1, "vector": null, "cosine": null },
    }))
    .unwrap()
}

fn projected() -> crate::protocol::Projected {
    serde_json::from_value(serde_json::json!({
        "documents": [], "groups": [], "policies": [], "plain": [], "one": [], "all": [], "kept_in_one": 0.0, "kept_in_all": 0.0,
    }))
    .unwrap()
}

#[test]
fn a_story_that_fails_stops_and_says_so() {
    let mut page = Page::new(tiny()).with_keys();
    page.does(Action::RunStory).goes_on().goes_on();
    let job = page.job(|work| matches!(work, Work::Upload { .. }));
    page.hears(Message::Failed {
        job,
        failure: Failure::new("interrupted", "the connection ended"),
    });
    assert!(page.state.story.is_none());
    assert!(page.state.notice.as_ref().unwrap().text.contains("the connection ended"));
}

#[test]
fn pauses_of_earlier_runs_and_steps_are_none() {
    let mut page = Page::new(tiny()).with_keys();
    page.does(Action::RunStory).does(Action::StopStory).does(Action::RunStory);
    page.does(Action::StoryNext(1, Place::Policy));
    assert_eq!(page.state.place, Place::Policy);
    page.goes_on();
    page.does(Action::StoryNext(2, Place::Policy));
    assert_eq!(page.state.place, Place::People);
    page.does(Action::Load(Box::new(company())));
    assert!(page.state.story.is_none());
}

#[test]
fn the_qdrant_is_asked_once_at_a_time_and_an_empty_field_keeps_the_key() {
    let mut page = Page::new(tiny()).with_keys();
    page.does(Action::Connect(Some("s3cret".to_owned())));
    page.does(Action::Connect(Some(String::new()))).does(Action::Connect(None));
    assert!(page.state.connection.api_key.is_some());
    let job = page.job(|work| matches!(work, Work::Connect { .. }));
    page.hears(Message::Failed {
        job,
        failure: Failure::new("interrupted", "the connection ended"),
    });
    page.does(Action::Ping(0));
    assert!(page.work().is_empty(), "an earlier pause is over for nothing");
}

#[test]
fn expectations_fail_when_policies_open_more() {
    let mut page = Page::new(tiny()).with_keys();
    page.does(Action::Change(Change::ReplacePolicy("roles:author".into(), "*".into())));
    let failed = page.state.checked.tests.iter().filter(|tested| **tested == Tested::Failed).count();
    assert_eq!(failed, 1);
    page.does(Action::Change(Change::Expect(2, "1".into(), Expected::Opens)));
    assert!(page.state.checked.tests.iter().all(|tested| *tested == Tested::Passed));
}

#[test]
fn mistakes_have_a_place_and_a_hint() {
    let structure = page_structure();
    for (text, code, span, hint) in [
        ("roles:analist", "unknown_attribute", 0..13, "Did you mean `roles:analyst`?"),
        ("rolls:analyst", "unknown_dimension", 0..5, "Did you mean `roles`?"),
        ("roles:analyst && roles:admin", "conflicting_attributes", 0..28, "Write `||` between them."),
        ("roles:analyst &&", "syntax", 16..16, "An example:"),
        ("{\"roles\": []}", "empty", 10..12, "`*` is everybody."),
    ] {
        let mistake = super::parse(text, &structure).unwrap_err();
        assert_eq!((mistake.code.as_str(), mistake.span.clone()), (code, Some(span)), "{text}");
        assert!(mistake.hint.contains(hint), "{text}: {}", mistake.hint);
    }
}

fn page_structure() -> Rc<vecseal::AccessStructure> {
    Page::new(company()).state.checked.structure.clone().unwrap()
}

#[test]
fn an_api_key_is_in_no_link_no_code_and_no_debug() {
    let mut page = Page::new(tiny()).with_keys();
    page.does(Action::Connect(Some("s3cret-key".to_owned())));
    assert!(matches!(page.work()[..], [(_, Work::Connect { api_key: Some(_), .. })]));
    assert!(!format!("{:?}", page.state).contains("s3cret-key"));
    let link = super::share::encode(page.state.scenario()).unwrap();
    let shared = format!("{:?}", super::share::decode(&link).unwrap());
    let programs = [
        code::javascript(page.state.scenario(), "http://here"),
        code::rust(page.state.scenario(), "http://here"),
    ];
    assert!(!shared.contains("s3cret-key") && programs.iter().all(|program| !program.contains("s3cret-key")));
}

#[test]
fn the_program_in_rust_is_the_example_that_the_tests_run() {
    let program = code::rust(&tiny(), "http://localhost:6333");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/examples/playground/program.rs.txt");
    if std::env::var_os("VECSEAL_WRITE").is_some() {
        std::fs::write(file, &program).unwrap();
    }
    assert_eq!(std::fs::read_to_string(file).unwrap(), program, "VECSEAL_WRITE=1 writes it anew");
}

#[test]
fn hierarchies_are_kept_from_organisations() {
    let hospital = Scenario::of(&Organisation::examples().unwrap()[1]);
    let clearance = hospital.dimensions.iter().find(|dimension| dimension.name == "clearance").unwrap();
    assert_eq!((clearance.kind, clearance.attributes[0].as_str()), (Kind::Hierarchy, "public"));
    let page = Page::new(hospital);
    assert!(page.state.checked.tests.iter().all(|tested| *tested == Tested::Passed));
}

#[test]
fn undo_brings_back_documents_with_their_vectors() {
    let mut page = Page::new(tiny()).with_keys();
    let row = Row {
        id: "7".to_owned(),
        text: Some("for the embedding".to_owned()),
        content: Some("what is sealed".to_owned()),
        policy: None,
    };
    page.imports(vec![row.clone()], 8);
    let document = &page.state.scenario().documents[0];
    assert_eq!(
        (document.passage(), document.to_embed()),
        ("what is sealed".to_owned(), "for the embedding".to_owned())
    );
    page.does(Action::Load(Box::new(company())));
    assert!(page.state.given_vectors().is_none() && !page.state.has_lost_vectors());
    page.does(Action::Undo);
    assert_eq!(page.state.vector_dimension(), 8);
    // Of two imports the vectors of one are kept, and the page says so.
    page.imports(vec![row], 4);
    page.does(Action::Undo);
    assert!(page.state.has_lost_vectors() && page.state.vector_dimension() == 384);
}

#[test]
fn undo_does_not_bring_back_keys_and_says_so() {
    let mut page = Page::new(tiny()).with_keys();
    let key = page.state.scenario().keys().next().unwrap().1.clone();
    page.does(Action::Change(Change::SetKey(key.id, key.label.clone(), vec![])));
    page.does(Action::Undo);
    page.job(|work| matches!(work, Work::IssueKey { key: id, .. } if *id == key.id));
    let notice = page.state.notice.clone().unwrap().text;
    assert!(notice.ends_with("is issued anew, at the current epochs."), "{notice}");
    page.does(Action::Change(Change::DescribePerson(0, "Nelly".to_owned(), String::new())));
    page.state.notice = None;
    page.does(Action::Undo);
    assert_eq!(page.state.notice, None);
}

#[test]
fn a_link_put_into_the_address_opens_and_stays_until_something_changes() {
    let mut page = Page::new(company()).with_keys();
    let link = super::share::encode(&tiny()).unwrap();
    page.does(Action::Follow(format!("s={link}")));
    assert_eq!(page.state.scenario().name, "Two desks");
    page.does(Action::GoTo(Place::Data));
    assert!(matches!(page.effects[..], [Effect::Show(Place::Data, false)]));
    page.does(Action::Change(Change::RemoveDocument("1".to_owned())));
    page.does(Action::GoTo(Place::Search));
    assert!(matches!(page.effects[..], [Effect::Show(Place::Search, true)]));
    page.does(Action::Follow(format!("s={}", &link[..40])));
    assert_eq!(page.state.notice.as_ref().unwrap().text, "Nothing is opened: the link is cut or changed.");
    page.does(Action::Follow("people".to_owned()));
    assert_eq!((page.state.place, page.state.scenario().documents.len()), (Place::People, 2));
    page.does(Action::Follow("nowhere".to_owned()));
    assert_eq!(page.state.place, Place::People);
}

#[test]
fn a_dimension_is_renamed_wherever_it_is_written() {
    let mut page = Page::new(tiny()).with_keys();
    let mut document = page.state.scenario().documents[0].clone();
    document.id = "9".to_owned();
    document.policy = r#"{"roles": ["author", "reader"]}"#.to_owned();
    page.does(Action::Change(Change::SetDocument(document)));
    page.does(Action::Change(Change::RenameDimension(0, "tasks".to_owned())));
    page.does(Action::Change(Change::RenameAttribute(
        "tasks".to_owned(),
        "author".to_owned(),
        "writer".to_owned(),
    )));
    let scenario = page.state.scenario();
    assert!(page.state.checked.structure.is_ok() && page.state.checked.wrong_policies(scenario) == 0);
    assert!(page.state.checked.keys.values().all(Result::is_ok));
    assert!(scenario.document("9").unwrap().policy.contains("\"tasks\": [\"writer\"]"), "{scenario:?}");
    page.does(Action::Undo);
    page.does(Action::Undo);
    assert_eq!(page.state.scenario().dimensions[0].name, "roles");
}

#[test]
fn each_change_of_the_structure_is_undone_alone_and_typing_together() {
    let mut page = Page::new(tiny()).with_keys();
    let first = page.state.scenario().dimensions.clone();
    let with = |name: &str| {
        let mut dimensions = first.clone();
        dimensions[0].attributes.push(name.to_owned());
        dimensions
    };
    page.does(Action::Change(Change::Structure(with("a"))));
    page.does(Action::Change(Change::Structure(with("b"))));
    page.does(Action::Change(Change::TypeStructure(with("bc"))));
    page.does(Action::Change(Change::TypeStructure(with("bcd"))));
    page.does(Action::DraftStructure(Some("{".to_owned())));
    page.does(Action::Undo);
    assert_eq!((page.state.scenario().dimensions.clone(), page.state.structure_draft.clone()), (with("b"), None));
    page.does(Action::Undo);
    assert_eq!(page.state.scenario().dimensions, with("a"));
}
