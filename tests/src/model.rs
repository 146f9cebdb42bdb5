//! An access model made again, from nothing but sets and quantifiers, to hold the crate's against.

use std::collections::{BTreeMap, BTreeSet};

/// A dimension: its attributes, and whether they are ordered.
#[derive(Debug, Clone)]
pub struct Dimension {
    /// The name.
    pub name: String,
    /// From low to high if ordered.
    pub attributes: Vec<String>,
    /// Whether it is a hierarchy.
    pub ordered: bool,
}

/// A policy as a tree.
#[derive(Debug, Clone)]
pub enum Formula {
    /// Any key.
    Anyone,
    /// Dimension and attribute, by index.
    Leaf(usize, usize),
    /// AND.
    All(Vec<Formula>),
    /// OR.
    Any(Vec<Formula>),
}

/// What somebody holds: per dimension the attributes, by index; for a hierarchy its highest counts.
pub type Holding = BTreeMap<usize, BTreeSet<usize>>;

/// Returns the structure's JSON form.
#[must_use]
pub fn structure_json(dimensions: &[Dimension]) -> String {
    let members = dimensions.iter().map(|dimension| {
        let list = serde_json::json!(dimension.attributes);
        let value = if dimension.ordered {
            serde_json::json!({ "ordered": list })
        } else {
            list
        };
        (dimension.name.clone(), value)
    });
    serde_json::Value::Object(members.collect()).to_string()
}

impl Formula {
    /// Returns the text form.
    #[must_use]
    pub fn text(&self, dimensions: &[Dimension]) -> String {
        let join = |parts: &[Self], operator: &str| {
            let parts: Vec<String> = parts.iter().map(|part| format!("({})", part.text(dimensions))).collect();
            parts.join(operator)
        };
        match self {
            Self::Anyone => "*".to_owned(),
            Self::Leaf(dimension, attribute) => match dimensions.get(*dimension) {
                Some(found) => {
                    let name = found.attributes.get(*attribute).map_or("?", String::as_str);
                    format!("{:?}:{:?}", found.name, name)
                }
                None => "?:?".to_owned(),
            },
            Self::All(parts) => join(parts, " && "),
            Self::Any(parts) => join(parts, " || "),
        }
    }

    /// Says whether a holding satisfies this, by evaluating the tree.
    #[must_use]
    pub fn satisfied_by(&self, holding: &Holding, dimensions: &[Dimension]) -> bool {
        match self {
            Self::Anyone => true,
            Self::Leaf(dimension, attribute) => {
                let ordered = dimensions.get(*dimension).is_some_and(|dimension| dimension.ordered);
                let mut held = holding.get(dimension).into_iter().flatten();
                if ordered {
                    held.any(|level| level >= attribute)
                } else {
                    held.any(|held| held == attribute)
                }
            }
            Self::All(parts) => parts.iter().all(|part| part.satisfied_by(holding, dimensions)),
            Self::Any(parts) => parts.iter().any(|part| part.satisfied_by(holding, dimensions)),
        }
    }
}

/// Returns a holding as pairs of names.
#[must_use]
pub fn pairs<'d>(holding: &Holding, dimensions: &'d [Dimension]) -> Vec<(&'d str, &'d str)> {
    let pairs = holding
        .iter()
        .flat_map(|(dimension, held)| held.iter().map(move |attribute| (*dimension, *attribute)));
    let names = pairs.filter_map(|(dimension, attribute)| {
        let dimension = dimensions.get(dimension)?;
        Some((dimension.name.as_str(), dimension.attributes.get(attribute)?.as_str()))
    });
    names.collect()
}
