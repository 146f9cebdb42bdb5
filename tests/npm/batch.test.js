// Batches, on the thread that asks for them and in a pool of workers: the same results, failures, progress and abort.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, test } from "node:test";
import { Worker } from "node:worker_threads";

import { WorkerPool, organisation, packageFolder, vector } from "./support/vecseal.js";

const thread = `${packageFolder}/dist/node-worker-thread.cjs`;
const pool = new WorkerPool({ size: 2 });
after(() => pool.close());

const ways = {
  "on this thread": {
    sealMany: (compartment, ...rest) => compartment.sealMany(...rest),
    openMany: (compartment, ...rest) => compartment.openMany(...rest),
  },
  "in workers": pool,
};

const points = (count) => Array.from({ length: count }, (_, id) => ({ id, vector: vector(64, id + 1), content: `text ${id}` }));

for (const [where, way] of Object.entries(ways)) {
  test(`${where}, everything that is sealed opens again, in order`, async () => {
    const { compartment } = organisation({ dimension: 64 });
    const plain = points(500);
    const sealed = await way.sealMany(compartment, plain);
    assert.deepEqual(sealed.map(({ ok, id, value }) => ok && id === value.id && id), plain.map(({ id }) => id));
    const opened = await way.openMany(compartment, sealed.map(({ value }) => value));
    assert.deepEqual(opened.map(({ value: { precision, ...rest } }) => rest), plain);
    assert.deepEqual(compartment.open(sealed[7].value).vector, plain[7].vector);
  });

  test(`${where}, each failure is its own`, async () => {
    const { compartment } = organisation({ dimension: 64 });
    const plain = points(200);
    plain[3] = { id: 3, vector: vector(63) };
    plain[70] = { id: -1, vector: vector(64) };
    plain[130] = null;
    plain[131] = { id: 131, vector: vector(64), content: () => "no JSON" };
    plain[132] = { id: 132, vector: Array.from(vector(64)) };
    plain[133] = { id: 133, vector: "vector" };
    const sealed = await way.sealMany(compartment, plain);
    const failures = sealed.flatMap(({ ok, error }, index) => (ok ? [] : [[index, error.code, error.name]]));
    assert.deepEqual(failures, [
      [3, "wrong_dimension", "VecsealError"],
      [70, "invalid_point_id", "VecsealError"],
      [130, "invalid_argument", "VecsealError"],
      [131, "invalid_argument", "VecsealError"],
      [133, "invalid_argument", "VecsealError"],
    ]);
    const values = sealed.map(({ value }) => value ?? { id: 0, record: new Uint8Array(3) });
    values[9].record[40] ^= 1;
    const opened = await way.openMany(compartment, values);
    assert.equal(opened[9].error.code, "tampered");
    assert.equal(opened[3].error.code, "malformed");
    assert.equal(opened.filter(({ ok }) => !ok).length, 6);
  });

  test(`${where}, the caller's arrays stay the caller's`, async () => {
    const { compartment } = organisation({ dimension: 64 });
    const plain = points(3).map((point) => ({ ...point, content: Uint8Array.of(1, 2) }));
    const sealed = await way.sealMany(compartment, new Set(plain));
    assert.equal(plain[0].vector.length, 64);
    assert.equal(plain[0].content.length, 2);
    await way.openMany(compartment, sealed.map(({ value }) => value));
    assert.ok(sealed[0].value.record.length > 0);
  });

  test(`${where}, progress grows up to the end`, async () => {
    const { compartment } = organisation({ dimension: 64 });
    const seen = [];
    await way.sealMany(compartment, points(1000), { onProgress: (...numbers) => seen.push(numbers) });
    assert.ok(seen.length > 1);
    assert.deepEqual(seen.at(-1), [1000, 1000]);
    assert.ok(seen.every(([done], index) => index === 0 || done > seen[index - 1][0]));
    const empty = [];
    assert.deepEqual(await way.sealMany(compartment, [], { onProgress: (...numbers) => empty.push(numbers) }), []);
    assert.deepEqual(empty, [[0, 0]]);
  });

  test(`${where}, an abort rejects with its reason`, async () => {
    const { compartment } = organisation({ dimension: 64 });
    const controller = new AbortController();
    const running = way.sealMany(compartment, points(20_000), {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("enough")),
    });
    await assert.rejects(running, { message: "enough" });
    await assert.rejects(way.sealMany(compartment, points(1), { signal: AbortSignal.abort() }), { name: "AbortError" });
    assert.equal((await way.sealMany(compartment, points(10)))[9].ok, true);
  });

  test(`${where}, what a callback throws is thrown`, async () => {
    const { compartment } = organisation({ dimension: 64 });
    const onProgress = () => {
      throw new Error("mine");
    };
    await assert.rejects(way.sealMany(compartment, points(100), { onProgress }), { message: "mine" });
  });

  test(`${where}, what is no list is refused`, async () => {
    const { compartment } = organisation({ dimension: 64 });
    for (const wrong of [undefined, null, 7, "points", {}]) {
      await assert.rejects(way.sealMany(compartment, wrong), { code: "invalid_argument" });
    }
  });
}

test("a pool has a sensible size, or the one asked for", () => {
  assert.equal(pool.size, 2);
  const { size } = new WorkerPool();
  assert.ok(size >= 1 && size <= 8);
  for (const size of [0, 1.5, "2"]) {
    assert.throws(() => new WorkerPool({ size }), { code: "invalid_argument" });
  }
});

test("a worker that cannot start, or that ends, fails the batch; the next batch starts another", async () => {
  const { compartment } = organisation({ dimension: 64 });
  const blocked = new WorkerPool({
    createWorker() {
      throw new Error("blocked by a policy");
    },
  });
  await assert.rejects(blocked.sealMany(compartment, points(1)), { code: "worker_failed", message: /blocked by a policy/ });
  let broken = true;
  const createWorker = () =>
    broken ? new Worker("process.nextTick(() => { throw new Error('gone') })", { eval: true }) : new Worker(thread);
  const recovering = new WorkerPool({ size: 1, createWorker });
  await assert.rejects(recovering.sealMany(compartment, points(1)), { code: "worker_failed", message: /gone/ });
  broken = false;
  assert.equal((await recovering.sealMany(compartment, points(1)))[0].ok, true);
  recovering.close();
});

test("a freed compartment is refused before anything runs", async () => {
  const { compartment } = organisation();
  compartment.free();
  await assert.rejects(pool.sealMany(compartment, points(1)), { code: "freed" });
  await assert.rejects(compartment.sealMany(points(1)), { code: "freed" });
});

test("closing a pool rejects what is running", async () => {
  const { compartment } = organisation({ dimension: 64 });
  const closing = new WorkerPool({ size: 1 });
  const running = closing.sealMany(compartment, points(5000), { onProgress: () => closing.close() });
  await assert.rejects(running, { code: "pool_closed" });
  const disposed = new WorkerPool();
  disposed[Symbol.dispose]();
  await assert.rejects(disposed.openMany(compartment, []), { code: "pool_closed" });
});

test("an idle pool does not keep the process alive", () => {
  const script = `
    import { AccessStructure, Authority, Policy } from "${packageFolder}/dist/node.mjs";
    import { WorkerPool } from "${packageFolder}/dist/node-worker.mjs";
    const structure = new AccessStructure({ roles: ["a"] });
    const { compartment } = Authority.generate(structure).createCompartment(new Policy("*", structure), { dimension: 2 });
    const results = await new WorkerPool({ size: 1 }).sealMany(compartment, [{ id: 1, vector: [1, 2] }]);
    console.log(results[0].ok);
  `;
  const output = execFileSync(process.execPath, ["--input-type=module", "--eval", script], { timeout: 30_000 });
  assert.equal(`${output}`.trim(), "true");
});
