//! From what happens to what is then known, and what is wanted done.

use std::rc::Rc;

use super::action::{Action, Change, Effect};
use super::places::{
    DataPlace, Dialog, Held, HeldStatus, Matrix, Mood, Notice, Place, Running, SearchPlace, ServerPlace,
};
use super::scenario::{Origin, Scenario};
use super::{Checked, Known, Purpose, State};
use crate::protocol::{Attack, KeyId, Pairs, Progress, Query, Work};

impl State {
    /// What the page wants when it opens.
    pub fn begin(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.connect(&mut effects);
        self.synchronise(&mut effects);
        effects
    }

    /// Takes over what happens, at this time in milliseconds.
    pub fn update(&mut self, action: Action, now: f64) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.apply(action, now, &mut effects);
        effects
    }

    pub(super) fn apply(&mut self, action: Action, now: f64, effects: &mut Vec<Effect>) {
        match action {
            Action::Change(change) => self.change(&change, effects),
            // Nobody sees what is behind a dialog.
            Action::Undo | Action::Redo if self.dialog.is_some() => (),
            Action::Undo => self.travel(super::History::undo, effects),
            Action::Redo => self.travel(super::History::redo, effects),
            Action::Load(scenario) => self.load(*scenario, effects),
            Action::GoTo(place) => {
                if let Some(story) = &mut self.story {
                    story.follows = false;
                }
                self.go(place, effects);
            }
            Action::Open(dialog) => self.dialog = dialog,
            Action::SetTheme(theme) => {
                self.theme = theme;
                effects.push(Effect::SetTheme(theme));
            }
            Action::DropNotice(number) => {
                if self.notice.as_ref().is_some_and(|notice| notice.number == number) {
                    self.notice = None;
                }
            }
            Action::Copy(text, what) => effects.push(Effect::Copy(text, what)),
            Action::Copied(what) => self.say(Mood::Good, format!("Copied {what}."), effects),
            Action::NotCopied(what) => {
                let text =
                    format!("The browser did not let this page copy {what}: select the text, and copy it by hand.");
                self.say(Mood::Bad, text, effects);
            }
            Action::Follow(hash) => self.follow(&hash, effects),
            Action::Save(name, text) => effects.push(Effect::SaveText(name, text)),
            Action::Reconnect(url) => {
                let link = super::share::encode(self.scenario()).ok();
                effects.push(Effect::Reload(url, link));
            }
            Action::Connect(key) => self.connect_with(key, effects),
            Action::ForgetApiKey => self.forget_api_key(effects),
            Action::Ping(number) => {
                if number == self.pings {
                    self.ask_now(effects);
                }
            }
            Action::Attenuate { .. }
            | Action::ImportKey(..)
            | Action::ExportKey(_)
            | Action::Reissue(_)
            | Action::Rotate(_) => {
                self.keys_action(action, effects);
            }
            Action::NameCollection(name) => {
                let name = name.trim().to_owned();
                self.data.collection = Some(name).filter(|name| !name.is_empty());
                self.data.failure = None;
            }
            Action::Upload => self.upload(now, effects),
            Action::Cancel(job) => self.cancel(job, effects),
            Action::DeleteCollection => self.delete_stored(effects),
            Action::DeleteLeftovers => self.delete_leftovers(effects),
            Action::Import(files) => self.import(files, now, effects),
            Action::DraftStructure(text) => self.structure_draft = text,
            Action::OpenDocument(id) => self.data.open = id,
            Action::Type(text) => self.search.text = text,
            Action::Near(document) => self.search.near = document,
            Action::ChoosePerson(person) => self.search.person = person,
            Action::SetLimit(limit) => self.search.limit = limit.clamp(1, MAX_RESULTS),
            Action::View(view) => self.search.view = view,
            Action::Search => self.search(effects),
            Action::TryKeys => self.try_keys(now, effects),
            Action::Inspect(document) => self.inspect(document, effects),
            Action::Project => self.project(effects),
            Action::Attack(attack) => self.attack(vec![attack], effects),
            Action::AttackAll => self.attack(Attack::ALL.to_vec(), effects),
            Action::OpenAttack(attack) => self.attacks.open = attack,
            Action::RunStory => self.run_story(effects),
            Action::StoryNext(run, at) => self.story_next(run, at, now, effects),
            Action::StopStory => self.story = None,
            Action::Heard(message) => self.hear(*message, now, effects),
            Action::WorkerBroke(why) => {
                self.broken = Some(why);
                self.story = None;
            }
        }
    }

    /// Begins a job.
    pub(super) fn start(&mut self, purpose: Purpose, work: Work, effects: &mut Vec<Effect>) {
        let job = self.number(purpose);
        effects.push(Effect::Work(job, work));
    }

    pub(super) fn number(&mut self, purpose: Purpose) -> u32 {
        self.last_job += 1;
        self.jobs.insert(self.last_job, purpose);
        self.last_job
    }

    pub(super) fn say(&mut self, mood: Mood, text: String, effects: &mut Vec<Effect>) {
        self.notices += 1;
        self.notice = Some(Notice {
            text,
            mood,
            number: self.notices,
        });
        let time = if mood == Mood::Good { NOTICE } else { BAD_NOTICE };
        effects.push(Effect::After(time, Action::DropNotice(self.notices)));
    }

    pub(super) fn go(&mut self, place: Place, effects: &mut Vec<Effect>) {
        self.place = place;
        effects.push(Effect::Show(place, !self.is_as_linked));
    }

    pub(super) fn connect(&mut self, effects: &mut Vec<Effect>) {
        let work = Work::Connect {
            url: self.connection.url.clone(),
            api_key: self.connection.api_key.as_ref().map(|key| key.0.to_string()),
        };
        self.start(Purpose::Connect, work, effects);
    }

    fn change(&mut self, change: &Change, effects: &mut Vec<Effect>) {
        if let Some(why) = change.refusal(self.scenario()) {
            return self.say(Mood::Bad, why, effects);
        }
        let about = change.about();
        if self.scenario.change(about.as_deref(), |scenario| change.make(scenario)) {
            self.changed(effects);
        }
    }

    /// Undoes or redoes. What keys were is not among what comes back: those that held something else are made anew, or
    /// have to be imported again.
    fn travel(&mut self, way: fn(&mut super::History<Scenario>), effects: &mut Vec<Effect>) {
        let (authority, before) = (self.known.authority, self.keys.clone());
        way(&mut self.scenario);
        self.structure_draft = None;
        self.changed(effects);
        if self.known.authority != authority {
            return;
        }
        let is_anew = |key: KeyId| self.keys.get(&key) != before.get(&key);
        let anew: Vec<String> = self
            .scenario()
            .keys()
            .filter(|(_, key)| is_anew(key.id))
            .map(|(_, key)| self.scenario().key_name(key.id))
            .collect();
        let missing = self.scenario().keys().find(|(_, key)| !self.keys.contains_key(&key.id));
        let text = match (missing, anew.as_slice()) {
            (Some((_, key)), _) => {
                format!("The key of {} came from a file: import it again.", self.scenario().key_name(key.id))
            }
            (None, []) => return,
            (None, [name]) => format!("The key of {name} is issued anew, at the current epochs."),
            (None, names) => format!("{} keys are issued anew, at the current epochs.", names.len()),
        };
        self.say(Mood::Good, text, effects);
    }

    /// What was put behind `#` in the address of the open page: a place, or somebody's link.
    fn follow(&mut self, hash: &str, effects: &mut Vec<Effect>) {
        if let Some(link) = hash.strip_prefix("s=") {
            match super::share::decode(link) {
                Ok(scenario) => {
                    self.load(scenario, effects);
                    self.is_as_linked = true;
                    self.say(Mood::Good, "The link is opened. Undo brings back what was here.".to_owned(), effects);
                }
                Err(error) => self.say(Mood::Bad, format!("Nothing is opened: {error}."), effects),
            }
        } else if let Some(place) = Place::of(hash).filter(|place| *place != self.place) {
            self.go(place, effects);
        }
    }

    fn load(&mut self, scenario: Scenario, effects: &mut Vec<Effect>) {
        self.last_authority += 1;
        let authority = self.last_authority;
        self.scenario.change(None, |present| *present = Scenario { authority, ..scenario });
        self.dialog = None;
        self.structure_draft = None;
        self.changed(effects);
        self.search.text = self.scenario().questions.first().cloned().unwrap_or_default();
    }

    fn changed(&mut self, effects: &mut Vec<Effect>) {
        self.is_as_linked = false;
        self.data.failure = None;
        self.checked = Rc::new(Checked::new(self.scenario.present(), Some(&self.checked)));
        self.search.person = self.search.person.min(self.scenario().people.len().saturating_sub(1));
        self.synchronise(effects);
    }

    /// Tells the worker of a structure and of keys that it does not know. A structure that is wrong waits.
    pub(super) fn synchronise(&mut self, effects: &mut Vec<Effect>) {
        let Ok(structure) = &self.checked.structure else { return };
        let known = Known {
            authority: self.scenario().authority,
            structure: structure.to_string(),
        };
        let structure = known.structure.clone();
        if known.authority != self.known.authority {
            self.forget(effects);
            self.start(Purpose::Quiet, Work::NewAuthority { structure }, effects);
        } else if known != self.known {
            self.start(Purpose::Quiet, Work::Restructure { structure }, effects);
        }
        self.known = known;
        let wanted: Vec<(KeyId, Pairs, Origin)> =
            self.scenario().keys().map(|(_, key)| (key.id, key.pairs.clone(), key.origin)).collect();
        let gone: Vec<KeyId> =
            self.keys.keys().filter(|key| !wanted.iter().any(|(id, ..)| id == *key)).copied().collect();
        for key in gone {
            self.keys.remove(&key);
            self.start(Purpose::Quiet, Work::ForgetKey { key }, effects);
        }
        for (key, pairs, origin) in wanted {
            let is_held = self.keys.get(&key).is_some_and(|held| held.pairs == pairs);
            let is_right = matches!(self.checked.keys.get(&key), Some(Ok(_)));
            if is_right && !is_held && origin != Origin::Imported {
                self.make_key(key, pairs, origin, effects);
            }
        }
    }

    /// Nothing of another authority is of use.
    fn forget(&mut self, effects: &mut Vec<Effect>) {
        if self.data.import.is_some() {
            effects.push(Effect::EndImport);
        }
        self.story = None;
        self.keys.clear();
        self.collections += 1;
        self.jobs.retain(|_, purpose| matches!(purpose, Purpose::Connect | Purpose::Quiet));
        self.data = DataPlace {
            collection: self.data.collection.take(),
            // They are the user's, whoever the authority is: undo may bring their documents back.
            given_vectors: self.data.given_vectors,
            ..DataPlace::default()
        };
        self.search = SearchPlace {
            text: std::mem::take(&mut self.search.text),
            limit: self.search.limit,
            view: self.search.view,
            ..SearchPlace::default()
        };
        self.server = ServerPlace::default();
        self.attacks = super::AttackPlace::default();
    }

    pub(super) fn make_key(&mut self, key: KeyId, pairs: Pairs, origin: Origin, effects: &mut Vec<Effect>) {
        let held = Held {
            pairs: pairs.clone(),
            status: HeldStatus::Waiting,
        };
        self.keys.insert(key, held);
        let work = match origin {
            Origin::Attenuated { from, not_after } if self.keys.contains_key(&from) => Work::Attenuate {
                key,
                from,
                pairs,
                not_after,
            },
            _ => Work::IssueKey { key, pairs },
        };
        self.start(Purpose::Key(key), work, effects);
    }

    fn import(&mut self, files: js_sys::Array, now: f64, effects: &mut Vec<Effect>) {
        let Ok(structure) = &self.checked.structure else { return };
        let structure = structure.to_string();
        if self.data.import.is_some() {
            return;
        }
        let job = self.number(Purpose::Import);
        self.data.import = Some(Running::new(job, 0, now));
        self.data.import_failure = None;
        effects.push(Effect::Import { job, files, structure });
    }

    fn cancel(&mut self, job: u32, effects: &mut Vec<Effect>) {
        if self.data.import.is_some_and(|import| import.job == job) {
            self.data.import = None;
            self.jobs.remove(&job);
            effects.push(Effect::EndImport);
        } else {
            if self.attacks.running.is_some_and(|(_, running)| running == job) {
                self.attacks.waiting.clear();
            }
            effects.push(Effect::Work(job, Work::Cancel));
        }
    }

    pub(super) fn search(&mut self, effects: &mut Vec<Effect>) {
        let query = match &self.search.near {
            Some(document) => Query::Document(document.clone()),
            None => Query::Text(self.search.text.trim().to_owned()),
        };
        let Some(basis) = self.basis() else { return };
        if query == Query::Text(String::new()) {
            return;
        }
        if let Some(job) = self.search.job {
            effects.push(Effect::Work(job, Work::Cancel));
            self.jobs.remove(&job);
        }
        let work = Work::Search {
            query: query.clone(),
            limit: self.search.limit,
            keys: self.ready_keys(),
        };
        let job = self.number(Purpose::Search(Box::new(query), Rc::new(basis)));
        effects.push(Effect::Work(job, work));
        self.search.job = Some(job);
        self.search.failure = None;
    }

    fn try_keys(&mut self, now: f64, effects: &mut Vec<Effect>) {
        let Some(basis) = self.basis() else { return };
        if self.search.matrix.job.is_some() {
            return;
        }
        let documents: Vec<String> =
            basis.stored.documents.iter().take(MAX_MATRIX).map(|document| document.id.clone()).collect();
        let keys = self.ready_keys();
        let total = documents.len() * keys.len();
        let job = self.number(Purpose::Matrix(Rc::new(basis)));
        effects.push(Effect::Work(job, Work::TryKeys { documents, keys }));
        self.search.matrix = Matrix {
            job: Some(Running::new(job, total, now)),
            failure: None,
            ..self.search.matrix.clone()
        };
    }

    pub(super) fn inspect(&mut self, document: String, effects: &mut Vec<Effect>) {
        self.server.document = Some(document.clone());
        if self.readable().is_some() {
            let job = self.number(Purpose::Inspect);
            effects.push(Effect::Work(job, Work::Inspect { document }));
            self.server.inspecting = Some(job);
            self.server.failure = None;
        }
    }

    pub(super) fn project(&mut self, effects: &mut Vec<Effect>) {
        let first = self.readable().and_then(|stored| stored.documents.first());
        let document = self.server.document.clone().or_else(|| first.map(|document| document.id.clone()));
        if let (Some(document), Some(_)) = (document, self.readable()) {
            let job = self.number(Purpose::Project);
            effects.push(Effect::Work(job, Work::Project { document }));
            self.server.projecting = Some(job);
            self.server.failure = None;
        }
    }

    pub(super) fn attack(&mut self, attacks: Vec<Attack>, effects: &mut Vec<Effect>) {
        if self.readable().is_some() {
            let new = attacks.into_iter().filter(|attack| !self.attacks.waiting.contains(attack)).collect::<Vec<_>>();
            self.attacks.waiting.extend(new);
            self.next_attack(effects);
        }
    }

    pub(super) fn next_attack(&mut self, effects: &mut Vec<Effect>) {
        if self.attacks.running.is_some() || self.attacks.waiting.is_empty() {
            return;
        }
        let attack = self.attacks.waiting.remove(0);
        let keys = self.ready_keys().into_iter().map(|key| (key, self.scenario().key_name(key))).collect();
        let job = self.number(Purpose::Attack(attack));
        effects.push(Effect::Work(job, Work::Attack { attack, keys }));
        self.attacks.running = Some((attack, job));
        self.attacks.open = Some(attack);
    }

    /// Opens what the story came to, or leaves it.
    pub(super) fn show(&mut self, dialog: Dialog) {
        self.dialog = Some(dialog);
    }
}

impl Running {
    pub(super) fn new(job: u32, total: usize, now: f64) -> Self {
        Self {
            job,
            progress: Progress { done: 0, total },
            since: now,
            from: 0,
            now,
        }
    }
}

/// Results of a search that fit a page.
const MAX_RESULTS: usize = 50;
/// Documents of the access matrix.
const MAX_MATRIX: usize = 1_000;
/// Milliseconds that a notice is there.
const NOTICE: u32 = 4_000;
const BAD_NOTICE: u32 = 10_000;
