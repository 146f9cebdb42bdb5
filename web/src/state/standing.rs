//! What the way through the story says of each place, in a few words.

use super::words::{counted, grouped};
use super::{Place, State};

impl State {
    /// What is at a place: as its page says it, shorter.
    #[must_use]
    pub fn standing(&self, place: Place) -> String {
        let scenario = self.scenario();
        match place {
            Place::Policy => match (&self.checked.structure, self.checked.wrong_policies(scenario)) {
                (Err(_), _) => "has a mistake".to_owned(),
                _ if self.structure_draft.is_some() => "has a mistake".to_owned(),
                (_, 0) => counted(self.checked.policies.len(), "policy", "policies"),
                (_, wrong) => counted(wrong, "document with a mistake", "documents with mistakes"),
            },
            Place::People => counted(self.ready_keys().len(), "key", "keys"),
            Place::Data => match (&self.data.upload, &self.data.stored) {
                (Some(_), _) => "encrypting …".to_owned(),
                (None, Some(stored)) => format!("{} encrypted", grouped(stored.uploaded.written)),
                (None, None) => counted(scenario.documents.len(), "document", "documents"),
            },
            Place::Search => match &self.search.found {
                _ if self.search.failure.is_some() => "failed".to_owned(),
                Some(found) if found.keys.iter().all(|search| search.cost.is_none()) => "failed".to_owned(),
                Some(_) => "searched".to_owned(),
                None => "nothing asked yet".to_owned(),
            },
            Place::Server => match &self.server.inspected {
                _ if self.server.failure.is_some() => "failed".to_owned(),
                Some(_) => "looked at".to_owned(),
                None => "not looked at yet".to_owned(),
            },
            // Those that could not be run are not tried.
            Place::Attacks => format!("{} of 7 tried", self.attacks.tally().tried),
        }
    }
}
