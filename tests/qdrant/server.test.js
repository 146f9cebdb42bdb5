// The embedded engine beyond Qdrant's API: whom it lets in, how many at once, and what else it serves.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { rest, statusOfPath, withCollection } from "./support/rest.js";
import { Server, withFolder, withServer } from "./support/server.js";
import { settings, vector } from "./support/vectors.js";

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

/** A connection that sends this, and no more. */
function connection(url, ...texts) {
  const { hostname, port } = new URL(url);
  const socket = createConnection(Number(port), hostname);
  socket.on("error", () => {});
  texts.forEach((text) => socket.write(text));
  return socket;
}

/** Half of a request that says that it has a body of so many bytes, and sends so much of it. */
const begin = (url, length, beginning = "{") =>
  connection(url, `PUT /collections/x HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n\r\n`, beginning);

test("connections that send half a request stop neither it nor its end", () =>
  withServer(async (server) => {
    const { url } = server;
    const halves = Array.from({ length: 50 }, () => begin(url, 100));
    assert.equal((await rest(url).send("GET", "/healthz")).status, 200);
    await server.stop();
    assert.equal(server.child.exitCode, 0);
    halves.forEach((socket) => socket.destroy());
  }));

test("connections that say nothing end, and those that waited for a place get their answers", () =>
  withServer(
    async ({ url }) => {
      const get = "GET /healthz HTTP/1.1\r\nhost: x\r\n";
      const silent = [connection(url), connection(url, get), connection(url, `${get}\r\n`), begin(url, 100)];
      const said = silent.map(async (socket) => {
        let text = "";
        for await (const part of socket.setEncoding("utf8")) {
          text += part;
        }
        return text.split("\r\n")[0];
      });
      const more = Array.from({ length: 120 }, () => connection(url));
      assert.equal((await rest(url).send("GET", "/healthz")).status, 200);
      assert.deepEqual(await Promise.all(said), ["", "", "HTTP/1.1 200 OK", "HTTP/1.1 408 Request Timeout"]);
      more.forEach((socket) => socket.destroy());
    },
    [],
    {},
    { files: 80 },
  ));

/** Holds all room for large bodies: with two of them that arrive but for their ends. */
async function withoutRoom(url, use) {
  const held = [0, 1].map(() => begin(url, 32 << 20, "x".repeat((32 << 20) - 10_000)));
  // What says nothing for long is given up.
  const alive = setInterval(() => held.forEach((socket) => socket.write("x")), 500);
  try {
    await use();
  } finally {
    clearInterval(alive);
    held.forEach((socket) => socket.destroy());
  }
}

test("large bodies wait for each other, small ones for none", () =>
  withServer(({ url }) =>
    withCollection(rest(url), settings, async (path) => {
      const { ok, send } = rest(url);
      const fetchWith = (bytes) => send("POST", `${path}/points`, { ids: [], beside: "x".repeat(bytes) });
      const isPending = (answer) => Promise.race([answer.then(() => false), sleep(2_000, true)]);
      let waiting;
      await withoutRoom(url, async () => {
        const end = Date.now() + 20_000;
        while (waiting === undefined) {
          assert.ok(Date.now() < end, "nothing waits");
          const answer = fetchWith(100 << 10);
          waiting = (await isPending(answer)) ? { answer } : undefined;
        }
        for (let small = 0; small < 20; small += 1) {
          assert.deepEqual(await ok("POST", `${path}/points/count`, {}), { count: 0 });
        }
        assert.ok(await isPending(waiting.answer), "it waits for something else");
      });
      assert.equal((await waiting.answer).status, 200);
      const answers = await Promise.all(Array.from({ length: 6 }, () => fetchWith(30 << 20)));
      assert.deepEqual(answers.map(({ status }) => status), Array(6).fill(200));
    }),
  ));

test("what is announced holds no room, and what is too large is told so", () =>
  withServer(({ url }) =>
    withCollection(rest(url), settings, async (path) => {
      const held = Array.from({ length: 10 }, () => begin(url, 32 << 20));
      const body = (bytes) => ({ ids: [], beside: "x".repeat(bytes) });
      await rest(url).ok("POST", `${path}/points`, body(30 << 20));
      await rest(url).fails(400, /^JSON payload is larger than allowed/, "POST", `${path}/points`, body(40 << 20));
      held.forEach((socket) => socket.destroy());
    }),
  ));

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
        assert.equal((await send("POST", "/nothing", {})).status, 404);
        assert.equal((await send("GET", "/collections", undefined, { "api-key": "owner" })).status, 200);
        assert.equal((await send("GET", "/collections")).status, 401);
      },
      ["--web", pages],
      keys,
    );
  }));

test("pages say what they are, are never old, and are in no frame; the API says nothing of it", () =>
  withFolder(async (pages) => {
    const kinds = {
      "index.html": "text/html",
      "page.js": "text/javascript",
      "page.css": "text/css",
      "page_bg.wasm": "application/wasm",
      "icon.svg": "image/svg+xml",
      "model.bin": "application/octet-stream",
    };
    for (const name of Object.keys(kinds)) {
      writeFileSync(join(pages, name), "content");
    }
    const said = ["cache-control", "content-security-policy", "x-content-type-options", "referrer-policy"];
    const sayings = ({ headers }) => said.map((name) => headers.get(name));
    const wanted = ["no-cache", "frame-ancestors 'none'", "nosniff", "no-referrer"];
    await withServer(
      async ({ url }) => {
        for (const [name, kind] of Object.entries(kinds)) {
          const page = await fetch(`${url}/${name}`);
          assert.deepEqual([page.status, page.headers.get("content-type").split(";")[0]], [200, kind]);
          assert.deepEqual(sayings(page), wanted, name);
          const head = await fetch(`${url}/${name}`, { method: "HEAD" });
          assert.deepEqual([head.status, head.headers.get("content-length"), await head.text()], [200, "7", ""]);
          const same = await fetch(`${url}/${name}`, { headers: { "if-modified-since": page.headers.get("last-modified") } });
          assert.deepEqual([same.status, sayings(same)], [304, wanted]);
        }
        assert.deepEqual(sayings(await fetch(url, { headers: { accept: "text/html" } })), wanted);
        for (const path of ["/", "/collections", "/collections/none", "/none.js"]) {
          assert.deepEqual(sayings(await fetch(url + path)), [null, null, null, null], path);
        }
      },
      ["--web", pages],
    );
  }));

test("a folder among the pages is at its name and a slash, wherever the page is asked from", () =>
  withFolder(async (pages) => {
    mkdirSync(join(pages, "sub"));
    writeFileSync(join(pages, "sub", "index.html"), "<!doctype html><title>Sub</title>");
    await withServer(
      async ({ url }) => {
        const without = await fetch(`${url}/sub?a=b`, { redirect: "manual" });
        assert.equal(without.status, 307);
        assert.equal(without.headers.get("location"), "/sub/?a=b");
        const page = await fetch(`${url}/sub/`);
        assert.deepEqual([page.status, page.redirected], [200, false]);
        assert.match(await page.text(), /Sub/);
        assert.equal(await statusOfPath(url, "//sub"), 404);
        // The API's paths are the same with a slash and without.
        for (const path of ["/collections", "/collections/", "/collections///", "/healthz/", "/collections/?x=y"]) {
          assert.equal((await rest(url).send("GET", path)).status, 200, path);
        }
      },
      ["--web", pages],
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
