// What the page shows when something is missing: the Qdrant, its leave, the right collection, the model.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";

import { withServer } from "../qdrant/support/server.js";
import { withPlayground } from "./support/playground.js";

const refused = /Failed to load resource|net::ERR|Content Security Policy|CORS policy/;

test("a Qdrant that is down is said so, with what to do, and found again once it is back", () =>
  withPlayground("chromium", async (playground) => {
    const { page } = playground;
    playground.expect(refused);
    await page.route("**/collections", (route) => route.abort());
    await page.getByRole("button", { name: /Connection: No Qdrant/ }).click({ timeout: 30_000 });
    const dialog = page.getByRole("dialog");
    await dialog.getByText("cargo xtask play").waitFor();
    await dialog.getByText(/docker run .*QDRANT__SERVICE__ENABLE_CORS=true/).waitFor();
    await dialog.getByText(/must allow this page's origin/).waitFor();
    await playground.picture("failure-down");
    await page.unroute("**/collections");
    await dialog.getByRole("button", { name: "Connect" }).click();
    await dialog.getByText("connected").waitFor();
  }));

test("an engine with an API key asks for it; a wrong one is refused; the right one is in no address and no link", () =>
  withPlayground(
    "chromium",
    async (playground) => {
      const { page, proxy } = playground;
      playground.expect(refused);
      await page.getByRole("button", { name: /Connection: Needs an API key/ }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByText("The Qdrant answers, and wants an API key.").waitFor();
      await dialog.getByText("unauthorized").waitFor();
      await playground.picture("failure-unauthorized");
      assert.equal(await dialog.getByRole("button", { name: "Forget the API key" }).count(), 0);
      await dialog.getByLabel("API key").fill("wrong");
      await dialog.getByRole("button", { name: "Connect" }).click();
      await dialog.getByText("did not accept the API key").waitFor();
      await dialog.getByText("unauthorized").waitFor();
      await playground.picture("failure-wrong-key");
      await dialog.getByLabel("API key").fill("open-sesame");
      await dialog.getByRole("button", { name: "Connect" }).click();
      await dialog.getByText("connected").waitFor();
      await page.keyboard.press("Escape");
      await playground.example("Two desks");
      await playground.upload();
      await page.getByRole("button", { name: "Share" }).click();
      const link = await page.getByLabel(/^Link/).inputValue();
      const places = [link, page.url(), ...proxy.exchanges.flatMap(({ path, body }) => [path, body.toString("latin1")])];
      assert.ok(places.every((text) => !text.includes("open-sesame")));
      const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
      assert.ok(!stored.includes("sesame"), stored);
      // Forgotten, it is not used again, by what was connected with it neither.
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: /^Connection/ }).click();
      await dialog.getByRole("button", { name: "Forget the API key" }).click();
      await dialog.getByText("wants an API key").waitFor();
      await page.keyboard.press("Escape");
      const sent = proxy.exchanges.length;
      await playground.go("What the server sees");
      await page.locator("main").getByText("wants an API key").waitFor();
      assert.ok(proxy.exchanges.slice(sent).every(({ headers }) => !headers["api-key"]));
    },
    { environment: { QDRANT__SERVICE__API_KEY: "open-sesame" }, starts: false },
  ));

test("a Qdrant of another origin is used if it allows the page, and explained if it does not", () =>
  withServer(async (other) => {
    await withPlayground(
      "chromium",
      async (playground) => {
        playground.expect(/^http:\/\/127\.0\.0\.1:/);
        await playground.example("Two desks");
        await playground.upload();
        assert.ok(playground.proxy.exchanges.every(({ path }) => !path.startsWith("/collections")));
      },
      { query: `?qdrant=${encodeURIComponent(other.url)}` },
    );
    const silent = createServer((request, response) => response.end(JSON.stringify({ title: "qdrant", version: "1.19.0" })));
    await new Promise((resume) => silent.listen(0, "127.0.0.1", resume));
    const url = `http://127.0.0.1:${silent.address().port}`;
    try {
      await withPlayground(
        "chromium",
        async (playground) => {
          playground.expect(refused, /^http:\/\/127\.0\.0\.1:/);
          await playground.page.getByRole("button", { name: /Connection: No Qdrant/ }).click();
          await playground.page.getByText(/must allow this page's origin/).waitFor();
        },
        { query: `?qdrant=${encodeURIComponent(url)}`, starts: false },
      );
    } finally {
      silent.close();
    }
  }));

test("another address reloads the page under a policy for it, with what was being tried", () =>
  withServer((other) =>
    withPlayground("chromium", async (playground) => {
      const { page } = playground;
      playground.expect(/^http:\/\/127\.0\.0\.1:/);
      await playground.example("St Brannoc's Hospital");
      await page.getByRole("button", { name: /^Connection/ }).click();
      await page.getByLabel("Address of the Qdrant").fill(other.url);
      await page.getByRole("button", { name: "Connect and reload" }).click();
      await page.waitForURL(/qdrant=/);
      await page.getByText(/Embedded engine/).waitFor();
      await playground.go("Data");
      await page.getByText("Discharge letter: chest pain and stent").waitFor();
    }),
  ));

test("a collection of other vectors, and one that is no encrypted collection, are refused in words", () =>
  withPlayground("chromium", async (playground) => {
    const { page, server } = playground;
    playground.expect(refused);
    const create = (name, size) =>
      fetch(`${server.url}/collections/${name}`, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(size ? { vectors: { size, distance: "Cosine" } } : {}) });
    await create("plain", 384);
    await create("narrow", 8);
    await create("narrow.keyring");
    await playground.example("Two desks");
    for (const [name, code] of [["plain", "missing_keyring"], ["narrow", "wrong_collection_dimension"], ["a/b", "invalid_collection_name"]]) {
      await playground.go("Data");
      const summary = page.locator("main summary").filter({ hasText: /[Cc]ollection/ });
      if (!(await page.getByLabel("Name", { exact: true }).isVisible())) {
        await summary.first().click();
      }
      await page.getByLabel("Name", { exact: true }).fill(name);
      await page.getByRole("button", { name: /^Encrypt and upload/ }).click();
      await page.getByRole("alert").getByText(code).waitFor();
      name === "narrow" && (await playground.picture("failure-dimension"));
    }
  }));

test("without the model nothing is uploaded, and it says why", () =>
  withPlayground("chromium", async (playground) => {
    const { page } = playground;
    playground.expect(refused);
    await playground.context.route("**/*.bin", (route) => route.abort());
    await playground.example("Two desks");
    await playground.go("Data");
    await page.getByRole("button", { name: /^Encrypt and upload/ }).click();
    await page.getByRole("alert").getByText("model_unavailable").waitFor();
  }));

test("an address that cannot be one is told before the page is loaded anew", () =>
  withPlayground("chromium", async (playground) => {
    const { page } = playground;
    await page.getByRole("button", { name: /^Connection/ }).click();
    const dialog = page.getByRole("dialog");
    for (const [address, why] of [["ftp://localhost", /begins with http/], ["http://", /names no host/], ["http://me:secret@localhost:6333", /without user and password/]]) {
      await dialog.getByLabel("Address of the Qdrant").fill(address);
      await dialog.getByRole("button", { name: "Connect and reload" }).click();
      await dialog.getByRole("alert").getByText(why).waitFor();
    }
    await playground.picture("failure-address");
    assert.ok(!page.url().includes("qdrant="));
    await dialog.getByLabel("Address of the Qdrant").fill(playground.url);
    assert.equal(await dialog.getByRole("alert").count(), 0);
  }));

test("a server that goes away is said at every place, nothing is called done, and it goes on once the server is back", () =>
  withPlayground("chromium", async (playground) => {
    const { page } = playground;
    playground.expect(refused);
    await playground.example("Two desks");
    await playground.upload();
    await page.route("**/collections/**", (route) => route.abort());
    await playground.go("What the server sees");
    await page.getByText("Nothing was fetched from the server").waitFor();
    assert.equal(await page.locator(".sides").count(), 0);
    const places = page.getByRole("navigation", { name: "Places" });
    await places.getByRole("button", { name: /What the server sees failed/ }).waitFor();
    await playground.go("Search");
    await page.getByRole("searchbox", { name: "Question" }).fill("a lighthouse");
    await page.locator("main").getByRole("button", { name: "Search", exact: true }).click();
    await places.getByRole("button", { name: /Search failed/ }).waitFor({ timeout: 30_000 });
    await playground.go("Try to break it");
    await page.getByRole("button", { name: "Run all" }).click();
    await places.getByRole("button", { name: /0 of 7 tried/ }).waitFor();

    // Once it is known, what cannot work is off, and says why.
    await page.route("**/collections", (route) => route.abort());
    await page.getByRole("button", { name: /Connection: No Qdrant/ }).waitFor({ timeout: 30_000 });
    for (const place of ["Data", "Search", "What the server sees", "Try to break it"]) {
      await playground.go(place);
      await page.locator("main").getByText("No Qdrant answers at this address.").waitFor();
      assert.deepEqual(await playground.barriers(), [], place);
    }
    assert.ok(await page.getByRole("button", { name: "Run all" }).isDisabled());
    await playground.go("What the server sees");
    assert.ok(await page.getByRole("button", { name: "Fetch again" }).isDisabled());
    await playground.picture("failure-server");
    await page.unroute("**/collections/**");
    await page.unroute("**/collections");
    await page.getByRole("button", { name: "Try again to connect" }).click();
    await page.getByRole("heading", { name: "What the server has" }).waitFor();
    await page.getByRole("heading", { name: "Vectors in a plane" }).waitFor();
  }));

test("a file that is no key leaves no key behind", () =>
  withPlayground("chromium", async (playground) => {
    const { page } = playground;
    await playground.example("Two desks");
    await playground.go("People and keys");
    assert.equal(await page.locator("li.key").count(), 2);
    await page.getByLabel("Import a key for Nell from a file").setInputFiles({ name: "nell.vecseal-key", mimeType: "", buffer: Buffer.from("no key") });
    await page.getByText("That file is no user key").waitFor();
    assert.equal(await page.locator("li.key").count(), 2);
  }));
