// Starts the worker: `new Worker("worker_loader.js")`, or a worker from a blob that sets `vecsealBase` to the folder's
// URL and imports this. It says `ready` when it listens; if it cannot start, the worker has an `error`.

const besideThis = (name) => new URL(name, self.vecsealBase ?? location.href).href;
importScripts(besideThis("worker.js"));
const started = wasm_bindgen({ module_or_path: besideThis("worker_bg.wasm") });
started.catch((error) => setTimeout(() => { throw error; }));
