// The playground's worker in both browsers: embedding, the model's way there, and import.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { withBrowser, browserNames } from "../npm/support/browsers.js";
import { model, withWorker } from "./support/worker.js";

const references = readFileSync(new URL("../../crates/vecseal-embed/model/reference.tsv", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => line.split("\t"))
  .map(([text, , vector]) => ({ text, vector: vector.split(" ").map(Number) }));

const dot = (a, b) => a.reduce((sum, value, index) => sum + value * b[index], 0);

for (const name of browserNames) {
  test(`${name}: texts embed as onnxruntime embeds them, in less than 40 MB`, () =>
    withBrowser(name, (browser) =>
      withWorker(browser, {}, async ({ work, page, requests }) => {
        const texts = references.map(({ text }) => text);
        const { embedded, messages } = await work({ embed: { texts } });
        assert.equal(embedded.dimension, 384);
        assert.equal(embedded.model, "all-MiniLM-L6-v2-q4@1");
        assert.equal(embedded.vectors.length, 60 * 384);
        for (const [index, { text, vector }] of references.entries()) {
          const found = embedded.vectors.slice(index * 384, (index + 1) * 384);
          assert.ok(dot(found, vector) / Math.sqrt(dot(vector, vector)) > 0.99999, text);
          assert.ok(Math.abs(dot(found, found) - 1) < 1e-5, text);
        }
        const downloads = messages.filter((message) => message.model).map((message) => message.model);
        assert.ok(downloads.length > 1);
        assert.deepEqual(downloads.at(-1), { done: model.length, total: model.length });
        const memory = await page.evaluate(() => globalThis.memory());
        assert.ok(memory < 40e6, `${memory} bytes`);
        // Nothing was asked of the server but files.
        const files = ["/", "/page.js", "/measured.js", "/playground.js", "/playground_bg.wasm", "/minilm-q4-v24k.bin", "/favicon.ico"];
        const other = requests.filter(({ method, url, length }) => method !== "GET" || length !== 0 || !files.includes(url));
        assert.deepEqual(other, []);
      }),
    ));

  test(`${name}: the model is fetched when first needed, once, and kept for the next visit`, () =>
    withBrowser(name, (browser) =>
      withWorker(browser, {}, async ({ work, page, requests }) => {
        const fetched = () => requests.filter(({ url }) => url.endsWith(".bin")).length;
        assert.equal(fetched(), 0);
        const both = await Promise.all([work({ embed: { texts: ["a"] } }), work({ embed: { texts: ["b"] } })]);
        assert.ok(both.every(({ embedded }) => embedded));
        assert.equal(fetched(), 1);
        await page.reload();
        const again = await work({ embed: { texts: ["a"] } });
        assert.deepEqual(again.embedded.vectors, both[0].embedded.vectors);
        assert.equal(fetched(), 1);
        assert.deepEqual(again.messages.filter((message) => message.model), []);

        // Whatever else is under its name in the cache does not pass for it, and caches of other models go.
        await page.evaluate(async () => {
          const [own] = await caches.keys();
          const address = new URL("minilm-q4-v24k.bin", location.href).href;
          const model = new Uint8Array(await (await (await caches.open(own)).match(address)).arrayBuffer());
          model[5_000_000] ^= 1;
          await (await caches.open(own)).put(address, new Response(model));
          await caches.open("vecseal-model-0000000000000000");
        });
        await page.reload();
        assert.deepEqual((await work({ embed: { texts: ["a"] } })).embedded.vectors, both[0].embedded.vectors);
        assert.equal(fetched(), 2);
        assert.equal((await page.evaluate(() => caches.keys())).length, 1);
      }),
    ));

  test(`${name}: a model that does not come, or is another, is an error with a code; the next job tries again`, () =>
    withBrowser(name, async (browser) => {
      const changed = Buffer.from(model);
      changed[5_000_000] ^= 1;
      const answers = [
        ["model_unavailable", /the server answered 404/, (response) => response.writeHead(404).end()],
        ["model_unavailable", /the server cannot be reached/, (response) => response.destroy()],
        ["model_unavailable", /the connection broke/, broken],
        ["model_truncated", /ends early/, (response) => response.end(model.subarray(0, 100_000))],
        ["model_wrong_magic", /not a model file/, (response) => response.end("<!doctype html>")],
        // With leave to keep it: the next job must not be served it again.
        ["model_wrong_checksum", /SHA-256/, (response) => response.writeHead(200, { "cache-control": "max-age=3600" }).end(changed)],
        ["model_malformed", /contradicts itself/, (response) => response.end(Buffer.concat([model, model]))],
      ];
      let answer;
      const instead = (request, response) => {
        const take = answer && request.url.endsWith(".bin");
        if (take) {
          answer(response);
        }
        return take;
      };
      await withWorker(browser, { instead }, async ({ work }) => {
        for (const [code, sentence, respond] of answers) {
          answer = respond;
          const { failed } = await work({ embed: { texts: ["a"] } });
          assert.equal(failed?.failure.code, code);
          assert.match(failed.failure.message, sentence);
        }
        answer = undefined;
        assert.ok((await work({ embed: { texts: ["a"] } })).embedded);
      });
    }));

  test(`${name}: a job that waits for the model can be cancelled, and the next one fetches it anew`, () =>
    withBrowser(name, async (browser) => {
      let stalls = true;
      const instead = (request, response) => {
        const take = stalls && request.url.endsWith(".bin");
        if (take) {
          response.writeHead(200, { "content-length": model.length });
          response.write(model.subarray(0, 200_000));
        }
        return take;
      };
      await withWorker(browser, { instead }, async ({ work, start, page, requests }) => {
        const job = await start({ embed: { texts: ["a"] } });
        await page.waitForFunction(() => globalThis.seen > 0);
        await job.cancel();
        assert.equal((await job.result()).failed.failure.code, "cancelled");
        stalls = false;
        assert.ok((await work({ embed: { texts: ["a"] } })).embedded);
        assert.equal(requests.filter(({ url }) => url.endsWith(".bin")).length, 2);
      });
    }));

  test(`${name}: without Cache storage the model is fetched each time`, () =>
    withBrowser(name, (browser) =>
      withWorker(browser, { name: "insecure" }, async ({ work, page, requests }) => {
        for (const visits of [1, 2]) {
          assert.ok((await work({ embed: { texts: ["a"] } })).embedded);
          assert.equal(requests.filter(({ url }) => url.endsWith(".bin")).length, visits);
          await page.reload();
        }
      }),
    ));

  test(`${name}: what is no job of the worker's is answered, and a worker that cannot start has an error`, () =>
    withBrowser(name, async (browser) => {
      await withWorker(browser, {}, async ({ work }) => {
        for (const nonsense of [{ embed: { texts: [5] } }, { fly: {} }, { import: { files: ["a.csv"], structure: '{"a": ["b"]}' } }]) {
          assert.equal((await work(nonsense)).failed.failure.code, "invalid_request");
        }
        const many = await work({ embed: { texts: Array.from({ length: 10_001 }, () => "a") } });
        assert.equal(many.failed.failure.code, "too_many_texts");
        assert.match(many.failed.failure.message, /10000 texts/);
        const files = { import: { files: [], structure: "{" } };
        assert.equal((await work(files)).failed.failure.code, "syntax");
      });
      const instead = (request, response) => request.url.endsWith(".wasm") && !!response.writeHead(404).end();
      await withWorker(browser, { instead }, async ({ page }) => {
        assert.match(await page.evaluate(() => globalThis.broken), /wasm|WebAssembly/i);
      });
    }));

  test(`${name}: a query does not wait for a collection, which can be cancelled`, () =>
    withBrowser(name, (browser) =>
      withWorker(browser, {}, async ({ work, start }) => {
        await work({ embed: { texts: ["load the model"] } });
        const bulk = await start({ embed: { texts: Array.from({ length: 3_000 }, (_, index) => `Note ${index}, to be filed.`) } });
        const query = await work({ embed: { texts: ["a query"] } });
        assert.equal(query.embedded.vectors.length, 384);
        assert.equal(await bulk.isDone(), false);
        await bulk.cancel();
        const { failed, messages } = await bulk.result();
        assert.equal(failed.failure.code, "cancelled");
        const progress = messages.filter((message) => message.progress).map(({ progress }) => progress.progress);
        assert.ok(progress.length > 0);
        assert.ok(progress.every(({ done, total }, index) => total === 3_000 && done > (progress[index - 1]?.done ?? 0)));
      }),
    ));

  test(`${name}: ten thousand rows import while the page goes on`, () =>
    withBrowser(name, (browser) =>
      withWorker(browser, {}, async ({ page }) => {
        const found = await page.evaluate(async () => {
          const vector = (row) => Float32Array.from({ length: 384 }, (_, index) => Math.sin(row * 7 + index));
          const policy = "roles:admin || roles:analyst";
          const line = (row) => JSON.stringify({ id: row, text: `Document ${row}`, vector: Array.from(vector(row)), policy });
          const file = new File([Array.from({ length: 10_000 }, (_, row) => line(row)).join("\n")], "rows.jsonl");
          watch();
          const job = await start({ import: { files: [file], structure: '{"roles": ["admin", "analyst"]}' } });
          const { imported, failed, messages } = await result(job);
          return {
            failed,
            rows: JSON.parse(imported?.rows ?? "[]").length,
            last: JSON.parse(imported?.rows ?? "[]").at(-1),
            dimension: imported?.dimension,
            vectorsAreThose: vector(9_999).every((value, index) => value === imported?.vectors.at(index - 384)),
            told: messages.filter((message) => message.progress).map(({ turn }) => turn),
          };
        });
        const { told, ...imported } = found;
        assert.deepEqual(imported, {
          failed: undefined,
          rows: 10_000,
          last: { id: "9999", text: "Document 9999", content: null, policy: "roles:admin || roles:analyst" },
          dimension: 384,
          vectorsAreThose: true,
        });
        // Between one report and the next the page's own loop went round: nothing held it up meanwhile.
        assert.equal(told.length, 19);
        assert.ok(new Set(told).size > 12, `${told}`);
      }),
    ));

  test(`${name}: files with problems say where, and how many there are`, () =>
    withBrowser(name, (browser) =>
      withWorker(browser, {}, async ({ importing, page, work }) => {
        const failure = async (...files) => (await importing(files)).failed?.failure;
        assert.deepEqual(await failure(["a.csv", "id,text,policy\n1,a,roles:boss\nx,b,\n"]), {
          code: "unknown_attribute",
          message: "line 2, column 3, `policy`: unknown attribute `roles:boss`; one other row has a problem",
          place: { table: { line: 2, column: 3, field: "policy" } },
          others: 1,
        });
        assert.equal((await failure(["a.xlsx", "PK"])).code, "import_unknown_format");
        assert.equal((await failure()).code, "import_empty");
        const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }\n";
        const matrix = Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), Buffer.from([header.length, 0]), Buffer.from(header), Buffer.from(new Float32Array([1, 2, 3, 4]).buffer)]);
        // A file that is gone when its turn comes.
        const folder = mkdtempSync(join(tmpdir(), "vecseal-"));
        writeFileSync(join(folder, "gone.csv"), "id,text\n1,a\n");
        await page.evaluate(() => (document.body.innerHTML = "<input type=file>"));
        await page.setInputFiles("input", join(folder, "gone.csv"));
        rmSync(folder, { recursive: true });
        const gone = await work({ import: { files: "input", structure: '{"roles": ["admin"]}' } });
        assert.equal(gone.failed.failure.code, "import_unreadable");
        assert.equal(gone.failed.failure.message, "`gone.csv` cannot be read");

        const { imported } = await importing([["m.npy", matrix], ["t.tsv", "id\tcontent\tx\n1\ta\t0\n2\tb\t0\n"]]);
        assert.deepEqual(imported.vectors, [1, 2, 3, 4]);
        assert.deepEqual(imported.ignored, ["x"]);
        assert.deepEqual(JSON.parse(imported.rows).map(({ content }) => content), ["a", "b"]);
      }),
    ));
}

/** Promises more than it sends. */
function broken(response) {
  response.writeHead(200, { "content-length": model.length });
  response.write(model.subarray(0, 200_000), () => setTimeout(() => response.destroy(), 50));
}
