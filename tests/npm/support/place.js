// What encrypted collections are tested with: who there is, what there is, and a Qdrant.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";

import { QdrantClient } from "@qdrant/js-client-rest";

import { withQdrant } from "../../qdrant/support/server.js";
import { vecseal } from "./vecseal.js";

const { AccessStructure, Authority, EncryptedCollection } = vecseal;

export const structure = new AccessStructure({ departments: ["finance", "hr", "legal"], roles: ["analyst", "manager"] });
export const DIMENSION = 32;
export const search = { dimension: DIMENSION, metric: "cosine", preset: "balanced" };
export const hr = { departments: ["hr"] };

/** A vector that is always the same for a number. */
export const vectorOf = (number) => Float32Array.from({ length: DIMENSION }, (_, index) => Math.sin(number * 12.9898 + index * 78.233 + number * index));

export const cosine = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0) / Math.hypot(...a) / Math.hypot(...b);

/** The ids of the nearest of these numbers' vectors. */
export const nearest = (query, numbers) => [...numbers].sort((a, b) => cosine(query, vectorOf(b)) - cosine(query, vectorOf(a)) || a - b);

export const range = (from, to) => Array.from({ length: to - from }, (_, index) => from + index);
export const documents = (from, to) => range(from, to).map((id) => ({ id, vector: vectorOf(id), content: `document ${id}` }));
export const ids = (points) => points.map(({ id }) => id);

/** Hands over a collection's options on a Qdrant, with an authority that nobody else has. */
export const withPlace = (use) =>
  withQdrant(async (url) => {
    const authority = Authority.generate(structure);
    const name = `vecseal-js-${randomBytes(6).toString("hex")}`;
    const client = new QdrantClient({ url });
    const options = { url, name, authority, search };
    const reader = (attributes, more) => EncryptedCollection.open({ url, name, user: authority.issueUserKey(attributes), ...more });
    try {
      return await use({ url, name, authority, client, options, reader });
    } finally {
      await client.deleteCollection(name);
      await client.deleteCollection(`${name}.keyring`);
    }
  });

export const fill = async (collection, policy, from, to) => {
  const { written, failures } = await collection.upsert(documents(from, to), { policy });
  assert.deepEqual([written, failures], [to - from, []]);
};

/** A client that answers as told, where something is told: `instead(method, arguments)` returns a promise, or nothing. */
export const through = (client, instead) =>
  new Proxy(client, {
    get: (target, method) =>
      typeof target[method] === "function" ? (...all) => instead(method, all) ?? target[method](...all) : target[method],
  });

/** The codes that were caused so far. */
export const caused = new Set();

export function isError(error, code, words = /./) {
  assert.equal(error.name, "VecsealError", error.stack);
  assert.equal(error.code, code, error.stack);
  assert.match(error.message, words);
  caused.add(code);
  return true;
}

export const fails = (promise, code, words) => assert.rejects(promise, (error) => isError(error, code, words));
