// The same files from any static host, against a Qdrant elsewhere: in both browsers.

import assert from "node:assert/strict";
import { test } from "node:test";

import { browserNames, withBrowser } from "../npm/support/browsers.js";
import { serving } from "../npm/support/server.js";
import { withQdrant } from "../qdrant/support/server.js";
import { built } from "./support/playground.js";

for (const browserName of browserNames) {
  test(`${browserName}: as static files, beside a Qdrant of another origin`, () =>
    withQdrant((qdrant) =>
      serving(
        built,
        (url) =>
          withBrowser(browserName, async (browser) => {
            const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
            const asked = new Set();
            page.on("request", (request) => asked.add(new URL(request.url()).origin));
            await page.goto(`${url}?qdrant=${encodeURIComponent(qdrant)}#data`);
            await page.getByText(/Embedded engine|Qdrant 1\./).waitFor();
            await page.getByRole("button", { name: "Examples" }).click();
            await page.getByRole("button", { name: "Load Two desks" }).click();
            await page.getByRole("button", { name: /^Encrypt and upload/ }).click();
            await page.getByText(/documents are sealed and uploaded/).first().waitFor({ timeout: 60_000 });
            await page.getByRole("button", { name: "Delete from the server" }).click();
            await page.getByRole("button", { name: /^Delete it/ }).click();
            await page.getByText("The collection and its keyring are deleted.").waitFor();
            const allowed = [new URL(url).origin, new URL(qdrant).origin, "null"];
            assert.deepEqual([...asked].filter((origin) => !allowed.includes(origin)), []);
          }),
        { policy: "" },
      ),
    ));
}
