// Encrypted collections of the npm package on a real Qdrant: the embedded engine, or the one at QDRANT_URL.

import assert from "node:assert/strict";
import { test } from "node:test";

import { QdrantClient } from "@qdrant/js-client-rest";

import { cosine, DIMENSION, documents, fails, fill, hr, ids, nearest, range, search, structure, through, vectorOf, withPlace } from "./support/place.js";
import { vecseal } from "./support/vecseal.js";

const { EncryptedCollection, Policy } = vecseal;

for (const [kind, more, of] of [
  ["a key for each compartment", {}, {}],
  ["one search key for all", { collectionGeneration: 0 }, {}],
  ["no search vectors", {}, { mode: "sealed" }],
]) {
  test(`three people find what they may read, ranked as in plaintext: ${kind}`, () =>
    withPlace(async ({ options, reader }) => {
      const collection = await EncryptedCollection.create({ ...options, ...more, search: { ...search, ...of } });
      await fill(collection, "departments:hr && roles:manager", 0, 20);
      await fill(collection, "departments:finance", 20, 40);
      await fill(collection, "departments:hr || departments:legal", 40, 60);
      await fill(collection, "*", 60, 70);
      for (const [attributes, numbers] of [
        [{ departments: ["hr"], roles: ["manager"] }, [...range(0, 20), ...range(40, 70)]],
        [{ departments: ["finance"], roles: ["analyst"] }, [...range(20, 40), ...range(60, 70)]],
        [{ departments: ["legal"], roles: ["manager"] }, range(40, 70)],
      ]) {
        const person = await reader(attributes);
        for (const query of [vectorOf(1_000), vectorOf(3)]) {
          const { hits, cost } = await person.search(query, { limit: 8 });
          assert.deepEqual(ids(hits), nearest(query, numbers).slice(0, 8));
          assert.ok(hits.every(({ id, content, score }) => content === `document ${id}` && Math.abs(score - cosine(query, vectorOf(id))) < 1e-6));
          assert.equal(cost.tampered, 0);
          const page = await person.search(query, { limit: 3, offset: 2 });
          assert.deepEqual(ids(page.hits), nearest(query, numbers).slice(2, 5));
          const near = await person.search(query, { limit: 50, scoreThreshold: hits[4].score });
          assert.equal(near.hits.length, 5);
        }
        assert.equal(await person.count(), numbers.length);
        person.free();
      }
      collection.free();
    }));
}

test("what is written is read, replaced, filtered by and deleted", () =>
  withPlace(async ({ options, reader, client, name }) => {
    const collection = await EncryptedCollection.create(options);
    const points = documents(0, 700).map((point) => ({ ...point, public: { even: point.id % 2 === 0 } }));
    const seen = [];
    const { written } = await collection.upsert(points, { policy: "departments:hr", onProgress: (done, total) => seen.push([done, total]) });
    assert.equal(written, 700);
    assert.deepEqual(seen.at(-1), [700, 700]);
    const uuid = "5C56C79369F34FBF87E6C4BF54C28C26";
    await collection.upsert([{ id: uuid, vector: vectorOf(1), content: { a: [1, null] }, source: "file", policy: new Policy("departments:hr", structure) }]);
    const person = await reader(hr);
    const [first, second, third, absent] = await person.get([7, "8", uuid, 5_000]);
    assert.deepEqual([first.content, first.public, first.policy], ["document 7", { even: false }, "departments:hr"]);
    assert.deepEqual([second.id, third.content, third.source, third.public], [8, { a: [1, null] }, "file", {}]);
    assert.deepEqual(absent, { ok: false, id: 5_000, code: "missing" });
    const filter = { must: [{ key: "even", match: { value: true } }] };
    const { hits } = await person.search(vectorOf(3), { filter, limit: 5 });
    assert.ok(hits.length === 5 && hits.every(({ id }) => id % 2 === 0));
    assert.equal(await person.count(filter), 350);
    assert.deepEqual((await person.search(vectorOf(3), { public: false })).hits[0].public, {});
    await collection.upsert([{ id: 7, vector: vectorOf(1), content: "replaced" }], { policy: "departments:hr" });
    assert.equal((await person.get([7]))[0].content, "replaced");
    await person.delete([7, "8", uuid]);
    assert.equal(await person.count(), 698);
    const { traffic, times, compartments, candidates, opened } = (await person.search(vectorOf(3), { limit: 3 })).cost;
    assert.deepEqual([traffic.requests, compartments, candidates, opened], [1, 1, 30, 30]);
    assert.ok(traffic.sent > 200 && traffic.received > 30 * 200);
    assert.ok(times.search > 0 && times.open > 0 && times.total >= times.search + times.open);
    assert.equal((await client.getCollection(name)).payload_schema["vecseal.cid"].params.is_tenant, true);
  }));

test("through the application's own client it is the same", () =>
  withPlace(async ({ name, authority, client }) => {
    const options = { client, name, authority, search, user: authority.issueUserKey(hr) };
    const collection = await EncryptedCollection.create(options);
    await fill(collection, "departments:hr", 0, 30);
    const { hits } = await collection.search(vectorOf(3), { limit: 5, verifyVectors: true });
    assert.deepEqual(ids(hits), nearest(vectorOf(3), range(0, 30)).slice(0, 5));
    assert.equal((await collection.get([3]))[0].content, "document 3");
    await collection.delete([3]);
    assert.equal(await collection.count(), 29);
    await fails(EncryptedCollection.create(options), "collection_exists");
    await fails(EncryptedCollection.open({ ...options, name: `${name}-not` }), "missing_collection", /create it first/);
    const dead = new QdrantClient({ url: "http://127.0.0.1:9", checkCompatibility: false });
    await fails(EncryptedCollection.open({ ...options, client: dead, attempts: 1 }), "interrupted");
  }));

test("writer keys write and read nothing; user keys add to what readers made; both only there", () =>
  withPlace(async ({ url, name, authority, options, reader }) => {
    await EncryptedCollection.create(options);
    const writer = authority.issueWriterKey(["departments:hr"]);
    const open = (more) => EncryptedCollection.open({ url, name, search, ...more });
    const writing = await open({ writer });
    await fill(writing, "departments:hr", 0, 5);
    await fill(writing, "departments:hr", 5, 10);
    await fails(writing.search(vectorOf(1)), "no_reader_key");
    await fails(writing.upsert(documents(0, 1), { policy: new Policy("departments:finance", structure) }), "right_not_covered");
    const person = await reader(hr);
    assert.deepEqual(person.compartments.map(({ suite, opens }) => [suite, opens]), [[2, true]]);
    const policy = new Policy("departments:hr", structure);
    await fails(person.upsert(documents(0, 1), { policy }), "no_writer_key");
    await fill(await open({ authority }), "departments:hr", 10, 15);
    await fill(await reader(hr), policy, 15, 20);
    await person.refresh();
    assert.equal(person.compartments.length, 2);
    assert.equal(await person.count(), 20);
    await fails(writing.upsert(documents(0, 1)), "invalid_argument", /needs a `policy`/);
    await fails((await open({ user: authority.issueUserKey(hr) })).upsert(documents(0, 1), { policy: "departments:hr" }), "invalid_argument", /takes a Policy/);
    const scoped = await open({ writer, collectionGeneration: 0 });
    await fails(scoped.upsert(documents(0, 1), { policy: "departments:hr" }), "no_collection_key");
  }));

test("of several points with one id the last is written", () =>
  withPlace(async ({ options, reader }) => {
    const collection = await EncryptedCollection.create(options);
    const points = range(0, 1_500).map((number) => ({ id: number % 2 ? number % 5 : String(number % 5), vector: vectorOf(1), content: number }));
    const { written, failures } = await collection.upsert(points, { policy: "departments:hr" });
    assert.deepEqual([written, failures], [5, []]);
    const got = await (await reader(hr)).get([0, 1, 2, 3, 4]);
    assert.deepEqual(got.map(({ content }) => content), [1495, 1496, 1497, 1498, 1499]);
  }));

test("calls at once on one collection share their compartments", () =>
  withPlace(async ({ options, reader }) => {
    const collection = await EncryptedCollection.create(options);
    await Promise.all(range(0, 6).map((part) => fill(collection, "departments:hr", part * 10, part * 10 + 10)));
    const person = await reader(hr);
    assert.deepEqual([person.compartments.length, await person.count()], [1, 60]);
    const enough = new Error("enough");
    const failing = collection.upsert(documents(60, 70), { policy: "departments:hr", onProgress: () => { throw enough; } });
    await assert.rejects(failing, enough);
    assert.equal(await person.count(), 70);
  }));

test("records and search vectors that are not those of their points are detected", () =>
  withPlace(async ({ name, client, options, reader }) => {
    const collection = await EncryptedCollection.create(options);
    await fill(collection, "departments:hr", 0, 30);
    const points = await client.retrieve(name, { ids: [3, 4, 5, 6], with_payload: true, with_vector: true });
    const [a, b, c, d] = points.sort((x, y) => x.id - y.id);
    const swapped = [
      { ...a, payload: b.payload },
      { ...b, payload: a.payload },
      { ...c, vector: d.vector },
      { ...d, vector: c.vector },
    ];
    await client.upsert(name, { wait: true, points: swapped });
    const person = await reader(hr);
    const { hits, cost } = await person.search(vectorOf(3), { limit: 30, verifyVectors: true });
    assert.deepEqual([cost.tampered, hits.length], [4, 26]);
    assert.ok(!ids(hits).some((id) => [3, 4, 5, 6].includes(id)));
    assert.deepEqual((await person.get([3, 5, 7])).map(({ ok, code }) => code ?? ok), ["tampered", "tampered", true]);
  }));

test("a keyring that is damaged or lacks headers is reported, and the rest opens", () =>
  withPlace(async ({ name, client, options, reader }) => {
    const collection = await EncryptedCollection.create(options);
    await fill(collection, "departments:hr", 0, 5);
    await fill(collection, "departments:finance", 5, 10);
    const person = await reader({ departments: ["hr", "finance"] });
    const { points } = await client.scroll(`${name}.keyring`, { with_payload: true });
    const [first, second] = points;
    await client.upsert(`${name}.keyring`, { wait: true, points: [{ id: first.id, vector: {}, payload: { vecseal: { ...second.payload.vecseal, tag: "other" } } }] });
    await person.refresh();
    assert.deepEqual(person.keyringProblems, [{ point: first.id, code: "tampered" }]);
    assert.equal((await person.search(vectorOf(1))).hits.length, 5);
    assert.deepEqual((await person.get([0, 5])).map(({ code }) => code).filter(Boolean), ["missing_header"]);
    await client.delete(`${name}.keyring`, { wait: true, points: [first.id, second.id] });
    await person.refresh();
    assert.deepEqual([person.compartments, person.keyringProblems], [[], []]);
    assert.equal((await person.search(vectorOf(1))).hits.length, 0);
    await fill(collection, "departments:hr", 0, 5);
    await person.refresh();
    assert.equal(await person.count(), 5);
  }));

test("an inspection says for every key what it opens and why not", () =>
  withPlace(async ({ authority, options, reader }) => {
    const collection = await EncryptedCollection.create(options);
    await fill(collection, "departments:finance", 0, 1);
    const keys = [authority.issueUserKey(hr), authority.issueUserKey({ departments: ["finance"] })];
    const person = await reader(hr);
    const seen = await person.inspect(0, keys, structure);
    assert.deepEqual(seen.attempts[1], { opens: true, policy: "departments:finance" });
    assert.equal(seen.attempts[0].code, "access_denied");
    assert.equal(seen.attempts[0].explanation.clauses[0].missing[0].sentence, "needs departments:finance; this key has hr");
    assert.equal(seen.searchVector.length, DIMENSION);
    assert.ok(seen.recordBytes > DIMENSION * 4 && seen.header.slots === 1);
    assert.equal(await person.inspect(77, keys), undefined);
  }));

test("compartments of mode sealed are fetched once, and then what has changed", () =>
  withPlace(async ({ options, reader }) => {
    const collection = await EncryptedCollection.create({ ...options, search: { ...search, mode: "sealed" } });
    await fill(collection, "departments:hr", 0, 40);
    const [eager, lazy] = [await reader(hr, { refreshAfter: 0 }), await reader(hr)];
    const opened = async (person) => (await person.search(vectorOf(1))).cost.opened;
    assert.deepEqual([await opened(eager), await opened(eager), await opened(lazy)], [40, 0, 40]);
    await fill(collection, "departments:hr", 39, 42);
    await collection.delete([0]);
    const { hits, cost } = await eager.search(vectorOf(41), { limit: 100 });
    assert.deepEqual([cost.opened, hits.length, hits[0].id], [3, 41, 41]);
    assert.equal((await lazy.search(vectorOf(41), { limit: 100 })).cost.traffic.requests, 0);
    await lazy.refresh();
    assert.equal((await lazy.search(vectorOf(41), { limit: 100 })).hits.length, 41);
  }));

test("a point that has moved is what was read last", () =>
  withPlace(async ({ options, reader }) => {
    const geometric = await EncryptedCollection.create(options);
    const sealed = { dimension: DIMENSION, metric: "cosine", mode: "sealed" };
    await fill(await EncryptedCollection.open({ ...options, search: sealed }), "departments:finance", 1, 4);
    await fill(geometric, "departments:hr", 10, 13);
    const both = await reader({ departments: ["hr", "finance"] });
    await both.search(vectorOf(99));
    await geometric.upsert([{ id: 3, vector: vectorOf(99), content: "moved" }], { policy: "departments:hr" });
    const { hits } = await both.search(vectorOf(99));
    assert.deepEqual([hits[0].id, hits[0].content], [3, "moved"]);
    assert.ok(!("at" in hits[0]));
  }));

test("what Qdrant gets shows no vector, text, policy or attribute", () =>
  withPlace(async ({ client, options, authority, name }) => {
    const seen = [];
    const watched = through(client, (_, all) => void seen.push(JSON.stringify(all)));
    const user = authority.issueUserKey({ departments: ["legal"], roles: ["manager"] });
    const collection = await EncryptedCollection.create({ ...options, url: undefined, client: watched, user, name, model: "a model's name" });
    await collection.upsert([{ id: 1, vector: vectorOf(1), content: "a secret text", source: "file.pdf", policy: "departments:legal && roles:manager" }]);
    assert.equal((await collection.search(vectorOf(1))).hits.length, 1);
    const all = seen.join("\n");
    for (const secret of ["legal", "manager", "departments", "secret text", "file.pdf", "a model's name", ...Array.from(vectorOf(1), String)]) {
      assert.ok(!all.includes(secret), secret);
    }
    assert.ok(all.includes("vecseal"));
  }));
