// Encrypted collections of the npm package beside an insider with write access to the database, and calls that overtake
// each other.

import assert from "node:assert/strict";
import { test } from "node:test";

import { DIMENSION, documents, fails, fill, hr, ids, range, search, structure, through, vectorOf, withPlace } from "./support/place.js";
import { vecseal } from "./support/vecseal.js";

const { Authority, EncryptedCollection, Policy, toBase64Url } = vecseal;

/** Puts a compartment into the keyring that readers of a policy can have made, as they like it. */
async function plant({ client, name, authority }, options, policy = "departments:hr") {
  const { compartment, header } = authority.createCompartment(new Policy(policy, structure), options);
  const id = compartment.cid.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  const payload = { vecseal: { header: toBase64Url(header), tag: "planted" } };
  await client.upsert(`${name}.keyring`, { wait: true, points: [{ id, vector: {}, payload }] });
  return compartment;
}

/** What somebody who knows search keys makes of the queries that went by: the mean of what each tells, normalised. */
function told(queries, keys) {
  const sum = range(0, DIMENSION).map((axis) => {
    const alone = Float32Array.from({ length: DIMENSION }, (_, index) => Number(index === axis));
    const told = queries.map((query, place) => keys[place].encryptQuery(alone).reduce((sum, x, i) => sum + x * query[i], 0));
    return told.reduce((a, b) => a + b);
  });
  return sum.map((x) => x / Math.hypot(...sum));
}

const distance = (guess, vector) => Math.hypot(...guess.map((x, i) => x - vector[i] / Math.hypot(...vector)));

test("planted compartments that ask for no noise learn no query", () =>
  withPlace(async (place) => {
    const { client, options, reader } = place;
    const collection = await EncryptedCollection.create(options);
    const planted = [];
    for (const _ of range(0, 20)) {
      planted.push(await plant(place, { ...search, preset: "off" }));
    }
    const query = vectorOf(7);
    const watched = async (more) => {
      let searches = [];
      const watching = through(client, (method, [, body]) => void (method === "queryBatch" && (searches = body.searches)));
      const { cost } = await (await reader(hr, { url: undefined, client: watching, ...more })).search(query);
      const of = (compartment) => searches.find(({ filter }) => filter.must[0].match.value === compartment.cid).query;
      return { seen: planted.map(of), noise: cost.queryNoise };
    };
    const { seen, noise } = await watched();
    assert.equal(noise, 0.25);
    assert.ok(distance(told(seen.slice(0, 1), planted), query) > 0.15);
    assert.ok(distance(told(seen, planted), query) > 0.1, "twenty tell half of it, and not more");
    await fill(collection, "departments:hr", 0, 3);
    const { seen: more } = await watched();
    assert.ok(distance(told(more, planted), query) > 0.2, "as much as the honest ones ask for");
    const louder = await watched({ queryNoise: 2 });
    assert.equal(louder.noise, 2);
    await fails(reader(hr, { queryNoise: -1 }), "invalid_parameter");
  }));

test("a client that is told to send no noise sends none", () =>
  withPlace(async (place) => {
    await EncryptedCollection.create(place.options);
    const planted = await plant(place, { ...search, preset: "off" });
    let query;
    const watching = through(place.client, (method, [, body]) => void (method === "queryBatch" && ([{ query }] = body.searches)));
    await (await place.reader(hr, { url: undefined, client: watching, queryNoise: 0 })).search(vectorOf(7));
    assert.ok(distance(told([query], [planted]), vectorOf(7)) < 1e-3);
  }));

test("headers that do not fit are left out and named", () =>
  withPlace(async (place) => {
    const { options, reader, authority } = place;
    const collection = await EncryptedCollection.create({ ...options, model: "ours" });
    await fill(collection, "departments:hr", 0, 5);
    const { preset: _, ...sealed } = { ...search, mode: "sealed", model: "ours" };
    for (const planted of [
      { ...sealed, dimension: 3 },
      { ...sealed, metric: "euclid" },
      { ...search, metric: "dot", model: "ours" },
      { ...search, searchDimensions: 8, model: "ours" },
      { ...sealed, model: "theirs" },
    ]) {
      await plant(place, planted);
    }
    const person = await reader(hr, { model: "ours" });
    const { hits, skipped, cost } = await person.search(vectorOf(3));
    assert.deepEqual([hits.length, hits[0].id, cost.compartments], [5, 3, 1]);
    const codes = ["wrong_collection_dimension", "wrong_dimension", "wrong_metric", "wrong_metric", "wrong_model"];
    assert.deepEqual(skipped.map(({ error }) => error.code).sort(), codes);
    assert.equal(await person.count(), 5);
    const writing = await EncryptedCollection.open({ ...options, user: authority.issueUserKey(hr) });
    assert.equal((await writing.upsert(documents(9, 10), { policy: "departments:finance" })).written, 1);
    const theirs = await reader({ departments: ["finance"] });
    assert.equal(theirs.compartments.find(({ opens }) => opens).model, undefined);
    await fails((await reader(hr, { model: "nobody's" })).search(vectorOf(3)), "wrong_model");
  }));

test("a planted collection key steers nobody else's query", () =>
  withPlace(async (place) => {
    const { client, options, reader, name, authority } = place;
    const collection = await EncryptedCollection.create({ ...options, collectionGeneration: 0 });
    const keys = [Authority.generate(structure).collectionKey(name, 0), authority.collectionKey("another", 0)];
    const planted = [];
    for (const collectionKey of keys) {
      planted.push((await plant(place, { ...search, collectionKey, createdAt: new Date(2100, 1) })).cid);
    }
    await fill(collection, "departments:hr", 0, 30);
    await fill(collection, "*", 30, 40);
    let searches;
    const watching = through(client, (method, [, body]) => void (method === "queryBatch" && ({ searches } = body)));
    const { hits, cost } = await (await reader(hr, { url: undefined, client: watching })).search(vectorOf(3), { limit: 40 });
    assert.deepEqual([hits.length, hits[0].id, cost.compartments], [40, 3, 4]);
    assert.ok(hits.every(({ cid }) => !planted.includes(cid)), "nothing was sealed into them, though they are the newest");
    const asked = searches.map(({ filter }) => filter.must[0].match);
    assert.deepEqual(asked.map(({ any }) => any?.length ?? 1).sort(), [1, 1, 2]);
    assert.ok(planted.every((cid) => asked.some(({ value }) => value === cid)));
  }));

test("what is planted stops, spoils and steers neither searches nor writing", () =>
  withPlace(async (place) => {
    const { options, reader, authority } = place;
    const ours = { ...options, model: "ours" };
    await fill(await EncryptedCollection.create(ours), "departments:hr", 0, 300);
    await plant(place, { ...search, noise: 16, queryNoise: 16, oversampling: 1_024, hnswEf: 65_535, model: "ours" });
    await plant(place, { ...search, oversampling: 1_024, model: "ours" });
    const person = await reader(hr);
    for (const number of range(0, 20)) {
      const { hits, cost } = await person.search(vectorOf(number), { limit: 3 });
      assert.equal(hits[0].id, number);
      assert.ok(cost.queryNoise === 1 && cost.candidates <= 3 * 4 * 53);
    }
    await plant(place, { ...search, model: "theirs", createdAt: new Date(2100, 1) });
    const user = authority.issueUserKey(hr);
    await fill(await EncryptedCollection.open(ours), "departments:hr", 300, 303);
    await fill(await EncryptedCollection.open({ ...ours, user }), "departments:finance", 303, 306);
    await fill(await EncryptedCollection.open({ ...options, user }), "*", 306, 309);
    const both = await reader({ departments: ["hr", "finance"] }, { model: "ours" });
    const { hits, skipped } = await both.search(vectorOf(300), { limit: 400 });
    assert.deepEqual([hits.length, skipped.length], [309, 1]);
  }));

test("compartments with and without noise give what each gives alone", () =>
  withPlace(async ({ options, reader }) => {
    const quiet = { ...search, preset: "off" };
    await fill(await EncryptedCollection.create({ ...options, search: quiet }), "departments:hr", 0, 60);
    await fill(await EncryptedCollection.open({ ...options, search: { ...quiet, noise: 1.5 } }), "departments:finance", 60, 120);
    const found = async (departments) => {
      const person = await reader({ departments }, { queryNoise: 0 });
      return (await person.search(vectorOf(500), { oversampling: 3 })).hits;
    };
    const [one, other, both] = [await found(["hr"]), await found(["finance"]), await found(["hr", "finance"])];
    assert.deepEqual(ids(both), ids([...one, ...other].sort((a, b) => b.score - a.score)).slice(0, 10));
  }));

test("what is odd in the database is a problem of its own, and no more", () =>
  withPlace(async (place) => {
    const { client, name, options, reader, authority } = place;
    const collection = await EncryptedCollection.create(options);
    await fill(collection, "departments:hr", 0, 5);
    const odd = [{ tag: { toString: 1 } }, { header: 7, tag: "x" }, { header: "AAAA" }, null, "text", [1]];
    const points = odd.map((vecseal, index) => ({ id: `00000000-0000-4000-8000-00000000000${index}`, vector: {}, payload: { vecseal } }));
    await client.upsert(`${name}.keyring`, { wait: true, points: [...points, { id: 7, vector: {}, payload: {} }] });
    const { compartment, header } = authority.createCompartment(new Policy("departments:hr", structure), { ...search, generation: 2 ** 32 - 1 });
    const id = compartment.cid.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    await client.upsert(`${name}.keyring`, { wait: true, points: [{ id, vector: {}, payload: { vecseal: { header: toBase64Url(header), tag: { toString: 1 } } } }] });
    const person = await reader(hr);
    assert.equal(person.keyringProblems.length, 7);
    await person.refresh();
    assert.equal(person.keyringProblems.length, 7);
    assert.equal((await person.search(vectorOf(3))).hits.length, 5);
    // The last of all generations is there: the next is none more.
    const user = authority.issueUserKey(hr);
    const other = await EncryptedCollection.open({ ...options, user, search: { ...search, noise: 0.4 } });
    assert.equal((await other.upsert(documents(5, 6), { policy: "departments:hr" })).written, 1);
    // Points that are none of ours, or say that they are.
    const vector = Array.from(vectorOf(1));
    await client.upsert(name, { wait: true, points: odd.map((vecseal, index) => ({ id: 100 + index, vector, payload: { vecseal } })) });
    let looks = 0;
    const counting = await reader(hr, { url: undefined, client: through(client, (method) => void (method === "scroll" && (looks += 1))) });
    const before = looks;
    assert.ok((await counting.get(range(100, 106))).every(({ code }) => code === "malformed"));
    assert.equal(looks, before, "none of them names a compartment");
    for (const vectors of [{ text: { length: 4_294_967_295 } }, { text: "text" }, { text: [1, "2"] }]) {
      const lying = through(client, (method) => (method === "retrieve" ? Promise.resolve([{ id: 1, payload: {}, vector: vectors }]) : undefined));
      const seen = await (await reader(hr, { url: undefined, client: lying, vectorName: "text" })).inspect(1, []);
      assert.equal(seen.searchVector, undefined);
    }
  }));

test("numbers named `id` in public payload stop nothing and stay as JSON has them", () =>
  withPlace(async ({ options, reader }) => {
    const collection = await EncryptedCollection.create(options);
    const open = { id: 1.5, order: { id: 1.5, score: 1e300 }, many: [{ id: 12345678901234567890, payload: { next_page_offset: 2 ** 60 } }] };
    const { failures } = await collection.upsert([{ id: 1, vector: vectorOf(1), public: open }], { policy: "departments:hr" });
    assert.deepEqual(failures, []);
    const person = await reader(hr);
    const [found] = (await person.search(vectorOf(1))).hits;
    assert.deepEqual([found.public, (await person.get([1]))[0].public], [open, open]);
    await collection.upsert([{ id: 1, vector: vectorOf(1), public: found.public }], { policy: "departments:hr" });
  }));

/** A client behind a gate that holds back the next answer of a call. */
function gated(client) {
  let held;
  const pass = through(client, (method, all) => {
    if (method !== held?.call || !all[0].endsWith(held.end)) {
      return undefined;
    }
    const { hasArrived, isOpen } = held;
    held = undefined;
    return client[method](...all).then(async (answer) => {
      hasArrived();
      await isOpen;
      return answer;
    });
  });
  const hold = (call, end = "") => {
    const { promise: arrived, resolve: hasArrived } = resolvable();
    const { promise: isOpen, resolve: letThrough } = resolvable();
    held = { call, end, hasArrived, isOpen };
    return { arrived, letThrough };
  };
  return { client: pass, hold };
}

function resolvable() {
  let resolve;
  const promise = new Promise((resume) => (resolve = resume));
  return { promise, resolve };
}

test("what a call knew is not taken for what another has done since", { timeout: 60_000 }, () =>
  withPlace(async ({ client, options, authority, name }) => {
    const sealed = { dimension: DIMENSION, metric: "cosine", mode: "sealed" };
    await EncryptedCollection.create({ ...options, search: sealed });
    const gate = gated(client);
    const user = authority.issueUserKey({ departments: ["hr", "finance"] });
    const open = (more) => EncryptedCollection.open({ ...options, user, search: sealed, ...more });
    const [collection, other] = [await open({ url: undefined, client: gate.client }), await open()];
    const seen = async () => ids((await collection.search(vectorOf(1), { limit: 50 })).hits).sort();
    // A look at the keyring that began before a write.
    let held = gate.hold("scroll", ".keyring");
    let late = collection.refresh();
    await held.arrived;
    await fill(collection, "departments:hr", 0, 1);
    held.letThrough();
    await late;
    assert.equal(collection.compartments.length, 1);
    // One that took longer than a later one.
    held = gate.hold("scroll", ".keyring");
    late = collection.refresh();
    await held.arrived;
    await fill(other, "departments:finance", 1, 2);
    await collection.refresh();
    held.letThrough();
    await late;
    assert.equal(collection.compartments.length, 2);
    assert.deepEqual(await seen(), [0, 1]);
    // A list of a compartment's points that began before a write, and one during a deletion.
    await collection.refresh();
    held = gate.hold("scroll", name);
    late = seen();
    await held.arrived;
    await fill(collection, "departments:hr", 2, 3);
    held.letThrough();
    await late;
    assert.deepEqual(await seen(), [0, 1, 2]);
    held = gate.hold("delete");
    late = collection.delete([0]);
    await held.arrived;
    await seen();
    held.letThrough();
    await late;
    assert.deepEqual(await seen(), [1, 2]);
  }));

test("searches at once in mode sealed do not take each other's records away", { timeout: 60_000 }, () =>
  withPlace(async ({ client, options, authority, name }) => {
    const sealed = { dimension: DIMENSION, metric: "cosine", mode: "sealed" };
    const writer = await EncryptedCollection.create({ ...options, search: sealed });
    await fill(writer, "departments:hr", 0, 3);
    const gate = gated(client);
    const user = authority.issueUserKey(hr);
    const person = await EncryptedCollection.open({ client: gate.client, name, user, refreshAfter: 0 });
    const seen = async () => ids((await person.search(vectorOf(1), { limit: 50 })).hits).sort();
    assert.deepEqual(await seen(), [0, 1, 2]);
    // A lists 0 to 2, and its answer is slow; others write; B lists all and is slow to fetch the last when A is done.
    let held = gate.hold("scroll", name);
    const a = seen();
    await held.arrived;
    const { letThrough } = held;
    await fill(writer, "departments:hr", 3, 6);
    assert.deepEqual(await seen(), range(0, 6));
    await fill(writer, "departments:hr", 6, 7);
    held = gate.hold("retrieve", name);
    const b = seen();
    await held.arrived;
    letThrough();
    await a;
    held.letThrough();
    assert.deepEqual(await b, range(0, 7));
    assert.deepEqual(await seen(), range(0, 7));
  }));

test("an upsert that is ended lands what is under way, and one on a freed collection says so", { timeout: 60_000 }, () =>
  withPlace(async ({ client, options, reader, name }) => {
    const gate = gated(client);
    const collection = await EncryptedCollection.create({ ...options, url: undefined, client: gate.client });
    await fill(collection, "departments:hr", 0, 1);
    const controller = new AbortController();
    const reason = new Error("enough");
    let held = gate.hold("upsert", name);
    let isOver = false;
    const ended = collection.upsert(documents(1, 3), { policy: "departments:hr", signal: controller.signal }).finally(() => (isOver = true));
    await held.arrived;
    controller.abort(reason);
    await new Promise((resume) => setTimeout(resume, 50));
    assert.ok(!isOver);
    held.letThrough();
    await assert.rejects(ended, reason);
    assert.equal(await (await reader(hr)).count(), 3);
    for (const policy of ["departments:hr", "departments:legal"]) {
      const freed = await EncryptedCollection.open({ ...options, url: undefined, client: gate.client });
      if (policy === "departments:hr") {
        await fill(freed, policy, 0, 1);
      }
      held = gate.hold(policy === "departments:hr" ? "retrieve" : "upsert", ".keyring");
      const writing = freed.upsert(documents(9, 10), { policy });
      await held.arrived;
      freed.free();
      held.letThrough();
      await fails(writing, "freed");
    }
  }));

test("what is given is read once, and what is no list is refused", () =>
  withPlace(async ({ options, reader }) => {
    const collection = await EncryptedCollection.create(options);
    await fill(collection, "departments:hr", 0, 13);
    const person = await reader(hr);
    const buffer = Float32Array.from(vectorOf(3));
    const searching = person.search(buffer, { limit: 1 });
    buffer.set(vectorOf(7));
    assert.equal((await searching).hits[0].id, 3);
    for (const wrong of ["12", 5, undefined, null]) {
      await fails(person.delete(wrong), "invalid_argument", /array/);
      await fails(person.get(wrong), "invalid_argument", /array/);
      await fails(collection.upsert(wrong, { policy: "*" }), "invalid_argument", /array/);
    }
    assert.equal(await person.count(), 13);
    const circular = {};
    circular.self = circular;
    const { failures, written } = await collection.upsert(
      [null, { id: 20, vector: vectorOf(1), public: circular }, { id: 21, vector: vectorOf(1), public: { n: 1n } }, { id: 22, vector: vectorOf(1), public: { text: "汉".repeat(12 << 20) } }, ...documents(23, 25)],
      { policy: "departments:hr" },
    );
    assert.equal(written, 2);
    assert.deepEqual(failures.map(({ error }) => [error.name, error.code]), [...Array(3).fill("invalid_argument"), "point_too_large"].map((code) => ["VecsealError", code]));
    for (const wrong of [{ timeout: Infinity }, { timeout: 2 ** 31 }, { timeout: NaN }, { attempts: NaN }, { attempts: 0 }, { refreshAfter: NaN }]) {
      await fails(reader(hr, wrong), "invalid_argument", new RegExp(Object.keys(wrong)[0]));
    }
    await fails(EncryptedCollection.open({ ...options, name: "\ud800" }), "invalid_collection_name");
    await fails(person.search(vectorOf(1), { reach: "Everything" }), "invalid_argument", /reach/);
    assert.equal((await person.search(vectorOf(1), { verifyVectors: 1, hnswEf: 0 })).cost.tampered, 0);
  }));

/** A body that goes on for ever. */
const endless = () => new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(32 << 20)) });

test("answers too large for the line are asked for in parts, points that were not asked for left aside", () =>
  withPlace(async ({ client, url, name, options, authority, reader }) => {
    await fill(await EncryptedCollection.create(options), "departments:hr", 0, 40);
    await fill(await EncryptedCollection.open(options), "*", 40, 50);
    // Every point again, once as it is and once under the id of another.
    const twice = (points) => [...points, ...points, ...points.map((point) => ({ ...point, id: 99 }))];
    const more = through(client, (method, all) => (method === "retrieve" ? client.retrieve(...all).then(twice) : undefined));
    const person = await reader(hr, { url: undefined, client: more });
    const { hits, cost } = await person.search(vectorOf(3), { limit: 50 });
    assert.deepEqual([hits.length, cost.opened, cost.tampered], [50, 50, 0]);
    assert.deepEqual((await person.get([3, 4])).map(({ id }) => id), [3, 4]);
    const { fetch } = globalThis;
    let requests = 0;
    // What is longer than 8,000 bytes becomes longer than anything that is read.
    globalThis.fetch = async (...all) => {
      requests += 1;
      const answer = await fetch(...all);
      const { ok, status, headers } = answer;
      const bytes = await answer.arrayBuffer();
      return { ok, status, headers, body: bytes.byteLength > 8_000 ? endless() : new Response(bytes).body };
    };
    try {
      const narrow = await EncryptedCollection.open({ url, name, user: authority.issueUserKey({ departments: ["hr"] }) });
      const found = await narrow.search(vectorOf(3), { limit: 30 });
      assert.deepEqual([found.hits.length, found.hits[0].id], [30, 3]);
      assert.ok((await narrow.get(range(0, 40))).every(({ ok }) => ok));
      assert.ok(requests > 10);
    } finally {
      globalThis.fetch = fetch;
    }
  }));
