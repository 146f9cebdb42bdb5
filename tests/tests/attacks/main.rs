//! Attacks on what `docs/SECURITY.md` claims. They go past the policy logic and try to decrypt.

#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod insiders;
mod planted;
mod revoked;
mod server;
mod world;
