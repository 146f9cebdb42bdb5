// A page with the playground's worker, driven from outside.

import { readFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { serving } from "../../npm/support/server.js";
import { watchTurns } from "../../npm/support/turns.js";

const built = process.env.VECSEAL_WEB ?? fileURLToPath(new URL("../../../target/web", import.meta.url));
export const model = readFileSync(join(built, "minilm-q4-v24k.bin"));

const structure = JSON.stringify({ roles: ["admin", "analyst"] });

/** The worker, with its memory to be asked for; by name without Cache storage, as in pages that are not secure. */
const measured = `
  import init from "./playground.js";
  if (self.name === "insecure") Object.defineProperty(self, "caches", { value: undefined });
  const started = init();
  started.catch((error) => setTimeout(() => { throw error; }));
  addEventListener("message", async ({ data }) => {
    data === "memory" && postMessage({ memory: (await started).memory.buffer.byteLength });
  });
`;

/** The page: starts jobs, and keeps what the worker says about each. */
const script = `
  const worker = new Worker("measured.js", { type: "module", name: location.hash.slice(1) });
  globalThis.broken = new Promise((resume) => (worker.onerror = (event) => (event.preventDefault(), resume(event.message))));
  const jobs = new Map();
  let last = 0;
  let ready;
  const isReady = new Promise((resume) => (ready = resume));
  worker.onmessage = ({ data }) => {
    if (data.ready) return ready();
    if (data.memory) return globalThis.told(data.memory);
    const [[kind, { job }]] = Object.entries(data);
    globalThis.seen = (globalThis.seen ?? 0) + 1;
    for (const [number, { messages, finish }] of jobs) {
      if (kind === "model" || number === job) {
        messages.push(kind === "progress" ? { ...data, turn: globalThis.watched?.turns } : data);
        kind !== "model" && kind !== "progress" && finish(data);
      }
    }
  };
  globalThis.memory = () => new Promise((resume) => { globalThis.told = resume; worker.postMessage("memory"); });
  globalThis.start = async (work) => {
    await isReady;
    const job = ++last;
    const messages = [];
    let finish;
    const finished = new Promise((resume) => (finish = resume));
    const entry = { messages, done: false, finish: (data) => { entry.done = true; finish(data); } };
    jobs.set(job, entry);
    entry.result = finished.then((data) => ({ ...data, messages: messages.slice(0, -1) }));
    if (work.import?.files === "input") work.import.files = [...document.querySelector("input").files];
    worker.postMessage({ job, work });
    return job;
  };
  globalThis.result = (job) => jobs.get(job).result;
  // Typed arrays do not cross to the outside.
  globalThis.plain = async (job) => {
    const { messages, ...outcome } = await result(job);
    const [[kind, value]] = Object.entries(outcome);
    return { [kind]: { ...value, vectors: value.vectors && Array.from(value.vectors) }, messages };
  };
  globalThis.isDone = (job) => jobs.get(job).done;
  globalThis.cancel = (job) => worker.postMessage({ job, work: "cancel" });
  globalThis.importing = (files, structure) => start({ import: { structure, files: files.map(([name, base64]) =>
    new File([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], name)) } }).then(plain);
  globalThis.watch = () => (globalThis.watched = watchTurns());
  ${watchTurns}
`;

/**
 * Opens the page and hands over ways to drive it: `work` does a job and returns what came of it, with all messages on
 * the way; `start` returns before it is done; `importing` does an import of named contents. `name` is the worker's.
 */
export async function withWorker(browser, { instead = () => false, name = "" }, use) {
  const folder = mkdtempSync(join(tmpdir(), "vecseal-"));
  const requests = [];
  const noted = (request, response) => {
    requests.push({ method: request.method, url: request.url, length: request.headers["content-length"] ?? 0 });
    return instead(request, response);
  };
  try {
    cpSync(built, folder, { recursive: true });
    writeFileSync(join(folder, "index.html"), `<!doctype html><body><script type="module" src="./page.js"></script>`);
    writeFileSync(join(folder, "page.js"), script);
    writeFileSync(join(folder, "measured.js"), measured);
    return await serving(
      folder,
      async (url) => {
        const page = await browser.newPage();
        page.on("pageerror", (error) => console.error(error));
        page.on("request", (request) => request.url().startsWith(url) || requests.push({ method: "elsewhere", url: request.url() }));
        await page.goto(`${url}#${name}`);
        const start = async (work) => {
          const job = await page.evaluate((work) => globalThis.start(work), work);
          return {
            result: () => page.evaluate((job) => globalThis.plain(job), job),
            isDone: () => page.evaluate((job) => globalThis.isDone(job), job),
            cancel: () => page.evaluate((job) => globalThis.cancel(job), job),
          };
        };
        const work = async (what) => (await start(what)).result();
        const importing = (files) =>
          page.evaluate(
            ({ files, structure }) => globalThis.importing(files, structure),
            { files: files.map(([name, content]) => [name, Buffer.from(content).toString("base64")]), structure },
          );
        return await use({ page, requests, start, work, importing });
      },
      { instead: noted },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
