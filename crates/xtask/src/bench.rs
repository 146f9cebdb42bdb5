//! `cargo xtask bench`: the same operations natively and in wasm under Node, side by side.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::browsers::name_browsers;
use crate::corpus;
use crate::run::{Outcome, Result, cargo, command, for_each_line, root, say, succeeds, target};
use crate::server;
use crate::tools::{self, SIMD};

/// Runs all benchmarks, or those whose name contains the word given, natively; in wasm all. `page` runs those in pages.
pub(crate) fn run(arguments: &[&str]) -> Result<Outcome> {
    match arguments {
        ["page"] => return page(),
        ["recall"] => return recall(&corpus::folder()?),
        ["recall", folder] => return recall(folder.as_ref()),
        ["search", rest @ ..] => return search(rest),
        _ => {}
    }
    let bench = [
        "bench",
        "-p",
        "vecseal-tests",
        "--bench",
        "core",
        "--features",
        "bench",
        "--locked",
    ];

    // First, so that a missing tool shows before minutes of measuring.
    let mut in_wasm = tools::cargo_under_node(&bench, SIMD)?;
    in_wasm.env("WASM_BINDGEN_BENCH_RESULT", target().join("wasm-bench.json"));
    in_wasm.env("WASM_BINDGEN_TEST_TIMEOUT", "1200").env("NO_COLOR", "1");

    say("natively");
    let mut order = Vec::new();
    let mut native = Times::default();
    let finished = for_each_line(cargo(&bench).arg("--").args(arguments), |line| {
        if let Some(name) = native.read(line) {
            order.push(name);
        }
    })?;
    say("in wasm with SIMD, under Node");
    let mut wasm = Times::default();
    let finished = for_each_line(&mut in_wasm, |line| {
        wasm.read(line);
    })? && finished;

    println!("\n| operation | native µs | wasm µs |\n| --- | ---: | ---: |");
    for name in order {
        println!("| {name} | {} | {} |", native.show(&name), wasm.show(&name));
    }
    Ok(if finished { Outcome::Done } else { Outcome::Failed })
}

/// Recall of the presets on a corpus: `documents.npy` and `queries.npy` in a folder.
fn recall(folder: &Path) -> Result<Outcome> {
    let folder = std::path::absolute(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for file in ["documents.npy", "queries.npy"] {
        if !folder.join(file).exists() {
            return Err(format!("there is no {file} in {}", folder.display()));
        }
    }
    let bench = [
        "bench",
        "-p",
        "vecseal-tests",
        "--bench",
        "recall",
        "--features",
        "bench",
        "--locked",
        "--",
    ];
    finished(cargo(&bench).arg(folder))
}

/// Encrypted search beside plain search, on the Qdrant at `QDRANT_URL` or on the embedded engine.
fn search(arguments: &[&str]) -> Result<Outcome> {
    let folder = corpus::folder()?;
    let bench = [
        "bench",
        "-p",
        "vecseal-tests",
        "--bench",
        "search",
        "--features",
        "bench,server",
        "--locked",
        "--",
    ];
    let mut bench = cargo(&bench);
    bench.arg(folder).args(arguments);
    let Some(engine) = server::Running::unless_given()? else {
        return finished(&mut bench);
    };
    bench.env("QDRANT_URL", engine.url());
    finished(&mut bench)
}

fn finished(command: &mut Command) -> Result<Outcome> {
    Ok(if succeeds(command)? {
        Outcome::Done
    } else {
        Outcome::Failed
    })
}

/// What sealing, embedding and importing do to a page, in both browsers, and the playground in one.
fn page() -> Result<Outcome> {
    crate::npm::build()?;
    crate::web::build()?;
    for script in ["page.js", "worker.js", "playground.js"] {
        let mut node = command("node", &[]);
        node.arg(root().join("tests/benches").join(script));
        name_browsers(&mut node)?;
        server::name(&mut node)?;
        if finished(&mut node)? == Outcome::Failed {
            return Ok(Outcome::Failed);
        }
    }
    Ok(Outcome::Done)
}

/// Times by operation, in microseconds, read from criterion's lines.
#[derive(Default)]
struct Times {
    found: BTreeMap<String, f64>,
    /// A name too long for one line stands on the line before its time.
    last_line: String,
}

impl Times {
    /// Reads a line; returns the name if it had a time.
    fn read(&mut self, line: &str) -> Option<String> {
        let plain = without_colour(line);
        let Some((before, after)) = plain.split_once("time:") else {
            self.last_line = plain;
            return None;
        };
        let name = if before.trim().is_empty() {
            self.last_line.trim()
        } else {
            before.trim()
        };
        let mut words = after.trim().trim_start_matches('[').split_whitespace().skip(2);
        let value: f64 = words.next()?.parse().ok()?;
        let unit = match words.next()? {
            "ps" => 1e-6,
            "ns" => 1e-3,
            "µs" | "us" => 1.0,
            "ms" => 1e3,
            "s" => 1e6,
            _ => return None,
        };
        let name = name.to_owned();
        self.found.insert(name.clone(), value * unit);
        Some(name)
    }

    fn show(&self, name: &str) -> String {
        self.found.get(name).map_or_else(|| "–".to_owned(), |microseconds| format!("{microseconds:.1}"))
    }
}

/// The line without terminal escapes.
fn without_colour(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or("", |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use super::Times;

    #[test]
    fn times_are_read_from_one_line_or_two_with_or_without_colour() {
        let mut times = Times::default();
        assert_eq!(times.read("seal    time:   [1.0 µs 2.5 µs 3.0 µs]"), Some("seal".to_owned()));
        assert_eq!(times.read("a long name"), None);
        assert!(times.read("        \u{1b}[1mtime:\u{1b}[0m   [\u{1b}[2m1.0 ns\u{1b}[0m 500.0 ns 3.0 µs]").is_some());
        assert_eq!((times.show("seal"), times.show("a long name")), ("2.5".to_owned(), "0.5".to_owned()));
    }
}
