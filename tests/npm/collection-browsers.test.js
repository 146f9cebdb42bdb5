// Encrypted collections in pages, on an embedded engine of another origin that wants a key, and through a proxy before it
// that cheats.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { test } from "node:test";

import { withServer } from "../qdrant/support/server.js";
import { browserNames, withBrowser } from "./support/browsers.js";
import { serving } from "./support/server.js";
import { packageFolder } from "./support/vecseal.js";

const apiKey = "a-key-of-this-test";

/** A proxy that drops the filter of every search, and gives the record of point 2 for that of point 1. */
async function withCheat(url, use) {
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    let body = chunks.length > 0 ? Buffer.concat(chunks).toString() : undefined;
    if (request.method === "POST" && request.url.includes("/query")) {
      const { searches } = JSON.parse(body);
      body = JSON.stringify({ searches: searches.map(({ filter: _, ...search }) => search) });
    }
    const { host: _, connection: __, "content-length": ___, ...headers } = request.headers;
    const answer = await fetch(url + request.url, { method: request.method, headers, body });
    const text = await answer.text();
    const isRead = request.method === "POST" && request.url.endsWith("/points") && !request.url.includes("keyring");
    const length = { "content-type": "application/json" };
    const cors = [...answer.headers].filter(([name]) => name.startsWith("access-control"));
    response.writeHead(answer.status, { ...length, ...Object.fromEntries(cors) });
    response.end(isRead ? await swapped(text, url, request.url, headers) : text);
  });
  await new Promise((resume) => server.listen(0, "127.0.0.1", resume));
  try {
    return await use(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function swapped(text, url, path, headers) {
  const answer = JSON.parse(text);
  const body = JSON.stringify({ ids: [2], with_payload: true });
  const other = await (await fetch(url + path, { method: "POST", headers, body })).json();
  for (const point of answer.result.filter(({ id }) => id === 1)) {
    point.payload = other.result[0].payload;
  }
  return JSON.stringify(answer);
}

const page = `<!doctype html><link rel="icon" href="data:,"><script type="module">
  import * as vecseal from "./dist/index.js";
  import { scenario } from "./scenario.js";
  window.run = (options) => scenario(vecseal, options);
</script>`;

const files = {
  "/": ["text/html", page],
  "/scenario.js": ["text/javascript", readFileSync(new URL("collection/scenario.js", import.meta.url))],
};

/** Who may read which documents. */
const readable = { manager: [1, 2, 5, 6], accountant: [3, 6], lawyer: [4, 5, 6] };

function check({ written, failures, ranked, found }) {
  assert.deepEqual([written, failures], [6, 0]);
  for (const [person, own] of Object.entries(readable)) {
    const hits = ranked.filter((id) => own.includes(id));
    assert.deepEqual(found[person], {
      hits,
      texts: true,
      refused: [0, 0],
      // The record of point 1 is not its own there, so that it opens for nobody.
      cheated: { hits: hits.filter((id) => id !== 1), denied: true, first: own.includes(2) ? "tampered" : "access_denied" },
    });
  }
}

for (const browserName of browserNames) {
  test(`three departments in ${browserName}: everybody sees his own, and nothing else when the server cheats`, () =>
    withServer(
      ({ url }) =>
        withCheat(url, (cheatingUrl) =>
          serving(
            packageFolder,
            (pages) =>
              withBrowser(browserName, async (browser) => {
                const opened = await browser.newPage();
                const complaints = [];
                opened.on("pageerror", (error) => complaints.push(error.message));
                await opened.goto(pages);
                await opened.waitForFunction(() => window.run);
                const options = { url, cheatingUrl, apiKey, name: "documents" };
                check(await opened.evaluate((options) => window.run(options), options));
                assert.deepEqual(complaints, []);
              }),
            {
              policy: "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; connect-src *; img-src data:",
              instead(request, response) {
                const [type, content] = files[request.url] ?? [];
                if (type) {
                  response.writeHead(200, { "content-type": type }).end(content);
                }
                return type !== undefined;
              },
            },
          ),
        ),
      [],
      { QDRANT__SERVICE__API_KEY: apiKey },
    ));
}
