// What every entry of the package exports, however the wasm is loaded.

import { Compartment, errorClass } from "vecseal-bindings";

import { listOf } from "./points.js";

export {
  AccessStructure,
  Authority,
  CollectionKey,
  Compartment,
  PerturbedQuery,
  Policy,
  SearchKey,
  UserKey,
  WriterKey,
  fromBase64Url,
  inspectHeader,
  rerank,
  toBase64Url,
} from "vecseal-bindings";
export { EncryptedCollection } from "./collection.js";
export { wasmModule } from "./loader.js";

export const VecsealError = errorClass();

/** Whether a caught value is an error of this package, of this code if one is given. */
export const isVecsealError = (value, code) =>
  value instanceof Error && value.name === "VecsealError" && (code === undefined || value.code === code);

/** Defines a method as classes do: not enumerable. */
const define = (name, value) =>
  Object.defineProperty(Compartment.prototype, name, { value, configurable: true, writable: true });

define("sealMany", function sealMany(points, options) {
  return inSlices(points, options, (all, results) => this.sealSlice(all, results));
});

define("openMany", function openMany(points, options) {
  return inSlices(points, options, (all, results) => this.openSlice(all, results));
});

/** Runs `slice` until every point has a result; the event loop has its turn in between. */
async function inSlices(points, { signal, onProgress } = {}, slice) {
  const all = listOf(points, VecsealError);
  const results = [];
  signal?.throwIfAborted();
  for (;;) {
    if (all.length > 0) {
      slice(all, results);
    }
    onProgress?.(results.length, all.length);
    if (results.length === all.length) {
      return results;
    }
    await pause();
    signal?.throwIfAborted();
  }
}

/**
 * A message to oneself. Not `scheduler.yield()`, which Chromium continues before it paints; not a timer, which hidden
 * pages get once a second.
 */
const pause = () =>
  new Promise((resume) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resume();
    };
    port2.postMessage(undefined);
  });
