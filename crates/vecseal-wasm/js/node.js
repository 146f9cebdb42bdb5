// The entry for Node, Deno and Bun, built as CommonJS: the wasm is read from disk when something is first used.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { VecsealError } from "./api.js";
import { hasSimd, startSync, untilStarted, wasmModule } from "./loader.js";

export * from "./api.js";

untilStarted(() => load());

/** Loads the WebAssembly; not needed here, but the same code may run in browsers. */
export async function init({ wasm } = {}) {
  if (!wasmModule()) {
    load(await wasm);
  }
}

function load(source = join(__dirname, hasSimd() ? "vecseal.wasm" : "vecseal.baseline.wasm")) {
  try {
    startSync(source instanceof WebAssembly.Module ? source : new WebAssembly.Module(bytes(source)));
  } catch (error) {
    const failure = new VecsealError("load_failed", `vecseal could not load its WebAssembly: ${error.message}`);
    throw Object.assign(failure, { cause: error });
  }
}

const bytes = (source) => (source instanceof ArrayBuffer || ArrayBuffer.isView(source) ? source : readFileSync(source));
