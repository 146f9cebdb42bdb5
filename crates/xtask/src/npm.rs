//! `cargo xtask npm`: builds the npm package into `target/npm-package`; `cargo xtask size` compares it with its budget.

use std::fs;
use std::path::{Path, PathBuf};

use crate::files::{copy, make, read, remove, write};
use crate::run::{Outcome, Result, command, output, root, say, succeeds, target};
use crate::tools::{self, INLINE_LESS, SIMD};
use crate::wasm;

/// The two builds of the wasm: their file, and what they are compiled with.
const BUILDS: &[(&str, &str)] = &[("vecseal.wasm", SIMD), ("vecseal.baseline.wasm", "")];

/// The bundles: where they start, what they become, and for whom.
const BUNDLES: &[Bundle] = &[
    Bundle::module("index.js", &["./collection.js"]),
    // A file of its own, so that bundlers leave it out where it is not used.
    Bundle::module("collection.js", &[API]),
    Bundle::module("worker.js", &["./index.js"]),
    Bundle::module("worker-thread.js", &["./index.js"]),
    Bundle::common("node.js", "node.cjs", &[]),
    Bundle::common("node-worker.js", "node-worker.cjs", &["./node.cjs"]),
    Bundle::common("node-worker-thread.js", "node-worker-thread.cjs", &["./node.cjs"]),
];

/// What the parts of the package call what all entries export; in a file of its own that is the entry beside it.
const API: &str = "vecseal-api";

struct Bundle {
    entry: &'static str,
    file: &'static str,
    common: bool,
    /// Other bundles that it imports.
    beside: &'static [&'static str],
}

impl Bundle {
    const fn module(entry: &'static str, beside: &'static [&'static str]) -> Self {
        Self {
            entry,
            file: entry,
            common: false,
            beside,
        }
    }

    const fn common(entry: &'static str, file: &'static str, beside: &'static [&'static str]) -> Self {
        Self {
            entry,
            file,
            common: true,
            beside,
        }
    }
}

/// Builds the package and says what it weighs.
pub(crate) fn run() -> Result<Outcome> {
    let package = build()?;
    let reference = root().join("docs/api");
    remove(&reference)?;
    describe(&reference)?;
    println!("\nThe package is in {}: `npm pack` or `npm publish` there.", package.display());
    size()
}

/// Builds the package and returns its folder.
pub(crate) fn build() -> Result<PathBuf> {
    tools::node_modules()?;
    say("building the npm package into target/npm-package");
    let package = target().join("npm-package");
    let dist = package.join("dist");
    let bindings = target().join("npm-bindings");
    remove(&dist)?;
    make(&dist)?;
    let mut glue = Vec::new();
    for (file, flags) in BUILDS {
        remove(&bindings)?;
        let flags = format!("{flags} {INLINE_LESS}");
        let build = ["--profile", "npm", "-p", "vecseal-wasm"];
        // A folder for each, or one would build all anew after the other.
        let built = wasm::compile(&build, &flags, &target().join("npm-build").join(file))?;
        wasm::bind(&built.join("npm/vecseal_wasm.wasm"), &["--target", "bundler"], "vecseal", &bindings)?;
        glue.push(read(&bindings.join("vecseal_bg.js"))?);
        copy(&bindings.join("vecseal_bg.wasm"), &dist.join(file))?;
    }
    if glue.windows(2).any(|pair| pair.first() != pair.last()) {
        return Err("the glue of the two wasm builds differs, but the package has one for both".to_owned());
    }
    for bundle in BUNDLES {
        bundle.write(&bindings, &dist)?;
    }
    for (wrapper, wrapped) in [("node.mjs", "node.cjs"), ("node-worker.mjs", "node-worker.cjs")] {
        write(&dist.join(wrapper), &format!("export * from \"./{wrapped}\";\n"))?;
    }
    types(&bindings, &dist)?;
    manifest(&package)?;
    Ok(package)
}

impl Bundle {
    fn write(&self, bindings: &Path, dist: &Path) -> Result<()> {
        let mut esbuild = tools::npm_tool("esbuild");
        esbuild
            .arg(sources().join(self.entry))
            .arg("--bundle")
            .arg("--log-level=warning")
            .args(["--target=es2022", "--keep-names"]);
        esbuild.arg(format!("--alias:vecseal-bindings={}", bindings.join("vecseal_bg.js").display()));
        esbuild.arg(format!("--outfile={}", dist.join(self.file).display()));
        if self.common {
            esbuild.args(["--format=cjs", "--platform=node"]);
        } else {
            esbuild.args(["--format=esm", "--platform=browser"]);
        }
        for other in self.beside {
            esbuild.arg(format!("--external:{other}"));
        }
        let is_apart = self.beside.contains(&API);
        if !is_apart {
            esbuild.arg(format!("--alias:{API}={}", sources().join("api.js").display()));
        }
        if !succeeds(&mut esbuild)? {
            return Err(format!("esbuild failed on {}: see the errors above", self.entry));
        }
        if is_apart {
            let file = dist.join(self.file);
            write(&file, &read(&file)?.replace(&format!("\"{API}\""), "\"./index.js\""))?;
        }
        Ok(())
    }
}

/// Joins the types of the bindings and of the entries.
fn types(bindings: &Path, dist: &Path) -> Result<()> {
    let parts = [
        bindings.join("vecseal.d.ts"),
        sources().join("index.d.ts"),
        sources().join("collection.d.ts"),
    ];
    let index = parts.iter().map(|part| read(part)).collect::<Result<String>>()?;
    let worker = read(&sources().join("worker.d.ts"))?;
    for (name, text) in [("index", index), ("worker", worker)] {
        // `using` is younger than what projects compile with.
        let text = format!("/// <reference lib=\"esnext.disposable\" />\n{text}");
        write(&dist.join(format!("{name}.d.ts")), &text)?;
        write(&dist.join(format!("{name}.d.cts")), &text)?;
    }
    Ok(())
}

/// Copies what else belongs into the package; of package.json, what concerns its users.
fn manifest(package: &Path) -> Result<()> {
    for name in ["package.json", "README.md", "LICENSE"] {
        copy(&root().join(name), &package.join(name))?;
    }
    let mut strip = command("npm", &["pkg", "delete", "scripts", "devDependencies"]);
    if succeeds(strip.current_dir(package))? {
        Ok(())
    } else {
        Err("npm could not edit target/npm-package/package.json".to_owned())
    }
}

/// Writes the API reference from the package's types.
fn describe(folder: &Path) -> Result<()> {
    let dist = target().join("npm-package/dist");
    let project = target().join("npm-bindings/tsconfig.json");
    let options = r#"{"compilerOptions": {"target": "es2022", "module": "nodenext", "lib": ["es2022", "esnext.disposable", "dom"]},
        "include": ["../npm-package/dist/*.d.ts"]}"#;
    write(&project, options)?;
    let mut typedoc = tools::npm_tool("typedoc");
    typedoc.args([
        "--plugin",
        "typedoc-plugin-markdown",
        "--name",
        "vecseal",
        "--readme",
        "none",
        "--logLevel",
        "Warn",
    ]);
    typedoc.args([
        "--treatWarningsAsErrors",
        "--disableSources",
        "--hideBreadcrumbs",
        "--hidePageHeader",
    ]);
    typedoc.args([
        "--outputFileStrategy",
        "modules",
        "--parametersFormat",
        "table",
        "--propertiesFormat",
        "list",
    ]);
    typedoc.args([
        "--interfacePropertiesFormat",
        "table",
        "--typeAliasPropertiesFormat",
        "table",
    ]);
    typedoc.arg("--tsconfig").arg(&project).arg("--out").arg(folder);
    for types in ["index.d.ts", "worker.d.ts"] {
        typedoc.arg("--entryPoints").arg(dist.join(types));
    }
    if succeeds(&mut typedoc)? {
        Ok(())
    } else {
        Err("typedoc failed: see the errors above".to_owned())
    }
}

/// Whether docs/api is what the package's types say.
pub(crate) fn is_described() -> Result<bool> {
    let fresh = target().join("npm-api");
    remove(&fresh)?;
    describe(&fresh)?;
    let current = |name: &str| Ok::<_, String>(read(&fresh.join(name))? == read(&root().join("docs/api").join(name))?);
    let same = current("README.md")? && current("vecseal.md")? && current("vecseal/worker.md")?;
    if !same {
        println!("docs/api is not what the package's types say: run `cargo xtask npm` and commit it.");
    }
    Ok(same)
}

/// Prints what the package's files weigh and compares it with the budget.
pub(crate) fn size() -> Result<Outcome> {
    let dist = target().join("npm-package/dist");
    let budget = read(&sources().join("../size-budget.txt"))?;
    let mut outcome = Outcome::Done;
    println!("\n| file | bytes | gzipped | budget |\n| --- | ---: | ---: | ---: |");
    for line in budget.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        let (file, limit) = line
            .split_once(char::is_whitespace)
            .and_then(|(file, limit)| Some((file, limit.trim().parse::<u64>().ok()?)))
            .ok_or_else(|| format!("size-budget.txt: `{line}` is no file and number of bytes"))?;
        let path = dist.join(file);
        let bytes =
            fs::metadata(&path).map_err(|error| format!("{}: {error}: run `cargo xtask npm`", path.display()))?;
        let gzipped = gzipped(&path)?;
        println!("| {file} | {} | {gzipped} | {limit} |", bytes.len());
        if gzipped > limit {
            println!("{file} is over its budget of {limit} bytes gzipped.");
            outcome = Outcome::Failed;
        }
    }
    Ok(outcome)
}

/// The size of a file after `gzip -9`.
pub(crate) fn gzipped(path: &Path) -> Result<u64> {
    let script = "console.log(zlib.gzipSync(fs.readFileSync(process.argv[1]), { level: 9 }).length)";
    let mut node = command("node", &["-e", script]);
    let printed = output(node.arg(path));
    printed
        .and_then(|length| length.parse().ok())
        .ok_or_else(|| format!("node could not read {}", path.display()))
}

fn sources() -> PathBuf {
    root().join("crates/vecseal-wasm/js")
}
