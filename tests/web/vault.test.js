// The playground's vault in both browsers on an embedded engine: keys, uploads, searches, inspection, rotation, failures.

import assert from "node:assert/strict";
import { createServer } from "node:net";
import { once } from "node:events";
import { test } from "node:test";

import { browserNames, withBrowser } from "../npm/support/browsers.js";
import { withQdrant, withServer } from "../qdrant/support/server.js";
import { documents, organisation, pairs, sealing, withVault } from "./support/vault.js";

const tiny = organisation("tiny");
const [AUTHOR, READER] = [1, 2];

/** Makes an authority over the tiny organisation with both its keys, connected. */
async function begin(work, url, { name, structure = tiny.structure, people = tiny.people } = {}) {
  await work({ newAuthority: { structure: JSON.stringify(structure) } });
  for (const [index, { attributes }] of people.entries()) {
    await work({ issueKey: { key: index + 1, pairs: pairs(attributes) } });
  }
  await work({ connect: { url } });
  return `playground-${name ?? Math.random().toString(36).slice(2)}`;
}

const upload = (work, collection, all = documents(tiny), how = {}) =>
  work({ upload: { collection, sealing: { ...sealing, ...how }, documents: all } }).then(({ uploaded, progress }) => ({ ...uploaded.uploaded, progress }));

const search = (work, text, keys = [AUTHOR, READER], limit = 5) =>
  work({ search: { query: { text }, limit, keys } }).then(({ searched }) => searched.searched);

const tryKeys = async (work, ids, keys) => {
  const { accesses } = await work({ tryKeys: { documents: ids, keys } });
  return accesses.accesses.map(({ outcomes }) => outcomes.map(([, outcome]) => outcome));
};

const found = (hits) => hits.map(({ document }) => document);

for (const browserName of browserNames) {
  const together = (name, use) =>
    test(`${browserName}: ${name}`, () =>
      withBrowser(browserName, (browser) => withQdrant((url) => withVault(browser, (vault) => use({ ...vault, url })))));

  together("keys open what their policies admit, in search and one by one", async ({ work, url }) => {
    const collection = await begin(work, url);
    const uploaded = await upload(work, collection);
    assert.deepEqual([uploaded.written, uploaded.missing.length, uploaded.created, uploaded.dimension], [3, 0, 3, 384]);
    assert.equal(uploaded.model, "all-MiniLM-L6-v2-q4@1");
    assert.deepEqual(uploaded.progress.at(-1), { done: 6, total: 6 });
    const { plain, keys, accesses } = await search(work, "a man gives up the sea");
    assert.equal(plain[0].document, "1");
    assert.deepEqual(keys.map(({ failure, skipped }) => [failure, skipped]), [[undefined, []], [undefined, []]]);
    for (const { hits, expected, cost } of keys) {
      assert.deepEqual(found(hits), found(expected));
      assert.ok(hits.every(({ score }, index) => Math.abs(score - expected[index].score) < 1e-5));
      assert.deepEqual([cost.opened, cost.denied, cost.tampered], [hits.length, 0, 0]);
      assert.ok(cost.requests >= 2 && cost.received > 1_000 && cost.total > 0);
    }
    const [author, reader] = keys;
    assert.deepEqual([found(author.hits).sort(), found(reader.hits).sort()], [["1", "2", "3"], ["2", "3"]]);
    assert.equal(author.hits[0].content, "Draft, chapter four. The lighthouse keeper sells his boat and moves inland.");
    assert.deepEqual([author.hits[0].policy, author.cost.compartments], ["roles:author", 3]);
    const outcomes = Object.fromEntries(accesses.map(({ key, outcomes }) => [key, Object.fromEntries(outcomes)]));
    assert.deepEqual(outcomes, { 1: { 1: "opened", 2: "opened", 3: "opened" }, 2: { 1: "denied", 2: "opened", 3: "opened" } });
    assert.deepEqual(await tryKeys(work, ["1", "3", "77", "no id"], [READER]), [["denied", "opened", "missing", "missing"]]);
    // Near to a document, which is the nearest itself.
    const near = await work({ search: { query: { document: "2" }, limit: 1, keys: [READER, 9] } });
    const [byReader, byNobody] = near.searched.searched.keys;
    assert.deepEqual([byReader.hits[0].document, byNobody.failure.code], ["2", "unknown_key"]);
    await work({ deleteCollection: { collection } });
    const { connected } = await work({ connect: { url } });
    assert.ok(!connected.collections.includes(collection) && connected.collections.every((name) => !name.endsWith(".keyring")));
    assert.ok(connected.latency > 0 && connected.latency < 1_000 && /^\d+\.\d+/.test(connected.version));
  });

  together("what the server has is shown: no text, a vector of its own", async ({ work, fails, url }) => {
    await upload(work, await begin(work, url));
    const { inspected } = await work({ inspect: { document: "1" } });
    const { origin, stored } = inspected.inspected;
    assert.match(origin.text, /^Draft, chapter four\. The lighthouse/);
    assert.deepEqual([origin.policy, origin.vector.length, stored.vector.length], ["roles:author", 384, 384]);
    assert.deepEqual([stored.slots, stored.suite, stored.records], [1, 1, 1]);
    assert.ok(stored.record_bytes === undefined && stored.recordBytes > 1_600 && stored.headerBytes > 200);
    assert.ok(Math.abs(stored.cosine) < 0.3, `${stored.cosine}`);
    const point = JSON.parse(stored.point);
    assert.deepEqual([point.id, point.payload.vecseal.cid], [1, stored.cid]);
    assert.match(point.payload.vecseal.record, /… \(\d{4} characters\)$/);
    assert.match(JSON.parse(stored.header).payload.vecseal.header, /…/);
    assert.doesNotMatch(stored.point + stored.header, /lighthouse|author/);
    assert.equal((await fails({ inspect: { document: "9" } })).code, "unknown_document");

    const { projected } = await work({ project: { document: "2" } });
    const picture = projected.projected;
    assert.deepEqual([picture.documents, picture.plain.length, picture.all.length], [["1", "2", "3"], 3, 3]);
    assert.deepEqual(picture.one.map(([index]) => index), [1]);
    assert.deepEqual(picture.groups.map((group) => picture.policies[group]), ["roles:author", "roles:author || roles:reader", "*"]);
    assert.ok([...picture.plain, ...picture.all].flat().every((value) => value >= -1 && value <= 1));
  });

  together("a rotated right locks old keys out of what it names, and new keys read all", async ({ work, url }) => {
    const collection = await begin(work, url);
    await upload(work, collection);
    const { rotated } = await work({ rotate: { right: [["roles", "author"]] } });
    assert.equal(rotated.rewrapped, 2);
    const [author, reader] = rotated.keys;
    assert.deepEqual(author.epochs, [{ right: "roles:author", held: 0, current: 1 }]);
    assert.deepEqual([reader.epochs, reader.isOurs], [[], true]);
    assert.deepEqual(await tryKeys(work, ["1", "2", "3"], [AUTHOR, READER]), [["denied", "denied", "opened"], ["denied", "opened", "opened"]]);
    const { keys } = await search(work, "a man gives up the sea");
    assert.deepEqual([found(keys[0].hits), found(keys[1].hits).sort()], [["3"], ["2", "3"]]);
    // What is written now is in a new generation, which the old key does not open either; a key issued anew does.
    const again = await upload(work, collection, [{ id: "4", title: "", text: "Chapter five is a storm.", policy: "roles:author" }]);
    assert.deepEqual([again.written, again.created], [1, 1]);
    assert.deepEqual(await tryKeys(work, ["4"], [AUTHOR]), [["denied"]]);
    const { key } = await work({ issueKey: { key: AUTHOR, pairs: [["roles", "author"]] } });
    assert.deepEqual(key.facts.epochs, [{ right: "roles:author", held: 1, current: 1 }]);
    assert.deepEqual(await tryKeys(work, ["1", "2", "3", "4"], [AUTHOR]), [["opened", "opened", "opened", "opened"]]);
  });

  together("keys leave as files and come back; attenuated ones hold less", async ({ work, fails, url }) => {
    await upload(work, await begin(work, url));
    const { keyFile } = await work({ exportKey: { key: AUTHOR } });
    assert.equal(keyFile.file.type, "application/octet-stream");
    const { key } = await work({ importKey: { key: 7, file: keyFile.file.bytes } });
    assert.deepEqual([key.facts.pairs, key.facts.bytes, key.facts.isOurs], [[["roles", "author"]], keyFile.file.bytes.length, true]);
    const weak = await work({ attenuate: { key: 8, from: 7, pairs: [], not_after: 2_000_000_000 } });
    assert.deepEqual([weak.key.facts.rights, weak.key.facts.notAfter], [1, 2_000_000_000]);
    assert.deepEqual(await tryKeys(work, ["1", "3"], [7, 8]), [["opened", "opened"], ["denied", "opened"]]);
    assert.equal((await fails({ attenuate: { key: 9, from: 8, pairs: [["roles", "author"]] } })).code, "unknown_dimension");
    assert.equal((await fails({ importKey: { key: 9, file: [1, 2, 3] } })).code, "malformed");
    await work({ forgetKey: { key: 7 } });
    assert.equal((await fails({ exportKey: { key: 7 } })).code, "unknown_key");
    // Another authority's key is told, and opens nothing.
    await begin(work, url);
    const foreign = await work({ importKey: { key: 9, file: keyFile.file.bytes } });
    assert.deepEqual([foreign.key.facts.isOurs, foreign.key.facts.fingerprint], [false, key.facts.fingerprint]);
    await upload(work, `foreign-${Date.now()}`);
    assert.deepEqual(await tryKeys(work, ["1", "2", "3"], [9]), [["denied", "denied", "denied"]]);
  });

  together("all ways of sealing find the same", async ({ work, url }) => {
    const ways = [
      { preset: "off" },
      { preset: "strong", cipher: "chaCha" },
      { scope: "collection" },
      { writtenBy: "writerKey" },
      { writtenBy: "writerKey", scope: "collection" },
      { mode: "sealed" },
      { mode: "sealed", writtenBy: "writerKey" },
    ];
    for (const how of ways) {
      const collection = await begin(work, url);
      const { written, missing } = await upload(work, collection, documents(tiny), how);
      assert.deepEqual([written, missing.length], [3, 0], JSON.stringify(how));
      const { keys } = await search(work, "deadline for sending back the checked sheets");
      for (const { hits, expected, failure } of keys) {
        assert.deepEqual([failure, found(hits)], [undefined, found(expected)], JSON.stringify(how));
      }
      const { inspected } = await work({ inspect: { document: "2" } });
      const { suite, vector } = inspected.inspected.stored;
      assert.deepEqual([suite, vector?.length], [how.writtenBy ? 2 : 1, how.mode ? undefined : 384], JSON.stringify(how));
      const { projected } = await work({ project: { document: "2" } });
      assert.equal(projected.projected.all.length, how.mode ? 0 : 3);
      // A rotation, in scope collection of the search key too.
      await work({ rotate: { right: [["roles", "reader"]] } });
      assert.deepEqual(await tryKeys(work, ["2", "3"], [READER]), [["denied", "opened"]]);
      await work({ issueKey: { key: READER, pairs: [["roles", "reader"]] } });
      await upload(work, collection, documents(tiny).slice(1, 2), how);
      const [after] = (await search(work, "deadline for sending back the checked sheets", [READER])).keys;
      assert.deepEqual([after.failure, found(after.hits)], [undefined, found(after.expected)], JSON.stringify(how));
      await work({ deleteCollection: { collection } });
    }
  });

  together("vectors that came with documents are used, and texts do not search them", async ({ work, fails, url }) => {
    const collection = await begin(work, url);
    const all = documents(tiny);
    const vectors = [1, 0, 0, 0, 0, 0, 0, 0].concat([0, 1, 0, 0, 0, 0, 0, 0], [0.6, 0.8, 0, 0, 0, 0, 0, 0]);
    await work({ keep: { documents: ["1", "2", "3"], vectors, dimension: 8 } });
    const uploaded = await upload(work, collection, all);
    assert.deepEqual([uploaded.written, uploaded.dimension, uploaded.model], [3, 8, undefined]);
    const { searched } = await work({ search: { query: { document: "2" }, limit: 3, keys: [AUTHOR] } });
    assert.deepEqual(found(searched.searched.keys[0].hits), ["2", "3", "1"]);
    const failure = await fails({ search: { query: { text: "the sea" }, limit: 3, keys: [AUTHOR] } });
    assert.deepEqual([failure.code, /search by a document/.test(failure.message)], ["wrong_dimension", true]);
    // A vector of another dimension, or none, fails alone.
    await work({ keep: { documents: ["2"], vectors: [1, 2, 3], dimension: 3 } });
    const mixed = await upload(work, collection, [...all.slice(0, 2), { ...all[2], id: "30" }]);
    assert.equal(mixed.written, 1);
    assert.deepEqual(mixed.failures.map(({ document, code }) => [document, code]), [["2", "wrong_dimension"], ["30", "missing_vector"]]);
    assert.equal((await fails({ keep: { documents: ["2"], vectors: [1, 2, 3], dimension: 2 } })).code, "invalid_request");
    // Where they are not wanted, or no longer kept, texts are embedded.
    const { uploaded: embedded } = await work({ upload: { collection: `${collection}-2`, sealing, documents: all.slice(0, 1), vectors: "embedded" } });
    assert.equal(embedded.uploaded.dimension, 384);
    await work({ keep: { documents: [], vectors: [], dimension: 0 } });
    assert.equal((await upload(work, `${collection}-3`, all.slice(0, 1))).dimension, 384);
    // Another authority meets a collection of that dimension.
    await begin(work, url);
    const other = await fails({ upload: { collection, sealing, documents: all } });
    assert.equal(other.code, "wrong_collection_dimension");
  });

  together("what cannot be written is named, and the rest is there", async ({ work, fails, url }) => {
    assert.equal((await fails({ search: { query: { text: "a" }, limit: 1, keys: [] } })).code, "nothing_uploaded");
    assert.equal((await fails({ issueKey: { key: 1, pairs: [] } })).code, "no_authority");
    await work({ newAuthority: { structure: JSON.stringify(tiny.structure) } });
    assert.equal((await fails({ upload: { collection: "a", sealing, documents: [] } })).code, "not_connected");
    const collection = await begin(work, url);
    const text = { title: "", text: "Some words." };
    const uploaded = await upload(work, collection, [
      { ...text, id: "1", policy: "roles:boss" },
      { ...text, id: "2", policy: "roles:author &&" },
      { ...text, id: "two", policy: "*" },
      { ...text, id: "5c56c793-69f3-4fbf-87e6-c4bf54c28c26", policy: "*" },
    ]);
    assert.deepEqual([uploaded.written, uploaded.missing.length], [1, 3]);
    assert.deepEqual(uploaded.failures.map(({ document, code }) => [document, code]), [["1", "unknown_attribute"], ["2", "syntax"], ["two", "invalid_point_id"]]);
    assert.deepEqual(uploaded.progress.at(-1), { done: 8, total: 8 });
    assert.equal((await fails({ upload: { collection: "a/b", sealing, documents: documents(tiny) } })).code, "invalid_collection_name");
    assert.equal((await fails({ issueKey: { key: 1, pairs: [["roles", "boss"]] } })).code, "unknown_attribute");
    // After another structure, documents under its attributes are taken.
    await work({ restructure: { structure: JSON.stringify({ roles: ["author", "reader", "boss"] }) } });
    assert.equal((await upload(work, collection, [{ ...text, id: "1", policy: "roles:boss" }])).written, 1);
    await work({ issueKey: { key: 3, pairs: [["roles", "boss"]] } });
    assert.deepEqual(await tryKeys(work, ["1"], [3, AUTHOR]), [["opened"], ["denied"]]);
  });

  together("an upload can be cancelled, and a query does not wait for it", async ({ work, fails, start, url }) => {
    const collection = await begin(work, url);
    await upload(work, collection);
    const notes = Array.from({ length: 4_000 }, (_, index) => ({ id: `${index + 10}`, title: "", text: `Note ${index}, to be filed.`, policy: "*" }));
    const embedding = await start({ upload: { collection, sealing, documents: notes } });
    await embedding.told();
    assert.equal((await search(work, "which day is the library shut")).plain[0].document, "3");
    assert.equal(await embedding.isDone(), false);
    await embedding.cancel();
    assert.equal((await embedding.result()).failed.failure.code, "cancelled");
    // While it writes: what was to take the place of another collection leaves that one as it was.
    const vectors = notes.flatMap((_, index) => [Math.sin(index), Math.cos(index), 1, 0.5]);
    await work({ keep: { documents: notes.map(({ id }) => id), vectors, dimension: 4 } });
    const replacing = await start({ upload: { collection: `${collection}-2`, sealing, documents: notes } });
    await replacing.told(4_000);
    await replacing.cancel();
    assert.equal((await replacing.result()).failed.failure.code, "cancelled");
    assert.deepEqual(await tryKeys(work, ["1"], [AUTHOR]), [["opened"]]);
    // Of the first one, what is written stays.
    await begin(work, url);
    const writing = await start({ upload: { collection: `${collection}-3`, sealing, documents: notes } });
    await writing.told(4_000);
    assert.equal((await work({ connect: { url } })).connected.embedded, true);
    assert.equal(await writing.isDone(), false);
    await writing.cancel();
    const { uploaded, progress } = await writing.result();
    const { written, missing, failures, is_cancelled } = uploaded.uploaded;
    assert.deepEqual([written + missing.length, is_cancelled, failures], [4_000, true, []]);
    assert.ok(written > 0 && written < 4_000, `${written}`);
    const { result } = await (await fetch(`${url}/collections/${collection}-3`)).json();
    assert.equal(result.points_count, written);
    assert.ok(progress.every(({ done, total }, index) => total === 8_000 && done >= (progress[index - 1]?.done ?? 0)));
    // What fails before anything is written leaves what was uploaded before.
    assert.equal((await fails({ upload: { collection: "a/b", sealing, documents: notes } })).code, "invalid_collection_name");
    await work({ tryKeys: { documents: [notes[0].id], keys: [] } });
    for (const name of [collection, `${collection}-2`, `${collection}-3`]) await work({ deleteCollection: { collection: name } });
  });

  test(`${browserName}: a Qdrant that is down, that wants a key, or that goes away is told`, () =>
    withBrowser(browserName, (browser) =>
      withVault(browser, async ({ work, fails }) => {
        const port = await freePort();
        const down = await fails({ connect: { url: `http://127.0.0.1:${port}` } });
        assert.ok(["interrupted", "unreachable"].includes(down.code), down.code);
        assert.equal((await fails({ connect: { url: "localhost:6333" } })).code, "invalid_url");
        const key = "k3y-of-the-engine";
        const one = { title: "", text: "Some words.", id: "1", policy: "*" };
        await withServer(
          async ({ url }) => {
            assert.equal((await fails({ connect: { url } })).code, "unauthorized");
            assert.equal((await fails({ connect: { url, api_key: "another" } })).code, "unauthorized");
            await work({ newAuthority: { structure: JSON.stringify(tiny.structure) } });
            assert.equal((await fails({ upload: { collection: "a", sealing, documents: [one] } })).code, "not_connected");
            await work({ connect: { url, api_key: key } });
            assert.equal((await upload(work, "a", [one])).written, 1);
          },
          [],
          { QDRANT__SERVICE__API_KEY: key },
        );
        await work({ issueKey: { key: 1, pairs: [] } });
        const { keys, plain } = await search(work, "words", [1]);
        assert.equal(plain.length, 1);
        assert.ok(["interrupted", "unreachable"].includes(keys[0].failure.code), keys[0].failure.code);
      }),
    ));
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}
