// Starts the worker: `new Worker("worker_loader.js")`. It says `ready` when it listens; if it cannot start, the worker
// has an `error`.

importScripts("./worker.js");
const started = wasm_bindgen({ module_or_path: "./worker_bg.wasm" });
started.catch((error) => setTimeout(() => { throw error; }));
