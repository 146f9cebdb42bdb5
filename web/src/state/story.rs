//! The whole story, run by one button: keys, upload, search, the server's view, attacks.

use super::State;
use super::action::{Action, Effect};
use super::places::{Dialog, Place, Story};

impl State {
    pub(super) fn run_story(&mut self, effects: &mut Vec<Effect>) {
        self.dialog = None;
        self.story = Some(Story {
            at: Place::Policy,
            follows: true,
        });
        self.go(Place::Policy, effects);
        effects.push(Effect::After(PAUSE, Action::StoryNext));
    }

    /// Goes on after a moment to look at it, if what the story waits for is there.
    pub(super) fn story_goes_on(&self, effects: &mut Vec<Effect>) {
        let Some(story) = self.story else { return };
        let is_there = match story.at {
            Place::Policy | Place::People => false,
            Place::Data => self.data.stored.is_some() && self.data.upload.is_none(),
            Place::Search => self.search.found.is_some() && self.search.job.is_none(),
            Place::Server => self.server.inspected.is_some() && self.server.projected.is_some(),
            Place::Attacks => self.attacks.running.is_none() && self.attacks.waiting.is_empty(),
        };
        if is_there {
            effects.push(Effect::After(PAUSE, Action::StoryNext));
        }
    }

    pub(super) fn story_next(&mut self, now: f64, effects: &mut Vec<Effect>) {
        let Some(story) = self.story else { return };
        let next = Place::ALL.iter().skip_while(|place| **place != story.at).nth(1);
        let Some(next) = next.copied() else {
            self.story = None;
            self.show(Dialog::Story);
            return;
        };
        self.story = Some(Story { at: next, ..story });
        if story.follows {
            self.go(next, effects);
        }
        match next {
            Place::Policy | Place::People => effects.push(Effect::After(PAUSE, Action::StoryNext)),
            Place::Data => {
                self.apply(Action::Upload, now, effects);
                // Nothing to upload, or it runs already.
                if self.data.upload.is_none() {
                    self.story = None;
                }
            }
            Place::Search => self.search(effects),
            Place::Server => {
                let found = self.search.found.as_ref().and_then(|found| found.plain.first());
                let first = self.scenario().documents.first().map(|document| document.id.clone());
                if let Some(document) = found.map(|ranked| ranked.document.clone()).or(first) {
                    self.inspect(document, effects);
                    self.project(effects);
                }
            }
            Place::Attacks => self.attack(crate::protocol::Attack::ALL.to_vec(), effects),
        }
    }
}

/// Milliseconds to look at a step before the next.
const PAUSE: u32 = 1_600;
