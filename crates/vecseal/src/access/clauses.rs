//! From a policy to its clauses: distribution, merging and absorption (`docs/FORMAT.md` §4.3).

use alloc::vec::Vec;
use core::ops::Range;

use super::expression::{Expression, Node};
use super::right::{Coordinates, Right};
use super::structure::{AccessStructure, DimensionKind};
use crate::error::{Problem, Result};
use crate::limits::MAX_CLAUSES;
use crate::sort::sort_by;

/// Returns the clauses of a policy, sorted, none implied by another.
pub(crate) fn normalise(expression: &Expression, structure: &AccessStructure) -> Result<Vec<Right>> {
    let clauses = Normaliser { structure }.clauses(expression)?;
    let mut rights: Vec<_> = clauses.iter().map(|clause| Right::at(structure, clause)).collect();
    sort_by(&mut rights, Right::cmp);
    Ok(rights)
}

struct Normaliser<'s> {
    structure: &'s AccessStructure,
}

impl Normaliser<'_> {
    fn clauses(&self, expression: &Expression) -> Result<Vec<Coordinates>> {
        let span = &expression.span;
        match &expression.node {
            Node::Anyone => Ok(alloc::vec![Coordinates::default()]),
            Node::Attribute(placed) => {
                let (dimension, value) = placed.find_in(self.structure)?;
                let mut clause = Coordinates::default();
                if let Some(place) = clause.0.get_mut(dimension) {
                    *place = value;
                }
                Ok(alloc::vec![clause])
            }
            Node::Any(parts) => {
                let mut all = Vec::new();
                for part in parts {
                    all.append(&mut self.clauses(part)?);
                }
                self.minimal(all, span)
            }
            Node::All(parts) => {
                let mut product = alloc::vec![Coordinates::default()];
                for part in parts {
                    product = self.product(&product, &self.clauses(part)?, span)?;
                }
                Ok(product)
            }
        }
    }

    fn product(&self, left: &[Coordinates], right: &[Coordinates], span: &Range<usize>) -> Result<Vec<Coordinates>> {
        let mut merged = Vec::with_capacity(left.len() * right.len());
        for a in left {
            for b in right {
                merged.push(self.merge(a, b, span)?);
            }
        }
        self.minimal(merged, span)
    }

    /// The clause that asks for both.
    fn merge(&self, a: &Coordinates, b: &Coordinates, span: &Range<usize>) -> Result<Coordinates> {
        let mut merged = *a;
        for ((place, b), dimension) in merged.0.iter_mut().zip(b.0).zip(self.structure.dimensions()) {
            let conflict = *place != 0 && b != 0 && *place != b && dimension.kind() == DimensionKind::Set;
            if conflict {
                let name = |value| dimension.attribute_at(value).unwrap_or_default();
                let (first, second) = (name((*place).min(b)), name((*place).max(b)));
                let both = alloc::format!("{dim}:{first}` and `{dim}:{second}", dim = dimension.name());
                return Err(Problem::ConflictingAttributes.of_at(both, span));
            }
            // In a set the values are equal or one is absent; in a hierarchy the higher level asks for both.
            *place = (*place).max(b);
        }
        Ok(merged)
    }

    /// Drops clauses that another implies. Weaker clauses sort first, so nothing kept is dropped later.
    fn minimal(&self, mut clauses: Vec<Coordinates>, span: &Range<usize>) -> Result<Vec<Coordinates>> {
        sort_by(&mut clauses, |a, b| self.weight(a).cmp(&self.weight(b)).then_with(|| a.cmp(b)));
        clauses.dedup();
        let mut kept: Vec<Coordinates> = Vec::new();
        for clause in clauses {
            if kept.iter().any(|weaker| self.implies(&clause, weaker)) {
                continue;
            }
            if kept.len() == MAX_CLAUSES {
                return Err(Problem::TooManyClauses.at(span));
            }
            kept.push(clause);
        }
        Ok(kept)
    }

    /// Grows from a clause to any other that implies it: the number of attributes, then the sum of levels.
    fn weight(&self, clause: &Coordinates) -> (usize, u32) {
        let asked = clause.0.iter().filter(|value| **value != 0).count();
        let levels = clause.0.iter().zip(self.structure.dimensions());
        let levels = levels.filter(|(_, dimension)| dimension.kind() == DimensionKind::Hierarchy);
        (asked, levels.map(|(value, _)| u32::from(*value)).sum())
    }

    /// Whether whoever satisfies `strong` satisfies `weak`.
    fn implies(&self, strong: &Coordinates, weak: &Coordinates) -> bool {
        strong
            .0
            .iter()
            .zip(weak.0)
            .zip(self.structure.dimensions())
            .all(|((strong, weak), dimension)| match dimension.kind() {
                DimensionKind::Set => weak == 0 || weak == *strong,
                DimensionKind::Hierarchy => weak <= *strong,
            })
    }
}
