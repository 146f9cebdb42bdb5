// Starts the worker: `new Worker("worker_loader.js")`. It says `ready` when it listens.

importScripts("./worker.js");
wasm_bindgen({ module_or_path: "./worker_bg.wasm" });
