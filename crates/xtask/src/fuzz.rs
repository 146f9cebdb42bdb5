//! `cargo xtask fuzz`: each fuzz target for a bounded time.

use crate::run::{Outcome, Result, command, output, root, say, succeeds};
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
    for target in TARGETS {
        say(&format!("fuzzing {target} for {seconds} s"));
        let mut fuzz = command("rustup", &["run", "nightly"]);
        fuzz.arg(&program).args(["fuzz", "run", "--fuzz-dir"]).arg(root().join("tests/fuzz"));
        fuzz.args(["--target-dir"]).arg(root().join("target/fuzz")).arg(target);
        fuzz.args(["--", &format!("-max_total_time={seconds}"), "-print_final_stats=1"]);
        if !succeeds(&mut fuzz)? {
            outcome = Outcome::Failed;
        }
    }
    Ok(outcome)
}
