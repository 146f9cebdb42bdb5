//! The layers: who may depend on whom. `docs/ARCHITECTURE.md` draws it.

#![cfg(not(target_arch = "wasm32"))]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Every package of the workspace, and the packages of the workspace that it may name. No arrow beyond these.
const ARROWS: &[(&str, &[&str])] = &[
    ("vecseal", &[]),
    ("vecseal-qdrant", &[]),
    ("vecseal-client", &["vecseal", "vecseal-qdrant"]),
    ("vecseal-server", &["vecseal-qdrant"]),
    ("vecseal-wasm", &["vecseal", "vecseal-client"]),
    ("vecseal-data", &["vecseal"]),
    ("vecseal-embed", &[]),
    ("vecseal-web", &["vecseal", "vecseal-client", "vecseal-data", "vecseal-embed"]),
    (
        "vecseal-tests",
        &[
            "vecseal",
            "vecseal-qdrant",
            "vecseal-client",
            "vecseal-server",
            "vecseal-wasm",
            "vecseal-data",
            "vecseal-embed",
            "vecseal-web",
        ],
    ),
    ("xtask", &[]),
];

#[test]
fn dependencies_follow_the_arrows() {
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let dependencies = workspace_dependencies();
    let members: BTreeSet<&String> = dependencies.keys().collect();
    assert!(members.iter().any(|name| *name == "vecseal"), "cargo metadata was not read");
    for (package, named) in &dependencies {
        let allowed = allowed.get(package.as_str()).unwrap_or_else(|| panic!("{package} has no row in ARROWS"));
        for dependency in named.iter().filter(|name| members.contains(name)) {
            assert!(allowed.contains(&dependency.as_str()), "{package} must not depend on {dependency}");
        }
    }
}

/// No I/O, no clock, no random source of its own: what the core depends on is a matter of review, so it is listed here.
#[test]
fn the_core_depends_on_nothing_that_is_not_listed() {
    let expected = [
        "aes-gcm",
        "chacha20",
        "chacha20poly1305",
        "getrandom",
        "half",
        "hifijson",
        "hkdf",
        "hmac",
        "libm",
        "minicbor",
        "once_cell",
        "rand_core",
        "sha2",
        "subtle",
        "uuid",
        "x-wing",
        "zeroize",
    ];
    let found = workspace_dependencies();
    let core: Vec<&str> = found["vecseal"].iter().map(String::as_str).collect();
    assert_eq!(core, expected);
}

/// Normal and build dependencies by package; a package's own name, for its tests, is left out.
fn workspace_dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--locked"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let packages = metadata["packages"].as_array().unwrap().iter().map(|package| {
        let dependencies =
            package["dependencies"].as_array().unwrap().iter().filter(|dependency| dependency["kind"] != "dev");
        (text(&package["name"]), dependencies.map(|dependency| text(&dependency["name"])).collect())
    });
    packages.collect()
}
