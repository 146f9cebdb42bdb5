// The playground's worker in Chromium and in Firefox: how fast it embeds, how the model comes, and what an import of
// 10,000 rows does to the page. `cargo xtask bench page` runs it.

import { browserNames, withBrowser } from "../npm/support/browsers.js";
import { withWorker } from "../web/support/worker.js";

const texts = {
  40: "how many days off can I take over to 27?",
  100: "The board approved a share buyback of up to 200 million and kept the dividend at 0.45 for each share",
};

/** Runs in the page. */
async function measure(texts) {
  const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1].toFixed(1);
  const timed = async (work) => {
    const begin = performance.now();
    const outcome = await result(await start(work));
    return [performance.now() - begin, outcome];
  };
  const figures = {};
  const [first, { messages }] = await timed({ embed: { texts: ["first"] } });
  figures["first use: model fetched, checked, kept"] = first.toFixed(0);
  const { done, total } = messages.findLast((message) => message.model).model;
  if (done !== total) throw new Error("the model did not come");
  for (const [characters, text] of Object.entries(texts)) {
    if (text.length !== Number(characters)) throw new Error(`${text.length} characters`);
    const times = [];
    // Texts are embedded once, so each is another.
    for (let run = 0; run < 60; run += 1) times.push((await timed({ embed: { texts: [`${text.slice(0, -2)}${run + 10}`] } }))[0]);
    figures[`embed ${characters} characters, from page to worker and back`] = median(times);
  }
  const batch = Array.from({ length: 100 }, (_, index) => `${index}: ${texts[100]}`);
  figures["embed 100 texts of 100 characters, each"] = ((await timed({ embed: { texts: batch } }))[0] / 100).toFixed(1);
  figures["memory of the worker's wasm, MB"] = ((await memory()) / 1e6).toFixed(1);

  const rows = Array.from({ length: 10_000 }, (_, row) => JSON.stringify({
    id: row,
    text: `Document ${row}`,
    vector: Array.from({ length: 384 }, (_, index) => Math.fround(Math.sin(row * 7 + index))),
    policy: "roles:admin || roles:analyst",
  }));
  const plain = rows.map((row) => JSON.stringify({ ...JSON.parse(row), vector: undefined }));
  for (const [what, lines] of [["texts", plain], ["vectors of 384 dimensions", rows]]) {
    const file = new File([lines.join("\n")], "rows.jsonl");
    watch();
    const [time, outcome] = await timed({ import: { files: [file], structure: '{"roles": ["admin", "analyst"]}' } });
    watched.stop();
    if (JSON.parse(outcome.imported?.rows ?? "[]").length !== 10_000) throw new Error(JSON.stringify(outcome.failed));
    figures[`import 10,000 rows with ${what} (${(file.size / 1e6).toFixed(0)} MB)`] = time.toFixed(0);
    figures[`— longest turn of a timer of 4 ms in the page meanwhile, ${what}`] = watched.longest.toFixed(0);
  }
  return figures;
}

const columns = [];
for (const name of browserNames) {
  columns.push(await withBrowser(name, (browser) => withWorker(browser, {}, ({ page }) => page.evaluate(measure, texts))));
}
console.log("\nThe playground's worker, in ms (medians):\n");
console.log(`| | ${browserNames.join(" | ")} |`);
console.log(`| --- |${" ---: |".repeat(browserNames.length)}`);
for (const what of Object.keys(columns[0])) {
  console.log(`| ${what} | ${columns.map((column) => column[what]).join(" | ")} |`);
}
