//! What of an upload matters to what others learn.

use std::collections::BTreeMap;

use crate::protocol::Document;
use crate::sort::sort_by;

/// What of an upload matters to what others learn.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// Dimensions of the vectors.
    pub dimension: usize,
    /// Policies with the number of their documents, the most first.
    pub policies: Vec<(String, usize)>,
}

impl Facts {
    /// Of these documents, whose policies are `parsed`: one that is written in two ways is one.
    #[must_use]
    pub fn of(documents: &[Document], parsed: impl Fn(&str) -> Option<String>, dimension: usize) -> Self {
        let mut texts: BTreeMap<&str, usize> = BTreeMap::new();
        for document in documents {
            *texts.entry(&document.policy).or_default() += 1;
        }
        let mut policies: BTreeMap<String, usize> = BTreeMap::new();
        for (text, count) in texts {
            *policies.entry(parsed(text).unwrap_or_else(|| text.to_owned())).or_default() += count;
        }
        let mut policies: Vec<(String, usize)> = policies.into_iter().collect();
        sort_by(&mut policies, |a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Self { dimension, policies }
    }

    /// How many compartments there are: one for each policy.
    #[must_use]
    pub fn compartments(&self) -> usize {
        self.policies.len()
    }

    /// How many records the largest has.
    #[must_use]
    pub fn largest(&self) -> usize {
        self.policies.first().map_or(0, |(_, count)| *count)
    }

    /// How many records there are.
    #[must_use]
    pub fn records(&self) -> usize {
        self.policies.iter().map(|(_, count)| count).sum()
    }
}
