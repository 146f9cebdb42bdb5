//! The browsers that the tests run in, and wasm tests within them.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::run::{Result, cargo, command, root};
use crate::tools::{self, SIMD, WASM};

/// A browser: the variable that names it to the scripts in `tests/npm`, its commands, its package on Debian.
pub(crate) struct Browser {
    pub(crate) name: &'static str,
    variable: &'static str,
    commands: &'static [&'static str],
    package: &'static str,
}

pub(crate) const BROWSERS: &[Browser] = &[
    Browser {
        name: "chromium",
        variable: "VECSEAL_CHROMIUM",
        commands: &["chromium", "chromium-browser", "google-chrome"],
        package: "chromium",
    },
    Browser {
        name: "firefox",
        variable: "VECSEAL_FIREFOX",
        commands: &["firefox-esr", "firefox"],
        package: "firefox-esr",
    },
];

/// Where in a browser a wasm test runs.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    Page,
    Worker,
}

/// Installs the browsers that are missing, on Debian as root, and tells the command where they are.
pub(crate) fn name_browsers(command: &mut Command) -> Result<()> {
    let missing: Vec<&Browser> = BROWSERS.iter().filter(|browser| browser.find().is_none()).collect();
    if !missing.is_empty() {
        install(&missing)?;
    }
    for browser in BROWSERS {
        let path = browser.find().ok_or_else(|| browser.advice())?;
        command.env(browser.variable, path);
    }
    Ok(())
}

fn install(missing: &[&Browser]) -> Result<()> {
    let packages: Vec<&str> = missing.iter().map(|browser| browser.package).collect();
    if tools::apt(&packages)? {
        return Ok(());
    }
    Err(missing.iter().map(|browser| browser.advice()).collect::<Vec<_>>().join("; "))
}

impl Browser {
    fn find(&self) -> Option<PathBuf> {
        if let Some(given) = std::env::var_os(self.variable) {
            return Some(given.into());
        }
        let path = std::env::var_os("PATH")?;
        let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
        let candidates = self.commands.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
        candidates.into_iter().find(|candidate| candidate.is_file())
    }

    fn advice(&self) -> String {
        format!("the tests need {}: install it, or set {} to its path", self.name, self.variable)
    }
}

/// The page of a test runner, served until it is dropped.
pub(crate) struct Served {
    runner: Child,
    url: String,
}

impl Served {
    /// Serves the tests of an executable.
    pub(crate) fn start(executable: &Path, place: Place) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| format!("no free port: {error}"))?;
        let address = listener.local_addr().map_err(|error| format!("no free port: {error}"))?;
        drop(listener);
        let program = tools::wasm_bindgen()?.join("wasm-bindgen-test-runner");
        let mut runner = command(&program.to_string_lossy(), &[]);
        runner.arg(executable).env("NO_HEADLESS", "1").env("WASM_BINDGEN_TEST_ADDRESS", address.to_string());
        runner.env(
            match place {
                Place::Page => "WASM_BINDGEN_USE_BROWSER",
                Place::Worker => "WASM_BINDGEN_USE_DEDICATED_WORKER",
            },
            "1",
        );
        let runner = runner
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| format!("the runner does not start: {error}"))?;
        let mut served = Self {
            runner,
            url: format!("http://{address}/"),
        };
        let deadline = Instant::now() + Duration::from_mins(2);
        while TcpStream::connect(address).is_err() {
            let ended = served.runner.try_wait().map_err(|error| error.to_string())?.is_some();
            if ended || Instant::now() > deadline {
                return Err("the runner of the wasm tests does not serve them".to_owned());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(served)
    }

    /// Returns the command that opens the page in a browser and prints what the tests say.
    pub(crate) fn open_in(&self, browser: &Browser) -> Result<Command> {
        tools::node_modules()?;
        let mut node = command("node", &[]);
        node.arg(root().join("tests/npm/support/wasm-tests.js")).args([browser.name, &self.url]);
        name_browsers(&mut node)?;
        Ok(node)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.runner.kill());
        drop(self.runner.wait());
    }
}

/// Compiles a test for wasm, with SIMD, and returns the executable.
pub(crate) fn compile(package: &str, test: &str) -> Result<PathBuf> {
    compile_with(package, test, &[], &[])
}

/// The same with more arguments, and with variables that the test reads when it is compiled.
pub(crate) fn compile_with(
    package: &str,
    test: &str,
    arguments: &[&str],
    environment: &[(&str, &str)],
) -> Result<PathBuf> {
    tools::targets(&[WASM])?;
    let build = [
        "test",
        "--no-run",
        "--message-format=json",
        "-p",
        package,
        "--test",
        test,
        "--locked",
    ];
    let mut build = cargo(&build);
    build.args(["--target", WASM]).args(arguments).env("RUSTFLAGS", SIMD).stderr(Stdio::inherit());
    build.envs(environment.iter().copied());
    let built = build.output().map_err(|error| format!("cannot start cargo: {error}"))?;
    // The package's programs are built beside its test.
    let messages = String::from_utf8_lossy(&built.stdout);
    let tests = messages.lines().filter(|line| line.contains("\"kind\":[\"test\"]"));
    let mut executables = tests.filter_map(|line| line.split_once("\"executable\":\"")?.1.split('"').next());
    let executable = executables.next().filter(|_| built.status.success());
    executable
        .map(PathBuf::from)
        .ok_or_else(|| format!("{package}'s test {test} does not compile: see the errors above"))
}
