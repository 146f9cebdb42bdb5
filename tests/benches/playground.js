// The playground in Chromium: how soon it shows something, how long the story's work takes, and whether bulk work holds the
// page up. `cargo xtask bench page` runs it.

import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { withFolder } from "../qdrant/support/server.js";
import { withPlayground } from "../web/support/playground.js";

const VISITS = 5;
const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];
const figures = [];

/** Milliseconds that this takes, as seen from outside. */
async function timed(what) {
  const begin = performance.now();
  await what();
  return performance.now() - begin;
}

const paints = [];
for (let visit = 0; visit < VISITS; visit += 1) {
  paints.push(
    await withPlayground("chromium", ({ page }) => page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime)),
  );
}
figures.push([`first contentful paint, cold cache, median of ${VISITS}`, median(paints)]);

await withPlayground("chromium", async (playground) => {
  const { page } = playground;
  const first = await timed(() => playground.upload());
  figures.push(["60 documents: model fetched, embedded, sealed under 13 policies, uploaded", first]);
  // What is said of the first is not to be taken for the second.
  await page.locator(".notice").waitFor({ state: "detached" });
  figures.push(["the same again, embedded before", await timed(() => playground.upload())]);
  const question = page.getByRole("searchbox", { name: "Question" });
  await playground.go("Search");
  const searches = [];
  for (const text of ["a leak in the hull", "who is on leave", "the price of steel", "a contract that ends", "pay rise"]) {
    await question.fill(text);
    searches.push(
      await timed(async () => {
        await page.locator("main").getByRole("button", { name: "Search", exact: true }).click();
        await page.locator(".found[aria-busy=false]").waitFor();
      }),
    );
  }
  figures.push(["a question: embedded, searched with six keys and in the clear, shown", median(searches)]);
});

await withPlayground("chromium", (playground) =>
  withFolder(async (folder) => {
    const { page } = playground;
    const vector = (row) => Array.from({ length: 384 }, (_, index) => Math.sin(row * 7 + index).toFixed(4));
    const rows = Array.from({ length: 5_000 }, (_, row) =>
      JSON.stringify({ id: row, text: `Note ${row} of the archive`, policy: `departments:${["finance", "legal"][row % 2]}`, vector: vector(row).map(Number) }),
    );
    const file = join(folder, "notes.jsonl");
    writeFileSync(file, rows.join("\n"));
    await page.evaluate(() => {
      globalThis.blocked = [];
      new PerformanceObserver((list) => globalThis.blocked.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
    });
    await playground.go("Data");
    const imported = await timed(async () => {
      await page.locator("main input[type=file]").setInputFiles(file);
      await page.getByText(/5,?000 documents are imported/).waitFor({ timeout: 60_000 });
    });
    figures.push(["5,000 documents with vectors of 384 dimensions: imported", imported]);
    figures.push(["sealed and uploaded", await timed(() => playground.upload())]);
    const blocked = await page.evaluate(() => globalThis.blocked);
    figures.push(["times that the page was held up for over 50 ms meanwhile", blocked.length], ["the longest of them", Math.max(0, ...blocked)]);
  }),
);

console.log("\nThe playground in Chromium, in ms:\n\n| | |\n| --- | ---: |");
figures.forEach(([what, figure]) => console.log(`| ${what} | ${figure.toFixed(0)} |`));
