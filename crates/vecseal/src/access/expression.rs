//! Policies as written: a tree of AND and OR, with the place of each part in its text.

use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use super::right::Attribute;
use super::structure::AccessStructure;
use crate::error::Error;

/// One part of a policy, and the bytes of the text that it was read from.
#[derive(Debug, Clone)]
pub(crate) struct Expression {
    pub(crate) node: Node,
    pub(crate) span: Range<usize>,
}

#[derive(Debug, Clone)]
pub(crate) enum Node {
    /// `*`: any key of the authority.
    Anyone,
    Attribute(PlacedAttribute),
    /// AND of two or more.
    All(Vec<Expression>),
    /// OR of two or more.
    Any(Vec<Expression>),
}

/// An attribute and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct PlacedAttribute {
    pub(crate) attribute: Attribute,
    pub(crate) dimension_span: Range<usize>,
    pub(crate) span: Range<usize>,
}

impl PlacedAttribute {
    /// Checks that a structure has the attribute, and returns where; an error points at the part that is unknown.
    pub(crate) fn find_in(&self, structure: &AccessStructure) -> Result<(usize, u16), Error> {
        structure.find(&self.attribute).map_err(|error| {
            let unknown_dimension = structure.dimension(self.attribute.dimension()).is_none();
            error.or_at(if unknown_dimension {
                &self.dimension_span
            } else {
                &self.span
            })
        })
    }
}

impl Expression {
    pub(crate) fn attribute(attribute: Attribute, dimension_span: Range<usize>, span: Range<usize>) -> Self {
        Self {
            node: Node::Attribute(PlacedAttribute {
                attribute,
                dimension_span,
                span: span.clone(),
            }),
            span,
        }
    }

    /// Whether some structure could have all attributes.
    pub(crate) fn is_well_named(&self) -> bool {
        match &self.node {
            Node::Anyone => true,
            Node::Attribute(placed) => placed.attribute.is_well_named(),
            Node::All(parts) | Node::Any(parts) => parts.iter().all(Self::is_well_named),
        }
    }

    /// Joins parts with AND; one part stays itself.
    pub(crate) fn all(parts: Vec<Self>, span: Range<usize>) -> Self {
        Self::join(parts, span, Node::All, |node| match node {
            Node::All(inner) => Ok(inner),
            other => Err(other),
        })
    }

    /// Joins parts with OR; one part stays itself.
    pub(crate) fn any(parts: Vec<Self>, span: Range<usize>) -> Self {
        Self::join(parts, span, Node::Any, |node| match node {
            Node::Any(inner) => Ok(inner),
            other => Err(other),
        })
    }

    /// Joins parts; parts of the same operator are taken apart, so that the text form needs no parentheses for them.
    fn join(
        parts: Vec<Self>,
        span: Range<usize>,
        operator: impl Fn(Vec<Self>) -> Node,
        take_apart: impl Fn(Node) -> Result<Vec<Self>, Node>,
    ) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match take_apart(part.node) {
                Ok(inner) => flat.extend(inner),
                Err(node) => flat.push(Self { node, span: part.span }),
            }
        }
        match flat.pop() {
            Some(only) if flat.is_empty() => only,
            Some(last) => {
                flat.push(last);
                Self {
                    node: operator(flat),
                    span,
                }
            }
            None => Self {
                node: operator(flat),
                span,
            },
        }
    }
}

/// Writes the text form.
impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.node {
            Node::Anyone => f.write_str("*"),
            Node::Attribute(placed) => placed.attribute.fmt(f),
            Node::All(parts) => join(parts, " && ", f),
            Node::Any(parts) => join(parts, " || ", f),
        }
    }
}

fn join(parts: &[Expression], operator: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            f.write_str(operator)?;
        }
        match part.node {
            // An AND holds no AND, so what is joined inside one is an OR, which binds less.
            Node::Any(_) => write!(f, "({part})")?,
            _ => write!(f, "{part}")?,
        }
    }
    Ok(())
}
