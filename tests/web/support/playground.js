// The playground in a browser on an embedded engine of its own, with a proxy between them that keeps all traffic.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createServer, request as send } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { withBrowser } from "../../npm/support/browsers.js";
import { withServer } from "../../qdrant/support/server.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
export const built = join(root, "target/web");
const pictures = join(root, "target/screenshots");
const axe = readFileSync(join(root, "node_modules/axe-core/axe.min.js"), "utf8");

export const PLACES = ["Policy", "People and keys", "Data", "Search", "What the server sees", "Try to break it"];

/**
 * Opens the playground and hands over its page with ways to drive it. `environment` is the engine's, `options` are those
 * of the browser's context, `query` and `hash` follow the address.
 */
export const withPlayground = (browserName, use, { environment, options = {}, query = "", hash = "", starts = true } = {}) =>
  withServer(
    (server) =>
      withProxy(server.url, (proxy) =>
        withBrowser(browserName, async (browser) => {
          const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
          const playground = new Playground(await context.newPage(), proxy, server, context);
          await playground.open(query, hash);
          if (starts) {
            await playground.page.getByText(/Embedded engine/).waitFor();
          }
          const result = await use(playground);
          playground.assertClean();
          return result;
        }),
      ),
    ["--web", built],
    environment,
  );

class Playground {
  constructor(page, proxy, server, context) {
    Object.assign(this, { page, proxy, server, context, url: proxy.url, complaints: [], elsewhere: [], expected: [] });
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => message.type() === "error" && this.complaints.push(message.text()));
    page.on("request", (request) => {
      const url = request.url();
      url.startsWith(proxy.url) || url.startsWith("blob:") || url.startsWith("data:") || this.elsewhere.push(url);
    });
  }

  /** The page may complain so: failures that a test causes. */
  expect(...patterns) {
    this.expected.push(...patterns);
  }

  assertClean() {
    const others = this.complaints.filter((text) => !this.expected.some((pattern) => pattern.test(text)));
    assert.deepEqual(others, [], "the page complains");
    assert.deepEqual(this.elsewhere.filter((url) => !this.expected.some((pattern) => pattern.test(url))), [], "the page asks others");
  }

  async open(query = "", hash = "") {
    await this.page.goto(`${this.url}/${query}${hash}`);
    await this.page.getByRole("navigation", { name: "Places" }).waitFor();
  }

  /** Goes to a place by its name. */
  async go(place) {
    await this.page.getByRole("navigation", { name: "Places" }).getByRole("button", { name: place }).click();
    await this.page.getByRole("heading", { level: 1, name: place }).waitFor();
  }

  button(name, options) {
    return this.page.getByRole("button", { name, ...options });
  }

  /** Encrypts and uploads all documents. */
  async upload() {
    await this.go("Data");
    await this.page.locator("main").getByRole("button", { name: /^(Encrypt and upload|Upload again)/ }).first().click();
    await this.page.getByText(/documents? (is|are) sealed and uploaded/).first().waitFor({ timeout: 120_000 });
  }

  /** Loads an example of the gallery. */
  async example(name) {
    await this.button("Examples").click();
    await this.button(`Load ${name}`).click();
    await this.page.getByRole("dialog").waitFor({ state: "detached" });
  }

  /** Searches for a text. */
  async search(text) {
    await this.go("Search");
    await this.page.getByRole("searchbox", { name: "Question" }).fill(text);
    await this.page.locator("main").getByRole("button", { name: "Search", exact: true }).click();
    await this.page.getByRole("heading", { name: "Plaintext ranking" }).first().waitFor();
  }

  /** What axe-core finds that is more than minor, in words. */
  async barriers() {
    await this.page.evaluate(axe);
    const violations = await this.page.evaluate(async () => {
      const found = await globalThis.axe.run(document, { resultTypes: ["violations"] });
      return found.violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ target, failureSummary }) => `${target.join(" ")}: ${failureSummary}`) }));
    });
    return violations.filter(({ impact }) => impact !== "minor").map(({ id, nodes }) => `${id}: ${nodes.slice(0, 4).join(" | ")}`);
  }

  /** Keeps a picture of the whole page under target/screenshots. */
  async picture(name) {
    mkdirSync(pictures, { recursive: true });
    await this.page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true, animations: "disabled" });
  }

  /** How much wider the page is than its window. */
  overflow() {
    return this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  }
}

/** A server that passes everything on to another, and keeps it: `exchanges` of method, path, headers, body and answer. */
async function withProxy(target, use) {
  const exchanges = [];
  const proxy = createServer((incoming, outgoing) => {
    const chunks = [];
    incoming.on("data", (chunk) => chunks.push(chunk));
    incoming.on("end", () => {
      const exchange = { method: incoming.method, path: incoming.url, headers: incoming.headers, body: Buffer.concat(chunks) };
      exchanges.push(exchange);
      const { host, connection, ...headers } = incoming.headers;
      const passed = send(`${target}${incoming.url}`, { method: incoming.method, headers }, (answer) => {
        exchange.status = answer.statusCode;
        outgoing.writeHead(answer.statusCode, answer.headers);
        answer.pipe(outgoing);
      });
      passed.on("error", () => outgoing.destroy());
      passed.end(exchange.body);
    });
  });
  await new Promise((resume) => proxy.listen(0, "127.0.0.1", resume));
  try {
    return await use({ url: `http://127.0.0.1:${proxy.address().port}`, exchanges });
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
}
