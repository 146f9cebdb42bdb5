// Sealed search on a stock Qdrant, from a policy to a denial, step by step. `EncryptedCollection` does all of it.
//
//   npm install
//   QDRANT_URL=http://localhost:6333 npm start

import { pathToFileURL } from "node:url";

import { QdrantClient } from "@qdrant/js-client-rest";
import { AccessStructure, Authority, PerturbedQuery, Policy, fromBase64Url, isVecsealError, rerank, toBase64Url } from "vecseal";

const COLLECTION = "documents";
/** Headers live beside the points: whoever may read opens them, nobody else learns anything from them. */
const KEYRING = "documents.keyring";
const DIMENSION = 64;

/** @param {QdrantClient} client */
export async function recipe(client) {
  // Who there is. The authority issues all keys: keep authority.toBytes() where you keep your most precious secret.
  const structure = new AccessStructure({ roles: ["analyst", "manager"], departments: ["finance", "hr"] });
  const authority = Authority.generate(structure);

  // Who may read, and what is sealed for them.
  const policy = new Policy("departments:hr && roles:manager || departments:finance", structure);
  const { compartment, header } = authority.createCompartment(policy, { dimension: DIMENSION, metric: "cosine" });
  const { searchDimensions } = compartment.parameters;
  await client.createCollection(COLLECTION, { vectors: { size: searchDimensions, distance: "Cosine" } });
  await client.createPayloadIndex(COLLECTION, {
    field_name: "vecseal.cid",
    field_schema: { type: "keyword", is_tenant: true },
    wait: true,
  });
  await client.createCollection(KEYRING, { vectors: {} });
  const sealedHeader = { id: 1, vector: {}, payload: { header: toBase64Url(header) } };
  await client.upsert(KEYRING, { wait: true, points: [sealedHeader] });

  // Seal and upsert. Qdrant gets a rotated vector with noise, and a record that it cannot read.
  const plain = TEXTS.map((text, index) => ({ id: index + 1, vector: embed(text), content: text }));
  const points = (await compartment.sealMany(plain)).map((result) => {
    if (!result.ok) {
      throw result.error;
    }
    const { id, searchVector = [], record } = result.value;
    return {
      id: Number(id),
      vector: Array.from(searchVector),
      payload: { vecseal: { cid: compartment.cid, record: toBase64Url(record) } },
    };
  });
  await client.upsert(COLLECTION, { wait: true, points });

  // Each person gets a key, once, over a channel that nobody else reads.
  const manager = authority.issueUserKey({ departments: ["hr"], roles: ["manager"] });
  const analyst = authority.issueUserKey({ departments: ["hr"], roles: ["analyst"] });
  return {
    manager: await search(client, manager, "How much do we pay people?"),
    analyst: await search(client, analyst, "How much do we pay people?"),
    explanation: policy.explain(analyst.attributes).clauses.map(({ missing }) => missing.map(({ sentence }) => sentence)),
  };
}

/**
 * Finds the texts nearest to a question among everything that a key opens.
 *
 * @param {QdrantClient} client
 * @param {import("vecseal").UserKey} key
 * @param {string} question
 */
async function search(client, key, question, limit = 2) {
  const query = embed(question);
  /** @type {import("vecseal").OpenedPoint[]} */
  const opened = [];
  let denied = 0;
  // As much noise as the preset `balanced` has. It is for the reader to say: headers are what somebody has put there.
  const perturbed = new PerturbedQuery(query, { metric: "cosine", radius: 0.5 });
  const { points: headers } = await client.scroll(KEYRING, { with_payload: true, limit: 1000 });
  for (const { payload } of headers) {
    const compartment = openOrUndefined(key, fromBase64Url(String(payload?.header)));
    if (compartment) {
      opened.push(...(await candidates(client, compartment, perturbed, limit)));
      compartment.free();
    } else {
      denied += 1;
    }
  }
  perturbed.free();
  const texts = new Map(opened.map(({ id, content }) => [String(id), content]));
  const hits = rerank(query, opened, { metric: "cosine", limit });
  return { found: hits.map(({ id, score }) => ({ text: texts.get(String(id)), score })), denied };
}

/**
 * What a key opens, or nothing if it is not for this key. Anything else is worth an alarm.
 *
 * @param {import("vecseal").UserKey} key
 * @param {Uint8Array} header
 */
function openOrUndefined(key, header) {
  try {
    return key.open(header);
  } catch (error) {
    if (isVecsealError(error, "access_denied")) {
      return undefined;
    }
    throw error;
  }
}

/**
 * The records that Qdrant finds near an encrypted query, opened. There are more than asked for: noise costs candidates,
 * and exact ranking afterwards gives the precision back.
 *
 * @param {QdrantClient} client
 * @param {import("vecseal").Compartment} compartment
 * @param {PerturbedQuery} query
 * @param {number} limit
 */
async function candidates(client, compartment, query, limit) {
  const { oversampling, hnswEf } = compartment.parameters;
  const { points } = await client.query(COLLECTION, {
    query: Array.from(compartment.rotateQuery(query)),
    filter: { must: [{ key: "vecseal.cid", match: { value: compartment.cid } }] },
    params: { hnsw_ef: hnswEf },
    limit: limit * oversampling,
    with_payload: true,
  });
  const sealed = points.map(({ id, payload }) => {
    const { record } = /** @type {{ record: string }} */ (payload?.vecseal);
    return { id, record: fromBase64Url(record) };
  });
  const results = await compartment.openMany(sealed);
  // A record that does not open was changed or moved by the server: leave it out, and tell somebody.
  return results.flatMap((result) => (result.ok ? [result.value] : []));
}

const TEXTS = [
  "People in Berlin are paid 71,000 a year on average",
  "The office in Lyon closes in March",
  "How much we pay contractors: 900 a day",
  "The canteen serves soup on Mondays",
];

/**
 * A stand-in for your embedding model: counts pairs of letters.
 *
 * @param {string} text
 */
function embed(text) {
  const vector = new Float32Array(DIMENSION);
  const letters = text.toLowerCase().replace(/[^a-z ]/g, "");
  for (let index = 1; index < letters.length; index += 1) {
    const bucket = (letters.charCodeAt(index - 1) * 31 + letters.charCodeAt(index)) % DIMENSION;
    vector[bucket] = (vector[bucket] ?? 0) + 1;
  }
  return vector;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const client = new QdrantClient({ url: process.env.QDRANT_URL ?? "http://localhost:6333" });
  console.dir(await recipe(client), { depth: null });
}
