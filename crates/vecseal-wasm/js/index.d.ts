
/** Where to get the WebAssembly from, if not from beside this package's files. */
export interface InitOptions {
  /**
   * A URL, a `Request`, a `Response` or a promise of one, bytes, or a `WebAssembly.Module` (a worker of your own gets
   * it from {@link wasmModule}). In Node also a path. Default: the file beside this package's, with or without vector
   * instructions as the engine has them.
   */
  wasm?: string | object;
}

/**
 * Loads the WebAssembly. In browsers, await it once before anything else; further calls return the first one's promise.
 * In Node, Deno and Bun it is not needed.
 *
 * @throws {@link VecsealError} `load_failed`; then it can be called again.
 */
export function init(options?: InitOptions): Promise<void>;

/** The compiled `WebAssembly.Module`, for `init({ wasm })` in a worker of your own; `undefined` before initialisation. */
export function wasmModule(): object | undefined;

/** Whether a caught value is an error of this package, of this code if one is given. */
export function isVecsealError<Code extends VecsealErrorCode = VecsealErrorCode>(
  value: unknown,
  code?: Code,
): value is VecsealError & { readonly code: Code };

export interface Compartment {
  /**
   * Seals many points. The results are in the order of the points, each a success or its own error.
   *
   * Works in slices of 8 ms, between which the page can paint. `vecseal/worker` has the same off the main thread.
   *
   * @throws The signal's reason once it is aborted.
   */
  sealMany(points: Iterable<PlainPoint>, options?: BatchOptions): Promise<BatchResult<SealedPoint>[]>;
  /**
   * Opens many records. The results are in the order of the points, each a success or its own error.
   *
   * Works in slices of 8 ms, between which the page can paint. `vecseal/worker` has the same off the main thread.
   *
   * @throws The signal's reason once it is aborted.
   */
  openMany(
    points: Iterable<{ id: PointId; record: Uint8Array }>,
    options?: BatchOptions,
  ): Promise<BatchResult<OpenedPoint>[]>;
}
