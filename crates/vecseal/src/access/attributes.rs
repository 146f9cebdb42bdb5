//! What a person or an agent holds.

use alloc::vec::Vec;
use core::fmt;

use super::json;
use super::right::{Attribute, Right};
use super::structure::{AccessStructure, DimensionKind};
use crate::error::Result;
use crate::sort::sort_by;

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
        let held = pairs.into_iter().map(|(dimension, name)| structure.find(&Attribute::new(dimension, name)));
        Ok(Self::at(held.collect::<Result<_>>()?, structure))
    }

    /// Reads the JSON form, `{"roles": ["analyst"], "departments": ["finance"]}`.
    ///
    /// # Errors
    ///
    /// [`Error::Input`](crate::Error::Input) with the byte span of what is wrong.
    pub fn from_json(text: &str, structure: &AccessStructure) -> Result<Self> {
        let held = json::attributes(text)?;
        let held = held.iter().map(|attribute| attribute.find_in(structure));
        Ok(Self::at(held.collect::<Result<_>>()?, structure))
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

    /// Returns the same attributes as another structure has them, with its levels and its order.
    pub(crate) fn within(&self, structure: &AccessStructure) -> Result<Self> {
        let dimensions = self.held.dimensions().iter();
        let pairs = dimensions.flat_map(|dimension| dimension.attributes().map(|name| (dimension.name(), name)));
        Self::new(pairs, structure)
    }

    pub(crate) fn from_structure(held: AccessStructure) -> Self {
        Self { held }
    }

    /// The attributes at these places, with the lower levels of hierarchies.
    fn at(mut held: Vec<(usize, u16)>, structure: &AccessStructure) -> Self {
        sort_by(&mut held, Ord::cmp);
        let hierarchy = |dimension: usize| {
            structure
                .dimensions()
                .get(dimension)
                .is_some_and(|dimension| dimension.kind() == DimensionKind::Hierarchy)
        };
        let held = structure.restrict(|dimension, value| {
            let next = held.get(held.partition_point(|held| *held < (dimension, value)));
            // Of a hierarchy, any level from this one up includes it.
            next.is_some_and(|next| next.0 == dimension && (next.1 == value || hierarchy(dimension)))
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
