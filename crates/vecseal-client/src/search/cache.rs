//! The records of compartments of mode sealed, kept opened between searches.

use std::collections::BTreeMap;
use std::sync::Arc;

use vecseal::{Cid, OpenedRecord, PointId};

/// Opened records by compartment.
#[derive(Default)]
pub(crate) struct Cache {
    compartments: BTreeMap<Cid, BTreeMap<PointId, Cached>>,
}

/// A record as it was fetched.
pub(crate) struct Cached {
    pub(crate) tag: String,
    /// None if it is not what was sealed for its point.
    pub(crate) record: Option<Arc<OpenedRecord>>,
}

impl Cache {
    /// Hands over what is kept of a compartment.
    pub(crate) fn take(&mut self, cid: &Cid) -> BTreeMap<PointId, Cached> {
        self.compartments.remove(cid).unwrap_or_default()
    }

    /// Keeps this of a compartment, and nothing else.
    pub(crate) fn put(&mut self, cid: Cid, records: BTreeMap<PointId, Cached>) {
        self.compartments.insert(cid, records);
    }

    /// Forgets compartments that are not readable any more.
    pub(crate) fn retain(&mut self, is_readable: impl Fn(&Cid) -> bool) {
        self.compartments.retain(|cid, _| is_readable(cid));
    }
}
