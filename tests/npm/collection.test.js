// Encrypted collections of the npm package on a real Qdrant: the embedded engine, or the one at QDRANT_URL.

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { createServer } from "node:http";
import { Readable } from "node:stream";
import { test } from "node:test";

import { QdrantClient } from "@qdrant/js-client-rest";

import { collectionCodes } from "./support/collection-codes.js";
import { caused, cosine, DIMENSION, documents, fails, fill, hr, ids, isError, nearest, range, search, structure, through, vectorOf, withPlace } from "./support/place.js";
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

test("points that cannot be sealed fail alone", () =>
  withPlace(async ({ options }) => {
    const collection = await EncryptedCollection.create(options);
    const points = [
      ...documents(0, 1),
      { id: 1, vector: [1, 2] },
      { id: 2, vector: vectorOf(2), public: { vecseal: 1 } },
      { id: 3, vector: vectorOf(3), public: "text" },
      { id: "no id", vector: vectorOf(4) },
      { vector: vectorOf(4) },
      { vector: vectorOf(4) },
      { id: 7, vector: vectorOf(4), public: { text: "x".repeat(29 << 20) } },
      ...documents(5, 6),
    ];
    const { written, failures } = await collection.upsert(points, { policy: "departments:hr" });
    assert.equal(written, 2);
    const codes = ["wrong_dimension", "reserved_field", "invalid_argument", "invalid_point_id", "invalid_point_id", "invalid_point_id", "point_too_large"];
    assert.deepEqual(failures.map(({ index }) => index), [1, 2, 3, 4, 5, 6, 7]);
    failures.forEach(({ error }, index) => isError(error, codes[index]));
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

test("metrics that nothing tells apart are an error, until the caller tells", () =>
  withPlace(async ({ options, reader }) => {
    const sealed = { dimension: DIMENSION, mode: "sealed" };
    await fill(await EncryptedCollection.create({ ...options, search: sealed }), "departments:hr", 0, 5);
    await fill(await EncryptedCollection.open({ ...options, search: { ...sealed, metric: "euclid" } }), "departments:hr", 5, 7);
    await fails((await reader(hr)).search(vectorOf(1)), "ambiguous_metric", /give `search`/);
    const { hits, skipped } = await (await reader(hr, { search: sealed })).search(vectorOf(1));
    assert.deepEqual([hits.length, skipped.length], [5, 1]);
  }));

test("vectors with a name, of another model, and of other measures", () =>
  withPlace(async ({ options, reader }) => {
    const collection = await EncryptedCollection.create({ ...options, vectorName: "text", model: "one" });
    await fill(collection, "departments:hr", 0, 10);
    const person = await reader(hr, { vectorName: "text", model: "one" });
    assert.equal((await person.search(vectorOf(4), { limit: 1, verifyVectors: true })).hits[0].id, 4);
    await fails((await reader(hr, { vectorName: "text", model: "two" })).search(vectorOf(1)), "wrong_model");
    await fails(EncryptedCollection.open(options), "missing_vector", /without a name/);
    await fails(EncryptedCollection.open({ ...options, vectorName: "picture" }), "missing_vector", /picture/);
    const other = (more) => EncryptedCollection.open({ ...options, vectorName: "text", search: { ...search, ...more } });
    await fails(other({ dimension: 16 }), "wrong_collection_dimension", /16 coordinates, those of the collection 32/);
    await fails(other({ metric: "euclid" }), "wrong_metric", /Euclid, this one has Cosine/);
  }));

test("options that cannot be are refused in words", () =>
  withPlace(async ({ url, name, client, options, reader }) => {
    await fails(EncryptedCollection.open({ name }), "invalid_argument", /either the `url` of a Qdrant or a `client`/);
    await fails(EncryptedCollection.create({ ...options, search: undefined }), "no_parameters");
    for (const wrong of ["", "a/b", "x".repeat(248), undefined]) {
      await fails(EncryptedCollection.open({ url, name: wrong }), "invalid_collection_name");
    }
    for (const wrong of ["nonsense", "ftp://x", "http://user:password@localhost", "http://localhost?key=1"]) {
      await fails(EncryptedCollection.open({ url: wrong, name }), "invalid_url");
    }
    await fails(EncryptedCollection.open({ url, name, apiKey: "two words" }), "invalid_credentials");
    await fails(EncryptedCollection.open({ url, name }), "missing_collection");
    await client.createCollection(name, { vectors: { size: DIMENSION, distance: "Cosine" } });
    await fails(EncryptedCollection.open({ url, name }), "missing_keyring", /no encrypted collection/);
    await client.deleteCollection(name);
    await EncryptedCollection.create(options);
    const person = await reader(hr);
    await fails(person.search(vectorOf(1), { limitt: 3 }), "invalid_argument", /no option `limitt`/);
    await fails(person.search(vectorOf(1), { limit: -1 }), "invalid_argument", /`limit`/);
    for (const wrong of [{ oversampling: 0 }, { oversampling: NaN }, { hnswEf: 1.5 }, { scoreThreshold: NaN }]) {
      await fails(person.search(vectorOf(1), wrong), "invalid_argument", new RegExp(Object.keys(wrong)[0]));
    }
    await fails(person.search(vectorOf(1), { limit: 20_000 }), "too_many");
    const nobody = await EncryptedCollection.open({ url, name });
    await fails(nobody.get([1]), "no_reader_key");
    await fails(nobody.upsert(documents(0, 1), { policy: new Policy("*", structure) }), "no_writer_key");
  }));

/** A server that answers with these, in turn, and then that there is no collection. */
async function withFaults(faults, use) {
  let asked = 0;
  const server = createServer((request, response) => {
    const fault = faults[asked];
    asked += 1;
    if (fault === "reset") {
      request.socket.destroy();
    } else if (fault !== "silence") {
      const [status, text, headers] = fault ?? [404, '{"status":{"error":"Not found: Collection `x` doesn\'t exist!"}}'];
      response.writeHead(status, headers).end(text);
    }
  });
  await new Promise((resume) => server.listen(0, "127.0.0.1", resume));
  try {
    await use(`http://127.0.0.1:${server.address().port}`, () => asked);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("what passes is tried again, what does not is told apart", async () => {
  const busy = '{"status":{"error":"Service internal error: why"}}';
  const open = (url, more) => EncryptedCollection.open({ url, name: "x", timeout: 300, attempts: 3, apiKey: "s3cret", ...more });
  for (const fault of [[503, busy], [502, ""], [429, busy, { "retry-after": "0" }], "reset", "silence"]) {
    await withFaults([fault], async (url, asked) => {
      await fails(open(url), "missing_collection");
      assert.equal(asked(), 2);
    });
  }
  for (const [fault, code, tries, words] of [
    [[500, busy], "http_status", 1, /qdrant answered 500: Service internal error: why/],
    [[401, "Invalid API key or JWT"], "unauthorized", 1, /401: Invalid API key/],
    [[403, busy], "unauthorized", 1, /403/],
    [[429, busy, { "retry-after": "60" }], "rate_limited", 1, /it asks to wait 60 s/],
    [[503, busy], "http_status", 3, /503/],
    [[200, "<html>"], "unexpected_answer", 1, /is this the address of a Qdrant/],
    [[302, "", { location: "http://elsewhere.example" }], "interrupted", 3, /connection/],
    ["reset", "interrupted", 3, /ended before the answer/],
    ["silence", "timeout", 3, /in time/],
  ]) {
    await withFaults(Array(5).fill(fault), async (url, asked) => {
      await fails(open(url), code, words);
      assert.equal(asked(), tries, code);
      await open(url, { attempts: 1 }).catch((error) => assert.ok(!`${error.stack}${JSON.stringify(error)}`.includes("s3cret")));
    });
  }
});

test("an answer that does not end is not read to its end, and what answers 404 is not taken for one", async () => {
  const endless = function* () {
    for (const chunk = Buffer.alloc(1 << 20, " "); ; ) {
      yield chunk;
    }
  };
  const server = createServer((_, response) => Readable.from(endless()).on("error", () => {}).pipe(response));
  await new Promise((resume) => server.listen(0, "127.0.0.1", resume));
  const url = `http://127.0.0.1:${server.address().port}`;
  await fails(EncryptedCollection.open({ url, name: "x" }), "answer_too_large");
  server.closeAllConnections();
  server.close();
  await withFaults([], (url) => fails(EncryptedCollection.create({ url, name: "x", search }), "not_found"));
  const elsewhere = [404, '{"status":{"error":"Not found: Shard key x not found"}}'];
  await withFaults([elsewhere], (url) => fails(EncryptedCollection.open({ url, name: "x" }), "not_found", /Shard key x/));
});

test("searches and upserts end with their signal's reason", () =>
  withPlace(async ({ options, reader }) => {
    const collection = await EncryptedCollection.create(options);
    const reason = new Error("enough");
    await assert.rejects(collection.upsert(documents(0, 10), { policy: "*", signal: AbortSignal.abort(reason) }), reason);
    await fill(collection, "*", 0, 10);
    const person = await reader(hr);
    await assert.rejects(person.search(vectorOf(1), { signal: AbortSignal.abort(reason) }), reason);
    const controller = new AbortController();
    const searching = person.search(vectorOf(1), { signal: controller.signal });
    controller.abort(reason);
    await assert.rejects(searching, reason);
    assert.equal((await person.search(vectorOf(1))).hits.length, 10);
  }));

test("a signal ends a search at any stage, through any client, and leaves nothing listening", () =>
  withPlace(async ({ client, options, reader }) => {
    await fill(await EncryptedCollection.create(options), "*", 0, 10);
    for (const call of ["scroll", "queryBatch"]) {
      let isStuck = false;
      let begun;
      const isBegun = new Promise((resume) => (begun = resume));
      // A server that answers this call never.
      const stuck = through(client, (method) => (isStuck && method === call ? (begun(), new Promise(() => {})) : undefined));
      const person = await reader(hr, { url: undefined, client: stuck, refreshAfter: 0 });
      isStuck = true;
      const controller = new AbortController();
      const searching = person.search(vectorOf(1), { signal: controller.signal });
      await isBegun;
      const reason = new Error("enough");
      controller.abort(reason);
      await assert.rejects(searching, reason);
    }
    const { signal } = new AbortController();
    const person = await reader(hr);
    for (const _ of range(0, 5)) {
      await person.search(vectorOf(1), { signal });
    }
    assert.equal(getEventListeners(signal, "abort").length, 0);
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

test("answers that are none, and writes that are not done, are errors", () =>
  withPlace(async ({ client, options, reader }) => {
    const collection = await EncryptedCollection.create(options);
    await fill(collection, "departments:hr", 0, 5);
    const answering = (call, answer) => ({ url: undefined, client: through(client, (method) => (method === call ? Promise.resolve(answer) : undefined)) });
    for (const answer of [undefined, null, 7, [], [{}], [{ points: [{}] }], [{ points: [] }, { points: [] }]]) {
      await fails((await reader(hr, answering("queryBatch", answer))).search(vectorOf(1)), "unexpected_answer");
    }
    for (const answer of [undefined, {}, [{ id: {} }]]) {
      await fails((await reader(hr, answering("retrieve", answer))).get([1]), "unexpected_answer");
      await fails(reader(hr, answering("scroll", answer)), "unexpected_answer");
      await fails((await reader(hr, answering("count", answer))).count(), "unexpected_answer");
    }
    const more = { points: Array(300).fill({ id: 1 }), next_page_offset: null };
    await fails(reader(hr, answering("scroll", more)), "unexpected_answer", /larger than asked for/);
    for (const status of ["acknowledged", "wait_timeout", "clock_rejected"]) {
      const later = await EncryptedCollection.open({ ...options, ...answering("delete", { status }) });
      await fails(later.delete([1]), "not_completed", new RegExp(status));
    }
    collection.free();
    await fails(collection.search(vectorOf(1)), "freed");
    await fails(collection.upsert(documents(0, 1), { policy: "*" }), "freed");
    collection.free();
  }));

test("ids beyond 2^53 are whole, or are said to be beyond the engine; numbers that lie in clear stay as they are", () =>
  withPlace(async ({ url, name, options, reader }) => {
    const collection = await EncryptedCollection.create(options);
    const clear = { big: 1e300, many: 12345678901234567890 };
    await collection.upsert([{ id: 1, vector: vectorOf(1), public: clear }], { policy: "departments:hr" });
    const person = await reader(hr);
    assert.deepEqual((await person.search(vectorOf(1))).hits[0].public, clear);
    const id = 2n ** 64n - 1n;
    const { failures } = await collection.upsert([{ id, vector: vectorOf(1) }], { policy: "departments:hr" });
    if (JSON.rawJSON) {
      assert.deepEqual(failures, []);
      assert.equal((await person.get([id]))[0].id, id);
      return;
    }
    isError(failures[0].error, "invalid_point_id", /beyond 2\^53 − 1: use UUIDs/);
    // Others may have written one.
    const body = `{"points":[{"id":${id},"vector":[${vectorOf(1)}],"payload":{"vecseal":{"cid":"${person.compartments[0].cid}"}}}]}`;
    const headers = { "content-type": "application/json" };
    assert.ok((await fetch(`${url}/collections/${name}/points?wait=true`, { method: "PUT", headers, body })).ok);
    await fails(person.search(vectorOf(1)), "invalid_point_id", /beyond 2\^53 − 1: use UUIDs/);
  }));

test("every code of encrypted collections was caused above", () => {
  assert.deepEqual(collectionCodes.filter((code) => !caused.has(code)), []);
});
