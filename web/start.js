// The page's first script: says what the page may connect to, and starts the playground.

const url = (name) => new URL(name, import.meta.url).href;

/**
 * The origin of the Qdrant in the page's query, `?qdrant=<url>`, as policies have it. What they would read as a pattern
 * of names is none, nor is an IPv6 address, for which they have no words.
 */
function qdrantOrigin() {
  try {
    const { origin } = new URL(new URLSearchParams(location.search).get("qdrant"));
    return /^https?:\/\/[a-z0-9._-]+(:\d+)?$/.test(origin) ? origin : "";
  } catch {
    return "";
  }
}

// The colours that the user chose, before anything is painted.
try {
  const theme = localStorage.getItem("vecseal-theme");
  if (["light", "dark"].includes(theme)) document.documentElement.dataset.theme = theme;
} catch {
  // Without storage, as the system has it.
}

const policy = document.createElement("meta");
policy.httpEquiv = "Content-Security-Policy";
policy.content = `connect-src 'self' ${qdrantOrigin()}`;
document.head.append(policy);

/** The wasm of the page and its workers, fetched and compiled once: while it comes, where the server says what it is. */
async function compiled() {
  const response = await fetch(url("playground_bg.wasm"));
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  const isNamed = response.headers.get("content-type") === "application/wasm";
  return isNamed ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

const wasm = compiled();

// A worker from a file is under the policy that comes with the file, which is none at most servers; one from a blob is
// under its page's. It has no address of its own to find its files by, so it is told. What it throws is its `error`.
const script = `
  self.vecsealBase = ${JSON.stringify(url("."))};
  const wasm = new Promise((resume) => addEventListener("message", ({ data }) => resume(data), { once: true }));
  import(${JSON.stringify(url("playground.js"))})
    .then(async ({ default: init }) => init({ module_or_path: await wasm }))
    .catch((error) => setTimeout(() => { throw error; }));
`;
const blob = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));

/** Starts the playground's worker; the page's Rust calls this. It says `ready` when it listens. */
globalThis.vecsealWorker = () => {
  const worker = new Worker(blob, { type: "module" });
  wasm.then((wasm) => worker.postMessage(wasm));
  return worker;
};

/** The example organisations, for the page's Rust: as files, since they would be a part of the wasm of workers, too. */
const examples = Promise.all(
  ["company.json", "hospital.json", "tiny.json"].map(async (name) => {
    const response = await fetch(url(name));
    if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
    return response.text();
  }),
).then((texts) => (globalThis.vecsealExamples = texts));

Promise.all([import("./playground.js"), wasm, examples, import("./focus.js")])
  .then(([{ default: init }, module_or_path]) => init({ module_or_path }))
  .catch((error) => {
    console.error(error);
    const line = document.querySelector("#app p") ?? document.body.appendChild(document.createElement("p"));
    line.role = "alert";
    line.textContent = `The playground could not start. It needs Chrome 100, Firefox 114, Safari 16.4 or a newer browser, and all of its files beside this page. (${error})`;
  });
