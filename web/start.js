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

// A worker from a file is under the policy that comes with the file, which is none at most servers; one from a blob is
// under its page's. It has no address of its own to find its files by, so it is told.
const script = `self.vecsealBase = ${JSON.stringify(url("."))}; importScripts(${JSON.stringify(url("worker_loader.js"))});`;
const blob = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));

/** Starts the playground's worker; the page's Rust calls this. It says `ready` when it listens. */
globalThis.vecsealWorker = () => new Worker(blob);

import("./playground.js")
  .then(({ default: init }) => init({ module_or_path: url("playground_bg.wasm") }))
  .catch((error) => {
    console.error(error);
    const line = document.querySelector("#app p") ?? document.body.appendChild(document.createElement("p"));
    line.role = "alert";
    line.textContent = `The playground could not start. It needs Chrome 100, Firefox 114, Safari 16.4 or a newer browser, and all of its files beside this page. (${error})`;
  });
