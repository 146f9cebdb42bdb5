// Arguments that are not what the types ask for, or that throw when they are read. Whatever comes: an error of ours
// or the argument's own, the handles stay usable and can be freed, and nothing of a secret stays behind.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { Worker } from "node:worker_threads";

import { WorkerPool, organisation, packageFolder, vecseal, vector } from "./support/vecseal.js";

const { SearchKey, UserKey } = vecseal;

const throwing = (name) => ({
  get [name]() {
    throw new Error("the argument's own");
  },
});

const detached = new Float32Array(4);
structuredClone(detached, { transfer: [detached.buffer] });

const freed = organisation().authority.collectionKey("documents");
freed.free();

/** Values that are wrong for about every field. */
const wrong = [5, "text", true, null, Symbol("s"), 1n, {}, [], [1n], [Symbol("s")], [null], () => 1, new Date(NaN), detached, throwing("length")];

/** Runs a call that must not succeed, often enough that leaks would show. */
function refused(call, what) {
  for (let count = 0; count < 300; count += 1) {
    try {
      call();
    } catch (error) {
      assert.ok(!(error instanceof WebAssembly.RuntimeError), `${what}: ${error.stack}`);
      const own = error.message === "the argument's own";
      assert.ok(own || vecseal.isVecsealError(error), `${what}: ${error.stack}`);
      assert.notEqual(error.code, "busy", what);
      continue;
    }
    return;
  }
}

/** What the last test says of every handle: it works, and it can be freed. */
function stillWorks({ authority, compartment, manager, header }) {
  const sealed = compartment.seal({ id: 1, vector: vector(4) });
  assert.equal(manager.open(header).open(sealed).id, 1);
  authority.rotate([]);
  [authority, compartment, manager].forEach((handle) => handle.free());
}

test("no wrong field of a point does harm", () => {
  for (const field of ["id", "vector", "content", "source", "expiresAt", "precision", "padding"]) {
    for (const value of [...wrong, throwing("toJSON")]) {
      const all = organisation();
      refused(() => all.compartment.seal({ id: 1, vector: vector(4), [field]: value }), `${field}: ${String(value?.toString ?? value)}`);
      refused(() => all.compartment.seal(throwing(field)), field);
      stillWorks(all);
    }
  }
});

test("no wrong field of a record does harm", () => {
  for (const value of wrong) {
    const all = organisation();
    const sealed = all.compartment.seal({ id: 1, vector: vector(4) });
    for (const field of ["id", "record", "searchVector"]) {
      refused(() => all.compartment.verifySearchVector({ ...sealed, [field]: value }), field);
      refused(() => all.compartment.verifySearchVector(throwing(field)), field);
    }
    refused(() => all.compartment.open(value), "a point");
    stillWorks(all);
  }
});

test("no wrong option or list does harm", () => {
  for (const value of wrong) {
    const all = organisation();
    const { authority, policy, manager } = all;
    for (const field of ["dimension", "metric", "noise", "model", "createdAt", "collectionKey", "generation", "cipher"]) {
      refused(() => authority.createCompartment(policy, { dimension: 4, [field]: value }).compartment.free(), field);
      refused(() => authority.createCompartment(policy, throwing(field)), field);
    }
    refused(() => authority.createCompartment(policy, { dimension: 4, collectionKey: freed }), "a freed key");
    refused(() => authority.issueWriterKey(["*"], { collectionKey: value }).free(), "collectionKey");
    refused(() => authority.issueWriterKey(value).free(), "policies");
    refused(() => authority.issueUserKey(value).free(), "attributes");
    refused(() => authority.issueUserKey({ roles: ["analyst"] }, { epochs: value }).free(), "epochs");
    refused(() => manager.attenuate(manager.attributes, { notAfter: value }).free(), "notAfter");
    refused(() => manager.attenuate(value).free(), "attributes");
    refused(() => authority.rotate([value]), "a right");
    refused(() => authority.rotate([throwing("roles")]), "a right");
    refused(() => manager.open(value).free(), "a header");
    refused(() => vecseal.rerank(value, [{ id: 1, vector: vector(4) }]), "a query");
    refused(() => vecseal.rerank(vector(4), value), "candidates");
    refused(() => vecseal.rerank(vector(4), [value]), "a candidate");
    refused(() => vecseal.fromBase64Url(value), "text");
    refused(() => vecseal.toBase64Url(value), "bytes");
    refused(() => UserKey.fromBytes(value), "a key file");
    const key = SearchKey.generate({ dimension: 4 });
    refused(() => key.encrypt(value, 1), "a vector");
    refused(() => key.decrypt(value, 1), "an encrypted vector");
    refused(() => key.decrypt({ ...key.encrypt(vector(4), 1), iv: value }, 1), "iv");
    key.free();
    stillWorks(all);
  }
});

test("what would be lost without a word is refused", () => {
  const { authority, compartment, policy } = organisation();
  const seal = (point) => () => compartment.seal({ id: 1, vector: vector(4), ...point });
  for (const call of [
    seal({ vector: [1, null, 3, 4] }),
    seal({ vector: [1, "2", 3, 4] }),
    seal({ content: "half a pair: \ud800" }),
    seal({ content: new Map([["a", 1]]) }),
    seal({ content: new Set([1]) }),
    seal({ content: new ArrayBuffer(8) }),
    seal({ content: new Float32Array(8) }),
    () => authority.createCompartment(policy, { dimension: 4, presett: "strong" }),
    () => authority.createCompartment(policy, { dimension: 4, model: 5 }),
    () => authority.rotate({ roles: "analyst" }),
    () => SearchKey.generate({ dimension: 4, cipher: "aes-256-gcm" }),
  ]) {
    assert.throws(call, { code: "invalid_argument" }, `${call}`);
  }
});

test("what is too long is refused before it is copied", () => {
  const { compartment, manager } = organisation();
  const huge = new Uint8Array(2 ** 30);
  assert.throws(() => compartment.seal({ id: 1, vector: new Float32Array(huge.buffer) }), { code: "wrong_dimension" });
  assert.throws(() => compartment.seal({ id: 1, vector: vector(4), content: huge }), { code: "too_long" });
  assert.throws(() => compartment.open({ id: 1, record: huge }), { code: "malformed" });
  assert.throws(() => manager.open(huge), { code: "malformed" });
  assert.throws(() => UserKey.fromBytes(huge), { code: "malformed" });
});

test("a pool leaves the caller's Buffers alone", async () => {
  const { compartment } = organisation();
  await withPool(new WorkerPool({ size: 1 }), async (pool) => {
    const content = Buffer.alloc(8192, 7);
    const [sealed] = await pool.sealMany(compartment, [{ id: 1, vector: vector(4), content }]);
    assert.equal(content.length, 8192);
    const record = Buffer.from(sealed.value.record);
    const [opened] = await pool.openMany(compartment, [{ id: 1, record }]);
    assert.ok(record.length > 8192);
    assert.deepEqual(Buffer.from(opened.value.content), content);
  });
});

test("one point that throws does not end a batch", async () => {
  const { compartment } = organisation();
  const points = [{ id: 1, vector: vector(4), expiresAt: "2030-01-01" }, { id: 2, vector: vector(4) }];
  const check = (results) => assert.deepEqual(results.map(({ ok, error }) => ok || error.code), ["invalid_argument", true]);
  check(await compartment.sealMany(points));
  await withPool(new WorkerPool({ size: 1 }), async (pool) => check(await pool.sealMany(compartment, points)));
});

test("a worker that exits fails the batch, whatever Node's settings for rejections", async () => {
  const { compartment } = organisation();
  const createWorker = () => new Worker("process.exit(3)", { eval: true });
  await withPool(new WorkerPool({ createWorker }), (pool) =>
    assert.rejects(pool.sealMany(compartment, [{ id: 1, vector: vector(4) }]), { code: "worker_failed" }));
});

test("closing a pool ends what runs on this thread for it, too", async () => {
  const { compartment } = organisation({ dimension: 2048 });
  const points = Array.from({ length: 600 }, (_, id) => ({ id, vector: vector(2048) }));
  points[0].content = points[64].content = () => "not to be cloned";
  const pool = new WorkerPool({ size: 1 });
  setTimeout(() => pool.close(), 1);
  await assert.rejects(pool.sealMany(compartment, points), { code: "pool_closed" });
});

test("a signal that serves many batches gathers no listeners, and a late abort rejects nothing", () => {
  const script = `
    import { AccessStructure, Authority, Policy } from "${packageFolder}/dist/node.mjs";
    import { WorkerPool } from "${packageFolder}/dist/node-worker.mjs";
    const structure = new AccessStructure({ roles: ["a"] });
    const { compartment } = Authority.generate(structure).createCompartment(new Policy("*", structure), { dimension: 2 });
    const controller = new AbortController();
    const pool = new WorkerPool({ size: 1 });
    const options = { signal: controller.signal };
    for (let count = 0; count < 12; count += 1) await pool.sealMany(compartment, [{ id: 1, vector: [1, 2] }], options);
    const failing = new WorkerPool({ createWorker() { throw new Error("none"); } });
    await failing.sealMany(compartment, [{ id: 1, vector: [1, 2] }], options).catch(() => {});
    controller.abort();
    await new Promise((resume) => setTimeout(resume, 20));
    console.log("calm");
  `;
  const run = () => execFileSync(process.execPath, ["--input-type=module", "--eval", script], { encoding: "utf8", stdio: "pipe", timeout: 30_000 });
  assert.equal(run().trim(), "calm");
});

test("every worker gets work before any gets more", async () => {
  const seen = [];
  const createWorker = () => {
    const worker = new Worker(`${packageFolder}/dist/node-worker-thread.cjs`);
    const place = seen.push(0) - 1;
    const { postMessage } = worker;
    worker.postMessage = (message, transfer) => {
      seen[place] += message.type === "run" ? 1 : 0;
      postMessage.call(worker, message, transfer);
    };
    return worker;
  };
  const { compartment } = organisation();
  const points = Array.from({ length: 256 }, (_, id) => ({ id, vector: vector(4) }));
  await withPool(new WorkerPool({ size: 4, createWorker }), (pool) => pool.sealMany(compartment, points));
  assert.deepEqual(seen, [1, 1, 1, 1]);
});

/** What `using` does, for Node 20. */
async function withPool(pool, use) {
  try {
    return await use(pool);
  } finally {
    pool.close();
  }
}
