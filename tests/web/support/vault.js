// A page with the playground's worker beside an embedded engine, driven from outside.

import { fileURLToPath } from "node:url";
import { readFileSync } from "node:fs";

import { serving } from "../../npm/support/server.js";

const built = process.env.VECSEAL_WEB ?? fileURLToPath(new URL("../../../target/web", import.meta.url));

/** As the page's own policy has it, which names the engine beside the page. */
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' http:";

/** The page: starts jobs, and keeps what the worker says about each. Files and typed arrays do not cross as they are. */
const script = `
  const worker = new Worker("worker.js", { type: "module" });
  const jobs = new Map();
  let last = 0;
  let ready;
  const isReady = new Promise((resume) => (ready = resume));
  worker.onmessage = async ({ data }) => {
    if (data.ready) return ready();
    const [[kind, value]] = Object.entries(data);
    const job = jobs.get(value.job);
    if (kind === "progress") job.progress.push(value.progress);
    else if (kind !== "model") {
      if (value.file) value.file = { type: value.file.type, bytes: [...new Uint8Array(await value.file.arrayBuffer())] };
      job.finish({ ...data, progress: job.progress });
    }
  };
  globalThis.start = async (work) => {
    await isReady;
    const job = ++last;
    const entry = { progress: [], done: false };
    entry.result = new Promise((resume) => (entry.finish = (data) => { entry.done = true; resume(data); }));
    jobs.set(job, entry);
    if (work.keep) work.keep.vectors = Float32Array.from(work.keep.vectors);
    if (work.importKey) work.importKey.file = new File([Uint8Array.from(work.importKey.file)], "a.key");
    worker.postMessage({ job, work });
    return job;
  };
  globalThis.result = (job) => jobs.get(job).result;
  globalThis.isDone = (job) => jobs.get(job).done;
  globalThis.doneOf = (job) => jobs.get(job).progress.at(-1)?.done ?? 0;
  globalThis.cancel = (job) => worker.postMessage({ job, work: "cancel" });
`;

/** An example organisation as its file has it. */
export const organisation = (name) =>
  JSON.parse(readFileSync(new URL(`../../../crates/vecseal-data/organisations/${name}.json`, import.meta.url), "utf8"));

/** Attributes as pairs. */
export const pairs = (attributes) => Object.entries(attributes).flatMap(([dimension, names]) => names.map((name) => [dimension, name]));

/** Documents as the page uploads them. */
export const documents = ({ documents }) => documents.map(({ id, ...document }) => ({ ...document, id: `${id}` }));

export const sealing = { mode: "geometric", preset: "balanced", scope: "compartment", writtenBy: "authority", cipher: "aes" };

/**
 * Opens the page and hands over ways to drive it: `work` does a job and returns what came of it; `start` returns before it
 * is done; `fails` does a job that comes to nothing and returns why.
 */
export const withVault = (browser, use) =>
  serving(
    built,
    async (url) => {
      const page = await browser.newPage();
      page.on("pageerror", (error) => console.error(error));
      await page.goto(`${url}vault.html`);
      const start = async (work) => {
        const job = await page.evaluate((work) => globalThis.start(work), packed(work));
        return {
          result: async () => unpacked(await page.evaluate((job) => globalThis.result(job), job)),
          isDone: () => page.evaluate((job) => globalThis.isDone(job), job),
          told: (done = 0) => page.waitForFunction(([job, done]) => globalThis.doneOf(job) > done, [job, done], { polling: 10 }),
          cancel: () => page.evaluate((job) => globalThis.cancel(job), job),
        };
      };
      const work = async (what) => {
        const answer = await (await start(what)).result();
        if (answer.failed) {
          throw new Error(`${Object.keys(what)} failed: ${answer.failed.failure.code}: ${answer.failed.failure.message}`);
        }
        return answer;
      };
      const fails = async (what) => (await (await start(what)).result()).failed?.failure;
      return await use({ page, start, work, fails });
    },
    { policy, instead: page },
  );

/** Long lists cross as JSON texts. */
const packed = ({ upload, ...other }) => (upload ? { upload: { ...upload, documents: JSON.stringify(upload.documents) } } : other);

function unpacked({ accesses, projected, ...other }) {
  return {
    ...other,
    accesses: accesses && { ...accesses, accesses: JSON.parse(accesses.accesses) },
    projected: projected && { ...projected, projected: JSON.parse(projected.projected) },
  };
}

/** Answers with the page and its script. */
function page(request, response) {
  const files = {
    "/vault.html": ["text/html", `<!doctype html><body><script type="module" src="./vault.js"></script>`],
    "/vault.js": ["text/javascript", script],
    "/worker.js": ["text/javascript", `import init from "./playground.js"; init();`],
  };
  const [type, text] = files[request.url] ?? [];
  if (text) {
    response.writeHead(200, { "content-type": type, "content-security-policy": policy }).end(text);
  }
  return text !== undefined;
}
