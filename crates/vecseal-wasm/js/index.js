// The entry for browsers and bundlers: `init()` fetches the wasm that lies beside this file.

import { VecsealError } from "./api.js";
import { compile, failure, hasSimd, start, untilStarted } from "./loader.js";

export * from "./api.js";

untilStarted(() => {
  throw new VecsealError("not_initialised", "vecseal is not loaded yet: call `await init()` before anything else");
});

let loading;

/** Loads the WebAssembly; see index.d.ts. */
export function init({ wasm } = {}) {
  loading ??= load(wasm).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(source) {
  try {
    await start(await compile(await (source ?? besideThisFile())));
  } catch (error) {
    if (error instanceof VecsealError) {
      throw error;
    }
    const blocked = error instanceof WebAssembly.CompileError && /unsafe-eval|Content Security/i.test(error.message);
    throw failure(blocked ? "allow 'wasm-unsafe-eval' in script-src" : error.message, error);
  }
}

// Bundlers find files by these expressions.
const besideThisFile = () =>
  hasSimd() ? new URL("./vecseal.wasm", import.meta.url) : new URL("./vecseal.baseline.wasm", import.meta.url);
