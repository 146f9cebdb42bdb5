//! Encrypted collections on a real Qdrant: the embedded one that `cargo xtask test` names, or the one at `QDRANT_URL`.

#![cfg(not(target_arch = "wasm32"))]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod errors;
mod examples;
mod faults;
mod hostile;
mod javascript;
mod place;
mod planted;
mod proxy;
mod rotation;
mod searching;
mod together;
mod writing;
