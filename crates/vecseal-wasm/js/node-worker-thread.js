// What runs in a worker thread of the pool, built as CommonJS.

import { parentPort } from "node:worker_threads";

import { Compartment, init } from "./node.cjs";
import { serve } from "./serve.js";

const take = serve({ Compartment, init, post: (message, transfer) => parentPort.postMessage(message, transfer) });

parentPort.on("message", (message) => {
  // Thrown outside of the promise, an error ends the worker and reaches the pool whatever Node's settings.
  take(message).catch((error) => setImmediate(() => { throw error; }));
});
