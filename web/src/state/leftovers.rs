//! Collections that this tab made and no longer uses: those of earlier examples and of other settings.

use super::action::Effect;
use super::connection::ConnectionStatus;
use super::{Purpose, State};

impl State {
    /// The names of the collections that this tab made, that it no longer uses, and that the Qdrant still has. None that
    /// the user named, and no copy that an attack works on: it goes with the attack.
    #[must_use]
    pub fn leftovers(&self) -> Vec<String> {
        let ConnectionStatus::Up { collections, .. } = &self.connection.status else {
            return Vec::new();
        };
        let stored = self.data.stored.as_ref().map(|stored| &stored.collection);
        let next = self.collection();
        let is_in_use = |name: &String| Some(name) == stored || *name == next || name.ends_with("-attacked");
        let is_going = |name: &String| {
            self.jobs
                .values()
                .any(|purpose| matches!(purpose, Purpose::Delete(going) | Purpose::DeleteOld(going) if going == name))
        };
        let names = collections.iter().filter(|name| self.is_ours(name) && !is_in_use(name) && !is_going(name));
        names.cloned().collect()
    }

    pub(super) fn delete_leftovers(&mut self, effects: &mut Vec<Effect>) {
        for name in self.leftovers() {
            self.delete(Purpose::Delete(name.clone()), name, effects);
        }
    }

    /// An upload made a collection: the Qdrant was asked before.
    pub(super) fn is_there(&mut self, collection: &str) {
        self.is_gone(collection);
        if let ConnectionStatus::Up { collections, .. } = &mut self.connection.status {
            collections.push(collection.to_owned());
        }
    }

    pub(super) fn is_gone(&mut self, collection: &str) {
        if let ConnectionStatus::Up { collections, .. } = &mut self.connection.status {
            collections.retain(|name| name != collection);
        }
    }
}
