//! `cargo xtask fuzz`: each fuzz target for a bounded time.

use std::path::PathBuf;

use crate::run::{Outcome, Result, command, output, root, say, succeeds, target};
use crate::tools;

/// The targets in `tests/fuzz/fuzz_targets`.
const TARGETS: &[&str] = &["header", "keys", "record", "policy"];

/// Runs all targets; `--seconds N` for each.
pub(crate) fn run(arguments: &[&str]) -> Result<Outcome> {
    let seconds = match arguments {
        [] => 60,
        ["--seconds", seconds] => seconds.parse::<u32>().map_err(|_| format!("`{seconds}` is no number of seconds"))?,
        _ => return Err("usage: cargo xtask fuzz [--seconds N]".to_owned()),
    };
    if output(&mut command("rustup", &["run", "nightly", "rustc", "--version"])).is_none() {
        return Err("fuzzing needs a nightly compiler: run `rustup toolchain install nightly`".to_owned());
    }
    let program = tools::cargo_fuzz()?;
    let mut outcome = Outcome::Done;
    for name in TARGETS {
        say(&format!("fuzzing {name} for {seconds} s"));
        let found = target_folder(name)?;
        let mut fuzz = command("rustup", &["run", "nightly"]);
        fuzz.arg(&program).args(["fuzz", "run", "--fuzz-dir"]).arg(root().join("tests/fuzz"));
        fuzz.arg("--target-dir").arg(target_dir()).arg(name).arg(found.join("corpus"));
        fuzz.args(["--", &format!("-max_total_time={seconds}"), "-print_final_stats=1"]);
        fuzz.arg(format!("-artifact_prefix={}/", found.display()));
        if !succeeds(&mut fuzz)? {
            outcome = Outcome::Failed;
        }
    }
    Ok(outcome)
}

/// Where inputs that reached something new, and those that failed, are kept.
fn target_folder(name: &str) -> Result<PathBuf> {
    let folder = target_dir().join(name);
    std::fs::create_dir_all(folder.join("corpus"))
        .map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    Ok(folder)
}

fn target_dir() -> PathBuf {
    target().join("fuzz")
}
