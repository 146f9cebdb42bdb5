// The package in pages: plain modules, Vite and webpack, under a strict content security policy, in both browsers.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";

import { transform } from "esbuild";
import { build as viteBuild, createServer as viteServer } from "vite";

import { expected } from "./app/expected.js";
import { browserNames, withBrowser } from "./support/browsers.js";
import { withProject, write } from "./support/project.js";
import { serving } from "./support/server.js";

const webpack = createRequire(import.meta.url)("webpack");

const local = (name) => new URL(`./app/${name}`, import.meta.url);
const app = { "flow.ts": local("flow.ts"), "main.js": local("main.js"), "index.html": local("index.html") };

/** The program without its types. */
const stripped = async () => (await transform(readFileSync(local("flow.ts")), { loader: "ts", target: "es2022" })).code;

/** Opens a page and returns what the program left there; anything on the console that is an error fails. */
async function outcome(browser, url) {
  const page = await browser.newPage();
  const complaints = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(url);
  try {
    await page.waitForFunction(() => document.body.dataset.outcome, null, { timeout: 60_000 });
  } catch (error) {
    assert.fail(`${error.message}\n${complaints.join("\n")}`);
  }
  assert.deepEqual(complaints, []);
  return JSON.parse(await page.evaluate(() => document.body.dataset.outcome));
}

async function runsInBothBrowsers(folder, options) {
  await serving(
    folder,
    async (url) => {
      for (const name of browserNames) {
        assert.deepEqual(await withBrowser(name, (browser) => outcome(browser, url)), expected, name);
      }
    },
    options,
  );
}

/** Where a page without a bundler finds the package: a folder that it serves. */
async function unbundled(folder) {
  const relative = (code) => code.replace('"vecseal/worker"', '"./dist/worker.js"').replace('"vecseal"', '"./dist/index.js"');
  write(folder, { "flow.js": relative(await stripped()) });
  symlinkSync(join(folder, "node_modules/vecseal/dist"), join(folder, "dist"));
}

test("plain modules run under a strict content security policy, workers included", () =>
  withProject(app, async (folder) => {
    await unbundled(folder);
    await runsInBothBrowsers(folder);
  }));

test("a fresh Vite project builds and runs, with no configuration", () =>
  withProject(app, async (folder) => {
    await viteBuild({ root: folder, configFile: false, logLevel: "warn", base: "./" });
    await runsInBothBrowsers(join(folder, "dist"));
  }));

test("Vite's development server runs it", () =>
  withProject({ ...app, "public/favicon.ico": "" }, async (folder) => {
    const server = await viteServer({
      root: folder,
      configFile: false,
      logLevel: "warn",
      cacheDir: join(folder, ".vite"),
      server: { host: "127.0.0.1", port: 0 },
    });
    try {
      await server.listen();
      const url = server.resolvedUrls.local[0];
      assert.deepEqual(await withBrowser("chromium", (browser) => outcome(browser, url)), expected);
    } finally {
      await server.close();
    }
  }));

test("a webpack project builds and runs, with no rules or plugins", () =>
  withProject({ ...app }, async (folder) => {
    write(folder, { "flow.js": await stripped() });
    const stats = await new Promise((resolve, reject) =>
      webpack(
        {
          context: folder,
          mode: "production",
          entry: "./main.js",
          output: { path: join(folder, "out"), filename: "main.js" },
          // It would warn of every file above 244 KiB before compression.
          performance: false,
        },
        (error, stats) => (error ? reject(error) : resolve(stats)),
      ),
    );
    assert.ok(!stats.hasErrors() && !stats.hasWarnings(), stats.toString());
    write(join(folder, "out"), { "index.html": local("index.html") });
    await runsInBothBrowsers(join(folder, "out"));
  }));

/** Runs a script in a page that can import the package from ./dist. */
const inPage = (script, options) =>
  withProject({}, async (folder) => {
    mkdirSync(join(folder, "page"));
    symlinkSync(join(folder, "node_modules/vecseal/dist"), join(folder, "page/dist"));
    write(join(folder, "page"), { ...options?.files, "index.html": local("index.html"), "main.js": script });
    return serving(join(folder, "page"), (url) => withBrowser("chromium", async (browser) => {
      const page = await browser.newPage();
      const requests = [];
      page.on("request", (request) => requests.push(new URL(request.url()).pathname));
      await page.goto(url);
      await page.waitForFunction(() => document.body.dataset.outcome, null, { timeout: 30_000 });
      return { outcome: await page.evaluate(() => document.body.dataset.outcome), requests };
    }), options);
  });

const report = "(value) => { document.body.dataset.outcome = value; }";

test("the wasm is fetched once, the one with vector instructions, and only by init", async () => {
  const { requests } = await inPage(`
    import { init } from "./dist/index.js";
    Promise.all([init(), init()]).then(() => (${report})("loaded"));
  `);
  assert.deepEqual(requests.filter((path) => path.endsWith(".wasm")), ["/dist/vecseal.wasm"]);
});

test("an engine without vector instructions gets the other wasm", async () => {
  const { requests, outcome } = await inPage(`
    WebAssembly.validate = () => false;
    const { AccessStructure, init } = await import("./dist/index.js");
    await init();
    (${report})(JSON.stringify(new AccessStructure({ roles: ["a"] })));
  `);
  assert.deepEqual(requests.filter((path) => path.endsWith(".wasm")), ["/dist/vecseal.baseline.wasm"]);
  assert.equal(outcome, '{"roles":["a"]}');
});

test("before init, and when loading fails, errors say what to do; then it can be tried again", async () => {
  const { outcome } = await inPage(`
    import { AccessStructure, init } from "./dist/index.js";
    const messages = [];
    try { new AccessStructure({ roles: ["a"] }); } catch (error) { messages.push(error.code, error.message); }
    try { await init({ wasm: "./missing.wasm" }); } catch (error) { messages.push(error.code, error.message); }
    try { await init({ wasm: "./index.html" }); } catch (error) { messages.push(error.message); }
    await init();
    messages.push(new AccessStructure({ roles: ["a"] }) instanceof AccessStructure);
    (${report})(JSON.stringify(messages));
  `);
  const [early, advice, failed, status, page, works] = JSON.parse(outcome);
  assert.equal(early, "not_initialised");
  assert.match(advice, /call \`await init\(\)\`/);
  assert.equal(failed, "load_failed");
  assert.match(status, /missing\.wasm gave HTTP 404/);
  assert.match(page, /index\.html gave a page instead; with Vite before 8/);
  assert.equal(works, true);
});

test("a policy that forbids wasm is named", async () => {
  const { outcome } = await inPage(
    `import { init } from "./dist/index.js";
     init().catch((error) => (${report})(error.code + ": " + error.message));`,
    { policy: "default-src 'self'" },
  );
  assert.match(outcome, /^load_failed: .*'wasm-unsafe-eval'/);
});

test("a worker of the user's own takes the compiled module, and servers may not know the type", async () => {
  const { outcome, requests } = await inPage(
    `import { init, wasmModule } from "./dist/index.js";
     const bytes = await (await fetch("./dist/vecseal.wasm")).arrayBuffer();
     await init({ wasm: new Response(bytes) });
     const worker = new Worker("./own.js", { type: "module" });
     worker.onmessage = (event) => (${report})(event.data);
     worker.postMessage(wasmModule());`,
    {
      files: {
        "own.js": `import { Authority, AccessStructure, init } from "./dist/index.js";
          onmessage = async (event) => {
            await init({ wasm: event.data });
            postMessage(Authority.generate(new AccessStructure({ roles: ["a"] })).id);
          };`,
      },
    },
  );
  assert.match(outcome, /^[0-9a-f]{32}$/);
  assert.equal(requests.filter((path) => path.endsWith(".wasm")).length, 1);
});
