//! The store: what is known, what can happen, and what then is known. Nothing here touches the page or the network; what
//! is wanted of them are effects.

pub mod access;
mod action;
mod attacks;
mod basis;
mod change;
mod checked;
pub mod code;
mod connection;
mod date;
pub mod documents;
mod forecast;
mod heard;
mod history;
mod keys;
pub mod leakage;
mod leftovers;
mod look;
mod places;
pub mod policy_forms;
mod renaming;
pub mod results;
mod scenario;
pub mod share;
mod standing;
mod story;
mod summary;
#[cfg(test)]
mod tests;
mod update;
mod upload;
pub mod words;

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::protocol::{KeyFacts, KeyId, Progress};

pub use action::{Action, Change, Effect};
pub use attacks::{Tally, Verdict};
pub use basis::{Basis, Judge, Judgement, Opens, Unmet};
pub use checked::{Checked, Mistake, Tested, parse};
pub use connection::{ApiKey, Connection, ConnectionStatus, Trouble, address};
pub use date::{date, seconds};
pub use forecast::{Forecast, PolicyForecast};
pub use history::History;
pub use places::{
    AttackPlace, DataPlace, Dialog, GivenVectors, Half, Held, HeldStatus, Matrix, Mood, Notice, Place, Running,
    SearchPlace, SearchView, ServerPlace, StoredDocuments, Story, Theme,
};
pub use scenario::{Dimension, Expectation, Expected, KeySpec, Kind, Origin, Person, Scenario};
pub use summary::{Reader, Summary};

/// Everything that the page shows.
#[derive(Debug, Clone)]
pub struct State {
    /// What is being tried, with undo.
    pub scenario: History<Scenario>,
    /// The structure's JSON as it is typed, while it is none.
    pub structure_draft: Option<String>,
    /// What it comes to.
    pub checked: Rc<Checked>,
    /// Where the page is.
    pub place: Place,
    /// What is over it.
    pub dialog: Option<Dialog>,
    /// What it says in passing.
    pub notice: Option<Notice>,
    /// Its colours.
    pub theme: Theme,
    /// The Qdrant.
    pub connection: Connection,
    /// The keys in the worker.
    pub keys: BTreeMap<KeyId, Held>,
    /// Documents.
    pub data: DataPlace,
    /// Search.
    pub search: SearchPlace,
    /// What the server sees.
    pub server: ServerPlace,
    /// Attacks.
    pub attacks: AttackPlace,
    /// The story, while it runs.
    pub story: Option<Story>,
    /// How far the embedding model's file has come, while it comes.
    pub model: Option<Progress>,
    /// Why nothing works, if the worker broke.
    pub broken: Option<String>,
    /// Distinguishes this tab's collections from those of others.
    tab: String,
    /// Collections of this tab are numbered.
    collections: u32,
    /// Whether what is being tried is what the link in the page's address has.
    is_as_linked: bool,
    /// What the worker knows.
    known: Known,
    jobs: BTreeMap<u32, Purpose>,
    last_job: u32,
    last_authority: u32,
    notices: u32,
    last_story: u32,
    pings: u32,
}

/// What the worker was told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Known {
    authority: u32,
    structure: String,
}

/// What a job is for.
#[derive(Debug, Clone, PartialEq)]
enum Purpose {
    /// Nothing is to be shown if it succeeds.
    Quiet,
    Key(KeyId),
    /// Of the person of this number.
    ImportKey(usize, KeyId),
    Export(KeyId),
    Rotate,
    Connect,
    Upload(Box<upload::Sent>),
    Delete(String),
    /// What another upload took the place of.
    DeleteOld(String),
    Import,
    Search(Box<crate::protocol::Query>, Rc<Basis>),
    Matrix(Rc<Basis>),
    Inspect,
    Project,
    Attack(crate::protocol::Attack),
}

impl State {
    /// The page as it opens. `tab` is a short random text.
    #[must_use]
    pub fn new(scenario: Scenario, url: String, tab: String, theme: Theme, place: Place) -> Self {
        let scenario = Scenario {
            authority: 1,
            ..scenario
        };
        let search = SearchPlace {
            text: scenario.questions.first().cloned().unwrap_or_default(),
            ..SearchPlace::default()
        };
        Self {
            checked: Rc::new(Checked::new(&scenario, None)),
            scenario: History::new(scenario),
            structure_draft: None,
            place,
            dialog: None,
            notice: None,
            theme,
            connection: Connection {
                url,
                api_key: None,
                status: ConnectionStatus::Connecting,
            },
            keys: BTreeMap::new(),
            data: DataPlace::default(),
            search,
            server: ServerPlace::default(),
            attacks: AttackPlace::default(),
            story: None,
            model: None,
            broken: None,
            tab,
            collections: 1,
            is_as_linked: false,
            known: Known::default(),
            jobs: BTreeMap::new(),
            last_job: 0,
            last_authority: 1,
            notices: 0,
            last_story: 0,
            pings: 0,
        }
    }

    /// What is being tried is from the link in the page's address, which then stays there until something is changed.
    pub fn is_from_link(&mut self) {
        self.is_as_linked = true;
    }

    /// Says at the start what was wrong.
    pub fn complain(&mut self, text: &str) {
        self.notices += 1;
        self.notice = Some(Notice {
            text: text.to_owned(),
            mood: Mood::Bad,
            number: self.notices,
        });
    }

    /// What is being tried.
    #[must_use]
    pub fn scenario(&self) -> &Scenario {
        self.scenario.present()
    }

    /// The collection's name: what the user chose, or that of what is uploaded, or of the next.
    #[must_use]
    pub fn collection(&self) -> String {
        let stored = self.data.stored.as_ref().map(|stored| &stored.collection);
        let chosen = self.data.collection.as_ref().or(stored.filter(|name| self.is_ours(name)));
        chosen.cloned().unwrap_or_else(|| self.next_collection())
    }

    /// The name of the next collection that is not the user's.
    fn next_collection(&self) -> String {
        format!("playground-{}-{}", self.tab, self.collections)
    }

    /// What is known of a key, if it is there.
    #[must_use]
    pub fn key_facts(&self, key: KeyId) -> Option<&KeyFacts> {
        match &self.keys.get(&key)?.status {
            HeldStatus::Ready(facts) => Some(facts),
            _ => None,
        }
    }

    /// The keys that are there, in the order of the people.
    #[must_use]
    pub fn ready_keys(&self) -> Vec<KeyId> {
        self.scenario().keys().map(|(_, key)| key.id).filter(|key| self.key_facts(*key).is_some()).collect()
    }

    /// Whether the Qdrant answers.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        matches!(self.connection.status, ConnectionStatus::Up { .. })
    }

    /// Whether there is something to upload, and somewhere to write it.
    #[must_use]
    pub fn can_upload(&self) -> bool {
        self.is_connected() && self.checked.structure.is_ok() && !self.scenario().documents.is_empty()
    }
}
