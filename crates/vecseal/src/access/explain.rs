//! Why a set of attributes does or does not satisfy a policy.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use super::attributes::Attributes;
use super::right::{Attribute, Right};

/// What [`Policy::explain`](crate::Policy::explain) found, clause by clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    clauses: Vec<ClauseExplanation>,
}

/// One clause, and what is missing for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClauseExplanation {
    clause: Right,
    missing: Vec<Missing>,
}

/// An attribute that a clause asks for and that is not held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    needed: Attribute,
    held: Vec<Box<str>>,
}

impl Explanation {
    pub(crate) fn of(clauses: &[Right], attributes: &Attributes) -> Self {
        let clauses = clauses.iter().map(|clause| {
            let missing = clause.attributes().iter().filter(|needed| !attributes.contains(needed));
            ClauseExplanation {
                clause: clause.clone(),
                missing: missing.map(|needed| Missing::of(needed, attributes)).collect(),
            }
        });
        Self {
            clauses: clauses.collect(),
        }
    }

    /// Returns whether one clause lacks nothing.
    #[must_use]
    pub fn is_satisfied(&self) -> bool {
        self.clauses.iter().any(ClauseExplanation::is_satisfied)
    }

    /// Returns the clauses, in the policy's order.
    #[must_use]
    pub fn clauses(&self) -> &[ClauseExplanation] {
        &self.clauses
    }
}

impl ClauseExplanation {
    /// Returns the clause.
    #[must_use]
    pub fn clause(&self) -> &Right {
        &self.clause
    }

    /// Returns what is missing, by dimension; nothing if the clause is satisfied.
    #[must_use]
    pub fn missing(&self) -> &[Missing] {
        &self.missing
    }

    /// Returns whether nothing is missing.
    #[must_use]
    pub fn is_satisfied(&self) -> bool {
        self.missing.is_empty()
    }
}

impl Missing {
    fn of(needed: &Attribute, attributes: &Attributes) -> Self {
        let dimension = attributes.structure().dimension(needed.dimension());
        let held = dimension.map(|dimension| dimension.attributes().map(Into::into).collect());
        Self {
            needed: needed.clone(),
            held: held.unwrap_or_default(),
        }
    }

    /// Returns the attribute asked for.
    #[must_use]
    pub fn needed(&self) -> &Attribute {
        &self.needed
    }

    /// Returns the attributes held in that dimension instead, if any.
    pub fn held(&self) -> impl ExactSizeIterator<Item = &str> {
        self.held.iter().map(AsRef::as_ref)
    }
}

/// Writes a sentence such as ``needs departments:legal; this key has finance``.
impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "needs {}; this key has ", self.needed)?;
        if self.held.is_empty() {
            return write!(f, "no {}", self.needed.dimension());
        }
        for (i, name) in self.held().enumerate() {
            write!(f, "{}{name}", if i == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}
