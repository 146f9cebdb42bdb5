//! The records of compartments of mode sealed, kept opened between searches.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use vecseal::{Cid, OpenedRecord, PointId};
use vecseal_qdrant::Payload;
use web_time::Instant;

use crate::error::Refused;

/// Opened records by compartment.
#[derive(Default)]
pub(crate) struct Cache {
    compartments: BTreeMap<Cid, Kept>,
    /// Counts what made lists old, so that one that was under way then is not taken for new.
    expired: u64,
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
    /// What was sealed for its point, or why it does not open.
    pub(crate) record: Result<Arc<OpenedRecord>, Refused>,
    pub(crate) public: Payload,
    /// When it was last listed.
    pub(crate) at: Instant,
}

impl Kept {
    /// Whether all of it was listed less than so long ago.
    pub(crate) fn is_fresh(&self, age: Duration) -> bool {
        self.listed.is_some_and(|at| at.elapsed() < age)
    }
}

impl Cache {
    /// Hands over what is kept of a compartment, and the number to bring back with it.
    pub(crate) fn take(&mut self, cid: &Cid) -> (Kept, u64) {
        (self.compartments.remove(cid).unwrap_or_default(), self.expired)
    }

    /// Keeps this of a compartment, and nothing else.
    pub(crate) fn put(&mut self, cid: Cid, mut kept: Kept, taken: u64) {
        if taken != self.expired {
            kept.listed = None;
        }
        self.compartments.insert(cid, kept);
    }

    /// Has the next search list everything. To be called before and after points change.
    pub(crate) fn expire(&mut self) {
        self.expired += 1;
        self.compartments.values_mut().for_each(|kept| kept.listed = None);
    }

    /// Forgets compartments that are not readable any more.
    pub(crate) fn retain(&mut self, is_readable: impl Fn(&Cid) -> bool) {
        self.compartments.retain(|cid, _| is_readable(cid));
    }
}
