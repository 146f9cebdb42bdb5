//! Policies: which attributes may read (`docs/FORMAT.md` §4.3).

use alloc::vec::Vec;
use core::fmt;

use super::attributes::Attributes;
use super::clauses::normalise;
use super::explain::Explanation;
use super::expression::Expression;
use super::right::Right;
use super::structure::AccessStructure;
use super::{json, text};
use crate::error::{Problem, Result};
use crate::limits::MAX_TEXT_BYTES;

/// A condition on attributes, normalised to clauses of which one must be satisfied in full.
///
/// [`Display`](fmt::Display) writes the text form as it was meant; parsing that gives the same policy.
///
/// ```
/// use vecseal::{AccessStructure, Policy};
///
/// let structure = AccessStructure::from_json(r#"{"roles": ["admin"], "departments": ["legal", "research"]}"#)?;
/// let policy = Policy::parse("roles:admin && (departments:research || departments:legal)", &structure)?;
/// assert_eq!(policy.clauses().len(), 2);
/// # Ok::<(), vecseal::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Policy {
    expression: Expression,
    clauses: Vec<Right>,
}

impl Policy {
    /// Parses the text form. `*` is satisfied by any key of the authority.
    ///
    /// # Errors
    ///
    /// [`Error::Input`](crate::Error::Input) with the byte span of what is wrong.
    pub fn parse(text: &str, structure: &AccessStructure) -> Result<Self> {
        Self::normalised(text::parse(text)?, structure, text.len())
    }

    /// Parses the JSON form: `{"roles": ["admin", "hr_manager"], "groups": ["team_hr"]}` asks for one of the roles
    /// and the group; `any` and `all` take lists of policies; `"*"` is satisfied by any key.
    ///
    /// # Errors
    ///
    /// [`Error::Input`](crate::Error::Input) with the byte span of what is wrong.
    pub fn from_json(text: &str, structure: &AccessStructure) -> Result<Self> {
        Self::normalised(json::policy(text)?, structure, text.len())
    }

    /// Returns the clauses in normal form. A key satisfies the policy by owning one of them.
    #[must_use]
    pub fn clauses(&self) -> &[Right] {
        &self.clauses
    }

    /// Says for each clause whether these attributes satisfy it, and if not, what is missing. Needs no secret.
    #[must_use]
    pub fn explain(&self, attributes: &Attributes) -> Explanation {
        Explanation::of(&self.clauses, attributes)
    }

    fn normalised(expression: Expression, structure: &AccessStructure, length: usize) -> Result<Self> {
        let clauses = normalise(&expression, structure)?;
        let policy = Self { expression, clauses };
        // Headers store the text form, which can be longer or nest deeper than the JSON that was read.
        let form = alloc::format!("{policy}");
        if form.len() > MAX_TEXT_BYTES {
            return Err(Problem::TooLong.at(&(0..length)));
        }
        text::parse(&form).map_err(|_| Problem::TooDeep.at(&(0..length)))?;
        Ok(policy)
    }
}

/// Policies are equal if they ask for the same clauses.
impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        self.clauses == other.clauses
    }
}

impl Eq for Policy {}

/// Writes the text form.
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expression.fmt(f)
    }
}

/// Whether a text is a policy's text form to the letter, with names that a structure could have.
pub(crate) fn is_text_form(text: &str) -> bool {
    text::parse(text).is_ok_and(|expression| expression.is_well_named() && alloc::format!("{expression}") == text)
}
