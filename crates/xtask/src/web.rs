//! The playground, built into `target/web`: its page, its worker, and the model.

use std::fs;
use std::path::{Path, PathBuf};

use crate::files::{ending, move_into, remove};
use crate::npm::gzipped;
use crate::run::{Outcome, Result, command, root, say, succeeds, target};
use crate::tools::{self, SIMD};
use crate::wasm;

/// The model's file, which the worker fetches from beside its own.
pub(crate) const MODEL: &str = "crates/vecseal-embed/model/minilm-q4-v24k.bin";

/// Makes the program 1 % smaller than what the npm package is built with, and costs no speed either.
const INLINE_LEAST: &str = "-Cllvm-args=--inline-threshold=13";

/// What the program of page and worker may weigh, gzipped.
const BUDGET: u64 = 900_000;

/// Builds the playground and returns its folder.
pub(crate) fn build() -> Result<PathBuf> {
    let trunk = tools::trunk()?;
    let bindgen = tools::wasm_bindgen()?;
    say("building the playground into target/web");
    let [folder, fresh, compiled] = ["web", "web-fresh", "web-build"].map(|name| target().join(name));
    let flags = format!("{SIMD} {INLINE_LEAST}");
    // For Trunk to find: when what it compiles itself is wrong, it adds a screen of its own innards.
    wasm::compile(&["--profile", "web", "-p", "vecseal-web", "--bins"], &flags, &compiled)?;
    remove(&fresh)?;
    let mut build = command(&trunk.to_string_lossy(), &["build", "--release", "--quiet"]);
    // Trunk.toml forbids to fetch; what was compiled was fetched.
    build.arg("--dist").arg(&fresh);
    // Other programs take other values of these than Trunk does.
    build.env_remove("NO_COLOR").env_remove("RUST_LOG").env("RUST_BACKTRACE", "0");
    build.env("PATH", before_path(&bindgen)?).env("CARGO_TARGET_DIR", compiled);
    if !succeeds(wasm::set_flags(&mut build, &flags)?)? {
        return Err("Trunk failed: see the errors above".to_owned());
    }
    for file in ending(&fresh, ".wasm")? {
        shorten(&file)?;
    }
    move_into(&folder, &fresh)?;
    Ok(folder)
}

/// The PATH, with a folder in front.
fn before_path(folder: &Path) -> Result<std::ffi::OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_owned()).chain(std::env::split_paths(&path));
    std::env::join_paths(folders).map_err(|error| format!("cannot add to the PATH: {error}"))
}

/// Trunk cannot have wasm-bindgen leave out the names of functions, a third of the file.
fn shorten(file: &Path) -> Result<()> {
    let say_which = |error: &dyn std::fmt::Display| format!("cannot shorten {}: {error}", file.display());
    let wasm = fs::read(file).map_err(|error| say_which(&error))?;
    let short = wasm::without_custom_sections(&wasm).ok_or_else(|| say_which(&"it is no wasm file"))?;
    fs::write(file, short).map_err(|error| say_which(&error))
}

/// Prints what the built page's files weigh and compares it with the budget.
pub(crate) fn size() -> Result<Outcome> {
    let model = root().join(MODEL);
    let mut total = 0;
    println!("\n| file | gzipped |\n| --- | ---: |");
    for file in ending(&target().join("web"), "")? {
        if file.file_name() != model.file_name() {
            let bytes = gzipped(&file)?;
            println!("| {} | {bytes} |", file.file_name().unwrap_or_default().display());
            total += if file.extension().is_some_and(|ending| ending == "wasm") {
                bytes
            } else {
                0
            };
        }
    }
    println!("| wasm, of {BUDGET} | {total} |\n");
    Ok(if total > BUDGET { Outcome::Failed } else { Outcome::Done })
}
