// Batches over a pool of workers, whatever a worker is on this platform.

import { listOf } from "./points.js";

/** Points that a worker gets at a time: few enough to pass through the page's thread in a moment. */
const CHUNK = 64;

/** Chunks that a worker has in hand, so that it need not wait for the next. */
const LANES = 2;

/** No page needs more workers than this. */
const MOST = 8;

/**
 * Makes the class `WorkerPool`; worker.d.ts describes it.
 *
 * `spawn(hooks)` starts a worker and returns `{ post(message, transfer), hold(), release(), terminate() }`; it calls
 * `hooks.onMessage(data)` and `hooks.onError(error)`.
 */
export function makeWorkerPool({ VecsealError, wasmModule, processors, spawn }) {
  const closedError = () => new VecsealError("pool_closed", "this pool of workers was closed");

  return class WorkerPool {
    #size;
    #options;
    #workers = [];
    #closed = false;

    constructor(options = {}) {
      const size = options.size ?? Math.max(1, Math.min(processors() - 1, MOST));
      if (!Number.isInteger(size) || size < 1) {
        throw new VecsealError("invalid_argument", "the option `size` takes an integer from 1");
      }
      this.#size = size;
      this.#options = options;
    }

    get size() {
      return this.#size;
    }

    sealMany(compartment, points, options) {
      return this.#run("seal", compartment, points, options);
    }

    openMany(compartment, points, options) {
      return this.#run("open", compartment, points, options);
    }

    close() {
      this.#closed = true;
      this.#drop(closedError());
    }

    async #run(kind, compartment, points, { signal, onProgress } = {}) {
      if (this.#closed) {
        throw closedError();
      }
      signal?.throwIfAborted();
      const all = listOf(points, VecsealError);
      const results = new Array(all.length);
      let next = 0;
      let done = 0;
      let stopped = false;

      const lane = async (worker, batch) => {
        while (next < all.length && !stopped) {
          const from = next;
          const some = all.slice(from, (next += CHUNK));
          const answers = await worker.run(kind, batch, some);
          if (!stopped) {
            answers.forEach((answer, index) => (results[from + index] = answer));
            done += answers.length;
            onProgress?.(done, all.length);
          }
        }
      };

      if (all.length === 0) {
        onProgress?.(0, 0);
        return results;
      }
      const workers = this.#start(Math.ceil(all.length / CHUNK));
      const batches = [];
      let abort;
      try {
        workers.forEach((worker) => batches.push(worker.open(compartment)));
        const aborted = new Promise((_, reject) => {
          abort = () => reject(signal.reason);
          signal?.addEventListener("abort", abort, { once: true });
        });
        // Every worker gets its first chunk before any gets its second.
        const lanes = Array.from({ length: LANES }, () => workers.map((worker, index) => lane(worker, batches[index])));
        await Promise.race([Promise.all(lanes.flat()), aborted]);
        return results;
      } finally {
        stopped = true;
        signal?.removeEventListener("abort", abort);
        batches.forEach((batch, index) => workers[index].shut(batch));
      }
    }

    /** As many workers as `count` chunks can use, those with the least to do. */
    #start(count) {
      while (this.#workers.length < Math.min(this.#size, count)) {
        const hand = new Hand(this.#options, (error) => this.#workers.includes(hand) && this.#drop(error));
        this.#workers.push(hand);
      }
      return [...this.#workers].sort((a, b) => a.load - b.load).slice(0, count);
    }

    #drop(error) {
      this.#workers.splice(0).forEach((worker) => worker.stop(error));
    }

    static {
      if (Symbol.dispose) {
        this.prototype[Symbol.dispose] = this.prototype.close;
      }
    }
  };

  /** One worker, and the questions that it has not answered. */
  function Hand(options, onFailure) {
    const waiting = new Map();
    const opened = new Map();
    let count = 0;
    let stopped;
    const failure = (cause) => {
      const sentence = `a worker of the pool failed: ${cause?.message ?? "it could not be loaded"}`;
      return Object.assign(new VecsealError("worker_failed", sentence), { cause });
    };
    const hooks = {
      onMessage({ question, answers }) {
        waiting.get(question)?.resolve(answers.map(revived));
        settle(question);
      },
      onError: (cause) => onFailure(failure(cause)),
    };
    let worker;
    try {
      worker = spawn(options, hooks);
    } catch (cause) {
      throw failure(cause);
    }
    try {
      worker.post({ type: "start", wasm: wasmModule() }, []);
    } catch {
      // Where modules cannot be sent, the worker loads its own.
      worker.post({ type: "start" }, []);
    }

    const settle = (question) => {
      waiting.delete(question);
      if (waiting.size === 0) {
        worker.release();
      }
    };

    Object.defineProperty(this, "load", { get: () => waiting.size });

    /** Gives it the compartment's keys, for one batch. */
    this.open = (compartment) => {
      const batch = count++;
      const bytes = compartment.toBytes();
      try {
        worker.post({ type: "open", batch, bytes }, [bytes.buffer]);
      } catch (error) {
        // Sent, they would be gone from here.
        bytes.fill(0);
        throw error;
      }
      opened.set(batch, compartment);
      return batch;
    };

    /** Takes them back, after what is still running. */
    this.shut = (batch) => {
      opened.delete(batch);
      worker.post({ type: "shut", batch }, []);
    };

    this.run = (kind, batch, points) =>
      new Promise((resolve, reject) => {
        if (stopped) {
          throw stopped;
        }
        const question = count++;
        const transfer = [];
        const sent = points.map((point) => parted(point, transfer));
        waiting.set(question, { resolve, reject });
        worker.hold();
        try {
          worker.post({ type: "run", question, kind, batch, points: sent }, transfer);
        } catch (error) {
          if (error.name !== "DataCloneError") {
            settle(question);
            throw error;
          }
          // Something in here cannot go to a worker: it gets its own error here.
          const compartment = opened.get(batch);
          const fallback = kind === "seal" ? compartment.sealMany(points) : compartment.openMany(points);
          fallback.then(resolve, reject).finally(() => settle(question));
        }
      });

    this.stop = (error) => {
      stopped = error;
      waiting.forEach(({ reject }) => reject(error));
      waiting.clear();
      worker.terminate();
    };
  }

  /** A result from a worker, its error of the right class again. */
  function revived(result) {
    const { code, message, start, end } = result.error ?? {};
    return result.ok ? result : { ...result, error: new VecsealError(code, message, start, end) };
  }
}

/** A point with arrays of its own, which go to the worker without another copy. The caller's stay the caller's. */
function parted(point, transfer) {
  if (typeof point !== "object" || point === null) {
    return point;
  }
  const { id, vector, content, source, expiresAt, precision, padding, record } = point;
  const own = (value) => {
    if (!(value instanceof Float32Array || value instanceof Uint8Array)) {
      return value;
    }
    // Not `slice()`: of a Buffer that is a view of the caller's memory.
    const copy = value instanceof Float32Array ? new Float32Array(value) : new Uint8Array(value);
    transfer.push(copy.buffer);
    return copy;
  };
  return { id, vector: own(vector), content: own(content), source, expiresAt, precision, padding, record: own(record) };
}
