//! What the tests, the vectors and the benchmarks of all crates share.

pub mod json;
pub mod model;
pub mod random;
pub mod vectors;
