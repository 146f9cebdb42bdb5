// The embedded engine's folder: what survives in it, whose it is, what goes from it.

import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { rest } from "./support/rest.js";
import { Server, withFolder, withServer } from "./support/server.js";
import { settings, vector } from "./support/vectors.js";

/** Waits until something holds. */
async function until(holds, sentence) {
  for (let tries = 0; !(await holds()); tries += 1) {
    assert.ok(tries < 600, sentence);
    await sleep(100);
  }
}

/** The folders of collections in a storage folder, by their collections' names. */
function collectionsIn(folder) {
  const described = readdirSync(folder).filter((name) => existsSync(join(folder, name, "collection.json")));
  return new Map(
    described.map((name) => {
      const path = join(folder, name);
      return [JSON.parse(readFileSync(join(path, "collection.json"), "utf8")).name, path];
    }),
  );
}

/** What is in a storage folder beside its lock. */
const contents = (folder) => readdirSync(folder).filter((name) => name !== "vecseal-server.lock");

/** Starts a server on a folder, hands its requests over, and ends it. */
const onFolder = (folder, use) => withServer((server) => use(rest(server.url), server), ["--storage", folder]);

const points = (first, count) => Array.from({ length: count }, (_, index) => ({ id: first + index, vector: vector(first + index) }));

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

test("with a folder it keeps what it has", () =>
  withFolder(async (folder) => {
    await onFolder(folder, ({ ok }) => ok("PUT", "/collections/kept", settings));
    await onFolder(folder, async ({ ok }) => assert.ok((await ok("GET", "/collections/kept/exists")).exists));
  }));

for (const signal of ["SIGINT", "SIGTERM"]) {
  test(`without a folder nothing is left, though ${signal} comes while it builds indexes`, async () => {
    const server = await Server.start();
    const { ok } = rest(server.url);
    assert.equal(readdirSync(server.temporary).length, 1);
    await ok("PUT", "/collections/gone", settings);
    await ok("PUT", "/collections/gone/points?wait=true", { points: points(0, 5_000) });
    await until(async () => (await ok("GET", "/collections/gone")).segments_count > 1, "no index was begun");
    // Also looks whether anything is left.
    await server.stop(signal);
    assert.equal(server.child.exitCode, 0);
  });
}

test("a folder has one server at a time", () =>
  withFolder((folder) =>
    onFolder(folder, async ({ ok }) => {
      await ok("PUT", "/collections/kept", settings);
      const another = Server.start(["--storage", folder]);
      await assert.rejects(another, /another server uses the folder .*: end that one, or name another folder with --storage/);
      await ok("PUT", "/collections/kept/points?wait=true", { points: points(0, 1) });
    }),
  ));

test("a deleted collection leaves the disk", () =>
  withFolder((folder) =>
    onFolder(folder, async ({ ok }) => {
      await ok("PUT", "/collections/gone", settings);
      assert.equal(contents(folder).length, 1);
      assert.equal(await ok("DELETE", "/collections/gone"), true);
      await until(() => contents(folder).length === 0, "the folder is still there");
    }),
  ));

test("writes beside a deletion are done or refused, and bring nothing back", () =>
  withFolder((folder) =>
    onFolder(folder, async ({ ok, send }) => {
      await ok("PUT", "/collections/gone", settings);
      const writes = Array.from({ length: 40 }, (_, index) =>
        send("PUT", "/collections/gone/points?wait=true", { points: points(index * 50, 50) }),
      );
      const deleted = send("DELETE", "/collections/gone");
      for (const { status } of await Promise.all(writes)) {
        assert.ok([200, 404].includes(status), String(status));
      }
      assert.equal((await deleted).json.result, true);
      await until(() => contents(folder).length === 0, "the folder is still there");
    }),
  ));

test("of many that create a collection at once one does", () =>
  withFolder((folder) =>
    onFolder(folder, async ({ send }) => {
      const made = await Promise.all(Array.from({ length: 10 }, () => send("PUT", "/collections/one", settings)));
      assert.deepEqual(made.map(({ status }) => status).sort(), [200, ...Array(9).fill(409)]);
      assert.equal(contents(folder).length, 1);
    }),
  ));

test("a collection that cannot be made leaves nothing", () =>
  withFolder((folder) =>
    onFolder(folder, async ({ ok, send }) => {
      const { status } = await send("PUT", "/collections/bad", { vectors: { "../x": { size: 4, distance: "Dot" } } });
      assert.equal(status, 400);
      assert.deepEqual(contents(folder), []);
      await ok("PUT", "/collections/bad", settings);
    }),
  ));

test("a collection that does not open is left out, its name stays its own, and the others serve", () =>
  withFolder(async (folder) => {
    await onFolder(folder, async ({ ok }) => {
      await ok("PUT", "/collections/broken", settings);
      await ok("PUT", "/collections/whole", settings);
    });
    const broken = collectionsIn(folder).get("broken");
    rmSync(join(broken, "segments"), { recursive: true, force: true });
    writeFileSync(join(broken, "edge_config.json"), "{");
    await onFolder(folder, async ({ ok, fails }, server) => {
      assert.deepEqual(await ok("GET", "/collections"), { collections: [{ name: "whole" }] });
      assert.match(server.errors.join(""), /collection broken is left out/);
      await fails(404, /left out since it did not open/, "GET", "/collections/broken");
      await fails(409, /left out since it did not open/, "PUT", "/collections/broken", settings);
      assert.equal(await ok("DELETE", "/collections/broken"), false);
      assert.ok(existsSync(join(broken, "collection.json")));
    });
  }));

test("of two folders that say to be one collection neither is opened", () =>
  withFolder(async (folder) => {
    await onFolder(folder, ({ ok }) => ok("PUT", "/collections/twice", settings));
    const copy = join(folder, "copy");
    cpSync(collectionsIn(folder).get("twice"), copy, { recursive: true });
    await onFolder(folder, async ({ ok, fails }, server) => {
      assert.deepEqual(await ok("GET", "/collections"), { collections: [] });
      assert.match(server.errors.join(""), /collection twice is left out: several folders .*: move all but one away/);
      await fails(409, /left out/, "PUT", "/collections/twice", settings);
    });
    rmSync(copy, { recursive: true });
    await onFolder(folder, async ({ ok }) => assert.ok((await ok("GET", "/collections/twice/exists")).exists));
  }));

test("what was half made or half deleted goes at the next start, and nothing else", () =>
  withFolder(async (folder) => {
    await onFolder(folder, async ({ ok }) => {
      await ok("PUT", "/collections/kept", settings);
      await ok("PUT", "/collections/half", settings);
    });
    const [half, kept] = ["half", "kept"].map((name) => collectionsIn(folder).get(name));
    rmSync(join(half, "collection.json"));
    mkdirSync(join(kept, "temp_segments"));
    const unreadable = "5b1d0f2e-0f1e-4a53-9d0e-3f3f7d1f8a01";
    const others = ["notes", "5b1d0f2e-0f1e-4a53-9d0e-3f3f7d1f8a02"];
    [unreadable, ...others].forEach((name) => mkdirSync(join(folder, name)));
    writeFileSync(join(folder, unreadable, "collection.json"), "{");
    others.forEach((name) => writeFileSync(join(folder, name, "letter.txt"), "not of a collection"));
    await onFolder(folder, async ({ ok }, server) => {
      assert.deepEqual(await ok("GET", "/collections"), { collections: [{ name: "kept" }] });
      assert.match(server.errors.join(""), /8a01 is left out: collection.json is unreadable/);
    });
    assert.ok(!existsSync(half));
    assert.ok(!existsSync(join(kept, "temp_segments")));
    assert.deepEqual(others.filter((name) => existsSync(join(folder, name, "letter.txt"))), others);
  }));

test("an optimisation that fails is said, tried again, and keeps no other collection waiting", () =>
  withFolder((folder) =>
    onFolder(folder, async ({ ok }, server) => {
      const fill = async (name) => {
        await ok("PUT", `/collections/${name}`, settings);
        return () => ok("PUT", `/collections/${name}/points?wait=true`, { points: points(0, 2_000) });
      };
      const info = (name) => ok("GET", `/collections/${name}`);
      const isIndexed = async (name) => {
        const { status, indexed_vectors_count } = await info(name);
        return status === "green" && indexed_vectors_count > 0;
      };
      const fillBad = await fill("bad");
      const fillGood = await fill("good");
      // Where the engine builds segments there is a file instead of a folder.
      const inTheWay = join(collectionsIn(folder).get("bad"), "temp_segments");
      writeFileSync(inTheWay, "");
      await fillBad();
      await until(async () => (await info("bad")).status === "red", "the failure shows nowhere");
      assert.equal(typeof (await info("bad")).optimizer_status.error, "string");
      assert.match(server.errors.join(""), /optimizing bad: /);
      await fillGood();
      await until(() => isIndexed("good"), "another collection gets no index");
      assert.equal((await ok("POST", "/collections/bad/points/count", { exact: true })).count, 2_000);
      rmSync(inTheWay);
      await until(() => isIndexed("bad"), "it was not tried again");
    }),
  ));
