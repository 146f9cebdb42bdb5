//! From Rust to a `.wasm` file with its JavaScript.

use std::path::{Path, PathBuf};

use crate::run::{Result, cargo, command, root, succeeds};
use crate::tools::{self, WASM};

/// Compiles with these arguments and flags into a folder, and returns where its profiles are. No path of this machine
/// gets into the wasm.
pub(crate) fn compile(arguments: &[&str], flags: &str, folder: &Path) -> Result<PathBuf> {
    tools::targets(&[WASM])?;
    let home = std::env::var("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|_| std::env::var("HOME").map(|home| Path::new(&home).join(".cargo")));
    let home =
        home.map_err(|_| "neither CARGO_HOME nor HOME is set: set CARGO_HOME to where cargo keeps its crates")?;
    let mut all: Vec<String> = flags.split_whitespace().map(ToOwned::to_owned).collect();
    all.push(format!("--remap-path-prefix={}=crates", home.join("registry/src").display()));
    all.push(format!("--remap-path-prefix={}=.", root().display()));
    let mut build = cargo(&["build", "--target", WASM, "--locked"]);
    build.args(arguments).arg("--target-dir").arg(folder);
    if succeeds(build.env("CARGO_ENCODED_RUSTFLAGS", all.join("\u{1f}")))? {
        Ok(folder.join(WASM))
    } else {
        Err("the wasm does not compile: see the errors above".to_owned())
    }
}

/// Makes the JavaScript side of a wasm file, with these of wasm-bindgen's arguments.
pub(crate) fn bind(wasm: &Path, arguments: &[&str], name: &str, folder: &Path) -> Result<()> {
    let program = tools::wasm_bindgen()?.join("wasm-bindgen");
    let mut bind = command(&program.to_string_lossy(), arguments);
    bind.args(["--out-name", name])
        .args(["--remove-name-section", "--remove-producers-section", "--out-dir"])
        .arg(folder)
        .arg(wasm);
    if succeeds(&mut bind)? {
        Ok(())
    } else {
        Err("wasm-bindgen failed: see the errors above".to_owned())
    }
}
