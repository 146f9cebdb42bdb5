//! Attacks on what was uploaded, and what came of them.

use serde::{Deserialize, Serialize};

/// An attack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Attack {
    /// The application drops the filter of a query.
    DroppedFilter,
    /// An injected prompt rewrites it, to name other compartments.
    InjectedFilter,
    /// Somebody changes tenant tags at ingestion.
    TamperedTags,
    /// Somebody with a leaked API key reads the whole database.
    LeakedApiKey,
    /// Two users put their keys together.
    PooledKeys,
    /// The server swaps two records.
    SwappedRecords,
    /// A revoked key comes back.
    RevokedKey,
}

impl Attack {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 7] = [
        Self::DroppedFilter,
        Self::InjectedFilter,
        Self::TamperedTags,
        Self::LeakedApiKey,
        Self::PooledKeys,
        Self::SwappedRecords,
        Self::RevokedKey,
    ];
}

/// What came of an attack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The attack.
    pub attack: Attack,
    /// One after another.
    pub steps: Vec<Step>,
    /// Points that came back to the attacker.
    pub returned: usize,
    /// Those that opened with the attacker's keys.
    pub opened: usize,
    /// Those that opened though the policy does not admit the attacker: nothing, or VecSeal has failed.
    pub breached: usize,
    /// What it comes to, in a sentence or two.
    pub summary: String,
    /// What this attack does get: stated, not hidden.
    pub gained: String,
}

/// A step of an attack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What the attacker does.
    pub what: String,
    /// The calls made.
    pub calls: Vec<Call>,
    /// What came of it.
    pub findings: Vec<Finding>,
}

/// A line about what came of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How it is to be taken.
    pub tone: Tone,
    /// The line.
    pub text: String,
}

/// How a line is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Tone {
    /// It held: something was denied or noticed.
    Held,
    /// It opened, as it should.
    Allowed,
    /// The attacker learns something; stated in the leakage.
    Leak,
    /// What should not happen.
    Breach,
    /// For understanding.
    Note,
}

/// A request and its answer, cut to what fits a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// The HTTP method.
    pub method: String,
    /// The path.
    pub path: String,
    /// The body, as indented JSON.
    pub body: String,
    /// The answer's status; 0 if none came.
    pub status: u16,
    /// The answer, as indented JSON.
    pub answer: String,
    /// Milliseconds.
    pub time: f64,
}
