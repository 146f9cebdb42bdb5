//! Random structures, policies and holdings, small enough that chance meets every combination.

use std::collections::BTreeMap;

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use vecseal_tests::model::{Dimension, Formula, Holding};

/// One world to try.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) dimensions: Vec<Dimension>,
    pub(crate) formula: Formula,
    pub(crate) holdings: Vec<Holding>,
    pub(crate) rotations: u8,
    pub(crate) seed: u64,
}

pub(crate) fn case() -> impl Strategy<Value = Case> {
    vec((1usize..=3, any::<bool>()), 1..=3).prop_flat_map(|shape| {
        let dimensions: Vec<Dimension> =
            shape.iter().enumerate().map(|(i, (count, ordered))| dimension(i, *count, *ordered)).collect();
        let counts: Vec<usize> = shape.iter().map(|(count, _)| *count).collect();
        let holdings = vec(holding(counts.clone()), 2..=3);
        (Just(dimensions), formula(counts), holdings, 0u8..3, any::<u64>()).prop_map(
            |(dimensions, formula, holdings, rotations, seed)| Case {
                dimensions,
                formula,
                holdings,
                rotations,
                seed,
            },
        )
    })
}

/// Names that sort in another order than they are numbered, and some that need quotes.
fn dimension(index: usize, count: usize, ordered: bool) -> Dimension {
    let names = ["zeta", "alpha", "mid dle"];
    let attributes = (0..count).map(|i| ["c", "a", "\"b\""][i].to_owned()).collect();
    Dimension {
        name: names[index].to_owned(),
        attributes,
        ordered,
    }
}

fn holding(counts: Vec<usize>) -> impl Strategy<Value = Holding> {
    let held = counts.into_iter().map(|count| btree_set(0..count, 0..=count)).collect::<Vec<_>>();
    held.prop_map(|held| held.into_iter().enumerate().filter(|(_, held)| !held.is_empty()).collect::<BTreeMap<_, _>>())
}

fn formula(counts: Vec<usize>) -> impl Strategy<Value = Formula> {
    let leaf = (0..counts.len(), any::<prop::sample::Index>());
    let leaf = leaf.prop_map(move |(dimension, index)| Formula::Leaf(dimension, index.index(counts[dimension])));
    let leaf = prop_oneof![12 => leaf, 1 => Just(Formula::Anyone)];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..=3).prop_map(Formula::All),
            vec(inner, 2..=3).prop_map(Formula::Any)
        ]
    })
}
