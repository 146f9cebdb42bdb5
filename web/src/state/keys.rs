//! What is done with keys.

use std::rc::Rc;

use super::action::{Action, Effect};
use super::places::{Held, HeldStatus, Mood};
use super::scenario::{KeySpec, Origin, Scenario};
use super::{Purpose, State};
use crate::protocol::{KeyFacts, KeyId, Pairs, Work};

impl State {
    pub(super) fn keys_action(&mut self, action: Action, effects: &mut Vec<Effect>) {
        match action {
            Action::Attenuate { from, pairs, not_after } => self.attenuate(from, pairs, not_after, effects),
            Action::ImportKey(person, file) => {
                // It is the person's once the file turns out to be a key.
                let key = self.free_key();
                self.start(Purpose::ImportKey(person, key), Work::ImportKey { key, file }, effects);
            }
            Action::ExportKey(key) => self.start(Purpose::Export(key), Work::ExportKey { key }, effects),
            Action::Reissue(key) => {
                let spec = self.scenario().key(key).map(|(_, spec)| spec.pairs.clone());
                if let Some(pairs) = spec {
                    self.set_origin(key, Origin::Issued);
                    self.make_key(key, pairs, Origin::Issued, effects);
                }
            }
            Action::Rotate(right) => self.start(Purpose::Rotate, Work::Rotate { right }, effects),
            _ => (),
        }
    }

    fn attenuate(&mut self, from: KeyId, pairs: Pairs, not_after: Option<u64>, effects: &mut Vec<Effect>) {
        let owner = self.scenario().people.iter().position(|person| person.keys.iter().any(|key| key.id == from));
        let label = self.scenario().key(from).map(|(_, key)| format!("from {}", key.label));
        let Some((person, label)) = owner.zip(label) else {
            return;
        };
        let id = self.free_key();
        self.add_key(person, id, &label, pairs, Origin::Attenuated { from, not_after });
        self.checked = Rc::new(super::Checked::new(self.scenario.present(), Some(&self.checked)));
        self.synchronise(effects);
    }

    /// A number that no key has, nor is to have.
    fn free_key(&self) -> KeyId {
        let coming = self.jobs.values().map(|purpose| match purpose {
            Purpose::ImportKey(_, key) => *key,
            _ => 0,
        });
        let taken = self.keys.keys().copied().chain(coming).max().unwrap_or(0);
        self.scenario().next_key().max(taken + 1)
    }

    fn add_key(&mut self, person: usize, id: KeyId, label: &str, pairs: Pairs, origin: Origin) {
        let label = label.to_owned();
        let spec = KeySpec {
            id,
            label,
            pairs,
            origin,
        };
        self.scenario.change(None, |scenario| {
            if let Some(person) = Rc::make_mut(&mut scenario.people).get_mut(person) {
                person.keys.push(spec);
            }
        });
    }

    /// A file was a key.
    pub(super) fn take_key(&mut self, person: usize, facts: KeyFacts, effects: &mut Vec<Effect>) {
        // A key that was added meanwhile has its number, and gets its place back.
        if let Some(pairs) = self.scenario().key(facts.key).map(|(_, key)| key.pairs.clone()) {
            self.make_key(facts.key, pairs, Origin::Issued, effects);
            return self.say(Mood::Bad, "The key was not taken over: import it again.".to_owned(), effects);
        }
        let known = self
            .scenario()
            .people
            .get(person)
            .map_or(0, |person| person.keys.iter().filter(|key| key.label.starts_with("imported")).count());
        let label = if known == 0 {
            "imported".to_owned()
        } else {
            format!("imported {}", known + 1)
        };
        self.add_key(person, facts.key, &label, facts.pairs.clone(), Origin::Imported);
        let held = Held {
            pairs: facts.pairs.clone(),
            status: HeldStatus::Waiting,
        };
        self.keys.insert(facts.key, held);
        self.key_is(facts);
        self.checked = Rc::new(super::Checked::new(self.scenario.present(), Some(&self.checked)));
    }

    fn set_origin(&mut self, key: KeyId, origin: Origin) {
        self.amend(key, |spec| spec.origin = origin);
    }

    fn amend(&mut self, key: KeyId, amend: impl FnOnce(&mut KeySpec)) {
        self.scenario.amend(|scenario: &mut Scenario| {
            let people = Rc::make_mut(&mut scenario.people).iter_mut();
            if let Some(spec) = people.flat_map(|person| &mut person.keys).find(|spec| spec.id == key) {
                amend(spec);
            }
        });
    }
}
