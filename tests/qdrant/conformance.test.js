// Qdrant's behaviour, as far as VecSeal depends on it. Runs on the embedded engine, and on any Qdrant by
// `QDRANT_URL=… cargo xtask conformance`.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { rest, unusedName, withCollection } from "./support/rest.js";
import { Server } from "./support/server.js";

let server;
let embedded;
before(async () => {
  embedded = process.env.QDRANT_URL ? undefined : await Server.start();
  server = rest(embedded?.url ?? process.env.QDRANT_URL);
});
after(() => embedded?.stop());

const cosine = { vectors: { size: 4, distance: "Cosine" } };
const uuid = "550e8400-e29b-41d4-a716-446655440000";

/** Four points of two tenants. */
const points = [
  { id: 1, vector: [0.05, 0.61, 0.76, 0.74], payload: { tenant: "a", n: 1, city: "Berlin", nested: [{ k: "v", m: 2 }] } },
  { id: 2, vector: [0.19, 0.81, 0.75, 0.11], payload: { tenant: "a", n: 2, city: ["London", "Berlin"], nothing: null } },
  { id: 3, vector: [0.36, 0.55, 0.47, 0.94], payload: { tenant: "b", n: 3, on: true } },
  { id: uuid, vector: [0.18, 0.01, 0.85, 0.8], payload: { tenant: "b", n: 4, vecseal: { cid: "x", record: "AAECAw" } } },
];

const filled = (use, settings = cosine) =>
  withCollection(server, settings, async (path) => {
    await server.ok("PUT", `${path}/points?wait=true`, { points });
    return use(path);
  });

const ids = (found) => found.map(({ id }) => id);
const normalised = (vector) => vector.map((x) => x / Math.hypot(...vector));
const near = (a, b, tolerance = 1e-5) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not ${b}`);
const tenant = (value) => ({ key: "tenant", match: { value } });

test("it says which Qdrant it is", async () => {
  const { status, json } = await server.send("GET", "/");
  assert.equal(status, 200);
  assert.match(json.title, /qdrant/);
  assert.match(json.version, /^1\.\d+\.\d+/);
});

test("collections are created once, listed, described and deleted", async () => {
  const name = unusedName();
  const path = `/collections/${encodeURIComponent(name)}`;
  const listed = async () => (await server.ok("GET", "/collections")).collections.some((entry) => entry.name === name);
  assert.deepEqual(await server.ok("GET", `${path}/exists`), { exists: false });
  await server.fails(404, new RegExp(`^Not found: Collection \`${name}\` doesn't exist!`), "GET", path);
  assert.equal(await server.ok("PUT", path, cosine), true);
  assert.deepEqual(await server.ok("GET", `${path}/exists`), { exists: true });
  assert.ok(await listed());
  await server.fails(409, /^Wrong input: Collection .* already exists!/, "PUT", path, cosine);
  const { config, status, points_count } = await server.ok("GET", `${path}/`);
  assert.equal(config.params.vectors.size, 4);
  assert.equal(config.params.vectors.distance, "Cosine");
  assert.ok(["green", "yellow", "grey"].includes(status));
  assert.equal(points_count, 0);
  assert.equal(await server.ok("DELETE", path), true);
  assert.equal(await server.ok("DELETE", path), false);
  assert.ok(!(await listed()));
});

test("collections that cannot be are refused", async () => {
  const path = `/collections/${encodeURIComponent(unusedName())}`;
  await server.fails(400, /^Format error in JSON body/, "PUT", path, { vectors: { size: 0, distance: "Dot" } });
  await server.fails(422, /Validation error in JSON body/, "PUT", path, { vectors: { size: 65_537, distance: "Dot" } });
  await server.fails(400, /^Format error in JSON body/, "PUT", path, { vectors: { size: 4, distance: "Nearness" } });
  await server.fails(422, /Validation error/, "PUT", "/collections/a%3Ab", cosine);
  await server.fails(422, /Validation error/, "PUT", `/collections/${"x".repeat(256)}`, cosine);
  assert.deepEqual(await server.ok("GET", `${path}/exists`), { exists: false });
});

test("settings of indexes have bounds", async () => {
  const path = `/collections/${encodeURIComponent(unusedName())}`;
  const vectors = { size: 4, distance: "Dot" };
  const scalar = (quantile) => ({ scalar: { type: "int8", quantile } });
  for (const [settings, words] of [
    [{ hnsw_config: { ef_construct: 3 } }, /ef_construct: value 3 invalid, must be/],
    [{ hnsw_config: { full_scan_threshold: 9 } }, /full_scan_threshold: value 9 invalid, must be 10 or larger/],
    [{ quantization_config: scalar(0.25) }, /quantile: value 0.25 invalid, must be from 0.5 to 1/],
    [{ quantization_config: scalar(1.5) }, /quantile: value 1.5 invalid, must be from 0.5 to 1/],
  ]) {
    await server.fails(422, words, "PUT", path, { vectors, ...settings });
    await server.fails(422, words, "PUT", path, { vectors: { ...vectors, ...settings } });
    await server.fails(422, words, "PUT", path, { vectors: { named: { ...vectors, ...settings } } });
  }
});

test("a collection made again under its name is empty", () =>
  filled(async (path) => {
    assert.equal(await server.ok("DELETE", path), true);
    assert.equal(await server.ok("PUT", path, cosine), true);
    assert.deepEqual(await server.ok("POST", `${path}/points/count`, {}), { count: 0 });
  }));

test("points come back as they were written", () =>
  filled(async (path) => {
    const found = await server.ok("POST", `${path}/points`, { ids: [1, uuid, 99], with_payload: true, with_vector: true });
    assert.equal(found.length, 2);
    for (const { id, payload, vector } of found) {
      const written = points.find((point) => point.id === id);
      assert.deepEqual(payload, written.payload);
      normalised(written.vector).forEach((x, index) => near(vector[index], x));
    }
    const { payload } = await server.ok("GET", `${path}/points/${uuid}`);
    assert.equal(payload.n, 4);
    await server.fails(404, /^Not found: Point with id 99 does not exists!/, "GET", `${path}/points/99`);
  }));

test("a point written again is replaced, payload and all", () =>
  filled(async (path) => {
    const result = await server.ok("PUT", `${path}/points?wait=true`, { points: [{ id: 1, vector: [1, 0, 0, 0], payload: { n: 9 } }] });
    assert.equal(result.status, "completed");
    assert.equal(typeof result.operation_id, "number");
    const [point] = await server.ok("POST", `${path}/points`, { ids: [1], with_payload: true, with_vector: true });
    assert.deepEqual(point, { id: 1, payload: { n: 9 }, vector: [1, 0, 0, 0] });
  }));

test("a write that is not waited for is acknowledged, then done", () =>
  filled(async (path) => {
    const { status } = await server.ok("PUT", `${path}/points`, { points: [{ id: 7, vector: [1, 0, 0, 0] }] });
    assert.equal(status, "acknowledged");
    for (let tries = 0; (await server.ok("POST", `${path}/points/count`, { exact: true })).count !== 5; tries += 1) {
      assert.ok(tries < 100);
      await sleep(50);
    }
  }));

test("points in columns are the same as in rows", () =>
  withCollection(server, cosine, async (path) => {
    const batch = { ids: [10, 11], vectors: [[1, 0, 0, 0], [0, 1, 0, 0]], payloads: [{ n: 1 }, null] };
    await server.ok("PUT", `${path}/points?wait=true`, { batch });
    const found = await server.ok("POST", `${path}/points`, { ids: [10, 11], with_payload: true });
    assert.deepEqual(found.map(({ payload }) => payload.n), [1, undefined]);
    const uneven = { ids: [1, 2, 3], vectors: [[1, 0, 0, 0], [0, 1, 0, 0]] };
    await server.fails(422, /Validation error/, "PUT", `${path}/points?wait=true`, { batch: uneven });
  }));

test("only the wanted part of a payload comes", () =>
  filled(async (path) => {
    const payload = async (with_payload) => {
      const [point] = await server.ok("POST", `${path}/points`, { ids: [uuid], with_payload });
      return point.payload;
    };
    assert.equal(await payload(false), undefined);
    assert.equal(await payload(undefined), undefined);
    assert.deepEqual(await payload(["n"]), { n: 4 });
    assert.deepEqual(await payload(["vecseal.cid"]), { vecseal: { cid: "x" } });
    assert.deepEqual(await payload({ include: ["n"] }), { n: 4 });
    assert.deepEqual(Object.keys(await payload({ exclude: ["vecseal"] })).sort(), ["n", "tenant"]);
  }));

test("ids are whole numbers of 64 bits or UUIDs", () =>
  withCollection(server, cosine, async (path) => {
    const write = (id) => `{"points":[{"id":${id},"vector":[1,0,0,0]}]}`;
    await server.ok("PUT", `${path}/points?wait=true`, write("18446744073709551615"));
    assert.match((await server.send("POST", `${path}/points`, `{"ids":[18446744073709551615]}`)).text, /"id":18446744073709551615/);
    for (const form of [uuid.toUpperCase(), uuid.replaceAll("-", ""), `urn:uuid:${uuid}`]) {
      await server.ok("PUT", `${path}/points?wait=true`, write(`"${form}"`));
    }
    assert.deepEqual(ids(await server.ok("POST", `${path}/points`, { ids: [uuid] })), [uuid]);
    assert.equal((await server.ok("POST", `${path}/points/count`, {})).count, 2);
    for (const id of ["-1", "1.5", `"not a UUID"`, "18446744073709551616", "null"]) {
      await server.fails(400, /^Format error in JSON body/, "PUT", `${path}/points?wait=true`, write(id));
    }
  }));

test("vectors that do not fit are refused, and nothing of a lone one stays", () =>
  filled(async (path) => {
    const write = (vector) => ["PUT", `${path}/points?wait=true`, { points: [{ id: 50, vector }] }];
    await server.fails(400, /Vector dimension error: expected dim: 4, got 3/, ...write([1, 2, 3]));
    await server.fails(400, /Not existing vector name error: other/, ...write({ other: [1, 2, 3, 4] }));
    await server.fails(422, /Validation error/, ...write([]));
    await server.fails(400, /^Format error in JSON body/, ...write("vector"));
    await server.fails(400, /Empty update request/, "PUT", `${path}/points?wait=true`, { points: [] });
    assert.equal((await server.ok("POST", `${path}/points/count`, {})).count, 4);
    await server.fails(400, /Vector dimension error/, "POST", `${path}/points/query`, { query: [1, 2] });
    await server.fails(400, /Not existing vector name error/, "POST", `${path}/points/query`, { query: [1, 2, 3, 4], using: "other" });
  }));

for (const [distance, score, better] of [
  ["Cosine", (a, b) => normalised(a).reduce((sum, x, index) => sum + x * normalised(b)[index], 0), (a, b) => b - a],
  ["Dot", (a, b) => a.reduce((sum, x, index) => sum + x * b[index], 0), (a, b) => b - a],
  ["Euclid", (a, b) => Math.hypot(...a.map((x, index) => x - b[index])), (a, b) => a - b],
]) {
  test(`${distance} ranks by its own score, and stores vectors ${distance === "Cosine" ? "normalised" : "as they are"}`, () =>
    filled(
      async (path) => {
        const query = [0.2, 0.1, 0.9, 0.7];
        const { points: found } = await server.ok("POST", `${path}/points/query`, { query, limit: 10, with_vector: true });
        const scores = points.map(({ vector }) => score(query, vector)).sort(better);
        found.forEach((point, index) => near(point.score, scores[index]));
        const { vector } = found.find(({ id }) => id === 2);
        const stored = distance === "Cosine" ? normalised(points[1].vector) : points[1].vector;
        vector.forEach((x, index) => near(x, stored[index], 1e-6));
      },
      { vectors: { size: 4, distance } },
    ));
}

test("a query has filter, limit, offset, threshold, payload and parameters", () =>
  filled(async (path) => {
    const query = async (more) =>
      (await server.ok("POST", `${path}/points/query`, { query: [0.2, 0.1, 0.9, 0.7], ...more })).points;
    const all = await query({ limit: 10 });
    assert.deepEqual(ids(all), [uuid, 1, 3, 2]);
    assert.ok(all.every(({ payload, vector, version }) => payload === undefined && vector === undefined && version >= 0));
    assert.deepEqual(ids(await query({ limit: 2 })), [uuid, 1]);
    assert.deepEqual(ids(await query({ limit: 2, offset: 1 })), [1, 3]);
    assert.deepEqual(ids(await query({ filter: { must: [tenant("a")] } })), [1, 2]);
    assert.deepEqual(ids(await query({ score_threshold: all[1].score - 1e-6 })), [uuid, 1]);
    assert.deepEqual(ids(await query({ params: { exact: true, hnsw_ef: 64 } })), [uuid, 1, 3, 2]);
    const [best] = await query({ limit: 1, with_payload: ["n"] });
    assert.deepEqual(best.payload, { n: 4 });
    await server.fails(422, /must be 1 or larger/, "POST", `${path}/points/query`, { query: [1, 2, 3, 4], limit: 0 });
  }));

test("a query can begin at a point, or have no vector", () =>
  filled(async (path) => {
    const { points: found } = await server.ok("POST", `${path}/points/query`, { query: 1, limit: 10 });
    assert.deepEqual(ids(found).length, 3);
    assert.ok(!ids(found).includes(1));
    await server.fails(404, /^Not found: No point with id 99 found/, "POST", `${path}/points/query`, { query: 99 });
    const { points: unranked } = await server.ok("POST", `${path}/points/query`, { limit: 2 });
    assert.deepEqual(ids(unranked), [1, 2]);
    const { points: nearest } = await server.ok("POST", `${path}/points/query`, { query: { nearest: [0, 0, 1, 0] }, limit: 1 });
    assert.deepEqual(ids(nearest), [uuid]);
  }));

test("searches made at once are answered in order, each with its own filter", () =>
  filled(async (path) => {
    const search = (value) => ({ query: [0.2, 0.1, 0.9, 0.7], filter: { must: [tenant(value)] }, limit: 1 });
    const answers = await server.ok("POST", `${path}/points/query/batch`, { searches: [search("b"), search("a"), search("c")] });
    assert.deepEqual(answers.map(({ points: found }) => ids(found)), [[uuid], [1], []]);
    const broken = { searches: [search("a"), { query: [1, 2] }] };
    await server.fails(400, /Vector dimension error/, "POST", `${path}/points/query/batch`, broken);
  }));

test("scrolling reads every point once, in the order of ids", () =>
  filled(async (path) => {
    const seen = [];
    let offset;
    do {
      const page = await server.ok("POST", `${path}/points/scroll`, { limit: 3, offset, with_payload: false });
      seen.push(...ids(page.points));
      offset = page.next_page_offset;
    } while (offset !== null && seen.length < 10);
    assert.deepEqual(seen, [1, 2, 3, uuid]);
    const filtered = await server.ok("POST", `${path}/points/scroll`, { filter: { must: [tenant("b")] } });
    assert.deepEqual(ids(filtered.points), [3, uuid]);
    assert.equal(filtered.points[0].payload.n, 3);
    assert.equal(filtered.points[0].vector, undefined);
    await server.fails(422, /must be 1 or larger/, "POST", `${path}/points/scroll`, { limit: 0 });
  }));

test("points are deleted by id and by filter", () =>
  filled(async (path) => {
    const left = async () => (await server.ok("POST", `${path}/points/count`, { exact: true })).count;
    const { status } = await server.ok("POST", `${path}/points/delete?wait=true`, { points: [1, 77] });
    assert.equal(status, "completed");
    assert.equal(await left(), 3);
    await server.ok("POST", `${path}/points/delete?wait=true`, { filter: { must: [tenant("b")] } });
    assert.equal(await left(), 1);
    await server.fails(400, /Format error in JSON body/, "POST", `${path}/points/delete?wait=true`, {});
  }));

test("payloads are added to, by id and by filter", () =>
  filled(async (path) => {
    await server.ok("POST", `${path}/points/payload?wait=true`, { points: [1], payload: { n: 10, more: 1 } });
    await server.ok("POST", `${path}/points/payload?wait=true`, { filter: { must: [tenant("b")] }, payload: { b: true } });
    const found = await server.ok("POST", `${path}/points`, { ids: [1, 3], with_payload: true });
    const of = (wanted) => found.find(({ id }) => id === wanted).payload;
    assert.deepEqual([of(1).n, of(1).more, of(1).city, of(3).b], [10, 1, "Berlin", true]);
    await server.fails(400, /./, "POST", `${path}/points/payload?wait=true`, { payload: { a: 1 } });
  }));

for (const [name, filter, expected] of [
  ["match", { must: [tenant("a")] }, 2],
  ["match of an element", { must: [{ key: "city", match: { value: "Berlin" } }] }, 2],
  ["any", { must: [{ key: "n", match: { any: [1, 4, 9] } }] }, 2],
  ["except", { must: [{ key: "n", match: { except: [1, 2] } }] }, 2],
  ["range", { must: [{ key: "n", range: { gt: 1, lte: 3 } }] }, 2],
  ["boolean", { must: [{ key: "on", match: { value: true } }] }, 1],
  ["a path", { must: [{ key: "vecseal.cid", match: { value: "x" } }] }, 1],
  ["ids", { must: [{ has_id: [1, uuid, 99] }] }, 2],
  ["empty", { must: [{ is_empty: { key: "city" } }] }, 2],
  ["null", { must: [{ is_null: { key: "nothing" } }] }, 1],
  ["a vector's name", { must: [{ has_vector: "" }] }, 4],
  ["nested", { must: [{ nested: { key: "nested", filter: { must: [{ key: "m", range: { gte: 2 } }] } } }] }, 1],
  ["should and must not", { should: [tenant("a"), { key: "n", range: { gt: 3 } }], must_not: [{ has_id: [2] }] }, 2],
  ["a filter in a filter", { must: [{ should: [{ has_id: [1] }, { has_id: [2] }] }, { key: "n", match: { value: 2 } }] }, 1],
  ["one condition without a list", { must: tenant("b") }, 2],
  ["nothing at all", {}, 4],
]) {
  test(`filter: ${name}`, () =>
    filled(async (path) => {
      assert.deepEqual(await server.ok("POST", `${path}/points/count`, { filter, exact: true }), { count: expected });
    }));
}

test("filters that say nothing known are refused", () =>
  filled(async (path) => {
    for (const filter of [{ musst: [] }, { must: [{ key: "n" }] }, { must: [{ keys: "n", match: { value: 1 } }] }, { must: "n" }]) {
      const { status } = await server.send("POST", `${path}/points/count`, { filter });
      assert.ok([400, 422].includes(status), JSON.stringify(filter));
    }
  }));

test("payload indexes are made, described, used and deleted", () =>
  filled(async (path) => {
    const index = { field_name: "vecseal.cid", field_schema: { type: "keyword", is_tenant: true } };
    assert.equal((await server.ok("PUT", `${path}/index?wait=true`, index)).status, "completed");
    assert.equal((await server.ok("PUT", `${path}/index?wait=true`, index)).status, "completed");
    await server.ok("PUT", `${path}/index?wait=true`, { field_name: "n", field_schema: "integer" });
    const schema = async () => (await server.ok("GET", path)).payload_schema;
    const made = (await schema())["vecseal.cid"];
    assert.equal(made.data_type, "keyword");
    assert.equal(made.params.is_tenant, true);
    const filter = { must: [{ key: "vecseal.cid", match: { value: "x" } }] };
    assert.deepEqual(await server.ok("POST", `${path}/points/count`, { filter, exact: true }), { count: 1 });
    await server.ok("DELETE", `${path}/index/n?wait=true`);
    assert.deepEqual(Object.keys(await schema()), ["vecseal.cid"]);
    await server.fails(400, /Format error in JSON body/, "PUT", `${path}/index?wait=true`, { field_name: "n", field_schema: "nonsense" });
  }));

test("points can have several vectors with names, and not all of them", () =>
  withCollection(
    server,
    { vectors: { text: { size: 4, distance: "Dot" }, picture: { size: 2, distance: "Cosine", on_disk: true } } },
    async (path) => {
      const written = [
        { id: 1, vector: { text: [1, 2, 3, 4], picture: [0, 1] } },
        { id: 2, vector: { text: [4, 3, 2, 1] } },
      ];
      await server.ok("PUT", `${path}/points?wait=true`, { points: written });
      const found = await server.ok("POST", `${path}/points`, { ids: [1, 2], with_vector: true });
      const of = (wanted) => found.find(({ id }) => id === wanted).vector;
      assert.deepEqual(of(1), written[0].vector);
      assert.deepEqual(of(2), written[1].vector);
      const query = async (using, vector) => ids((await server.ok("POST", `${path}/points/query`, { query: vector, using })).points);
      assert.deepEqual(await query("text", [1, 0, 0, 0]), [2, 1]);
      assert.deepEqual(await query("picture", [0, 2]), [1]);
      assert.equal((await server.ok("GET", path)).config.params.vectors.picture.size, 2);
      const unnamed = { points: [{ id: 3, vector: [1, 2, 3, 4] }] };
      await server.fails(400, /Not existing vector name error/, "PUT", `${path}/points?wait=true`, unnamed);
    },
  ));

test("points can have no vectors at all", () =>
  withCollection(server, { vectors: {} }, async (path) => {
    const header = { id: uuid, vector: {}, payload: { vecseal: { header: "AAEC" } } };
    await server.ok("PUT", `${path}/points?wait=true`, { points: [header] });
    const { points: found } = await server.ok("POST", `${path}/points/scroll`, { with_payload: ["vecseal.header"] });
    assert.deepEqual(found, [{ id: uuid, payload: header.payload }]);
  }));

test("larger collections get a graph index, quantised ones too", async () => {
  const vector = (seed) => Array.from({ length: 32 }, (_, index) => ((Math.sin(seed * 78.233 + index * 12.9898) * 43_758.5453) % 1));
  const settings = {
    vectors: { size: 32, distance: "Cosine" },
    optimizers_config: { indexing_threshold: 10 },
    hnsw_config: { m: 8, ef_construct: 64, full_scan_threshold: 10 },
  };
  const scalar = { scalar: { type: "int8", quantile: 0.99, always_ram: true } };
  for (const more of [{}, { quantization_config: scalar }]) {
    await withCollection(server, { ...settings, ...more }, async (path) => {
      const many = Array.from({ length: 2_000 }, (_, id) => ({ id, vector: vector(id) }));
      await server.ok("PUT", `${path}/points?wait=true`, { points: many });
      const indexed = async () => {
        const { status, indexed_vectors_count } = await server.ok("GET", path);
        return status === "green" && indexed_vectors_count > 0;
      };
      for (let tries = 0; !(await indexed()); tries += 1) {
        assert.ok(tries < 600, "no graph index was built");
        await sleep(100);
      }
      const request = { query: vector(1_234), limit: 1, params: { hnsw_ef: 128 } };
      const { points: found } = await server.ok("POST", `${path}/points/query`, request);
      assert.deepEqual(ids(found), [1_234]);
    });
  }
});

test("what is no request of the API is refused, what is unknown in one is not", () =>
  filled(async (path) => {
    for (const body of ["{", "", "[]", '{"ids": 1}', "nonsense"]) {
      await server.fails(400, /JSON body|EOF|expected/, "POST", `${path}/points`, body);
    }
    assert.equal((await server.ok("POST", `${path}/points`, { ids: [1], surprise: true })).length, 1);
    assert.equal((await server.send("POST", `${path}/nothing`, {})).status, 404);
    assert.equal((await server.send("GET", "/nothing")).status, 404);
    await server.fails(404, /doesn't exist!/, "POST", "/collections/not-there/points/scroll", {});
  }));

test("requests of more than 32 MB are refused", () =>
  filled(async (path) => {
    const note = "x".repeat(33 << 20);
    const { status } = await server.send("PUT", `${path}/points?wait=true`, { points: [{ id: 9, vector: [1, 0, 0, 0], payload: { note } }] });
    assert.equal(status, 400);
    assert.equal((await server.ok("POST", `${path}/points/count`, {})).count, 4);
  }));

test("pages of any origin may ask, with a key, and read errors too", async () => {
  const origin = { origin: "http://localhost:8080" };
  const asks = { "access-control-request-method": "POST", "access-control-request-headers": "api-key,authorization,content-type" };
  const preflight = await server.send("OPTIONS", "/collections/x/points/query", undefined, { ...origin, ...asks });
  assert.ok([200, 204].includes(preflight.status));
  assert.ok(["*", origin.origin].includes(preflight.headers.get("access-control-allow-origin")));
  assert.match(preflight.headers.get("access-control-allow-headers"), /api-key/);
  assert.match(preflight.headers.get("access-control-allow-headers"), /authorization/);
  assert.match(preflight.headers.get("access-control-allow-methods"), /POST/);
  const missing = await server.send("GET", "/collections/not-there", undefined, origin);
  assert.equal(missing.status, 404);
  assert.ok(missing.headers.get("access-control-allow-origin"));
});
