//! Attributes and rights (`docs/FORMAT.md` §4.2).

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;

use super::structure::{AccessStructure, is_dimension_name, is_name};
use super::text::write_name;
use crate::bytes::cbor::{Reader, Writer};
use crate::error::{Error, Result};
use crate::limits::MAX_DIMENSIONS;

/// An attribute with its dimension, as in `departments:finance`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Attribute {
    dimension: Box<str>,
    name: Box<str>,
}

impl Attribute {
    /// Names an attribute. Whether an access structure has it, the structure says.
    #[must_use]
    pub fn new(dimension: &str, name: &str) -> Self {
        Self {
            dimension: dimension.into(),
            name: name.into(),
        }
    }

    /// Returns the dimension's name.
    #[must_use]
    pub fn dimension(&self) -> &str {
        &self.dimension
    }

    /// Returns the attribute's own name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether some structure could have it.
    pub(crate) fn is_well_named(&self) -> bool {
        is_dimension_name(&self.dimension) && is_name(&self.name)
    }

    /// Sorts as the encodings do.
    fn order(&self) -> (usize, &str, usize, &str) {
        (self.dimension.len(), &self.dimension, self.name.len(), &self.name)
    }
}

/// Writes the text form of a policy, quoted where needed.
impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_name(&self.dimension, f)?;
        f.write_str(":")?;
        write_name(&self.name, f)
    }
}

/// At most one attribute for each of some dimensions; what a clause asks for and a key is made of.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Right {
    /// Sorted by dimension, one per dimension.
    attributes: Vec<Attribute>,
}

impl Right {
    /// Returns the attributes, sorted by dimension; none for the universal right.
    #[must_use]
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// Takes the attributes at these coordinates of a structure.
    pub(crate) fn at(structure: &AccessStructure, coordinates: &Coordinates) -> Self {
        let pairs = structure.dimensions().iter().zip(coordinates.0);
        let attributes = pairs.filter_map(|(dimension, coordinate)| {
            dimension.attribute_at(coordinate).map(|name| Attribute::new(dimension.name(), name))
        });
        Self {
            attributes: attributes.collect(),
        }
    }

    /// Returns the coordinates of this right in a structure.
    pub(crate) fn coordinates(&self, structure: &AccessStructure) -> Result<Coordinates> {
        let mut coordinates = Coordinates::default();
        for attribute in &self.attributes {
            let (dimension, value) = structure.find(attribute)?;
            if let Some(place) = coordinates.0.get_mut(dimension) {
                *place = value;
            }
        }
        Ok(coordinates)
    }

    /// Returns `cbor([epoch, right])`, the context of a right's derivations.
    pub(crate) fn context(&self, epoch: u32) -> Vec<u8> {
        let mut writer = Writer::with_capacity(64);
        writer.array(2).u64(epoch.into());
        self.write(&mut writer);
        writer.finish()
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.array(self.attributes.len() as u64);
        for attribute in &self.attributes {
            writer.array(2).str(&attribute.dimension).str(&attribute.name);
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let mut attributes: Vec<Attribute> = Vec::new();
        for _ in 0..reader.array(MAX_DIMENSIONS)? {
            reader.tuple(2)?;
            let attribute = Attribute::new(reader.str()?, reader.str()?);
            let sorted = attributes.last().is_none_or(|last| last.dimension < attribute.dimension);
            if !sorted || !attribute.is_well_named() {
                return Err(Error::Malformed);
            }
            attributes.push(attribute);
        }
        Ok(Self { attributes })
    }
}

/// Bytewise by canonical encoding, in which a shorter list or name comes first.
impl Ord for Right {
    fn cmp(&self, other: &Self) -> Ordering {
        let lengths = self.attributes.len().cmp(&other.attributes.len());
        lengths.then_with(|| {
            self.attributes.iter().map(Attribute::order).cmp(other.attributes.iter().map(Attribute::order))
        })
    }
}

impl PartialOrd for Right {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Writes the policy that asks for exactly this right.
impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((first, rest)) = self.attributes.split_first() else {
            return f.write_str("*");
        };
        write!(f, "{first}")?;
        rest.iter().try_for_each(|attribute| write!(f, " && {attribute}"))
    }
}

/// A right by position in a structure: per dimension 0 for "left out", else the attribute's place from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Coordinates(pub(crate) [u16; MAX_DIMENSIONS]);
