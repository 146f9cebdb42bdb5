// `vecseal/worker` for Node, Deno and Bun, built as CommonJS.

import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";

import { VecsealError, wasmModule } from "./node.cjs";
import { makeWorkerPool } from "./pool.js";

export const WorkerPool = makeWorkerPool({
  VecsealError,
  wasmModule,
  processors: availableParallelism,
  spawn({ createWorker }, { onMessage, onError }) {
    const worker = createWorker?.() ?? new Worker(join(__dirname, "node-worker-thread.cjs"));
    worker.on("message", onMessage);
    worker.on("error", onError);
    worker.on("messageerror", onError);
    worker.on("exit", (code) => onError(new Error(`it ended with code ${code}`)));
    // An idle pool does not keep the process alive.
    worker.unref();
    return {
      post: (message, transfer) => worker.postMessage(message, transfer),
      hold: () => worker.ref(),
      release: () => worker.unref(),
      terminate: () => void worker.terminate(),
    };
  },
});
