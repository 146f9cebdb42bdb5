//! What is done with keys.

use std::rc::Rc;

use super::action::{Action, Effect};
use super::places::{Held, HeldStatus};
use super::scenario::{KeySpec, Origin, Scenario};
use super::{Purpose, State};
use crate::protocol::{KeyId, Pairs, Work};

impl State {
    pub(super) fn keys_action(&mut self, action: Action, effects: &mut Vec<Effect>) {
        match action {
            Action::Attenuate { from, pairs, not_after } => self.attenuate(from, pairs, not_after, effects),
            Action::ImportKey(person, file) => {
                if let Some(key) = self.add_key(person, "imported", Pairs::new(), Origin::Imported) {
                    let held = Held {
                        pairs: Pairs::new(),
                        status: HeldStatus::Waiting,
                    };
                    self.keys.insert(key, held);
                    self.start(Purpose::Key(key), Work::ImportKey { key, file }, effects);
                }
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
        self.add_key(person, &label, pairs, Origin::Attenuated { from, not_after });
        self.checked = Rc::new(super::Checked::new(self.scenario.present(), Some(&self.checked)));
        self.synchronise(effects);
    }

    fn add_key(&mut self, person: usize, label: &str, pairs: Pairs, origin: Origin) -> Option<KeyId> {
        let id = self.scenario().next_key().max(self.keys.keys().max().map_or(1, |key| key + 1));
        let label = label.to_owned();
        let spec = KeySpec {
            id,
            label,
            pairs,
            origin,
        };
        self.scenario
            .change(None, |scenario| {
                if let Some(person) = Rc::make_mut(&mut scenario.people).get_mut(person) {
                    person.keys.push(spec);
                }
            })
            .then_some(id)
    }

    /// The page learns from a file what an imported key holds. That is no change of its own to undo.
    pub(super) fn set_pairs(&mut self, key: KeyId, pairs: &Pairs) {
        if let Some(held) = self.keys.get_mut(&key) {
            held.pairs.clone_from(pairs);
        }
        self.amend(key, |spec| spec.pairs.clone_from(pairs));
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
