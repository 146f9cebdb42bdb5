//! The JSON forms of structures, policies and attributes (`docs/FORMAT.md` §4.1, §4.3).

mod document;

use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use super::expression::{Expression, Node, PlacedAttribute};
use super::right::Attribute;
use super::structure::{AccessStructure, DimensionKind, is_name};
use crate::error::{Error, Expected, Problem, Result};
use crate::limits::MAX_DEPTH;
use document::{Document, Value};

/// Reads a structure.
pub(crate) fn structure(text: &str) -> Result<AccessStructure> {
    let document = Document::parse(text)?;
    let members = document.root().object(Expected::Object)?;
    let mut builder = AccessStructure::builder();
    for (dimension, key, value) in members {
        let (kind, list) = if value.is_object() {
            (DimensionKind::Hierarchy, value.ordered()?)
        } else {
            (DimensionKind::Set, value.array(Expected::NamesOrOrdered)?)
        };
        let names = list.iter().map(|name| name.string()).collect::<Result<Vec<_>>>()?;
        builder = builder.dimension(dimension, kind, names.iter().copied()).map_err(|error| {
            let span = blame(&error, key, value, &list, &names);
            error.or_at(&span)
        })?;
    }
    builder.build().map_err(|error| error.or_at(&document.root().span()))
}

/// The part of a dimension that an error is about: the key, the list, or the last attribute at fault.
fn blame(error: &Error, key: Value<'_>, value: Value<'_>, list: &[Value<'_>], names: &[&str]) -> Range<usize> {
    let Error::Input(input) = error else {
        return key.span();
    };
    let at_fault = |name: &str| match input.problem() {
        Problem::InvalidName => !is_name(name),
        Problem::Duplicate => input.name().is_some_and(|fault| fault.ends_with(&alloc::format!(":{name}"))),
        _ => false,
    };
    if matches!(input.problem(), Problem::Empty | Problem::TooManyAttributes) {
        return value.span();
    }
    let last = list.iter().zip(names).rfind(|(_, name)| at_fault(name));
    last.map_or_else(|| key.span(), |(value, _)| value.span())
}

/// Reads a policy.
pub(crate) fn policy(text: &str) -> Result<Expression> {
    let document = Document::parse(text)?;
    document.root().policy(0)
}

/// Reads attributes: `{"roles": ["analyst"], "departments": ["finance"]}`.
pub(crate) fn attributes(text: &str) -> Result<Vec<PlacedAttribute>> {
    let document = Document::parse(text)?;
    let mut attributes = Vec::new();
    for (dimension, key, value) in document.root().object(Expected::Object)? {
        for name in value.array(Expected::Names)? {
            attributes.push(PlacedAttribute {
                attribute: Attribute::new(dimension, name.string()?),
                dimension_span: key.span(),
                span: name.span(),
            });
        }
    }
    Ok(attributes)
}

/// Writes a structure.
pub(crate) fn write_structure(structure: &AccessStructure, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("{")?;
    for (i, dimension) in structure.dimensions().iter().enumerate() {
        let separator = if i == 0 { "" } else { ", " };
        write!(f, "{separator}{}: ", Quoted(dimension.name()))?;
        let (open, close) = match dimension.kind() {
            DimensionKind::Set => ("[", "]"),
            DimensionKind::Hierarchy => ("{\"ordered\": [", "]}"),
        };
        f.write_str(open)?;
        for (j, name) in dimension.attributes().enumerate() {
            write!(f, "{}{}", if j == 0 { "" } else { ", " }, Quoted(name))?;
        }
        f.write_str(close)?;
    }
    f.write_str("}")
}

struct Quoted<'n>(&'n str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names hold no control characters.
        f.write_str("\"")?;
        for character in self.0.chars() {
            let escape = if matches!(character, '"' | '\\') { "\\" } else { "" };
            write!(f, "{escape}{character}")?;
        }
        f.write_str("\"")
    }
}

impl Value<'_> {
    /// The list of `{"ordered": [...]}`.
    fn ordered(self) -> Result<Vec<Self>> {
        match self.object(Expected::NamesOrOrdered)?.as_slice() {
            [("ordered", _, levels)] => levels.array(Expected::Names),
            _ => Err(self.expected(Expected::NamesOrOrdered)),
        }
    }

    fn policy(self, depth: usize) -> Result<Expression> {
        if depth > MAX_DEPTH {
            return Err(Problem::TooDeep.at(&self.span()));
        }
        if self.as_str() == Some("*") {
            return Ok(Expression {
                node: Node::Anyone,
                span: self.span(),
            });
        }
        let members = self.object(Expected::JsonPolicy)?;
        let parts = members.iter().map(|(name, key, value)| value.policy_member(name, *key, depth));
        Ok(Expression::all(parts.collect::<Result<_>>()?, self.span()))
    }

    /// The policy of one member: `"any"` or `"all"` of policies, or a dimension with the attributes that satisfy it.
    fn policy_member(self, name: &str, key: Self, depth: usize) -> Result<Expression> {
        match name {
            operator @ ("any" | "all") => {
                let policies = self.array(Expected::Policies)?;
                let parts = policies.iter().map(|policy| policy.policy(depth + 1)).collect::<Result<_>>()?;
                let join = if operator == "any" {
                    Expression::any
                } else {
                    Expression::all
                };
                Ok(join(parts, self.span()))
            }
            dimension => {
                let names = self.array(Expected::Names)?;
                let parts = names.iter().map(|name| {
                    let attribute = Attribute::new(dimension, name.string()?);
                    Ok(Expression::attribute(attribute, key.span(), name.span()))
                });
                Ok(Expression::any(parts.collect::<Result<_>>()?, self.span()))
            }
        }
    }
}
