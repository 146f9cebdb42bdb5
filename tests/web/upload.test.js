// What is uploaded, what has changed since, and what is left of earlier examples.

import assert from "node:assert/strict";
import { test } from "node:test";

import { withPlayground } from "./support/playground.js";

test("collections of earlier examples are offered to be deleted; those that the user named stay", () =>
  withPlayground("chromium", async (playground) => {
    const { page, server } = playground;
    const collections = async () => {
      const { result } = await (await fetch(`${server.url}/collections`)).json();
      return result.collections.map(({ name }) => name).sort();
    };
    await playground.example("Two desks");
    await playground.upload();
    await playground.example("St Brannoc's Hospital");
    await playground.upload();
    await page.getByText("36 documents are sealed and uploaded").waitFor({ timeout: 60_000 });
    await playground.example("Two desks");
    await playground.go("Data");
    await page.locator("main summary").filter({ hasText: /[Cc]ollection/ }).first().click();
    await page.getByLabel("Name", { exact: true }).fill("of-the-user");
    await playground.upload();
    await page.getByText("3 documents are sealed and uploaded").waitFor();
    await playground.example("St Brannoc's Hospital");
    await page.getByText("2 collections are still on the Qdrant from earlier examples").waitFor({ timeout: 30_000 });
    assert.deepEqual(await playground.barriers(), []);
    await playground.picture("data-leftovers");
    assert.equal((await collections()).length, 6);
    await page.getByRole("button", { name: "Delete 2 earlier collections" }).click();
    await page.getByText(/still on the Qdrant from earlier/).waitFor({ state: "detached" });
    await page.getByText("The collection and its keyring are deleted").waitFor();
    for (let left = await collections(); left.length > 2; left = await collections());
    assert.deepEqual(await collections(), ["of-the-user", "of-the-user.keyring"]);
  }));

test("Search says that documents changed since the upload, and uploads again; a dialog keeps undo to itself", () =>
  withPlayground("chromium", async (playground) => {
    const { page } = playground;
    await playground.example("Two desks");
    await playground.upload();
    await playground.search("a lighthouse");
    await playground.go("Data");
    await page.getByRole("button", { name: "Add your own text" }).click();
    await page.getByLabel("Title", { exact: true }).fill("A fourth note");
    for (const place of ["Search", "What the server sees", "Try to break it"]) {
      await playground.go(place);
      await page.getByText("have changed since the upload").waitFor();
    }
    // Nothing is undone behind a dialog.
    await page.getByRole("button", { name: "Help" }).click();
    await page.keyboard.press("Control+z");
    await page.keyboard.press("Escape");
    await playground.go("Search");
    await page.getByText("Results are of what was uploaded.").waitFor();
    await playground.picture("search-old");
    await page.getByRole("button", { name: "Upload again" }).click();
    await page.getByText("4 documents are sealed and uploaded").waitFor();
    assert.equal(await page.getByText("have changed since the upload").count(), 0);
  }));

test("an import that fails is told where it is seen; texts are not near to vectors of other models", () =>
  withPlayground("chromium", async (playground) => {
    const { page } = playground;
    await playground.go("Data");
    const choose = (text) => page.locator('input[type="file"]').setInputFiles({ name: "notes.jsonl", mimeType: "", buffer: Buffer.from(text) });
    await choose('{"id": 1, "text": ');
    await page.locator(".notices").getByText("Nothing was imported").waitFor();
    const row = (id) => JSON.stringify({ id, text: `note ${id}`, vector: Array.from({ length: 384 }, (_, index) => Math.sin(id * index + 1)) });
    await choose([1, 2, 3].map(row).join("\n"));
    await page.getByText("3 documents are imported with vectors of 384 dimensions").waitFor();
    await playground.upload();
    await playground.go("Search");
    await page.getByText("what is near may mean nothing").waitFor();
    await playground.picture("search-given-vectors");
    await page.getByRole("button", { name: "Search near a document instead" }).click();
    assert.equal(await page.getByText("what is near may mean nothing").count(), 0);
    await page.getByRole("button", { name: "Search by a text instead" }).waitFor();
  }));
