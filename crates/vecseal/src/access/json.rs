//! The JSON forms of structures, policies and attributes (`docs/FORMAT.md` §4.1, §4.3).
//!
//! `serde_json` parses; its raw values are slices of the text, which is where byte spans come from.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::expression::{Expression, Node, PlacedAttribute};
use super::right::Attribute;
use super::structure::{AccessStructure, DimensionKind, is_name};
use crate::error::{Error, Expected, Problem, Result};
use crate::limits::{MAX_DEPTH, MAX_TEXT_BYTES};

/// Reads a structure.
pub(crate) fn structure(text: &str) -> Result<AccessStructure> {
    let document = Document::parse(text)?;
    let members = document.root().object(Expected::Object)?;
    let mut builder = AccessStructure::builder();
    for (key, value) in members {
        let (kind, list) = match value.first_byte() {
            b'{' => (DimensionKind::Hierarchy, value.ordered()?),
            _ => (DimensionKind::Set, value.array(Expected::NamesOrOrdered)?),
        };
        let names = list.iter().map(Value::string).collect::<Result<Vec<_>>>()?;
        let dimension = key.string()?;
        builder = builder.dimension(&dimension, kind, names.iter().map(String::as_str)).map_err(|error| {
            let span = blame(&error, &key, &value, &list, &names);
            error.or_at(&span)
        })?;
    }
    builder.build().map_err(|error| error.or_at(&document.root().span))
}

/// The part of a dimension that an error is about: the key, the list, or the last attribute at fault.
fn blame(error: &Error, key: &Value<'_>, value: &Value<'_>, list: &[Value<'_>], names: &[String]) -> Range<usize> {
    let Error::Input(input) = error else {
        return key.span.clone();
    };
    let at_fault = |name: &str| match input.problem() {
        Problem::InvalidName => !is_name(name),
        Problem::Duplicate => input.name().is_some_and(|fault| fault.ends_with(&alloc::format!(":{name}"))),
        _ => false,
    };
    if matches!(input.problem(), Problem::Empty | Problem::TooManyAttributes) {
        return value.span.clone();
    }
    let last = list.iter().zip(names).rfind(|(_, name)| at_fault(name));
    last.map_or(key.span.clone(), |(value, _)| value.span.clone())
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
    for (key, value) in document.root().object(Expected::Object)? {
        let dimension = key.string()?;
        for name in value.array(Expected::Names)? {
            let attribute = Attribute::new(&dimension, &name.string()?);
            attributes.push(PlacedAttribute {
                attribute,
                dimension_span: key.span.clone(),
                span: name.span,
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
        f.write_str(&serde_json::to_string(self.0).map_err(|_| fmt::Error)?)
    }
}

/// A text that is known to be JSON.
struct Document<'t> {
    text: &'t str,
    root: &'t RawValue,
}

impl<'t> Document<'t> {
    fn parse(text: &'t str) -> Result<Self> {
        if text.len() > MAX_TEXT_BYTES {
            return Err(Problem::TooLong.at(&(0..text.len())));
        }
        let root = serde_json::from_str(text).map_err(|error| {
            let offset = offset_of(text, error.line(), error.column());
            Problem::Syntax(Expected::Json).at(&(offset..offset))
        })?;
        Ok(Self { text, root })
    }

    fn root(&self) -> Value<'t> {
        Value::new(self.text, self.root)
    }
}

/// The byte offset of `serde_json`'s line and column, both from 1, the column in bytes.
fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let mut offset = (start + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// A JSON value and its place.
struct Value<'t> {
    text: &'t str,
    json: &'t str,
    span: Range<usize>,
}

impl<'t> Value<'t> {
    fn new(text: &'t str, raw: &'t RawValue) -> Self {
        let json = raw.get();
        let start = json.as_ptr().addr() - text.as_ptr().addr();
        Self {
            text,
            json,
            span: start..start + json.len(),
        }
    }

    fn first_byte(&self) -> u8 {
        self.json.bytes().next().unwrap_or_default()
    }

    fn expected(&self, expected: Expected) -> Error {
        Problem::Syntax(expected).at(&self.span)
    }

    fn string(&self) -> Result<String> {
        serde_json::from_str(self.json).map_err(|_| self.expected(Expected::Names))
    }

    fn array(&self, expected: Expected) -> Result<Vec<Self>> {
        let items: Vec<&'t RawValue> = serde_json::from_str(self.json).map_err(|_| self.expected(expected))?;
        if items.is_empty() {
            return Err(Problem::Empty.at(&self.span));
        }
        Ok(items.into_iter().map(|raw| Value::new(self.text, raw)).collect())
    }

    /// The members in the order written; a key given twice is an error.
    fn object(&self, expected: Expected) -> Result<Vec<(Self, Self)>> {
        let Members(members) = serde_json::from_str(self.json).map_err(|_| self.expected(expected))?;
        if members.is_empty() {
            return Err(Problem::Empty.at(&self.span));
        }
        let members: Vec<_> = members
            .into_iter()
            .map(|(key, value)| (Value::new(self.text, key), Value::new(self.text, value)))
            .collect();
        let mut seen: Vec<String> = Vec::new();
        for (key, _) in &members {
            let name = key.string()?;
            if seen.contains(&name) {
                return Err(Problem::Duplicate.of_at(name, &key.span));
            }
            seen.push(name);
        }
        Ok(members)
    }

    /// The list of `{"ordered": [...]}`.
    fn ordered(&self) -> Result<Vec<Self>> {
        let members = self.object(Expected::NamesOrOrdered)?;
        match members.as_slice() {
            [(key, levels)] if key.string()? == "ordered" => levels.array(Expected::Names),
            _ => Err(self.expected(Expected::NamesOrOrdered)),
        }
    }

    fn policy(&self, depth: usize) -> Result<Expression> {
        if depth > MAX_DEPTH {
            return Err(Problem::TooDeep.at(&self.span));
        }
        if self.first_byte() == b'"' && self.string()? == "*" {
            return Ok(Expression {
                node: Node::Anyone,
                span: self.span.clone(),
            });
        }
        let members = self.object(Expected::JsonPolicy)?;
        let parts = members.iter().map(|(key, value)| value.policy_member(key, depth));
        Ok(Expression::all(parts.collect::<Result<_>>()?, self.span.clone()))
    }

    /// The policy of one member: `"any"` or `"all"` of policies, or a dimension with the attributes that satisfy it.
    fn policy_member(&self, key: &Self, depth: usize) -> Result<Expression> {
        match key.string()?.as_str() {
            operator @ ("any" | "all") => {
                let policies = self.array(Expected::Policies)?;
                let parts = policies.iter().map(|policy| policy.policy(depth + 1)).collect::<Result<_>>()?;
                let join = if operator == "any" {
                    Expression::any
                } else {
                    Expression::all
                };
                Ok(join(parts, self.span.clone()))
            }
            dimension => {
                let names = self.array(Expected::Names)?;
                let parts = names.iter().map(|name| {
                    let attribute = Attribute::new(dimension, &name.string()?);
                    Ok(Expression::attribute(attribute, key.span.clone(), name.span.clone()))
                });
                Ok(Expression::any(parts.collect::<Result<_>>()?, self.span.clone()))
            }
        }
    }
}

/// The members of an object, in order and with duplicates.
struct Members<'t>(Vec<(&'t RawValue, &'t RawValue)>);

impl<'t> Deserialize<'t> for Members<'t> {
    fn deserialize<D: Deserializer<'t>>(deserializer: D) -> core::result::Result<Self, D::Error> {
        struct Collect;
        impl<'t> Visitor<'t> for Collect {
            type Value = Members<'t>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> core::result::Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}
