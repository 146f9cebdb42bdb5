// `vecseal/worker` for browsers and bundlers.

import { VecsealError, wasmModule } from "./index.js";
import { makeWorkerPool } from "./pool.js";

export const WorkerPool = makeWorkerPool({
  VecsealError,
  wasmModule,
  processors: () => globalThis.navigator?.hardwareConcurrency ?? 2,
  spawn({ createWorker }, { onMessage, onError }) {
    // Bundlers find the file by this expression.
    const worker =
      createWorker?.() ?? new Worker(new URL("./worker-thread.js", import.meta.url), { type: "module", name: "vecseal" });
    worker.onmessage = (event) => onMessage(event.data);
    worker.onerror = (event) => {
      // The batch's promise reports it.
      event.preventDefault();
      onError(event);
    };
    worker.onmessageerror = (event) => onError(event);
    return {
      post: (message, transfer) => worker.postMessage(message, transfer),
      hold() {},
      release() {},
      terminate: () => worker.terminate(),
    };
  },
});
