// Joins the bindings to an instance of the wasm, once.

import * as bindings from "vecseal-bindings";

const VecsealError = bindings.errorClass();

/** The compiled module, once there is an instance of it. */
let compiled;

/**
 * Returns the compiled WebAssembly module, to be given to `init({ wasm })` in a worker of your own; `undefined` before
 * initialisation.
 */
export const wasmModule = () => compiled;

/** Has `absent` called whenever something is used before there is an instance; it throws, or makes one. */
export function untilStarted(absent) {
  const get = (_, name) => (absent(), exports[name]);
  bindings.__wbg_set_wasm(new Proxy({}, { get }));
}

let exports;

/** Makes the instance that everything uses from now on. */
export async function start(module) {
  attach(module, await WebAssembly.instantiate(module, imports()));
}

/** Does the same at once, where that is allowed. */
export function startSync(module) {
  attach(module, new WebAssembly.Instance(module, imports()));
}

function attach(module, instance) {
  if (exports) {
    return;
  }
  compiled = module;
  exports = instance.exports;
  bindings.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
}

function imports() {
  const functions = { ...bindings };
  for (const name of Object.keys(functions).filter((name) => name.includes("__wbindgen_throw"))) {
    functions[name] = (...message) => {
      try {
        bindings[name](...message);
      } catch (error) {
        throw misuse(error);
      }
    };
  }
  return { "./vecseal_bg.js": functions };
}

/** What wasm-bindgen says of a handle that cannot be used, as an error of ours. */
function misuse(error) {
  if (error.message.includes("null pointer")) {
    return new VecsealError("freed", "this object was freed and cannot be used again");
  }
  if (/recursive|borrowed/.test(error.message)) {
    return new VecsealError("busy", "this object is in use by the call that this call comes from");
  }
  return error;
}

/** Compiles a module from whatever `init` takes. */
export async function compile(source) {
  if (source instanceof WebAssembly.Module) {
    return source;
  }
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) {
    return WebAssembly.compile(source);
  }
  const response = source instanceof Response ? source : await fetch(source);
  if (!response.ok) {
    throw failure(`${response.url} gave HTTP ${response.status}`);
  }
  const type = response.headers.get("content-type") ?? "";
  if (type.startsWith("text/html")) {
    const advice = 'with Vite before 8, in development, set optimizeDeps: { exclude: ["vecseal"] }';
    throw failure(`${response.url} gave a page instead; ${advice}`);
  }
  // Streams only what is declared as wasm; a server that declares nothing still works.
  return type.startsWith("application/wasm")
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

/** Why there is no WebAssembly. */
export function failure(reason, cause) {
  const error = new VecsealError("load_failed", `vecseal could not load its WebAssembly: ${reason}`);
  return Object.assign(error, cause && { cause });
}

/** Whether this engine has wasm's vector instructions: a function of nine bytes that uses one. */
export const hasSimd = () =>
  WebAssembly.validate(
    // (module (func (result v128) i32.const 0 i8x16.splat i8x16.popcnt))
    Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11),
  );
