//! What happens, what is then known, and what is then wanted.

mod editing;
mod story;
mod uploads;
mod wrong;

use vecseal_data::Organisation;

use super::{
    Action, Change, ConnectionStatus, Effect, HeldStatus, Mood, Origin, Place, Purpose, Scenario, State, Tested, Theme,
    code,
};
use crate::protocol::{Failure, KeyFacts, Message, Query, RightEpoch, Row, Searched, Uploaded, Work};

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
