//! The records of compartments of mode sealed, kept opened between searches.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use vecseal::{Cid, OpenedRecord, PointId};
use vecseal_qdrant::Payload;
use web_time::Instant;

/// Opened records by compartment.
#[derive(Default)]
pub(crate) struct Cache {
    compartments: BTreeMap<Cid, Kept>,
}

/// What is kept of one compartment.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) records: BTreeMap<PointId, Cached>,
    /// When all of it was last listed.
    pub(crate) listed: Option<Instant>,
}

/// A record as it was fetched.
pub(crate) struct Cached {
    pub(crate) tag: String,
    /// None if it is not what was sealed for its point.
    pub(crate) record: Option<Arc<OpenedRecord>>,
    pub(crate) public: Payload,
}

impl Kept {
    /// Whether all of it was listed less than so long ago.
    pub(crate) fn is_fresh(&self, age: Duration) -> bool {
        self.listed.is_some_and(|at| at.elapsed() < age)
    }
}

impl Cache {
    /// Hands over what is kept of a compartment.
    pub(crate) fn take(&mut self, cid: &Cid) -> Kept {
        self.compartments.remove(cid).unwrap_or_default()
    }

    /// Keeps this of a compartment, and nothing else.
    pub(crate) fn put(&mut self, cid: Cid, kept: Kept) {
        self.compartments.insert(cid, kept);
    }

    /// Has the next search list everything.
    pub(crate) fn expire(&mut self) {
        self.compartments.values_mut().for_each(|kept| kept.listed = None);
    }

    /// Forgets compartments that are not readable any more.
    pub(crate) fn retain(&mut self, is_readable: impl Fn(&Cid) -> bool) {
        self.compartments.retain(|cid, _| is_readable(cid));
    }
}
