// The entry for Node, Deno and Bun, built as CommonJS: the wasm is read from disk when something is first used.

import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { VecsealError } from "./api.js";
import { compile, failure, hasSimd, start, startSync, untilStarted, wasmModule } from "./loader.js";

export * from "./api.js";

untilStarted(() => load());

/** Loads the WebAssembly; not needed here, but the same code may run in browsers. */
export async function init({ wasm } = {}) {
  if (wasmModule()) {
    return;
  }
  if (wasm === undefined) {
    load();
    return;
  }
  try {
    const given = await wasm;
    const source = typeof given === "string" && /^\w\w+:/.test(given) ? new URL(given) : given;
    const isFile = typeof source === "string" || source.protocol === "file:";
    await start(await compile(isFile ? await readFile(source) : source));
  } catch (error) {
    throw error instanceof VecsealError ? error : failure(error.message, error);
  }
}

function load() {
  try {
    startSync(new WebAssembly.Module(readFileSync(join(__dirname, hasSimd() ? "vecseal.wasm" : "vecseal.baseline.wasm"))));
  } catch (error) {
    throw failure(error.message, error);
  }
}
