// The shared vectors, as far as they need neither randomness given beforehand nor parts that the package keeps to itself.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { root, vecseal } from "./support/vecseal.js";

const { AccessStructure, Authority, Compartment, Policy, SearchKey, UserKey, WriterKey } = vecseal;

const bytes = (text) => new Uint8Array(Buffer.from(text, "base64url"));
const text = (array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString("base64url");
const floats = (encoded) => new Float32Array(bytes(encoded).buffer);
const bits = (number) => Buffer.from(Float64Array.of(number).buffer).reverse().toString("hex");
const read = (object) => ({ header: vecseal.inspectHeader, "user-key": UserKey.fromBytes, "writer-key": WriterKey.fromBytes, authority: Authority.fromBytes, "search-key": SearchKey.fromBytes })[object];

/** The policy's text for a clause given as an object. */
const clauseText = (clause, structure) =>
  new Policy(Object.entries(clause).map(([dimension, name]) => `${JSON.stringify(dimension)}:${JSON.stringify(name)}`).join(" && ") || "*", structure).toString();

function policyOf({ structure, text, json }) {
  const parsed = new AccessStructure(structure);
  return [new Policy(text ?? JSON.parse(json), parsed), parsed];
}

const operations = {
  structure: ({ json }) => ({ json: JSON.parse(JSON.stringify(new AccessStructure(json))) }),
  policy(input) {
    const [policy, structure] = policyOf(input);
    return { text: policy.toString(), clauses: policy.clauses.map((clause) => clauseText(clause, structure)) };
  },
  explain(input) {
    const [policy, structure] = policyOf(input);
    const { satisfied, clauses } = policy.explain(JSON.parse(input.attributes));
    return {
      satisfied,
      clauses: clauses.map(({ clause, missing }) => ({
        clause: clauseText(clause, structure),
        missing: missing.map(({ dimension, attribute }) => clauseText({ [dimension]: attribute }, structure)),
      })),
    };
  },
  authority({ structure, master, rotate }) {
    const authority = Authority.fromSecret(new AccessStructure(structure), bytes(master));
    rotate.forEach((policy) => authority.rotate(new Policy(policy, authority.structure).clauses));
    return { file: text(authority.toBytes()) };
  },
  "user-key": ({ authority, attributes, epochs }) => {
    const key = Authority.fromBytes(bytes(authority)).issueUserKey(JSON.parse(attributes), {
      epochs: Number.isNaN(Number(epochs)) ? epochs : Number(epochs),
    });
    return { file: text(key.toBytes()) };
  },
  attenuate({ key, attributes, not_after }) {
    const notAfter = not_after === undefined ? undefined : new Date(not_after * 1000);
    return { file: text(UserKey.fromBytes(bytes(key)).attenuate(JSON.parse(attributes), { notAfter }).toBytes()) };
  },
  "writer-key"({ authority, policies, collection }) {
    const issuer = Authority.fromBytes(bytes(authority));
    const collectionKey = collection && issuer.collectionKey(collection, 3);
    return { file: text(issuer.issueWriterKey(policies, { collectionKey }).toBytes()) };
  },
  "open-header": ({ key, header }) => about(UserKey.fromBytes(bytes(key)).open(bytes(header))),
  compartment({ key, header, file }) {
    if (file !== undefined) {
      return about(Compartment.fromBytes(bytes(file)));
    }
    return { file: text(UserKey.fromBytes(bytes(key)).open(bytes(header)).toBytes()) };
  },
  "open-record"({ key, header, point, record }) {
    const opened = UserKey.fromBytes(bytes(key)).open(bytes(header)).open({ id: point, record: bytes(record) });
    return {
      vector: text(opened.vector),
      precision: opened.precision,
      source: opened.source ?? null,
      expires_at: opened.expiresAt ? opened.expiresAt.getTime() / 1000 : null,
    };
  },
  "plain-decrypt"({ key, ciphertext, iv, tag, point }) {
    const encrypted = { ciphertext: floats(ciphertext), iv: bytes(iv), tag: bytes(tag) };
    return { vector: text(SearchKey.fromBytes(bytes(key)).decrypt(encrypted, point)) };
  },
  rank({ metric, query, candidates, limit }) {
    const points = candidates.map(({ point, vector }) => ({ id: point, vector: floats(vector) }));
    const hits = vecseal.rerank(floats(query), points, { metric, limit });
    return { hits: hits.map(({ id, score }) => [`${id}`, bits(score)]) };
  },
  decode: ({ object, bytes: encoded }) => (read(object)(bytes(encoded)), { ok: true }),
};

const about = (compartment) => ({
  cid: text(Uint8Array.from(Buffer.from(compartment.cid, "hex"))),
  policy: compartment.policy,
  cipher: compartment.cipher,
  generation: compartment.generation,
  closed: compartment.closed,
  created_at: compartment.createdAt.getTime() / 1000,
  model: compartment.model ?? null,
  collection: compartment.collectionKey?.name ?? null,
});

/** Those fields of an expected output that the operation gives. */
const comparable = (expected, given) => Object.fromEntries(Object.keys(given).map((name) => [name, expected[name]]));

for (const [name, operation] of Object.entries(operations)) {
  const { cases } = JSON.parse(readFileSync(`${root}tests/vectors/${name}.json`, "utf8"));
  test(`${name}: ${cases.length} vectors`, () => {
    assert.ok(cases.length > 0);
    for (const { name: title, input, output } of cases) {
      // An object has no key twice, and JavaScript itself refuses what is not JSON.
      if (name !== "structure" && input.json && !isPlain(input.json)) {
        continue;
      }
      let given;
      try {
        given = operation(input);
      } catch (error) {
        assert.equal(error.code, output.error, `${name} / ${title}: ${error.stack}`);
        continue;
      }
      const expected = comparable(output, given);
      if (name === "structure") {
        expected.json = JSON.parse(expected.json);
      }
      assert.deepEqual(given, expected, `${name} / ${title}`);
    }
  });
}

/** Whether JSON survives being an object of JavaScript's. */
function isPlain(json) {
  try {
    const value = JSON.parse(json);
    return typeof value === "object" && JSON.stringify(value).length === json.replace(/\s+(?=(?:[^"]*"[^"]*")*[^"]*$)/g, "").length;
  } catch {
    return false;
  }
}
