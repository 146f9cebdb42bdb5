//! What passed and what failed, read from what cargo and Node print.

use std::process::Command;

use crate::run::{Result, for_each_line, succeeds};

/// What passed and what failed: each test, and each check that is not a test.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) failures: Vec<String>,
}

impl Tally {
    /// Runs a command that passes or fails as a whole.
    pub(super) fn check(&mut self, name: &str, command: &mut Command) -> Result<()> {
        let passed = succeeds(command)?;
        self.count(name, passed);
        Ok(())
    }

    /// Runs a command that reports its tests as cargo or Node does. One that reports none has failed.
    pub(super) fn tests(&mut self, name: &str, command: &mut Command) -> Result<()> {
        let (mut passed, mut failed) = (0, 0);
        let succeeded = for_each_line(command, |line| {
            if let Some((more_passed, more_failed)) = counts(line) {
                passed += more_passed;
                failed += more_failed;
            } else if let Some(test) = failure(line) {
                // Node tells each twice.
                let failure = format!("{name}: {test}");
                if !self.failures.contains(&failure) {
                    self.failures.push(failure);
                }
            }
        })?;
        if failed == 0 && (!succeeded || passed == 0) {
            self.count(name, false);
        }
        self.passed += passed;
        self.failed += failed;
        Ok(())
    }

    pub(super) fn count(&mut self, name: &str, passed: bool) {
        if passed {
            self.passed += 1;
        } else {
            self.failed += 1;
            self.failures.push(name.to_owned());
        }
    }
}

/// The name in `test name ... FAILED`, or in Node's `✖ name (2.5ms)`.
fn failure(line: &str) -> Option<&str> {
    let by_cargo = line.strip_prefix("test ").and_then(|line| line.strip_suffix(" ... FAILED"));
    let by_node = line.trim_start().strip_prefix("✖ ").and_then(|line| line.strip_suffix("ms)"));
    by_cargo.or_else(|| by_node?.rsplit_once(" (").map(|(name, _)| name))
}

/// The numbers in `test result: ok. 3 passed; 0 failed; …`, or in one of Node's `ℹ pass 3` and `ℹ fail 0`.
fn counts(line: &str) -> Option<(usize, usize)> {
    if let Some(passed) = line.strip_prefix("ℹ pass ") {
        return Some((passed.parse().ok()?, 0));
    }
    if let Some(failed) = line.strip_prefix("ℹ fail ") {
        return Some((0, failed.parse().ok()?));
    }
    let summary = line.trim().strip_prefix("test result: ")?;
    let number = |word: &str| {
        let before = summary.split(word).next()?.trim();
        before.rsplit([' ', ';']).next()?.parse().ok()
    };
    Some((number(" passed")?, number(" failed")?))
}

#[cfg(test)]
mod tests {
    use super::{counts, failure};

    #[test]
    fn reports_of_cargo_and_of_node_are_read() {
        let cargo =
            "test result: FAILED. 11 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.35s";
        assert_eq!(counts(cargo), Some((11, 2)));
        assert_eq!(counts("test result: ok. 1 passed; 0 failed; 0 ignored"), Some((1, 0)));
        assert_eq!(counts("running 3 tests"), None);
        assert_eq!(counts("ℹ pass 12"), Some((12, 0)));
        assert_eq!(counts("ℹ fail 1"), Some((0, 1)));
        assert_eq!(failure("  ✖ it opens (2.5ms)"), Some("it opens"));
        assert_eq!(failure("test it_opens ... FAILED"), Some("it_opens"));
    }
}
