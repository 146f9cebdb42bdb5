//! The whole story, run by one button: keys, upload, search, the server's view, attacks.

use super::State;
use super::action::{Action, Effect};
use super::places::{Dialog, Place, Story};

impl State {
    pub(super) fn run_story(&mut self, effects: &mut Vec<Effect>) {
        self.dialog = None;
        self.last_story += 1;
        self.story = Some(Story {
            at: Place::Policy,
            follows: true,
            run: self.last_story,
        });
        self.go(Place::Policy, effects);
        self.pause(effects);
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
            self.pause(effects);
        }
    }

    /// A moment to look at the step.
    fn pause(&self, effects: &mut Vec<Effect>) {
        if let Some(story) = self.story {
            effects.push(Effect::After(PAUSE, Action::StoryNext(story.run, story.at)));
        }
    }

    pub(super) fn story_next(&mut self, run: u32, at: Place, now: f64, effects: &mut Vec<Effect>) {
        let Some(story) = self.story.filter(|story| (story.run, story.at) == (run, at)) else {
            return;
        };
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
            Place::Policy | Place::People => self.pause(effects),
            Place::Data => {
                self.apply(Action::Upload, now, effects);
                // Nothing to upload, or it runs already.
                if self.data.upload.is_none() {
                    self.story = None;
                }
            }
            Place::Search => {
                if self.search.near.is_none() && self.search.text.trim().is_empty() {
                    let first = self.scenario().questions.first().cloned();
                    self.search.text = first.unwrap_or_else(|| "What is this about?".to_owned());
                }
                self.search(effects);
            }
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
