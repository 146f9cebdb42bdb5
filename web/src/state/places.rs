//! What each place of the page shows beside the scenario. Not undone, not shared.

use std::collections::BTreeMap;
use std::rc::Rc;

use vecseal::AccessStructure;

use super::basis::Basis;
use crate::protocol::{
    Access, Attack, Document, Failure, Inspected, KeyFacts, Pairs, Progress, Projected, Query, Report, Sealing,
    Searched, Uploaded, Vectors,
};

/// The places of the page, in the order of the story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    /// The access structure, and policies.
    #[default]
    Policy,
    /// Users and their keys.
    People,
    /// Documents, and their way to the server.
    Data,
    /// Search, and who opens what.
    Search,
    /// What the server sees.
    Server,
    /// Attacks.
    Attacks,
}

impl Place {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Policy,
        Self::People,
        Self::Data,
        Self::Search,
        Self::Server,
        Self::Attacks,
    ];

    /// Its name in the page's address.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::People => "people",
            Self::Data => "data",
            Self::Search => "search",
            Self::Server => "server",
            Self::Attacks => "attacks",
        }
    }

    /// The place of a name in the page's address.
    #[must_use]
    pub fn of(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.slug() == slug)
    }

    /// Its heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Policy => "Policy",
            Self::People => "People and keys",
            Self::Data => "Data",
            Self::Search => "Search",
            Self::Server => "What the server sees",
            Self::Attacks => "Try to break it",
        }
    }
}

/// Colours of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// What is open over the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dialog {
    /// The connection to Qdrant.
    Connection,
    /// The examples.
    Gallery,
    /// A link to this state.
    Share,
    /// This state as code.
    Code,
    /// What the page is, and its keys.
    Help,
    /// What the story came to.
    Story,
}

/// A line that the page says in passing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The line.
    pub text: String,
    /// Whether something went wrong.
    pub mood: Mood,
    /// Tells one from the next.
    pub number: u32,
}

/// Whether something went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// It did not.
    Good,
    /// It did.
    Bad,
}

/// A key in the worker.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// What it was asked to hold.
    pub pairs: Pairs,
    /// What is known of it.
    pub status: HeldStatus,
}

/// What is known of a key.
#[derive(Debug, Clone, PartialEq)]
pub enum HeldStatus {
    /// The worker makes it.
    Waiting,
    /// It is there.
    Ready(Box<KeyFacts>),
    /// It could not be made.
    Failed(Failure),
}

/// Documents on their way, and there.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DataPlace {
    /// The collection's name, if the user chose one.
    pub collection: Option<String>,
    /// The upload that runs.
    pub upload: Option<Running>,
    /// What the last one wrote.
    pub stored: Option<Rc<StoredDocuments>>,
    /// Why the last one failed.
    pub failure: Option<Failure>,
    /// The import that runs.
    pub import: Option<Running>,
    /// Why the last import failed.
    pub import_failure: Option<Failure>,
    /// The document that is open.
    pub open: Option<String>,
    /// The vectors of the last import that had some; [`State::given_vectors`](super::State::given_vectors) says whether
    /// they are of the documents that are here.
    pub(super) given_vectors: Option<GivenVectors>,
}

/// Documents that came with vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GivenVectors {
    /// The import, which the documents name too.
    pub(super) import: u32,
    /// How many.
    pub documents: usize,
    /// Dimensions of a vector.
    pub dimension: usize,
}

/// Documents that are on the server.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredDocuments {
    /// The collection.
    pub collection: String,
    /// As they were sealed.
    pub documents: Rc<Vec<Document>>,
    /// What their policies were about.
    pub structure: Rc<AccessStructure>,
    /// How.
    pub sealing: Sealing,
    /// Whether some came with vectors.
    pub vectors: Vectors,
    /// How it went.
    pub uploaded: Uploaded,
}

/// A job that runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Running {
    /// Its number.
    pub job: u32,
    /// How far it is.
    pub progress: Progress,
    /// When it began, or its second half, in milliseconds.
    pub since: f64,
    /// What was done then.
    pub from: usize,
    /// Now.
    pub now: f64,
}

/// Which half of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// The first.
    First,
    /// The second.
    Second,
}

impl Running {
    /// How many a second so far; nothing before it is known.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        let seconds = (self.now - self.since) / 1_000.0;
        #[expect(clippy::cast_precision_loss, reason = "a rate to look at")]
        self.progress
            .done
            .checked_sub(self.from)
            .filter(|done| seconds > 0.2 && *done > 0)
            .map(|done| done as f64 / seconds)
    }

    /// The half that runs, for jobs that do everything twice, as an upload embeds and then writes.
    #[must_use]
    pub fn half(&self) -> (Half, Self) {
        let half = self.progress.total / 2;
        let (which, before) = if self.progress.done < half {
            (Half::First, 0)
        } else {
            (Half::Second, half)
        };
        let running = Self {
            progress: Progress {
                done: self.progress.done - before,
                total: half,
            },
            from: self.from.saturating_sub(before),
            ..*self
        };
        (which, running)
    }

    /// Further on; the second half has a rate of its own.
    #[must_use]
    pub(super) fn further(&self, progress: Progress, now: f64) -> Self {
        let further = Self { progress, now, ..*self };
        if self.half().0 == Half::First && further.half().0 == Half::Second {
            return Self {
                since: now,
                from: progress.done,
                ..further
            };
        }
        further
    }
}

/// A search and what it found.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchPlace {
    /// What is typed.
    pub text: String,
    /// The document to search near to, in place of a text.
    pub near: Option<String>,
    /// Whose keys are columns: a number among the people.
    pub person: usize,
    /// How many results.
    pub limit: usize,
    /// How they are shown.
    pub view: SearchView,
    /// The search that runs.
    pub job: Option<u32>,
    /// What the last one that is through was for.
    pub asked: Option<Query>,
    /// What it found.
    pub found: Option<Rc<Searched>>,
    /// What was known when it began.
    pub basis: Option<Rc<Basis>>,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// The access matrix.
    pub matrix: Matrix,
}

impl Default for SearchPlace {
    fn default() -> Self {
        Self {
            text: String::new(),
            near: None,
            person: 0,
            limit: 10,
            view: SearchView::default(),
            job: None,
            asked: None,
            found: None,
            basis: None,
            failure: None,
            matrix: Matrix::default(),
        }
    }
}

/// How results are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SearchView {
    /// One user's, with a column for each key.
    #[default]
    OneUser,
    /// All users side by side.
    AllUsers,
    /// Users and documents.
    Matrix,
}

/// Every key tried on every document.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Matrix {
    /// The job that runs.
    pub job: Option<Running>,
    /// What came of it.
    pub accesses: Option<Rc<Vec<Access>>>,
    /// What was known when it began.
    pub basis: Option<Rc<Basis>>,
    /// Why it failed.
    pub failure: Option<Failure>,
}

/// What the server sees.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ServerPlace {
    /// The document that is looked at.
    pub document: Option<String>,
    /// The look that runs.
    pub inspecting: Option<u32>,
    /// What it showed.
    pub inspected: Option<Rc<Inspected>>,
    /// The projection that runs.
    pub projecting: Option<u32>,
    /// What it showed.
    pub projected: Option<Rc<Projected>>,
    /// Why either failed.
    pub failure: Option<Failure>,
}

/// Attacks and what came of them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AttackPlace {
    /// Which runs, and as which job.
    pub running: Option<(Attack, u32)>,
    /// Those that wait for it.
    pub waiting: Vec<Attack>,
    /// What came of each.
    pub outcomes: BTreeMap<Attack, Result<Rc<Report>, Failure>>,
    /// Which is open.
    pub open: Option<Attack>,
}

/// The whole story, run by one button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Story {
    /// Where it is.
    pub at: Place,
    /// Whether the page goes along.
    pub follows: bool,
    /// Which run it is, counted in this tab.
    pub run: u32,
}
