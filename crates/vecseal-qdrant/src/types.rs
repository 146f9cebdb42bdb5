//! Bodies of requests and answers. The names are those of Qdrant's API description where it has good ones.

pub(crate) mod answer;
pub(crate) mod collections;
pub(crate) mod filter;
pub(crate) mod points;
