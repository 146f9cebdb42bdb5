// The package as its users get it: packed, installed into empty projects, imported and required, typed.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { build } from "esbuild";

import { expected } from "./app/expected.js";
import { link, pack, withProject, write } from "./support/project.js";
import { packageFolder, root } from "./support/vecseal.js";

const flow = new URL("./app/flow.ts", import.meta.url);
const tsc = `${root}node_modules/typescript/bin/tsc`;

const node = (folder, ...options) => execFileSync(process.execPath, options, { cwd: folder, encoding: "utf8" });

/** Compiles the program with these modules and runs strict checks, those of the package's own types included. */
function compile(folder, options, file = "flow.ts") {
  const strict = ["--strict", "--noUncheckedIndexedAccess", "--exactOptionalPropertyTypes", "--target", "es2022"];
  try {
    node(folder, tsc, file, ...strict, ...options);
  } catch (error) {
    assert.fail(error.stdout);
  }
}

test("the tarball holds what users need and nothing else", () => {
  const folder = mkdtempSync(join(tmpdir(), "vecseal-"));
  const { files, unpackedSize, size } = pack(folder);
  rmSync(folder, { recursive: true });
  assert.deepEqual(files.map(({ path }) => path).sort(), [
    "LICENSE",
    "README.md",
    "dist/collection.js",
    "dist/index.d.cts",
    "dist/index.d.ts",
    "dist/index.js",
    "dist/node-worker-thread.cjs",
    "dist/node-worker.cjs",
    "dist/node-worker.mjs",
    "dist/node.cjs",
    "dist/node.mjs",
    "dist/vecseal.baseline.wasm",
    "dist/vecseal.wasm",
    "dist/worker-thread.js",
    "dist/worker.d.cts",
    "dist/worker.d.ts",
    "dist/worker.js",
    "package.json",
  ]);
  assert.ok(size < 400_000 && unpackedSize < 1_300_000, `${size} bytes, ${unpackedSize} unpacked`);
});

test("the manifest is the users': no scripts, no dependencies, nothing private", () => {
  const manifest = JSON.parse(readFileSync(`${packageFolder}/package.json`, "utf8"));
  for (const field of ["scripts", "devDependencies", "dependencies", "private"]) {
    assert.ok(!(field in manifest), field);
  }
  assert.equal(manifest.license, "Apache-2.0");
  assert.equal(manifest.sideEffects, false);
});

test("no file tells where it was built", () => {
  for (const file of readdirSync(`${packageFolder}/dist`)) {
    const content = readFileSync(`${packageFolder}/dist/${file}`, "latin1");
    for (const path of [root, homedir(), tmpdir()]) {
      assert.ok(!content.includes(path), `${file} contains ${path}`);
    }
  }
});

test("no file evaluates text or holds wasm as text", () => {
  for (const file of readdirSync(`${packageFolder}/dist`).filter((name) => /js$/.test(name))) {
    const content = readFileSync(`${packageFolder}/dist/${file}`, "utf8");
    assert.doesNotMatch(content, /\beval\s*\(|new Function\b|base64,/, file);
  }
});

test("both builds of the wasm do the same, one of them without vector instructions", async () => {
  const [fast, baseline] = ["vecseal", "vecseal.baseline"].map((name) => readFileSync(`${packageFolder}/dist/${name}.wasm`));
  const exports = (bytes) => WebAssembly.Module.exports(new WebAssembly.Module(bytes)).map(({ name }) => name);
  assert.deepEqual(exports(fast), exports(baseline));
  // The section that names what a module was compiled with.
  assert.deepEqual([fast, baseline].map((bytes) => bytes.includes("simd128")), [true, false]);
  const { AccessStructure, init } = await import(`${packageFolder}/dist/index.js?baseline`);
  await init({ wasm: baseline });
  assert.deepEqual(new AccessStructure({ roles: ["a"] }).toJSON(), { roles: ["a"] });
});

test("Node imports and requires it, and both get the same classes", () =>
  withProject(
    {
      "import.js": `import { flow } from "./flow.js"; console.log(JSON.stringify(await flow()));`,
      "require.cjs": `const vecseal = require("vecseal"); const { WorkerPool } = require("vecseal/worker");
        import("vecseal").then((module) => console.log(module.Authority === vecseal.Authority, typeof WorkerPool));`,
      "flow.ts": flow,
    },
    (folder) => {
      compile(folder, ["--module", "nodenext"]);
      assert.deepEqual(JSON.parse(node(folder, "import.js")), expected);
      assert.equal(node(folder, "require.cjs").trim(), "true function");
    },
  ));

test("CommonJS programs run the same", () =>
  withProject(
    {
      "package.json": JSON.stringify({ name: "project", private: true, type: "commonjs" }),
      "run.cjs": `require("./flow.cjs").flow().then((outcome) => console.log(JSON.stringify(outcome)));`,
      "flow.cts": flow,
    },
    (folder) => {
      compile(folder, ["--module", "node16"], "flow.cts");
      assert.deepEqual(JSON.parse(node(folder, "run.cjs")), expected);
    },
  ));

test("the types hold for bundlers, and wrong programs do not compile", () =>
  withProject({ "flow.ts": flow }, (folder) => {
    const options = ["--module", "esnext", "--moduleResolution", "bundler"];
    compile(folder, [...options, "--noEmit"]);
    // With Node's types in place of the DOM's, too.
    link(folder, ["@types/node", "undici-types"]);
    compile(folder, [...options, "--noEmit", "--lib", "es2022", "--types", "node"]);
    const wrong = {
      "a code that does not exist": `import { isVecsealError } from "vecseal"; isVecsealError(0, "denied");`,
      "a metric that does not exist": `import { SearchKey } from "vecseal"; SearchKey.generate({ dimension: 4, metric: "manhattan" });`,
      "a key as text": `import { UserKey } from "vecseal"; UserKey.fromBytes("secret");`,
      "a result that may have failed": `import type { BatchResult, SealedPoint } from "vecseal"; export const record = (result: BatchResult<SealedPoint>) => result.value;`,
      "a constructor that is none": `import { Authority } from "vecseal"; new Authority();`,
    };
    for (const [name, program] of Object.entries(wrong)) {
      write(folder, { "wrong.ts": program });
      assert.throws(() => compile(folder, [...options, "--noEmit"], "wrong.ts"), /error TS/, name);
    }
  }));

for (const [runtime, variable, options] of [
  ["Deno", "VECSEAL_DENO", ["run", "--allow-read", "--allow-sys", "--allow-env", "--no-remote", "--no-prompt"]],
  ["Bun", "VECSEAL_BUN", ["run"]],
]) {
  test(`${runtime} runs the same program`, () =>
    withProject(
      { "import.ts": `import { flow } from "./flow.ts"; console.log(JSON.stringify(await flow()));`, "flow.ts": flow },
      (folder) => {
        const program = process.env[variable];
        assert.ok(program, `${variable} is not set: run these tests by \`cargo xtask test npm\``);
        const output = execFileSync(program, [...options, "import.ts"], { cwd: folder, encoding: "utf8", timeout: 60_000 });
        assert.deepEqual(JSON.parse(output), expected);
      },
    ));
}

test("what is imported and not used leaves nothing in a bundle", () =>
  withProject({ "unused.js": `import { Authority } from "vecseal"; import { WorkerPool } from "vecseal/worker"; console.log(1);` }, async (folder) => {
    const { outputFiles } = await build({ absWorkingDir: folder, entryPoints: ["unused.js"], bundle: true, format: "esm", write: false, logLevel: "silent" });
    assert.ok(outputFiles[0].text.length < 200, outputFiles[0].text.slice(0, 500));
  }));

test("what is used before it is loaded says so, in a bundle too", () =>
  withProject({ "early.js": `import { AccessStructure } from "vecseal"; export const early = () => new AccessStructure({ roles: ["a"] });` }, async (folder) => {
    await build({ absWorkingDir: folder, entryPoints: ["early.js"], bundle: true, format: "esm", minify: true, outfile: "out.js", logLevel: "silent" });
    const { early } = await import(join(folder, "out.js"));
    assert.throws(early, { code: "not_initialised", message: /call `await init\(\)`/ });
  }));
