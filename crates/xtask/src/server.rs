//! The embedded engine: `vecseal-server`, built into `target/engine`.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};

use crate::run::{Outcome, Result, cargo, command, output, say, succeeds, target};

/// Set for the cargo runs below: this program is then what cargo calls instead of rustc.
const SHIM: &str = "VECSEAL_RUSTC_SHIM";

/// Builds the server and tells a command where its program is.
pub(crate) fn name(command: &mut Command) -> Result<()> {
    command.env("VECSEAL_SERVER", build()?);
    Ok(())
}

/// Tests the Qdrant that the variable `QDRANT_URL` names.
pub(crate) fn conformance() -> Result<Outcome> {
    if std::env::var_os("QDRANT_URL").is_none_or(|url| url.is_empty()) {
        return Err("set QDRANT_URL to the address of a Qdrant, and QDRANT_API_KEY if it wants one: the tests make \
                    collections of their own there and delete them"
            .to_owned());
    }
    let file = "tests/qdrant/conformance.test.js";
    let passed = succeeds(&mut command("node", &["--test", "--test-reporter=spec", file]))?;
    Ok(if passed { Outcome::Done } else { Outcome::Failed })
}

/// An embedded engine that runs until this is dropped, and keeps nothing.
pub(crate) struct Running {
    child: Child,
    url: String,
}

impl Running {
    /// Starts one on a free port, unless `QDRANT_URL` names another Qdrant.
    pub(crate) fn unless_given() -> Result<Option<Self>> {
        if std::env::var_os("QDRANT_URL").is_some_and(|url| !url.is_empty()) {
            return Ok(None);
        }
        Self::start().map(Some)
    }

    /// Starts one on a free port.
    pub(crate) fn start() -> Result<Self> {
        let program = build()?;
        let mut server = command(&program.to_string_lossy(), &["--port", "0"]);
        let started = server.stdout(Stdio::piped()).spawn();
        let child = started.map_err(|error| format!("cannot start {}: {error}", program.display()))?;
        // From here on it ends with this, whatever happens.
        let mut running = Self {
            child,
            url: String::new(),
        };
        let mut line = String::new();
        if let Some(output) = running.child.stdout.take() {
            BufReader::new(output).read_line(&mut line).map_err(|error| error.to_string())?;
        }
        let url = line.trim().strip_prefix("listening on ").ok_or("the embedded engine did not start")?;
        url.clone_into(&mut running.url);
        Ok(running)
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Running {
    /// Ends it, gently where that can be: it then removes its temporary folder.
    fn drop(&mut self) {
        // Its number may be another's by now.
        if let Ok(Some(_)) = self.child.try_wait() {
            return;
        }
        let gentle = succeeds(&mut command("kill", &[&self.child.id().to_string()]));
        if !gentle.unwrap_or(false) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

/// Builds the server and returns its program.
pub(crate) fn build() -> Result<PathBuf> {
    let folder = target().join("engine");
    let program = folder.join("engine").join(format!("vecseal-server{}", std::env::consts::EXE_SUFFIX));
    if program.exists() {
        say("bringing the embedded engine up to date");
    } else {
        say("building the embedded engine into target/engine (once; five to ten minutes on two cores, 3 GB of memory)");
    }
    if succeeds(&mut compile("build")?)? {
        Ok(program)
    } else {
        Err(
            "the embedded engine does not build: see the errors above; it needs the crates registry and a C compiler, \
             or use a Qdrant of your own: cargo xtask play --qdrant URL"
                .to_owned(),
        )
    }
}

/// Returns the command that compiles the server with clippy in rustc's place: what the engine is made of is compiled
/// for both, which checking alone would not do.
pub(crate) fn lint() -> Result<Command> {
    let driver =
        output(&mut command("rustup", &["which", "clippy-driver"])).unwrap_or_else(|| "clippy-driver".to_owned());
    let mut lint = compile("build")?;
    lint.env("RUSTC_WORKSPACE_WRAPPER", driver).env("CLIPPY_ARGS", "-Dwarnings");
    Ok(lint)
}

/// Returns the command that runs the server's unit tests.
pub(crate) fn unit_tests() -> Result<Command> {
    compile("test")
}

fn compile(task: &str) -> Result<Command> {
    let mut compile = cargo(&[
        task,
        "--profile",
        "engine",
        "-p",
        "vecseal-server",
        "--locked",
        "--target-dir",
    ]);
    compile.arg(target().join("engine")).env_remove("RUSTFLAGS");
    if needs_shim()? {
        let this = std::env::current_exe().map_err(|error| format!("cannot find the task runner itself: {error}"))?;
        compile.env("RUSTC_WRAPPER", this).env(SHIM, "1");
    }
    Ok(compile)
}

/// qdrant-edge 0.9 uses `std::debug_assert_matches`, stable since Rust 1.96.
fn needs_shim() -> Result<bool> {
    let version =
        output(&mut command("rustc", &["--version"])).ok_or("rustc does not run: install Rust from rustup.rs")?;
    let minor = version.split(['.', ' ']).nth(2).and_then(|minor| minor.parse::<u32>().ok());
    Ok(minor.is_some_and(|minor| minor < 96))
}

/// Stands in for rustc where cargo asks for it: lets the one crate that needs it use the one feature it needs.
pub(crate) fn shim() -> Option<ExitCode> {
    std::env::var_os(SHIM)?;
    let mut arguments = std::env::args_os().skip(1);
    let mut rustc = Command::new(arguments.next()?);
    let arguments: Vec<_> = arguments.collect();
    if arguments.windows(2).any(|pair| pair == ["--crate-name", "qdrant_edge"]) {
        rustc.env("RUSTC_BOOTSTRAP", "1").arg("-Zcrate-attr=feature(assert_matches)");
    }
    let status = rustc.args(arguments).status();
    Some(match status.map(|status| status.code()) {
        Ok(Some(0)) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}
