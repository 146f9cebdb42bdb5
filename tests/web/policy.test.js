// What the page and its worker may do: reach their server and the Qdrant that the page's address names, and no other.
// The files are served as a static host does it, without a policy: it is the page's own that is tested.

import assert from "node:assert/strict";
import { appendFileSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { withBrowser, browserNames } from "../npm/support/browsers.js";
import { serving } from "../npm/support/server.js";

const built = fileURLToPath(new URL("../../target/web", import.meta.url));

/** Fetches for the worker's page, from within the worker. */
const probe = `
  globalThis.document ?? addEventListener("message", ({ data }) => {
    if (data.fetch) fetch(data.fetch).then(() => true, () => false).then((reached) => postMessage({ reached }));
  });
`;

for (const name of browserNames) {
  test(`${name}: page and worker reach their server and the Qdrant of the address, and nothing else`, () =>
    withPage(name, async ({ reached, qdrant, elsewhere, own }) => {
      assert.deepEqual(await reached(`?qdrant=${encodeURIComponent(qdrant.url)}`, [own, qdrant.url, elsewhere.url]), {
        page: [true, true, false],
        worker: [true, true, false],
      });
      assert.equal(elsewhere.asked, 0);
    }));

  test(`${name}: an address that names no Qdrant, or a pattern of them, opens nothing`, () =>
    withPage(name, async ({ reached, elsewhere, own }) => {
      const { port } = new URL(elsewhere.url);
      for (const query of ["", "?qdrant", "?qdrant=*", `?qdrant=http://*:${port}`, "?qdrant=http:", "?qdrant=data:,", "?qdrant=http://a;connect-src+*"]) {
        const found = await reached(query, [own, elsewhere.url]);
        assert.deepEqual(found, { page: [true, false], worker: [true, false] }, query);
      }
      assert.equal(elsewhere.asked, 0);
    }));

  test(`${name}: the page starts and its worker embeds, and no policy stands in the way`, () =>
    withPage(name, async ({ open, asked, own }) => {
      const page = await open("");
      await page.waitForFunction(() => !document.querySelector("#app noscript"));
      const embedded = await page.evaluate(() => {
        const worker = globalThis.vecsealWorker();
        return new Promise((resume, refuse) => {
          worker.onerror = (event) => refuse(new Error(event.message));
          worker.onmessage = ({ data }) => {
            data.ready && worker.postMessage({ job: 1, work: { embed: { texts: ["a text"] } } });
            data.embedded && resume(data.embedded.vectors.length);
            data.failed && refuse(new Error(data.failed.failure.message));
          };
        });
      });
      assert.equal(embedded, 384);
      // What was asked for ahead of time was not asked for again, nor by workers.
      assert.equal(asked.filter((path) => path === "/playground_bg.wasm").length, 1);
      assert.deepEqual(await page.evaluate(() => globalThis.violated), []);
      // From a file, a worker would be under no policy.
      const started = await page.evaluate((file) => {
        const worker = new Worker(file);
        return new Promise((resume) => {
          worker.onmessage = () => resume("started");
          document.addEventListener("securitypolicyviolation", () => resume(globalThis.violated));
        });
      }, `${own}start.js`);
      assert.deepEqual(started, ["worker-src"]);
    }));

  test(`${name}: what is written into the page does not run`, () =>
    withPage(name, async ({ open }) => {
      const page = await open("");
      const ran = await page.evaluate(async () => {
        globalThis.ran = [];
        const script = document.createElement("script");
        script.textContent = "ran.push('a script')";
        const image = document.createElement("img");
        image.setAttribute("onerror", "ran.push('a handler')");
        image.src = "data:,";
        document.body.append(script, image);
        // What is called from here directly may evaluate, as consoles may.
        setTimeout(() => setTimeout("ran.push('eval')"));
        await new Promise((resume) => setTimeout(resume, 100));
        return globalThis.ran;
      });
      assert.deepEqual(ran, []);
    }));

  test(`${name}: a page that cannot start says so`, () =>
    withPage(name, async ({ open, missing }) => {
      missing.add("/playground_bg.wasm");
      const page = await open("");
      assert.match(await page.locator("[role=alert]").textContent(), /could not start.*all of its files/);
      assert.match(await page.locator("h1").textContent(), /VecSeal/);
    }));

  test(`${name}: a worker that cannot start has an error`, () =>
    withPage(name, async ({ open, missing }) => {
      const page = await open("");
      await page.waitForFunction(() => !document.querySelector("#app noscript"));
      missing.add("/playground.js");
      const message = await page.evaluate(() => {
        const worker = globalThis.vecsealWorker();
        return new Promise((resume) => (worker.onerror = (event) => (event.preventDefault(), resume(event.message))));
      });
      assert.match(message, /playground\.js/);
    }));
}

/** The built page on a server, and two other servers that any page may ask, in a browser. */
function withPage(name, use) {
  const folder = mkdtempSync(join(tmpdir(), "vecseal-"));
  cpSync(built, folder, { recursive: true });
  appendFileSync(join(folder, "playground.js"), probe);
  const missing = new Set();
  const asked = [];
  const instead = ({ url }, response) => {
    asked.push(url);
    return missing.has(url) && !!response.writeHead(404).end();
  };
  const served = (use) => serving(folder, use, { policy: "", instead });
  return withBrowser(name, (browser) =>
    withOther((qdrant) =>
      withOther((elsewhere) =>
        served(async (own) => {
          const open = async (query) => {
            const page = await browser.newPage();
            await page.addInitScript(() => {
              globalThis.violated = [];
              document.addEventListener("securitypolicyviolation", (event) => globalThis.violated.push(event.effectiveDirective));
            });
            await page.goto(own + query);
            await page.waitForFunction(() => globalThis.vecsealWorker);
            return page;
          };
          /** Whether these URLs can be fetched from the page, and from its worker. */
          const reached = async (query, urls) => {
            const page = await open(query);
            const found = await page.evaluate(reach, urls);
            await page.close();
            return found;
          };
          return await use({ open, reached, missing, asked, own, qdrant, elsewhere });
        }),
      ),
    ),
  ).finally(() => rmSync(folder, { recursive: true }));
}

/** Runs in the page. */
async function reach(urls) {
  const worker = globalThis.vecsealWorker();
  await new Promise((resume) => (worker.onmessage = resume));
  const fromPage = (url) => fetch(url).then(() => true, () => false);
  const fromWorker = (url) =>
    new Promise((resume) => {
      worker.onmessage = ({ data }) => resume(data.reached);
      worker.postMessage({ fetch: url });
    });
  const found = { page: [], worker: [] };
  for (const url of urls) {
    found.page.push(await fromPage(url));
    found.worker.push(await fromWorker(url));
  }
  worker.terminate();
  return found;
}

/** A server of another origin, which lets every page read its answers. */
function withOther(use) {
  const other = { url: "", asked: 0 };
  const instead = (request, response) => {
    other.asked += 1;
    return !!response.writeHead(200, { "access-control-allow-origin": "*" }).end("{}");
  };
  return serving(tmpdir(), (url) => use(Object.assign(other, { url })), { instead });
}
