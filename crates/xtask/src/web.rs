//! What the playground is made of, built into `target/web`.

use std::path::PathBuf;

use crate::files::{copy, make, move_into, remove};
use crate::run::{Result, root, say, target};
use crate::tools::SIMD;
use crate::wasm;

/// The model's file, which the worker fetches from beside its own.
pub(crate) const MODEL: &str = "crates/vecseal-embed/model/minilm-q4-v24k.bin";

/// Builds the playground and returns its folder.
pub(crate) fn build() -> Result<PathBuf> {
    say("building the playground's worker into target/web");
    let folder = target().join("web");
    let fresh = target().join("web-fresh");
    remove(&fresh)?;
    make(&fresh)?;
    let build = ["--release", "-p", "vecseal-web", "--bin", "worker"];
    let built = wasm::compile(&build, SIMD, &target().join("web-build"))?;
    wasm::bind(&built.join("release/worker.wasm"), &["--target", "no-modules", "--no-typescript"], "worker", &fresh)?;
    for file in ["web/worker_loader.js", MODEL] {
        let from = root().join(file);
        copy(&from, &fresh.join(from.file_name().unwrap_or_default()))?;
    }
    move_into(&folder, &fresh)?;
    Ok(folder)
}
