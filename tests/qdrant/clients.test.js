// Qdrant's official clients on the embedded engine: what they send on connecting, and the calls of a small program.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { QdrantClient } from "@qdrant/js-client-rest";

import { unusedName } from "./support/rest.js";
import { withQdrant } from "./support/server.js";

const ids = (points) => points.map(({ id }) => id);

/** Fails on any warning, as of versions that do not fit. */
async function withoutWarnings(use) {
  const warnings = [];
  const warn = console.warn;
  console.warn = (...words) => warnings.push(words.join(" "));
  try {
    await use();
  } finally {
    console.warn = warn;
  }
  assert.deepEqual(warnings, []);
}

test("the JavaScript client", () =>
  withQdrant((url) =>
    withoutWarnings(async () => {
      const client = new QdrantClient({ url });
      const name = unusedName();
      assert.match((await client.versionInfo()).version, /^1\./);
      assert.deepEqual(await client.collectionExists(name), { exists: false });
      await client.createCollection(name, { vectors: { size: 4, distance: "Cosine" } });
      try {
        await client.createPayloadIndex(name, {
          field_name: "vecseal.cid",
          field_schema: { type: "keyword", is_tenant: true },
          wait: true,
        });
        const points = [1, 2, 3, 4, 5].map((id) => ({
          id,
          vector: [id, 1, 0, 0],
          payload: { vecseal: { cid: id % 2 ? "odd" : "even" }, id },
        }));
        assert.equal((await client.upsert(name, { wait: true, points })).status, "completed");
        const filter = { must: [{ key: "vecseal.cid", match: { value: "odd" } }] };
        const found = await client.query(name, { query: [5, 1, 0, 0], filter, limit: 2, with_payload: true, params: { hnsw_ef: 128 } });
        assert.deepEqual(ids(found.points), [5, 3]);
        assert.equal(found.points[0].payload.id, 5);
        const batch = await client.queryBatch(name, { searches: [{ query: [1, 1, 0, 0], limit: 1 }, { query: 4, limit: 1 }] });
        assert.deepEqual(batch.map(({ points: [best] }) => best.id), [1, 5]);
        const first = await client.scroll(name, { limit: 3, with_payload: false });
        const rest = await client.scroll(name, { limit: 3, offset: first.next_page_offset });
        assert.deepEqual(ids([...first.points, ...rest.points]), [1, 2, 3, 4, 5]);
        assert.deepEqual(ids(await client.retrieve(name, { ids: [2, 77] })), [2]);
        await client.setPayload(name, { points: [2], payload: { more: true }, wait: true });
        await client.delete(name, { wait: true, filter });
        await client.delete(name, { wait: true, points: [4] });
        assert.equal((await client.count(name, { exact: true })).count, 1);
        assert.ok((await client.getCollections()).collections.some((collection) => collection.name === name));
        assert.equal((await client.getCollection(name)).config.params.vectors.size, 4);
        await assert.rejects(client.getCollection(`${name} not`), { status: 404 });
      } finally {
        assert.equal(await client.deleteCollection(name), true);
      }
    }),
  ));

test("the Python client", async () => {
  const python = process.env.VECSEAL_PYTHON;
  assert.ok(python, "VECSEAL_PYTHON is not set: run these tests by `cargo xtask test`");
  const script = fileURLToPath(new URL("support/client.py", import.meta.url));
  await withQdrant(async (url) => {
    const { stdout } = await promisify(execFile)(python, ["-W", "error", script, url, unusedName()]);
    assert.equal(stdout.trim(), "done");
  });
});
