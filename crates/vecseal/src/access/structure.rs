//! Access structures: the dimensions and their attributes (`docs/FORMAT.md` §4.1).

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::json;
use super::right::{Attribute, Coordinates};
use crate::bytes::cbor::{Reader, Writer};
use crate::error::{Error, Problem, Result};
use crate::limits::{MAX_ATTRIBUTES, MAX_DIMENSIONS, MAX_NAME_BYTES};
use crate::sort::sort_by;

/// The dimensions of an authority and the attributes of each.
///
/// ```
/// use vecseal::AccessStructure;
///
/// let structure = AccessStructure::from_json(
///     r#"{"roles": ["admin", "analyst"], "clearance": {"ordered": ["public", "internal", "secret"]}}"#,
/// )?;
/// assert_eq!(structure.dimensions().len(), 2);
/// # Ok::<(), vecseal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccessStructure {
    /// Sorted by name.
    dimensions: Vec<Dimension>,
}

/// One dimension: its name and attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    name: Box<str>,
    kind: DimensionKind,
    /// A set's are sorted; a hierarchy's go from low to high.
    attributes: Vec<Box<str>>,
}

/// How the attributes of a dimension relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DimensionKind {
    /// Unrelated values, such as departments.
    Set,
    /// Ordered levels, such as clearances; a higher one includes the lower ones.
    Hierarchy,
}

impl AccessStructure {
    /// Returns a builder without dimensions.
    #[must_use]
    pub fn builder() -> AccessStructureBuilder {
        AccessStructureBuilder { dimensions: Vec::new() }
    }

    /// Reads the JSON form: `{"roles": ["admin"], "clearance": {"ordered": ["public", "secret"]}}`.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] with the byte span of what is wrong.
    pub fn from_json(text: &str) -> Result<Self> {
        json::structure(text)
    }

    /// Returns the dimensions, sorted by name.
    #[must_use]
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// Returns the dimension of this name.
    #[must_use]
    pub fn dimension(&self, name: &str) -> Option<&Dimension> {
        self.dimensions.get(self.position(name)?)
    }

    /// Returns how many rights a holder of everything in this structure owns, or `None` beyond `usize`.
    #[must_use]
    pub fn rights(&self) -> Option<usize> {
        self.dimensions
            .iter()
            .try_fold(1usize, |product, dimension| product.checked_mul(dimension.attributes.len() + 1))
    }

    /// Checks that the structure has this attribute, and returns where.
    pub(crate) fn find(&self, attribute: &Attribute) -> Result<(usize, u16)> {
        let (position, dimension) = self
            .position(attribute.dimension())
            .and_then(|position| Some((position, self.dimensions.get(position)?)))
            .ok_or_else(|| Problem::UnknownDimension.of(attribute.dimension()))?;
        let index = dimension
            .position(attribute.name())
            .ok_or_else(|| Problem::UnknownAttribute.of(alloc::format!("{attribute}")))?;
        Ok((position, index))
    }

    /// Returns the structure of those attributes that `keep` picks, by dimension and coordinate; dimensions left empty are
    /// left out.
    pub(crate) fn restrict(&self, keep: impl Fn(usize, u16) -> bool) -> Self {
        let dimensions = self.dimensions.iter().enumerate().map(|(index, dimension)| Dimension {
            name: dimension.name.clone(),
            kind: dimension.kind,
            attributes: (1u16..)
                .zip(&dimension.attributes)
                .filter(|(coordinate, _)| keep(index, *coordinate))
                .map(|(_, name)| name.clone())
                .collect(),
        });
        Self {
            dimensions: dimensions.filter(|dimension| !dimension.attributes.is_empty()).collect(),
        }
    }

    /// Returns the coordinates of the right at `index` in product order.
    pub(crate) fn coordinates(&self, mut index: usize) -> Coordinates {
        let mut coordinates = Coordinates::default();
        for (place, dimension) in coordinates.0.iter_mut().zip(&self.dimensions).rev() {
            let radix = dimension.attributes.len() + 1;
            *place = u16::try_from(index % radix).unwrap_or_default();
            index /= radix;
        }
        coordinates
    }

    /// Returns the place in product order of these coordinates.
    pub(crate) fn index(&self, coordinates: &Coordinates) -> usize {
        let digits = self.dimensions.iter().zip(coordinates.0);
        digits.fold(0, |index, (dimension, digit)| index * (dimension.attributes.len() + 1) + usize::from(digit))
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.array(self.dimensions.len() as u64);
        for dimension in &self.dimensions {
            writer
                .array(3)
                .str(&dimension.name)
                .u64(dimension.kind as u64)
                .array(dimension.attributes.len() as u64);
            for name in &dimension.attributes {
                writer.str(name);
            }
        }
    }

    /// Reads what [`Self::write`] wrote. No dimensions at all is allowed: the holder of no attribute.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let mut builder = Self::builder();
        for _ in 0..reader.array(MAX_DIMENSIONS)? {
            reader.tuple(3)?;
            let name = reader.str()?;
            let kind = match reader.u8()? {
                0 => DimensionKind::Set,
                1 => DimensionKind::Hierarchy,
                _ => return Err(Error::Malformed),
            };
            let length = reader.array(MAX_ATTRIBUTES)?;
            let attributes = (0..length).map(|_| reader.str()).collect::<Result<Vec<_>>>()?;
            builder = builder.dimension(name, kind, attributes).map_err(|_| Error::Malformed)?;
        }
        Ok(builder.sorted())
    }

    /// An upper bound of the bytes that [`Self::write`] writes.
    pub(crate) fn encoded_bytes(&self) -> usize {
        self.dimensions
            .iter()
            .fold(16, |sum, dimension| sum + 16 + MAX_NAME_BYTES + dimension.attributes.len() * (MAX_NAME_BYTES + 2))
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.dimensions.binary_search_by(|dimension| (*dimension.name).cmp(name)).ok()
    }
}

/// Writes the JSON form.
impl fmt::Display for AccessStructure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        json::write_structure(self, f)
    }
}

impl Dimension {
    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns how the attributes relate.
    #[must_use]
    pub fn kind(&self) -> DimensionKind {
        self.kind
    }

    /// Returns the attributes: a set's sorted, a hierarchy's from low to high.
    pub fn attributes(&self) -> impl ExactSizeIterator<Item = &str> {
        self.attributes.iter().map(AsRef::as_ref)
    }

    /// Returns the coordinate of an attribute: 1 for the first.
    pub(crate) fn position(&self, name: &str) -> Option<u16> {
        let index = match self.kind {
            DimensionKind::Set => self.attributes.binary_search_by(|attribute| (**attribute).cmp(name)).ok()?,
            DimensionKind::Hierarchy => self.attributes.iter().position(|attribute| **attribute == *name)?,
        };
        u16::try_from(index + 1).ok()
    }

    /// Returns the attribute at a coordinate other than 0.
    pub(crate) fn attribute_at(&self, coordinate: u16) -> Option<&str> {
        self.attributes.get(usize::from(coordinate).checked_sub(1)?).map(AsRef::as_ref)
    }
}

/// Builds an [`AccessStructure`] dimension by dimension.
///
/// ```
/// use vecseal::AccessStructure;
///
/// let structure = AccessStructure::builder()
///     .set("roles", ["admin", "analyst"])?
///     .hierarchy("clearance", ["public", "internal", "secret"])?
///     .build()?;
/// # Ok::<(), vecseal::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct AccessStructureBuilder {
    dimensions: Vec<Dimension>,
}

impl AccessStructureBuilder {
    /// Adds a dimension of unrelated attributes.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] naming the invalid, duplicate or superfluous name.
    pub fn set<'n>(self, name: &str, attributes: impl IntoIterator<Item = &'n str>) -> Result<Self> {
        self.dimension(name, DimensionKind::Set, attributes)
    }

    /// Adds a dimension of levels, from low to high.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] naming the invalid, duplicate or superfluous name.
    pub fn hierarchy<'n>(self, name: &str, levels: impl IntoIterator<Item = &'n str>) -> Result<Self> {
        self.dimension(name, DimensionKind::Hierarchy, levels)
    }

    /// Returns the structure.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] with [`Problem::Empty`] if no dimension was added.
    pub fn build(self) -> Result<AccessStructure> {
        if self.dimensions.is_empty() {
            return Err(Problem::Empty.of("access structure"));
        }
        Ok(self.sorted())
    }

    fn sorted(mut self) -> AccessStructure {
        sort_by(&mut self.dimensions, |a, b| a.name.cmp(&b.name));
        AccessStructure {
            dimensions: self.dimensions,
        }
    }

    pub(crate) fn dimension<'n>(
        mut self,
        name: &str,
        kind: DimensionKind,
        attributes: impl IntoIterator<Item = &'n str>,
    ) -> Result<Self> {
        check_name(name)?;
        if RESERVED.contains(&name) {
            return Err(Problem::ReservedName.of(name));
        }
        if self.dimensions.iter().any(|dimension| *dimension.name == *name) {
            return Err(Problem::Duplicate.of(name));
        }
        if self.dimensions.len() == MAX_DIMENSIONS {
            return Err(Problem::TooManyDimensions.of(name));
        }
        let attributes = collect_attributes(name, kind, attributes)?;
        self.dimensions.push(Dimension {
            name: name.into(),
            kind,
            attributes,
        });
        Ok(self)
    }
}

fn collect_attributes<'n>(
    dimension: &str,
    kind: DimensionKind,
    names: impl IntoIterator<Item = &'n str>,
) -> Result<Vec<Box<str>>> {
    let mut attributes: Vec<Box<str>> = Vec::new();
    for name in names {
        check_name(name)?;
        if attributes.len() == MAX_ATTRIBUTES {
            return Err(Problem::TooManyAttributes.of(dimension));
        }
        attributes.push(name.into());
    }
    if attributes.is_empty() {
        return Err(Problem::Empty.of(dimension));
    }
    let mut sorted = attributes.clone();
    sort_by(&mut sorted, Ord::cmp);
    if let Some([twice, _]) = sorted.array_windows().find(|[a, b]| a == b) {
        return Err(Problem::Duplicate.of(alloc::format!("{dimension}:{twice}")));
    }
    Ok(match kind {
        DimensionKind::Set => sorted,
        DimensionKind::Hierarchy => attributes,
    })
}

fn check_name(name: &str) -> Result<()> {
    if is_name(name) {
        return Ok(());
    }
    // A name that is far too long is not repeated in full.
    let shown: String = name.chars().take(MAX_NAME_BYTES).collect();
    Err(Problem::InvalidName.of(shown))
}

/// Whether a dimension can be called this.
pub(crate) fn is_dimension_name(name: &str) -> bool {
    is_name(name) && !RESERVED.contains(&name)
}

/// Whether a dimension or attribute can be called this.
pub(crate) fn is_name(name: &str) -> bool {
    let outer_space = name.starts_with(char::is_whitespace) || name.ends_with(char::is_whitespace);
    (1..=MAX_NAME_BYTES).contains(&name.len()) && !outer_space && !name.chars().any(char::is_control)
}

/// Names that the JSON form of policies uses for itself.
const RESERVED: [&str; 2] = ["any", "all"];
