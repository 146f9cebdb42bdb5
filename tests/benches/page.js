// What sealing does to a page: how long its thread is kept busy at a time, in Chromium and in Firefox.
// `cargo xtask bench page` runs it.

import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { browserNames, withBrowser } from "../npm/support/browsers.js";
import { serving } from "../npm/support/server.js";
import { watchTurns } from "../npm/support/turns.js";
import { packageFolder } from "../npm/support/vecseal.js";

const COUNT = 10_000;
const DIMENSION = 768;

/** Runs in the page: seals in each way, and watches the frames meanwhile. */
const script = `
  import { AccessStructure, Authority, Policy, init } from "./dist/index.js";
  import { WorkerPool } from "./dist/worker.js";

  ${watchTurns}

  await init();
  const structure = new AccessStructure({ roles: ["a"] });
  const authority = Authority.generate(structure);
  const points = Array.from({ length: ${COUNT} }, (_, id) => ({
    id,
    vector: Float32Array.from({ length: ${DIMENSION} }, (_, index) => Math.sin(id + index * 78.233)),
    content: "A paragraph of the document that this vector comes from.",
  }));
  const pool = new WorkerPool();

  async function measure(cipher, run) {
    const { compartment } = authority.createCompartment(new Policy("*", structure), { dimension: ${DIMENSION}, cipher });
    await run(compartment, points.slice(0, 1000));
    let longestFrame = 0;
    let lastFrame = performance.now();
    let watching = true;
    const frame = () => {
      const now = performance.now();
      longestFrame = Math.max(longestFrame, now - lastFrame);
      lastFrame = now;
      watching && requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    let longestTask = 0;
    const observer = new PerformanceObserver((list) =>
      list.getEntries().forEach(({ duration }) => (longestTask = Math.max(longestTask, duration))));
    const supported = PerformanceObserver.supportedEntryTypes.includes("longtask");
    supported && observer.observe({ type: "longtask" });
    const watched = watchTurns();
    const start = performance.now();
    const results = await run(compartment, points);
    const milliseconds = performance.now() - start;
    watching = false;
    watched.stop();
    observer.disconnect();
    if (results && !results.every(({ ok }) => ok)) throw new Error("not all were sealed");
    return { milliseconds, longestFrame, longestTurn: watched.longest, longestTask: supported ? longestTask : undefined };
  }

  const ways = {
    ["pool of " + pool.size]: (compartment, some) => pool.sealMany(compartment, some),
    "on the page's thread": (compartment, some) => compartment.sealMany(some),
  };
  const rows = [];
  rows.push({ cipher: "–", way: "nothing", ...(await measure("aes-256-gcm", () => new Promise((resume) => setTimeout(resume, 1000)))) });
  for (const cipher of ["aes-256-gcm", "chacha20-poly1305"]) {
    for (const [way, run] of Object.entries(ways)) {
      rows.push({ cipher, way, ...(await measure(cipher, run)) });
    }
  }
  document.body.dataset.outcome = JSON.stringify(rows);
`;

const folder = mkdtempSync(join(tmpdir(), "vecseal-"));
try {
  cpSync(join(packageFolder, "dist"), join(folder, "dist"), { recursive: true });
  writeFileSync(join(folder, "index.html"), `<!doctype html><body><script type="module" src="./page.js"></script>`);
  writeFileSync(join(folder, "page.js"), script);
  console.log(`\nSealing ${COUNT} vectors of ${DIMENSION} dimensions with search vectors and short texts, in ms:\n`);
  console.log("| browser | cipher | where | all | longest task ¹ | longest turn ² | longest frame |");
  console.log("| --- | --- | --- | ---: | ---: | ---: | ---: |");
  await serving(folder, async (url) => {
    for (const name of browserNames) {
      const rows = await withBrowser(name, async (browser) => {
        const page = await browser.newPage();
        page.on("pageerror", (error) => console.error(error));
        await page.goto(url);
        await page.waitForFunction(() => document.body.dataset.outcome, null, { timeout: 180_000 });
        return JSON.parse(await page.evaluate(() => document.body.dataset.outcome));
      });
      const task = (value) => (value === undefined ? "–" : value === 0 ? "< 50" : value.toFixed(0));
      for (const { cipher, way, milliseconds, longestFrame, longestTurn, longestTask } of rows) {
        const numbers = [milliseconds.toFixed(0), task(longestTask), longestTurn.toFixed(0), longestFrame.toFixed(0)];
        console.log(`| ${name} | ${cipher} | ${way} | ${numbers.join(" | ")} |`);
      }
    }
  });
  console.log("\n¹ as the browser reports tasks over 50 ms; ² between two turns of a timer of 4 ms");
} finally {
  rmSync(folder, { recursive: true });
}
