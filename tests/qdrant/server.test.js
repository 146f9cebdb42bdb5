// The embedded engine beyond Qdrant's API: what it survives, what it keeps, whom it lets in.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { rest, statusOfPath, withCollection } from "./support/rest.js";
import { Server, withServer } from "./support/server.js";

const settings = { vectors: { size: 32, distance: "Cosine" }, optimizers_config: { indexing_threshold: 50 } };
const vector = (seed) => Array.from({ length: 32 }, (_, index) => Math.sin(seed * 12.9898 + index * 78.233));

/** Hands over an empty folder, and removes it. */
async function withFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), "vecseal-test-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("killed while it writes and builds indexes, it loses nothing that it acknowledged", () =>
  withFolder(async (folder) => {
    const acknowledged = new Set();
    for (let round = 0; round < 4; round += 1) {
      const server = await Server.start(["--storage", folder]);
      const { ok, send } = rest(server.url);
      if (round === 0) {
        await ok("PUT", "/collections/kept", settings);
        await ok("PUT", "/collections/kept/index?wait=true", { field_name: "n", field_schema: "integer" });
      }
      const killed = sleep(300 + round * 350).then(() => server.stop("SIGKILL"));
      for (let batch = 0; batch < 1_000 && server.child.signalCode === null; batch += 1) {
        const first = round * 1_000_000 + batch * 50;
        const points = Array.from({ length: 50 }, (_, index) => ({ id: first + index, vector: vector(first + index), payload: { n: first + index } }));
        try {
          const { status } = await send("PUT", "/collections/kept/points?wait=true", { points });
          if (status === 200) {
            points.forEach(({ id }) => acknowledged.add(id));
          }
        } catch {
          break; // The connection ended with the server.
        }
      }
      await killed;
    }
    assert.ok(acknowledged.size > 200, "nothing was written before the kills");
    await withServer(
      async ({ url }) => {
        const { ok } = rest(url);
        const kept = new Set();
        let offset;
        do {
          const page = await ok("POST", "/collections/kept/points/scroll", { limit: 5_000, offset, with_payload: ["n"] });
          page.points.filter(({ id, payload }) => payload.n === id).forEach(({ id }) => kept.add(id));
          offset = page.next_page_offset;
        } while (offset !== null);
        const lost = [...acknowledged].filter((id) => !kept.has(id));
        assert.deepEqual(lost, []);
        const filter = { must: [{ key: "n", range: { gte: 0 } }] };
        assert.equal((await ok("POST", "/collections/kept/points/count", { filter, exact: true })).count, kept.size);
      },
      ["--storage", folder],
    );
  }));

test("with a folder it keeps what it has, without one nothing", async () => {
  await withFolder(async (folder) => {
    await withServer(({ url }) => rest(url).ok("PUT", "/collections/kept", settings), ["--storage", folder]);
    await withServer(
      async ({ url }) => assert.ok((await rest(url).ok("GET", "/collections/kept/exists")).exists),
      ["--storage", folder],
    );
  });
  const folders = () => new Set(readdirSync(tmpdir()).filter((name) => name.startsWith("vecseal-")));
  const before = folders();
  await withServer(async ({ url }) => {
    await rest(url).ok("PUT", "/collections/gone", settings);
    assert.equal([...folders()].filter((name) => !before.has(name)).length, 1);
  });
  assert.deepEqual([...folders()].filter((name) => !before.has(name)), []);
});

test("a deleted collection leaves the disk", () =>
  withFolder((folder) =>
    withServer(
      async ({ url }) => {
        await rest(url).ok("PUT", "/collections/gone", settings);
        assert.equal(readdirSync(folder).length, 1);
        await rest(url).ok("DELETE", "/collections/gone");
        for (let tries = 0; readdirSync(folder).length > 0; tries += 1) {
          assert.ok(tries < 100);
          await sleep(50);
        }
      },
      ["--storage", folder],
    ),
  ));

test("a collection that does not open is left out, and the others serve", () =>
  withFolder(async (folder) => {
    await withServer(
      async ({ url }) => {
        await rest(url).ok("PUT", "/collections/broken", settings);
        await rest(url).ok("PUT", "/collections/whole", settings);
      },
      ["--storage", folder],
    );
    for (const name of readdirSync(folder)) {
      const files = readdirSync(join(folder, name), { recursive: true });
      const description = join(folder, name, "collection.json");
      if (files.length > 0 && existsSync(description) && !whole(description)) {
        rmSync(join(folder, name, "segments"), { recursive: true, force: true });
        writeFileSync(join(folder, name, "edge_config.json"), "{");
      }
    }
    await withServer(
      async (server) => {
        const { collections } = await rest(server.url).ok("GET", "/collections");
        assert.deepEqual(collections, [{ name: "whole" }]);
        assert.match(server.errors.join(""), /collection broken is left out/);
      },
      ["--storage", folder],
    );
  }));

const whole = (description) => readFileSync(description, "utf8").includes('"whole"');

test("200 clients at once get their answers", () =>
  withServer(({ url }) =>
    withCollection(rest(url), settings, async (path) => {
      const { ok } = rest(url);
      await Promise.all(
        Array.from({ length: 200 }, async (_, client) => {
          const points = [0, 1, 2].map((index) => ({ id: client * 10 + index, vector: vector(client * 10 + index) }));
          await ok("PUT", `${path}/points?wait=true`, { points });
          const { points: found } = await ok("POST", `${path}/points/query`, { query: vector(client * 10), limit: 1 });
          assert.equal(found.length, 1);
          assert.equal((await ok("POST", `${path}/points`, { ids: points.map(({ id }) => id) })).length, 3);
        }),
      );
      assert.deepEqual(await ok("POST", `${path}/points/count`, { exact: true }), { count: 600 });
    }),
  ));

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

test("connections that send half a request stop neither it nor its end", () =>
  withServer(async (server) => {
    const { url } = server;
    const { port } = new URL(url);
    const halves = Array.from({ length: 50 }, () => {
      const socket = createConnection(Number(port), "127.0.0.1");
      socket.on("error", () => {});
      socket.write("PUT /collections/x HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{");
      return socket;
    });
    assert.equal((await rest(url).send("GET", "/healthz")).status, 200);
    await server.stop();
    assert.equal(server.child.exitCode, 0);
    halves.forEach((socket) => socket.destroy());
  }));

const keys = { QDRANT__SERVICE__API_KEY: "owner", QDRANT__SERVICE__READ_ONLY_API_KEY: "reader" };

/** Whether a request with these headers is let through, or the status that it is refused with. */
async function statusOf(url, headers, method, path, body) {
  const { status, text } = await rest(url, headers).send(method, path, body);
  return status === 200 ? "allowed" : `${status} ${text.includes('"error"') ? JSON.parse(text).status.error : text}`;
}

test("with an API key set, nobody without one gets further than the version", () =>
  withServer(
    async ({ url }) => {
      const ask = (headers, method = "GET", path = "/collections", body) => statusOf(url, headers, method, path, body);
      for (const path of ["/", "/healthz", "/livez", "/readyz"]) {
        assert.equal((await rest(url, {}).send("GET", path)).status, 200);
      }
      assert.match(await ask({}), /^401 Must provide an API key/);
      assert.match(await ask({ "api-key": "wrong" }), /^401 Invalid API key or JWT/);
      assert.match(await ask({ "api-key": "" }), /^401/);
      assert.equal(await ask({ "api-key": "owner" }), "allowed");
      assert.equal(await ask({ authorization: "Bearer owner" }), "allowed");
      assert.equal(await ask({ "api-key": "reader" }), "allowed");
      assert.match(await ask({ "api-key": "reader" }, "PUT", "/collections/x", settings), /^403 Forbidden: Global manage access/);
      assert.equal(await ask({ "api-key": "owner" }, "PUT", "/collections/x", settings), "allowed");
      assert.match(await ask({ "api-key": "reader" }, "PUT", "/collections/x/points", { points: [] }), /^403/);
      assert.equal(await ask({ "api-key": "reader" }, "POST", "/collections/x/points/query/", { query: vector(1) }), "allowed");
      for (const path of ["//collections", "/./collections", "/collections/", "/collections/%78", "/x/../collections"]) {
        assert.ok([401, 404].includes(await statusOfPath(url, path)), path);
      }
    },
    [],
    keys,
  ));

const base64url = (value) => Buffer.from(value).toString("base64url");

/** A token as Qdrant's documentation has it. */
function token(claims, { key = "owner", algorithm = "HS256" } = {}) {
  const signed = `${base64url(JSON.stringify({ alg: algorithm, typ: "JWT" }))}.${base64url(JSON.stringify(claims))}`;
  return `${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
}

test("tokens grant what they say, to whom they say, for as long as they say", () =>
  withServer(
    async ({ url }) => {
      const owner = rest(url, { "api-key": "owner" });
      for (const name of ["a", "b", "people"]) {
        await owner.ok("PUT", `/collections/${name}`, settings);
      }
      const point = { points: [{ id: 1, vector: vector(1), payload: { user: "eve" } }] };
      await owner.ok("PUT", "/collections/people/points?wait=true", point);
      const requests = {
        list: ["GET", "/collections"],
        read: ["POST", "/collections/a/points/scroll", {}],
        write: ["PUT", "/collections/a/points?wait=true", point],
        index: ["PUT", "/collections/a/index?wait=true", { field_name: "n", field_schema: "integer" }],
        other: ["POST", "/collections/b/points/scroll", {}],
        make: ["PUT", "/collections/c", settings],
        drop: ["DELETE", "/collections/a"],
      };
      const allowed = async (claims, options) => {
        const answers = [];
        for (const [name, request] of Object.entries(requests)) {
          if ((await statusOf(url, { authorization: `Bearer ${token(claims, options)}` }, ...request)) === "allowed") {
            answers.push(name);
          }
        }
        return answers.join(" ");
      };
      const only = (access) => ({ access: [{ collection: "a", access }] });
      assert.equal(await allowed(only("r")), "list read");
      assert.equal(await allowed(only("prw")), "list read write");
      assert.equal(await allowed(only("rw")), "list read write index");
      assert.equal(await allowed({ access: "r" }), "list read other");
      const now = Math.floor(Date.now() / 1_000);
      assert.equal(await allowed({ ...only("r"), exp: now + 60 }), "list read");
      assert.equal(await allowed({ ...only("r"), exp: now - 60 }), "");
      assert.equal(await allowed(only("r"), { key: "somebody else's" }), "");
      assert.equal(await allowed(only("r"), { algorithm: "none" }), "");
      assert.equal(await allowed({ access: [{ collection: "a", access: "r", payload: { user: "eve" } }] }), "");
      assert.equal(await allowed({ access: "nonsense" }), "");
      const asLongAs = { value_exists: { collection: "people", matches: [{ key: "user", value: "eve" }] } };
      assert.equal(await allowed({ ...only("r"), ...asLongAs }), "list read");
      await owner.ok("POST", "/collections/people/points/delete?wait=true", { points: [1] });
      assert.equal(await allowed({ ...only("r"), ...asLongAs }), "");
      const missing = { value_exists: { collection: "nobody", matches: [] } };
      assert.equal(await allowed({ ...only("r"), ...missing }), "");
      const { collections } = await rest(url, { authorization: `Bearer ${token(only("r"))}` }).ok("GET", "/collections");
      assert.deepEqual(collections, [{ name: "a" }]);
      const expired = await statusOf(url, { "api-key": token({ ...only("r"), exp: now - 60 }) }, ...requests.read);
      assert.equal(expired, "403 ExpiredSignature");
      assert.equal(await allowed({ access: "m" }), "list read write index other make drop");
    },
    ["--jwt-rbac"],
    keys,
  ));

test("without the setting, a token is no key", () =>
  withServer(
    async ({ url }) => {
      const headers = { authorization: `Bearer ${token({ access: "m" })}` };
      assert.match(await statusOf(url, headers, "GET", "/collections"), /^401 Invalid API key or JWT/);
    },
    [],
    keys,
  ));

test("browsers get the pages, programs the version, and nobody what is beside the pages", () =>
  withFolder(async (folder) => {
    const pages = join(folder, "pages");
    mkdirSync(pages);
    writeFileSync(join(folder, "secret.txt"), "secret");
    writeFileSync(join(pages, "index.html"), "<!doctype html><title>Pages</title>");
    writeFileSync(join(pages, "page.js"), "export {};");
    await withServer(
      async ({ url }) => {
        const { send } = rest(url, {});
        const page = await send("GET", "/", undefined, { accept: "text/html,application/xhtml+xml,*/*;q=0.8" });
        assert.match(page.text, /Pages/);
        assert.match(page.headers.get("content-type"), /text\/html/);
        assert.match((await send("GET", "/", undefined, { accept: "application/json" })).json.title, /qdrant/);
        assert.match((await send("GET", "/")).json.version, /^1\./);
        assert.match((await send("GET", "/page.js")).headers.get("content-type"), /javascript/);
        for (const path of ["/../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "//secret.txt", "/nothing.js"]) {
          assert.equal(await statusOfPath(url, path), 404, path);
        }
        assert.equal((await send("GET", "/collections", undefined, { "api-key": "owner" })).status, 200);
        assert.equal((await send("GET", "/collections")).status, 401);
      },
      ["--web", pages],
      keys,
    );
  }));

test("it listens on this machine only, and says what to do when it cannot", async () => {
  await withServer(async (server) => {
    assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+$/);
    const { port } = new URL(server.url);
    await assert.rejects(Server.start(["--port", port]), /cannot listen on .*: choose another with --port/s);
  });
  await assert.rejects(Server.start(["--storage", "/dev/null/x"]), /cannot use the folder/);
  await assert.rejects(Server.start(["--nonsense"]), /unexpected argument/);
});
