//! `cargo xtask test`: every check of the project, in parts that also run alone.

mod tally;

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use tally::Tally;

use crate::browsers::{self, BROWSERS, Place, Served};
use crate::files;
use crate::run::{Outcome, Result, cargo, command, root, say};
use crate::tools::{self, SIMD, WASM};

/// One part of the tests.
struct Part {
    name: &'static str,
    about: &'static str,
    run: fn(&mut Tally) -> Result<()>,
}

const PARTS: &[Part] = &[
    Part {
        name: "fmt",
        about: "formatting",
        run: fmt,
    },
    Part {
        name: "clippy",
        about: "lints, natively and for wasm, warnings denied",
        run: clippy,
    },
    Part {
        name: "docs",
        about: "API documentation, warnings denied",
        run: docs,
    },
    Part {
        name: "licences",
        about: "licences, banned crates and sources of all dependencies",
        run: licences,
    },
    Part {
        name: "native",
        about: "unit, property, attack and documentation tests, and the vectors, in debug",
        run: native,
    },
    Part {
        name: "release",
        about: "the vectors in release",
        run: release,
    },
    Part {
        name: "no_std",
        about: "the core for thumbv7em-none-eabihf and wasm32-unknown-unknown",
        run: no_std,
    },
    Part {
        name: "wasm",
        about: "the vectors and the bindings in wasm: under Node, in Chromium and in Firefox",
        run: wasm,
    },
    Part {
        name: "server",
        about: "the embedded engine: Qdrant's behaviour, its official clients, keys, kills",
        run: server,
    },
    Part {
        name: "client",
        about: "encrypted collections on the embedded engine: examples, attacks, faults",
        run: client,
    },
    Part {
        name: "npm",
        about: "the npm package as its users have it: Node, browsers, bundlers, types, snippets of the docs",
        run: npm,
    },
    Part {
        name: "web",
        about: "the playground in Chromium and in Firefox, and what it weighs",
        run: web,
    },
];

/// The package that the parts over the whole workspace leave out; the part `server` has it.
const ENGINE: &str = "vecseal-server";

/// Runs the parts named, or all.
pub(crate) fn run(arguments: &[&str]) -> Result<Outcome> {
    if arguments.iter().any(|argument| matches!(*argument, "--help" | "-h")) {
        println!("cargo xtask test [part ...]\n\nRuns every part, or those named:\n");
        for part in PARTS {
            println!("  {:<9} {}", part.name, part.about);
        }
        return Ok(Outcome::Done);
    }
    if let Some(unknown) = arguments.iter().find(|argument| PARTS.iter().all(|part| part.name != **argument)) {
        return Err(format!("the tests have no part `{unknown}`: cargo xtask test --help lists them"));
    }
    let mut tally = Tally::default();
    for part in PARTS.iter().filter(|part| arguments.is_empty() || arguments.contains(&part.name)) {
        say(&format!("{}: {}", part.name, part.about));
        let start = Instant::now();
        if let Err(sentence) = (part.run)(&mut tally) {
            eprintln!("xtask: {sentence}");
            tally.count(part.name, false);
        }
        println!("   ({} took {} s)", part.name, start.elapsed().as_secs());
    }
    println!();
    for failure in &tally.failures {
        println!("failed: {failure}");
    }
    println!("{} passed, {} failed", tally.passed, tally.failed);
    Ok(if tally.failed == 0 {
        Outcome::Done
    } else {
        Outcome::Failed
    })
}

fn fmt(tally: &mut Tally) -> Result<()> {
    tools::component("rustfmt", &["fmt", "--version"])?;
    tally.check("cargo fmt --check", &mut cargo(&["fmt", "--all", "--check"]))
}

fn clippy(tally: &mut Tally) -> Result<()> {
    tools::component("clippy", &["clippy", "--version"])?;
    tools::targets(&[WASM])?;
    let native = [
        "clippy",
        "--workspace",
        "--exclude",
        ENGINE,
        "--all-targets",
        "--all-features",
        "--locked",
        "--",
        "-D",
        "warnings",
    ];
    tally.check("clippy", &mut cargo(&native))?;
    // Without features, as most users build it; the workspace's tests turn all on.
    let plain = ["clippy", "-p", "vecseal", "--lib", "--locked", "--", "-D", "warnings"];
    tally.check("clippy without features", &mut cargo(&plain))?;
    let wasm = [
        "clippy",
        "-p",
        "vecseal-tests",
        "-p",
        "vecseal-wasm",
        "-p",
        "vecseal-web",
        "-p",
        "vecseal-qdrant",
        "--features",
        "vecseal-qdrant/fetch",
        "--lib",
        "--bin",
        "playground",
        "--tests",
        "--target",
        WASM,
        "--locked",
        "--",
        "-D",
        "warnings",
    ];
    tally.check("clippy for wasm", &mut cargo(&wasm))
}

fn docs(tally: &mut Tally) -> Result<()> {
    let mut doc = cargo(&[
        "doc",
        "-p",
        "vecseal",
        "-p",
        "vecseal-data",
        "-p",
        "vecseal-embed",
        "-p",
        "vecseal-qdrant",
        "-p",
        "vecseal-client",
        "--all-features",
        "--no-deps",
        "--document-private-items",
        "--locked",
    ]);
    tally.check("cargo doc", doc.env("RUSTDOCFLAGS", "-D warnings"))
}

fn licences(tally: &mut Tally) -> Result<()> {
    let program = tools::cargo_deny()?;
    let check = ["check", "--hide-inclusion-graph", "licenses", "bans", "sources"];
    tally.check("cargo deny", &mut command(&program.to_string_lossy(), &check))
}

fn native(tally: &mut Tally) -> Result<()> {
    tally.tests(
        "native tests",
        &mut cargo(&["test", "--workspace", "--exclude", ENGINE, "--locked", "--no-fail-fast"]),
    )
}

fn release(tally: &mut Tally) -> Result<()> {
    tally.tests(
        "vectors in release",
        &mut cargo(&[
            "test",
            "-p",
            "vecseal-tests",
            "--test",
            "vectors",
            "--release",
            "--locked",
        ]),
    )
}

fn no_std(tally: &mut Tally) -> Result<()> {
    let targets = ["thumbv7em-none-eabihf", WASM];
    tools::targets(&targets)?;
    for name in targets {
        tally.check(
            &format!("build for {name}"),
            &mut cargo(&["build", "-p", "vecseal", "--target", name, "--locked"]),
        )?;
    }
    Ok(())
}

fn wasm(tally: &mut Tally) -> Result<()> {
    for (name, flags) in [("without SIMD", ""), ("with SIMD", SIMD)] {
        let vectors = ["test", "-p", "vecseal-tests", "--test", "vectors", "--locked"];
        let mut test = tools::cargo_under_node(&vectors, flags)?;
        tally.tests(&format!("vectors in wasm {name}"), &mut test)?;
    }
    let embedder = ["test", "-p", "vecseal-tests", "--test", "embed", "--locked"];
    tally.tests("the embedder in wasm", &mut tools::cargo_under_node(&embedder, SIMD)?)?;
    let bindings = ["test", "-p", "vecseal-wasm", "--test", "binding", "--locked"];
    tally.tests("bindings under Node", &mut tools::cargo_under_node(&bindings, SIMD)?)?;
    for (package, test) in [("vecseal-tests", "vectors"), ("vecseal-wasm", "binding")] {
        in_browsers(tally, test, &browsers::compile(package, test)?)?;
    }
    Ok(())
}

/// Runs a wasm test in pages and workers of all browsers.
fn in_browsers(tally: &mut Tally, test: &str, executable: &Path) -> Result<()> {
    for (place, kind) in [(Place::Page, "a page"), (Place::Worker, "a worker")] {
        let served = Served::start(executable, place)?;
        for browser in BROWSERS {
            let name = format!("{test} in {kind} of {}", browser.name);
            println!("   ({name})");
            tally.tests(&name, &mut served.open_in(browser)?)?;
        }
    }
    Ok(())
}

fn server(tally: &mut Tally) -> Result<()> {
    tools::node_modules()?;
    tools::component("clippy", &["clippy", "--version"])?;
    let mut node = node_tests("qdrant")?;
    crate::server::name(&mut node)?;
    tools::name_python(&mut node)?;
    tally.tests("the embedded engine", &mut node)?;
    tally.tests("the embedded engine's parts", &mut crate::server::unit_tests()?)?;
    tally.check("clippy for the embedded engine", &mut crate::server::lint()?)
}

fn client(tally: &mut Tally) -> Result<()> {
    // The tests have the npm package work on the same collections.
    crate::npm::build()?;
    let mut test = cargo(&[
        "test",
        "-p",
        "vecseal-tests",
        "--features",
        "server",
        "--test",
        "client",
        "--locked",
    ]);
    crate::server::name(&mut test)?;
    tally.tests("encrypted collections", &mut test)?;
    let engine = crate::server::Running::start()?;
    let mut program = cargo(&[
        "run",
        "--quiet",
        "-p",
        "vecseal-tests",
        "--example",
        "playground",
        "--locked",
    ]);
    tally.check("the playground's program in Rust", program.env("QDRANT_URL", engine.url()))?;
    let variables = [("VECSEAL_TEST_QDRANT", engine.url())];
    let executable = browsers::compile_with("vecseal-tests", "fetch", &["--features", "server"], &variables)?;
    in_browsers(tally, "fetch", &executable)
}

fn npm(tally: &mut Tally) -> Result<()> {
    crate::npm::build()?;
    let fits = crate::npm::size()? == Outcome::Done;
    tally.count("the package's size", fits);
    tally.count("docs/api is current", crate::npm::is_described()?);
    let mut node = node_tests("npm")?;
    tools::name_runtimes(&mut node)?;
    crate::server::name(&mut node)?;
    tally.tests("the npm package", &mut node)
}

fn web(tally: &mut Tally) -> Result<()> {
    // The programs that the playground writes run on the package.
    crate::npm::build()?;
    crate::web::build()?;
    tally.count("the playground's size", crate::web::size()? == Outcome::Done);
    let mut node = node_tests("web")?;
    crate::server::name(&mut node)?;
    tally.tests("the playground", &mut node)
}

/// Returns the command that runs the tests of a folder in `tests` under Node, where browsers are.
fn node_tests(folder: &str) -> Result<Command> {
    let mut node = command("node", &["--test", "--test-reporter=spec"]);
    node.args(files::ending(&root().join("tests").join(folder), ".test.js")?);
    browsers::name_browsers(&mut node)?;
    Ok(node)
}
