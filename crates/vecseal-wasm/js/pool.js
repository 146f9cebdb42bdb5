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
      this.#drop(new VecsealError("pool_closed", "this pool of workers was closed"));
    }

    async #run(kind, compartment, points, { signal, onProgress } = {}) {
      if (this.#closed) {
        throw new VecsealError("pool_closed", "this pool of workers was closed");
      }
      signal?.throwIfAborted();
      const all = listOf(points, VecsealError);
      const results = new Array(all.length);
      let next = 0;
      let done = 0;
      let stopped = false;

      const chunk = async (worker, batch) => {
        const from = next;
        const some = all.slice(from, (next += CHUNK));
        const answers = await worker.run(kind, batch, some, compartment);
        if (!stopped) {
          answers.forEach((answer, index) => (results[from + index] = answer));
          done += answers.length;
          onProgress?.(done, all.length);
        }
      };
      const lane = async (worker, batch) => {
        while (next < all.length && !stopped) {
          await chunk(worker, batch);
        }
      };
      const work = async (worker) => {
        const batch = worker.open(compartment.toBytes());
        try {
          await Promise.all(Array.from({ length: LANES }, () => lane(worker, batch)));
        } finally {
          worker.shut(batch);
        }
      };

      if (all.length === 0) {
        onProgress?.(0, 0);
        return results;
      }
      const aborted = new Promise((_, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
      try {
        const workers = this.#start(Math.ceil(all.length / CHUNK));
        await Promise.race([Promise.all(workers.map(work)), aborted]);
        return results;
      } finally {
        stopped = true;
      }
    }

    /** The workers, started as far as `count` chunks can use them. */
    #start(count) {
      while (this.#workers.length < Math.min(this.#size, count)) {
        this.#workers.push(new Hand(this.#options, (error) => this.#drop(error)));
      }
      return this.#workers.slice(0, count);
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
    let count = 0;
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

    this.open = (bytes) => {
      const batch = count++;
      worker.post({ type: "open", batch, bytes }, [bytes.buffer]);
      return batch;
    };

    this.shut = (batch) => worker.post({ type: "shut", batch }, []);

    this.run = (kind, batch, points, compartment) => {
      const question = count++;
      const transfer = [];
      try {
        const sent = points.map((point) => parted(point, transfer));
        const answer = new Promise((resolve, reject) => waiting.set(question, { resolve, reject }));
        worker.hold();
        worker.post({ type: "run", question, kind, batch, points: sent }, transfer);
        return answer;
      } catch (error) {
        settle(question);
        if (error.name !== "DataCloneError") {
          throw error;
        }
        // Something in here cannot go to a worker: it gets its own error here.
        return kind === "seal" ? compartment.sealMany(points) : compartment.openMany(points);
      }
    };

    this.stop = (error) => {
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
  const numbers = Array.isArray(vector) ? Float32Array.from(vector) : vector;
  const own = (value) => {
    if (!(value instanceof Float32Array || value instanceof Uint8Array)) {
      return value;
    }
    const copy = value.slice();
    transfer.push(copy.buffer);
    return copy;
  };
  return { id, vector: own(numbers), content: own(content), source, expiresAt, precision, padding, record: own(record) };
}
