//! Attacks on what was uploaded. Each is made on the Qdrant that is connected, with requests as an attacker sends them and
//! with the keys that the attacker has; what opens is found out by trying. What changes something is made on a copy.

mod copy;
mod filters;
mod leaked;
mod people;
mod pooled;
mod revoked;
mod spoils;
mod swapped;
mod tampered;

use std::cell::RefCell;
use std::sync::Arc;

use vecseal::{Authority, PointId};
use vecseal_client::qdrant::Transport;

pub(super) use copy::Copies;
use people::Person;
use spoils::Spoils;

use super::recording::Recording;
use super::vault::{Vault, View};
use crate::protocol::{Attack, Failure, Finding, KeyId, Progress, Report, Step, Tone};
use crate::state::words::counted;

/// The longest attack has so many steps, about.
const STEPS: usize = 5;

/// Makes an attack. What it copies is noted in `copies`, for who calls to delete.
pub(super) async fn run<T: Transport + Clone>(
    vault: &Vault<Recording<T>>,
    attack: Attack,
    keys: &[(KeyId, String)],
    copies: &Copies<Recording<T>>,
    tell: &dyn Fn(Progress),
) -> Result<Report, Failure> {
    let authority = vault.authority()?;
    let people = keys.iter().map(|(key, name)| {
        Ok(Person {
            name: name.clone(),
            key: vault.held(*key)?.key,
        })
    });
    let people = people.collect::<Result<Vec<_>, Failure>>()?;
    let plain = vault.view()?;
    let recording = plain.qdrant.transport().on();
    let scene = Scene {
        view: plain.over(recording.clone()),
        plain,
        recording,
        // Who holds a key of another authority, or a stale one, opens nothing to begin with.
        people: people.into_iter().filter(|person| person.is_current(&authority)).collect(),
        authority,
        steps: RefCell::default(),
        tell,
    };
    let outcome = match attack {
        Attack::DroppedFilter => filters::dropped(&scene).await,
        Attack::InjectedFilter => filters::injected(&scene).await,
        Attack::TamperedTags => tampered::run(&scene, copies).await,
        Attack::LeakedApiKey => leaked::run(&scene).await,
        Attack::PooledKeys => pooled::run(&scene).await,
        Attack::SwappedRecords => swapped::run(&scene, copies).await,
        Attack::RevokedKey => revoked::run(&scene, copies).await,
    }?;
    Ok(Report {
        attack,
        steps: scene.steps.take(),
        returned: outcome.returned,
        opened: outcome.opened,
        breached: outcome.breached,
        summary: if outcome.breached == 0 {
            outcome.summary
        } else {
            format!(
                "{} opened that the policy does not admit: this should not happen, and is a failure of VecSeal or of what \
                 this page believes to be on the server.",
                points(outcome.breached)
            )
        },
        gained: outcome.gained,
    })
}

/// Where an attack takes place.
struct Scene<'s, T> {
    /// What was uploaded, over a transport that notes what goes by.
    view: View<Recording<T>>,
    /// The same over one that does not.
    plain: View<Recording<T>>,
    recording: Recording<T>,
    authority: Arc<Authority>,
    people: Vec<Person>,
    steps: RefCell<Vec<Step>>,
    tell: &'s dyn Fn(Progress),
}

/// What came of an attack.
#[derive(Default)]
struct Outcome {
    returned: usize,
    opened: usize,
    breached: usize,
    summary: String,
    gained: String,
}

impl Outcome {
    fn add(&mut self, spoils: &Spoils) {
        self.returned += spoils.returned;
        self.opened += spoils.opened();
        self.breached += spoils.breached();
    }
}

impl<T: Transport + Clone> Scene<'_, T> {
    /// Ends a step: the calls since the last one belong to it.
    async fn step(&self, what: impl Into<String>, findings: Vec<Finding>) {
        let step = Step {
            what: what.into(),
            calls: self.recording.take(),
            findings,
        };
        let done = {
            let mut steps = self.steps.borrow_mut();
            steps.push(step);
            steps.len()
        };
        (self.tell)(Progress {
            done,
            total: STEPS.max(done),
        });
        Vault::yield_over(&self.plain.qdrant).await;
    }

    /// An id that no document has.
    fn free_id(&self) -> PointId {
        let largest = self.view.originals.keys().rev().find_map(|id| match id {
            PointId::Number(number) => Some(*number),
            PointId::Uuid(_) => None,
        });
        // Of all numbers the largest is taken once; then the point in its place is that of the copy.
        PointId::Number(largest.map_or(1, |largest| largest.saturating_add(1)))
    }

    /// The title of a document, or its id.
    fn title(&self, id: &PointId) -> String {
        let original = self.view.originals.get(id);
        match original.map(|original| original.document.title.as_str()) {
            Some(title) if !title.is_empty() => format!("“{title}”"),
            _ => format!("document {id}"),
        }
    }
}

fn held(text: impl Into<String>) -> Finding {
    finding(Tone::Held, text)
}

fn allowed(text: impl Into<String>) -> Finding {
    finding(Tone::Allowed, text)
}

fn leak(text: impl Into<String>) -> Finding {
    finding(Tone::Leak, text)
}

fn note(text: impl Into<String>) -> Finding {
    finding(Tone::Note, text)
}

fn finding(tone: Tone, text: impl Into<String>) -> Finding {
    Finding {
        tone,
        text: text.into(),
    }
}

/// Held, unless something breached.
fn verdict(breached: usize, text: impl Into<String>) -> Finding {
    finding(if breached == 0 { Tone::Held } else { Tone::Breach }, text)
}

fn points(count: usize) -> String {
    counted(count, "point", "points")
}

/// Where nothing can be shown on what was uploaded.
fn unsuitable(sentence: &str) -> Failure {
    Failure::new("nothing_to_attack", sentence)
}
