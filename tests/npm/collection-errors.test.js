// What can go wrong with encrypted collections of the npm package, and what is said then.

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { createServer } from "node:http";
import { Readable } from "node:stream";
import { test } from "node:test";

import { collectionCodes } from "./support/collection-codes.js";
import { caused, DIMENSION, documents, fails, fill, hr, ids, isError, range, search, structure, through, vectorOf, withPlace } from "./support/place.js";
import { vecseal } from "./support/vecseal.js";

const { EncryptedCollection, Policy } = vecseal;

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
  withPlace(async ({ url, name, authority, client, options, reader }) => {
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
    await fails(EncryptedCollection.create(options), "collection_exists", /open it instead/);
    const writer = await EncryptedCollection.open({ url, name, search, collectionGeneration: 0, writer: authority.issueWriterKey(["*"]) });
    await fails(writer.upsert(documents(0, 1), { policy: "*" }), "no_collection_key");
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
