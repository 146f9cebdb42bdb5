/**
 * Batches off the main thread: `import { WorkerPool } from "vecseal/worker"`.
 *
 * @module vecseal/worker
 */

import type { BatchOptions, BatchResult, Compartment, OpenedPoint, PlainPoint, PointId, SealedPoint } from "vecseal";

/** How a pool is made. */
export interface WorkerPoolOptions {
  /** How many workers. Default: one less than the processors, at least 1, at most 8. */
  size?: number;
  /**
   * Makes a `Worker` (in Node: of `node:worker_threads`) that runs `vecseal/worker-thread`, where a bundler does not find
   * that file by itself.
   */
  createWorker?: () => { postMessage(message: unknown): void; terminate(): unknown };
}

/**
 * Seals and opens batches in web workers (in Node: worker threads), off the main thread. Workers start when they are
 * first needed and stay until the pool is closed. They get the compartment's keys for the time of a batch.
 *
 * ```js
 * using pool = new WorkerPool();
 * const results = await pool.sealMany(compartment, points, { onProgress: (done, total) => show(done / total) });
 * ```
 */
export declare class WorkerPool {
  /** @throws VecsealError `invalid_argument`. */
  constructor(options?: WorkerPoolOptions);
  /** How many workers there will be. */
  readonly size: number;
  /**
   * Seals many points. The results are in the order of the points, each a success or its own error.
   *
   * @throws VecsealError `worker_failed`, `pool_closed`, or the signal's reason once it is aborted.
   */
  sealMany(
    compartment: Compartment,
    points: Iterable<PlainPoint>,
    options?: BatchOptions,
  ): Promise<BatchResult<SealedPoint>[]>;
  /**
   * Opens many records. The results are in the order of the points, each a success or its own error.
   *
   * @throws VecsealError `worker_failed`, `pool_closed`, or the signal's reason once it is aborted.
   */
  openMany(
    compartment: Compartment,
    points: Iterable<{ id: PointId; record: Uint8Array }>,
    options?: BatchOptions,
  ): Promise<BatchResult<OpenedPoint>[]>;
  /** Ends the workers; batches that are running reject with `pool_closed`. */
  close(): void;
  [Symbol.dispose](): void;
}
