//! Attacks and the story.

use super::{Page, company, searched, tiny, uploaded};
use crate::protocol::{Attack, Failure, Message, Report, Work};
use crate::state::{Action, Dialog, Effect, Place};

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
