//! What a person or an agent holds.

use alloc::vec::Vec;
use core::fmt;

use super::json;
use super::right::{Attribute, Right};
use super::structure::{AccessStructure, DimensionKind};
use crate::error::Result;

/// A subset of an access structure's attributes; of a hierarchy, a level and all below it.
///
/// ```
/// use vecseal::{AccessStructure, Attributes};
///
/// let structure = AccessStructure::from_json(r#"{"roles": ["admin", "analyst"], "departments": ["finance"]}"#)?;
/// let attributes = Attributes::from_json(r#"{"roles": ["analyst"], "departments": ["finance"]}"#, &structure)?;
/// let same = Attributes::new([("departments", "finance"), ("roles", "analyst")], &structure)?;
/// assert_eq!(attributes, same);
/// # Ok::<(), vecseal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attributes {
    held: AccessStructure,
}

impl Attributes {
    /// Takes pairs of dimension and attribute; none at all is allowed and satisfies only `*`.
    ///
    /// # Errors
    ///
    /// [`Error::Input`](crate::Error::Input) naming what the structure lacks.
    pub fn new<'n>(pairs: impl IntoIterator<Item = (&'n str, &'n str)>, structure: &AccessStructure) -> Result<Self> {
        let held: Vec<_> = pairs.into_iter().map(|(dimension, name)| Attribute::new(dimension, name)).collect();
        for attribute in &held {
            structure.find(attribute)?;
        }
        Ok(Self::of(&held, structure))
    }

    /// Reads the JSON form, `{"roles": ["analyst"], "departments": ["finance"]}`.
    ///
    /// # Errors
    ///
    /// [`Error::Input`](crate::Error::Input) with the byte span of what is wrong.
    pub fn from_json(text: &str, structure: &AccessStructure) -> Result<Self> {
        let placed = json::attributes(text)?;
        for attribute in &placed {
            attribute.find_in(structure)?;
        }
        let held: Vec<_> = placed.into_iter().map(|placed| placed.attribute).collect();
        Ok(Self::of(&held, structure))
    }

    /// Returns what is held as a structure of its own, hierarchies from their lowest level.
    #[must_use]
    pub fn structure(&self) -> &AccessStructure {
        &self.held
    }

    /// Returns whether this attribute is held.
    #[must_use]
    pub fn contains(&self, attribute: &Attribute) -> bool {
        self.held.find(attribute).is_ok()
    }

    /// Returns whether a holder owns this right.
    #[must_use]
    pub fn own(&self, right: &Right) -> bool {
        right.attributes().iter().all(|attribute| self.contains(attribute))
    }

    pub(crate) fn from_structure(held: AccessStructure) -> Self {
        Self { held }
    }

    /// `held` with the lower levels of hierarchies; all of it is known to be in the structure.
    fn of(held: &[Attribute], structure: &AccessStructure) -> Self {
        let held = structure.restrict(|dimension, name| {
            let mut named = held.iter().filter(|attribute| attribute.dimension() == dimension.name());
            match dimension.kind() {
                DimensionKind::Set => named.any(|attribute| attribute.name() == name),
                DimensionKind::Hierarchy => {
                    named.any(|attribute| dimension.position(name) <= dimension.position(attribute.name()))
                }
            }
        });
        Self { held }
    }
}

/// Writes the JSON form of a structure; a hierarchy shows all levels held.
impl fmt::Display for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.held.fmt(f)
    }
}
