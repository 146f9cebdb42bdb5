//! What the tests, the vectors and the benchmarks of all crates share.

#[cfg(not(target_arch = "wasm32"))]
pub mod corpus;
pub mod json;
pub mod model;
#[cfg(feature = "bench")]
pub mod operations;
pub mod random;
#[cfg(not(target_arch = "wasm32"))]
pub mod retrieval;
pub mod vectors;
