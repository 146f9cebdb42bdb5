// Requests that nobody should send: each is refused in Qdrant's words, and harms nothing.

import assert from "node:assert/strict";
import { test } from "node:test";

import { rest, withCollection } from "./support/rest.js";
import { Server, withFolder, withServer } from "./support/server.js";
import { settings, vector } from "./support/vectors.js";

test("no request that it refuses harms it, now or at the next start", () =>
  withFolder(async (folder) => {
    const write = (points) => ["PUT", "/collections/tried/points?wait=true", { points }];
    const query = (body) => ["POST", "/collections/tried/points/query", body];
    const refused = [
      write([{ id: 1, vector: [] }]),
      write([{ id: 1, vector: [1, 2] }]),
      write([{ id: 1, vector: { indices: [1, 2], values: [1] } }]),
      write([{ id: 1, vector: { "": { indices: [1, 2], values: [1] } } }]),
      write([{ id: 1, vector: [[1, 2.5], [3, 4]] }]),
      write([{ id: 1, vector: vector(1), payload: [1] }]),
      write([{ id: 1, vector: vector(1) }, { id: 2, vector: [1] }]),
      write([{ id: 1 }]),
      query({ query: [] }),
      query({ query: { indices: [1, 2], values: [1] } }),
      query({ query: [[1.5, 2], [3, 4]] }),
      query({ query: { fusion: "rrf" } }),
      query({ prefetch: { query: vector(1) }, query: { formula: "$score" } }),
      query({ query: { order_by: "n" } }),
      query({ query: vector(1), filter: { must: [{ key: "a..b", match: { value: 1 } }] } }),
      ["PUT", "/collections/tried/index?wait=true", { field_name: "a..b", field_schema: "keyword" }],
      ["PUT", "/collections/tried/index?wait=true", { field_name: "n" }],
      ["PUT", "/collections/sparse", { vectors: {}, sparse_vectors: { s: {} } }],
      ["PUT", "/collections/many", { vectors: { size: 4, distance: "Dot", multivector_config: { comparator: "max_sim" } } }],
      ["POST", "/collections/tried/points/scroll", { order_by: "n" }],
      ["PATCH", "/collections/tried", {}],
    ];
    await withServer(
      async ({ url }) => {
        const { ok, send } = rest(url);
        await ok("PUT", "/collections/tried", settings);
        for (const request of refused) {
          const { status, text } = await send(...request);
          assert.ok(status >= 400 && status < 500, `${JSON.stringify(request)}: ${status} ${text}`);
        }
        // Odd, but possible.
        await send(...write([{ id: 3, vector: vector(3).fill(0) }]));
        await send("PUT", "/collections/tried/points?wait=true", `{"points":[{"id":4,"vector":[${"1e39,".repeat(31)}0]}]}`);
        await send(...query({ query: vector(1), limit: 10 ** 12 }));
        await send(...query({ query: vector(1), limit: 10, offset: Number.MAX_SAFE_INTEGER }));
        await ok(...write([{ id: 5, vector: vector(5) }]));
      },
      ["--storage", folder],
    );
    await withServer(
      async ({ url }) => {
        const { payload } = await rest(url).ok("GET", "/collections/tried/points/5");
        assert.deepEqual(payload, {});
        await rest(url).fails(404, /Point with id 1/, "GET", "/collections/tried/points/1");
      },
      ["--storage", folder],
    );
  }));

/** Something nested so many times. */
const nested = (times, open, close, innermost) => open.repeat(times) + innermost + close.repeat(times);
const HUGE = "18446744073709551615";
const v = JSON.stringify(vector(1));
const pointOf = (coordinates, payload = "{}") => `{"points":[{"id":1,"vector":${coordinates},"payload":${payload}}]}`;
const all = (coordinate) => `[${Array(32).fill(coordinate)}]`;

const oddBodies = ["", " ", "{", "[]", "null", "true", "7", "1e999", "NaN", '"\\ud800"', "\u0000", "{}{}", nested(100_000, "[", "]", "")];
const oddQueries = [
  `{"query":${v},"limit":${HUGE}}`,
  `{"query":${v},"limit":${HUGE},"offset":${HUGE}}`,
  `{"query":${v},"limit":${HUGE},"params":{"hnsw_ef":${HUGE},"quantization":{"oversampling":1e300}}}`,
  `{"query":${v},"params":{"hnsw_ef":0}}`,
  `{"query":${v},"params":{"exact":"yes"}}`,
  `{"query":${v},"limit":-1}`,
  `{"query":${v},"limit":1.5}`,
  `{"query":${v},"limit":1e30}`,
  `{"query":${v},"limit":"ten"}`,
  `{"query":${v},"score_threshold":1e39}`,
  `{"query":${v},"score_threshold":1e999}`,
  `{"query":${v},"using":7}`,
  `{"query":${v},"with_payload":[7]}`,
  `{"query":${all("1e38")}}`,
  `{"query":${all("1e-45")}}`,
  '{"query":[NaN]}',
  '{"query":[Infinity]}',
  '{"query":true}',
  '{"query":{}}',
  '{"query":{"nearest":null}}',
  `{"query":-1}`,
];
const oddFilters = [
  "7",
  "[]",
  '{"must":[[]]}',
  '{"must":[{"key":"","match":{"value":1}}]}',
  '{"must":[{"key":"n[[","match":{"value":1}}]}',
  `{"must":[{"key":"${"a.".repeat(100_000)}b","match":{"value":1}}]}`,
  `{"must":[{"key":"n","match":{"value":${HUGE}}}]}`,
  '{"must":[{"key":"n","match":{"value":1.5}}]}',
  '{"must":[{"key":"n","range":{"gte":1e308,"lt":-1e308}}]}',
  '{"must":[{"key":"n","range":{"gte":1e999}}]}',
  `{"must":[{"key":"n","values_count":{"gt":${HUGE}}}]}`,
  '{"must":[{"key":"n","geo_radius":{"center":{"lon":1000,"lat":0},"radius":1}}]}',
  '{"must":[{"key":"n","geo_polygon":{"exterior":{"points":[]}}}]}',
  `{"min_should":{"conditions":[],"min_count":${HUGE}}}`,
  '{"min_should":{"conditions":[],"min_count":0}}',
  '{"must":[{"has_id":[-1]}]}',
  nested(40, '{"must":[', "]}", '{"has_id":[1]}'),
  nested(60, '{"must":[', "]}", '{"has_id":[1]}'),
];
const oddWrites = [
  pointOf(all("1e39")),
  pointOf(all("-1e39")),
  pointOf(all("1e999")),
  pointOf(all("null")),
  pointOf(all("3e38")),
  pointOf(v, '{"a":1e999}'),
  pointOf(v, "7"),
  pointOf(v, '{"":1,"a.b":2,"[]":3,"🦀\\u0000":4}'),
  pointOf(v, `{"deep":${nested(95, "[", "]", "1")}}`),
  pointOf(v, `{"deep":${nested(123, "[", "]", "1")}}`),
  '{"points":7}',
  '{"points":[7]}',
  '{"points":[{}]}',
  '{"batch":7}',
  '{"batch":{"ids":[1]}}',
  '{"batch":{"ids":[1],"vectors":[["a"]]}}',
  `{"batch":{"ids":[1],"vectors":[${v}],"payloads":[7]}}`,
];
const oddPayloads = [
  '{"points":[1],"payload":7}',
  '{"points":[77],"payload":{"a":1}}',
  '{"points":[1],"payload":{"a":1},"key":"a[b"}',
  '{"points":[1],"payload":{"a":1},"key":"a[4000000000]"}',
  `{"points":[1],"payload":{"a":1},"key":"${"a.".repeat(20)}b"}`,
  `{"points":[1],"payload":{"a":1},"key":"${"a.".repeat(20_000)}b"}`,
  `{"points":[1],"payload":{"a":${nested(97, "[", "]", "1")}},"key":"${"a.".repeat(19)}b"}`,
];
const oddIndexes = [
  '{"field_name":"","field_schema":"keyword"}',
  '{"field_name":7,"field_schema":"keyword"}',
  '{"field_name":"t","field_schema":{"type":"text","tokenizer":"prefix","min_token_len":9e15,"max_token_len":1}}',
  '{"field_name":"i","field_schema":{"type":"integer","lookup":false,"range":false}}',
];
const named = (name) => `{"vectors":{"${name}":{"size":4,"distance":"Dot"}}}`;
const oddCollections = [
  '{"vectors":7}',
  '{"vectors":{"size":-1,"distance":"Dot"}}',
  `{"vectors":{"size":${HUGE},"distance":"Dot"}}`,
  named("../x"),
  named("x".repeat(300)),
  named("\\u0000"),
  '{"quantization_config":{}}',
  '{"quantization_config":{"product":{"compression":"x1024"}}}',
  `{"vectors":{${Array.from({ length: 300 }, (_, index) => `"v${index}":{"size":4,"distance":"Dot"}`)}}}`,
];
const oddPaths = [
  ["GET", "/nothing"],
  ["POST", "/"],
  ["PUT", "/collections"],
  ["DELETE", "/collections"],
  ["PATCH", "/collections/tried"],
  ["GET", "/collections/tried/points/query"],
  ["GET", "/collections/tried/nothing"],
  ["GET", "/collections/%ff"],
  ["GET", "/collections/%00"],
  ["PUT", "/collections/%00", named("v")],
  ["PUT", "/collections/a%2Fb", named("v")],
  ["GET", `/collections/${"x".repeat(5_000)}`],
  ["GET", "/collections/%F0%9F%A6%80"],
  ["GET", "/collections/tried/points/-1"],
  ["GET", "/collections/tried/points/%ff"],
  ["GET", `/collections/tried/points/${HUGE}`],
  ["PUT", "/collections/tried/points?wait=maybe", pointOf(v)],
  ["DELETE", "/collections/tried/index/a..b"],
  ["DELETE", "/collections/tried/index/%ff"],
];

/** Every request of the lists above. */
function* oddRequests() {
  const bodies = [
    ["POST", "points", oddBodies],
    ["POST", "points/query", [...oddBodies, ...oddQueries, ...oddFilters.map((filter) => `{"filter":${filter}}`)]],
    ["POST", "points/query/batch", [...oddBodies, ...oddQueries.map((query) => `{"searches":[${query}]}`)]],
    ["POST", "points/scroll", [...oddBodies, `{"limit":${HUGE}}`, '{"limit":-1}', '{"offset":-1}']],
    ["POST", "points/count", [...oddBodies, ...oddFilters.map((filter) => `{"filter":${filter}}`)]],
    ["POST", "points/delete?wait=true", [...oddBodies, '{"points":[]}', '{"points":[-1]}', '{"points":[1],"filter":{}}', '{"filter":7}']],
    ["PUT", "points?wait=true", [...oddBodies, ...oddWrites]],
    ["POST", "points/payload?wait=true", [...oddBodies, ...oddPayloads, ...oddFilters.map((filter) => `{"payload":{},"filter":${filter}}`)]],
    ["PUT", "index?wait=true", [...oddBodies, ...oddIndexes]],
  ];
  for (const [method, path, list] of bodies) {
    for (const body of list) {
      yield [method, `/collections/tried/${path}`, body];
    }
  }
  for (const [index, body] of [...oddBodies, ...oddCollections].entries()) {
    yield ["PUT", `/collections/odd${index}`, body];
  }
  yield* oddPaths;
}

test("an odd request is answered, or refused in Qdrant's words; the collection opens after all of them", () =>
  withFolder(async (folder) => {
    const server = await Server.start(["--storage", folder]);
    const { ok, send } = rest(server.url);
    await ok("PUT", "/collections/tried", settings);
    await ok("PUT", "/collections/tried/points?wait=true", { points: [1, 2, 3].map((id) => ({ id, vector: vector(id), payload: { n: id } })) });
    for (const request of oddRequests()) {
      const { status, json, text } = await send(...request);
      const said = `${request.join(" ").slice(0, 200)}: ${status} ${text.slice(0, 200)}`;
      assert.ok(status < 500, said);
      if (status !== 200) {
        assert.equal(typeof json?.status?.error, "string", said);
        assert.ok(json.status.error.length > 0 && typeof json.time === "number", said);
      }
    }
    const read = async (url) => (await rest(url).ok("POST", "/collections/tried/points/scroll", { with_vector: true })).points;
    const written = await read(server.url);
    assert.equal(written.length, 3);
    await server.stop("SIGKILL");
    await withServer(async ({ url }) => assert.deepEqual(await read(url), written), ["--storage", folder]);
  }));

test("coordinates beyond 32 bits are neither written nor looked for", () =>
  withServer(({ url }) =>
    withCollection(rest(url), settings, async (path) => {
      const { ok, fails } = rest(url);
      for (const coordinate of ["1e39", "-1e39"]) {
        await fails(422, /Validation error in JSON body: \[vector: /, "PUT", `${path}/points?wait=true`, pointOf(all(coordinate)));
        await fails(422, /Validation error in JSON body: \[query: /, "POST", `${path}/points/query`, `{"query":${all(coordinate)}}`);
      }
      await fails(400, /Format error in JSON body/, "PUT", `${path}/points?wait=true`, pointOf(all("1e999")));
      assert.deepEqual(await ok("POST", `${path}/points/count`, {}), { count: 0 });
    }),
  ));

test("settings that the engine would allocate by have maxima", () =>
  withServer(async ({ url }) => {
    const { ok, fails } = rest(url);
    const vectors = { size: 4, distance: "Dot" };
    for (const [setting, value] of [["m", 513], ["m", 1e15], ["payload_m", 513], ["payload_m", 1e12], ["ef_construct", 4_097], ["ef_construct", 1e15]]) {
      const refused = new RegExp(`hnsw_config.${setting}: value ${value} invalid, must be from`);
      const hnsw_config = { [setting]: value };
      await fails(422, refused, "PUT", "/collections/large", { vectors, hnsw_config });
      await fails(422, refused, "PUT", "/collections/large", { vectors: { ...vectors, hnsw_config } });
      await fails(422, refused, "PUT", "/collections/large", { vectors: { named: { ...vectors, hnsw_config } } });
    }
    await ok("PUT", "/collections/large", { vectors, hnsw_config: { m: 512, payload_m: 512, ef_construct: 4_096 } });
  }));
