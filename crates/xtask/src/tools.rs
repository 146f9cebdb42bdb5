//! What a fresh machine lacks: compilation targets, and tools pinned to a version, built into `target/tools`.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{Result, cargo, command, output, root, say, succeeds, target};

/// The wasm-bindgen tools' version; the same as of the crate in `Cargo.lock`.
const WASM_BINDGEN: &str = "0.2.130";
const CARGO_DENY: &str = "0.20.2";
const CARGO_FUZZ: &str = "0.13.2";
const TRUNK: &str = "0.21.14";
/// The runtimes beside Node that the npm package is tested on.
const DENO: &str = "2.9.6";
const BUN: &str = "1.4.5";
/// Qdrant's client for Python, which the embedded engine is tested with.
const QDRANT_CLIENT: &str = "1.20.0";
/// Node's oldest version that the wasm tests run on.
const NODE_MAJOR: u32 = 20;

/// The target of web pages and of Node.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";
/// Turns on wasm's vector instructions.
pub(crate) const SIMD: &str = "-C target-feature=+simd128";
/// Makes wasm 6 % smaller and costs no speed: the hot loops are within functions.
pub(crate) const INLINE_LESS: &str = "-Cllvm-args=--inline-threshold=30";

/// Adds the targets that are missing.
pub(crate) fn targets(names: &[&str]) -> Result<()> {
    let sysroot = output(&mut command("rustc", &["--print", "sysroot"]))
        .ok_or("rustc does not run: install Rust from rustup.rs")?;
    let installed = PathBuf::from(sysroot).join("lib/rustlib");
    let missing: Vec<&str> = names.iter().copied().filter(|name| !installed.join(name).join("lib").exists()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    say(&format!("adding the targets {}", missing.join(", ")));
    let added = succeeds(command("rustup", &["target", "add"]).args(&missing));
    match added {
        Ok(true) => Ok(()),
        _ => Err(format!("could not add {}: run `rustup target add {0}`, or install rustup", missing.join(" "))),
    }
}

/// Adds a component of the toolchain that is missing.
pub(crate) fn component(name: &str, probe: &[&str]) -> Result<()> {
    if output(&mut cargo(probe)).is_some() {
        return Ok(());
    }
    say(&format!("adding the component {name}"));
    match succeeds(&mut command("rustup", &["component", "add", name])) {
        Ok(true) => Ok(()),
        _ => Err(format!("could not add {name}: run `rustup component add {name}`, or install rustup")),
    }
}

/// Returns a cargo command for wasm whose tests or benchmarks run under Node, compiled with these flags.
pub(crate) fn cargo_under_node(arguments: &[&str], flags: &str) -> Result<Command> {
    node()?;
    targets(&[WASM])?;
    let runner = wasm_bindgen()?.join("wasm-bindgen-test-runner");
    let mut command = cargo(arguments);
    command.args(["--target", WASM]).env("RUSTFLAGS", flags);
    command
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner)
        .env("WASM_BINDGEN_TEST_ONLY_NODE", "1");
    Ok(command)
}

/// Checks that Node is there and not too old.
fn node() -> Result<()> {
    let advice = format!("install Node {NODE_MAJOR} or newer from nodejs.org or your system's packages");
    let version = output(&mut command("node", &["--version"])).ok_or_else(|| format!("node does not run: {advice}"))?;
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major >= NODE_MAJOR => Ok(()),
        _ => Err(format!("node is {version}: {advice}")),
    }
}

/// Installs the packages of package-lock.json into `node_modules`, if they are not the ones there.
pub(crate) fn node_modules() -> Result<()> {
    node()?;
    let text = |path: PathBuf| std::fs::read_to_string(path).ok();
    let installed = root().join("node_modules/.vecseal-lock");
    let wanted = text(root().join("package-lock.json")).ok_or("there is no package-lock.json")?;
    if text(installed.clone()).as_ref() == Some(&wanted) {
        return Ok(());
    }
    say("installing the JavaScript tools into node_modules (once, about 100 MB)");
    // Nothing of these packages runs while they are installed.
    if !succeeds(&mut command("npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))? {
        return Err("npm ci failed: see the errors above; it needs npm and its registry".to_owned());
    }
    std::fs::write(&installed, wanted).map_err(|error| format!("cannot write {}: {error}", installed.display()))
}

/// Installs Deno and Bun into `target/tools`, and tells a command where they are. They stay out of package-lock.json,
/// which would have to list their builds for every system.
pub(crate) fn name_runtimes(command: &mut Command) -> Result<()> {
    let folder = tools().join("runtimes");
    let modules = folder.join("node_modules");
    let runs = |program: &PathBuf| {
        let version = output(self::command(&program.to_string_lossy(), &["--version"]).env("NO_COLOR", "1"));
        version.is_some_and(|version| version.contains(DENO) || version.contains(BUN))
    };
    let programs = || {
        let builds = std::fs::read_dir(modules.join("@oven")).into_iter().flatten().flatten();
        let buns: Vec<PathBuf> = builds.map(|build| build.path().join("bin/bun")).collect();
        let deno = Some(modules.join(".bin/deno")).filter(runs);
        deno.zip(buns.into_iter().find(runs))
    };
    if programs().is_none() {
        say(&format!("installing Deno {DENO} and Bun {BUN} into target/tools (once, 250 MB)"));
        std::fs::create_dir_all(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        let mut npm = self::command("npm", &["install", "--ignore-scripts", "--no-save", "--no-audit", "--no-fund"]);
        npm.arg("--prefix").arg(&folder).args([format!("deno@{DENO}"), format!("bun@{BUN}")]);
        succeeds(&mut npm)?;
    }
    let (deno, bun) =
        programs().ok_or("could not install Deno and Bun: see the errors above; it needs npm's registry")?;
    command.env("VECSEAL_DENO", deno).env("VECSEAL_BUN", bun);
    Ok(())
}

/// Returns a command of a package in `node_modules`.
pub(crate) fn npm_tool(name: &str) -> Command {
    command(&root().join("node_modules/.bin").join(name).to_string_lossy(), &[])
}

/// Returns the folder with `wasm-bindgen` and `wasm-bindgen-test-runner`, built if need be.
pub(crate) fn wasm_bindgen() -> Result<PathBuf> {
    let build = tools().join("wasm-bindgen");
    let folder = build.join("release");
    let program = folder.join("wasm-bindgen-test-runner");
    let version = output(&mut command(&folder.join("wasm-bindgen").to_string_lossy(), &["--version"]));
    if program.exists() && version.is_some_and(|version| version.ends_with(WASM_BINDGEN)) {
        return Ok(folder);
    }
    say(&format!("building wasm-bindgen {WASM_BINDGEN} into target/tools (once, about a minute)"));
    let manifest = root().join("crates/xtask/tools/wasm-bindgen/Cargo.toml");
    let mut build_command = cargo(&["build", "--quiet", "--release", "--locked", "--manifest-path"]);
    build_command.arg(manifest).arg("--target-dir").arg(&build).env_remove("RUSTFLAGS");
    if succeeds(&mut build_command)? {
        Ok(folder)
    } else {
        Err("could not build the wasm-bindgen tools: see the errors above; they need the crates registry".to_owned())
    }
}

/// Makes a Python with Qdrant's client in `target/tools`, and tells a command where it is.
pub(crate) fn name_python(command: &mut Command) -> Result<()> {
    let folder = tools().join("python");
    let python = folder.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    });
    let version = "import importlib.metadata as m; print(m.version('qdrant-client'))";
    let is_there = |python: &PathBuf| {
        let found =
            output(self::command(&python.to_string_lossy(), &["-c", version]).stdin(std::process::Stdio::null()));
        found.as_deref() == Some(QDRANT_CLIENT)
    };
    if !is_there(&python) {
        say(&format!("installing Qdrant's Python client {QDRANT_CLIENT} into target/tools (once, 100 MB)"));
        let mut make = self::command("python3", &["-m", "venv", "--clear"]);
        make.arg(&folder);
        // Debian has Python without this part of it.
        let made = succeeds(&mut make).unwrap_or(false) || apt(&["python3-venv"])? && succeeds(&mut make)?;
        let mut pip = self::command(&python.to_string_lossy(), &["-m", "pip", "install", "--quiet"]);
        pip.arg(format!("qdrant-client=={QDRANT_CLIENT}"));
        if !made || !succeeds(&mut pip)? || !is_there(&python) {
            return Err("the tests need Python 3.10 or newer with venv, and PyPI: see the errors above".to_owned());
        }
    }
    command.env("VECSEAL_PYTHON", python);
    Ok(())
}

/// Installs packages of Debian, if this is Debian and we are root; says whether it did.
pub(crate) fn apt(packages: &[&str]) -> Result<bool> {
    let is_root = output(&mut command("id", &["-u"])).as_deref() == Some("0");
    if !is_root || !Path::new("/etc/debian_version").exists() {
        return Ok(false);
    }
    say(&format!("installing {} with apt-get (once)", packages.join(" and ")));
    let mut install = command("apt-get", &["install", "--yes", "--no-install-recommends"]);
    install.args(packages).env("DEBIAN_FRONTEND", "noninteractive");
    Ok(succeeds(&mut command("apt-get", &["update", "--quiet"]))? && succeeds(&mut install)?)
}

/// Returns the path of cargo-deny, installed if need be.
pub(crate) fn cargo_deny() -> Result<PathBuf> {
    installed("cargo-deny", CARGO_DENY, &["--version"])
}

/// Returns the path of cargo-fuzz, installed if need be.
pub(crate) fn cargo_fuzz() -> Result<PathBuf> {
    installed("cargo-fuzz", CARGO_FUZZ, &["fuzz", "--version"])
}

/// Returns the path of trunk, installed if need be.
pub(crate) fn trunk() -> Result<PathBuf> {
    installed("trunk", TRUNK, &["--version"])
}

/// Installs a cargo tool into `target/tools`. It is used for moments, so it is compiled fast rather than to be fast.
fn installed(name: &str, version: &str, probe: &[&str]) -> Result<PathBuf> {
    let program = tools().join("bin").join(name);
    let found = output(&mut command(&program.to_string_lossy(), probe));
    if found.is_some_and(|found| found.ends_with(version)) {
        return Ok(program);
    }
    say(&format!("installing {name} {version} into target/tools (once, one or two minutes)"));
    let build = tools().join("build");
    let mut install = cargo(&[
        "install",
        name,
        "--version",
        version,
        "--locked",
        "--no-default-features",
        "--quiet",
        "--root",
    ]);
    install.arg(tools()).arg("--target-dir").arg(&build).env_remove("RUSTFLAGS");
    for (setting, value) in [
        ("LTO", "off"),
        ("CODEGEN_UNITS", "256"),
        ("OPT_LEVEL", "0"),
        ("DEBUG", "0"),
    ] {
        install.env(format!("CARGO_PROFILE_RELEASE_{setting}"), value);
    }
    if !succeeds(&mut install)? {
        return Err(format!("could not install {name}: see the errors above; it needs the crates registry"));
    }
    std::fs::remove_dir_all(&build).map_err(|error| format!("could not remove {}: {error}", build.display()))?;
    Ok(program)
}

fn tools() -> PathBuf {
    target().join("tools")
}
