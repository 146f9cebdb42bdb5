//! Who may read what: dimensions, attributes, rights and policies (`docs/FORMAT.md` §4).

pub(crate) mod attributes;
mod clauses;
pub(crate) mod explain;
mod expression;
mod json;
pub(crate) mod policy;
pub(crate) mod right;
pub(crate) mod structure;
mod text;
