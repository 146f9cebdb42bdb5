//! What the tests, the vectors and the benchmarks of all crates share.

pub mod corpus;
pub mod json;
pub mod model;
pub mod nearest;
#[cfg(feature = "bench")]
pub mod operations;
pub mod random;
pub mod retrieval;
pub mod vectors;
