// Every class and function of the package, under Node.

import assert from "node:assert/strict";
import { test } from "node:test";

import { codeOf, organisation, vecseal, vector } from "./support/vecseal.js";

const { AccessStructure, Authority, Compartment, PerturbedQuery, Policy, SearchKey, UserKey, WriterKey } = vecseal;

test("a record opens for who satisfies the policy, with everything that was sealed", () => {
  const { header, manager, analyst, compartment } = organisation();
  const point = {
    id: 7,
    vector: vector(4),
    content: "Salaries 2026",
    source: "salaries.pdf",
    expiresAt: new Date("2030-01-01T00:00:00Z"),
  };
  const sealed = compartment.seal(point);
  assert.equal(sealed.id, 7);
  assert.ok(sealed.record instanceof Uint8Array && sealed.searchVector instanceof Float32Array);
  assert.deepEqual(manager.open(header).open(sealed), { ...point, precision: "f32" });
  assert.equal(codeOf(() => analyst.open(header)), "access_denied");
});

test("content comes out as it went in", () => {
  const { compartment } = organisation();
  const contents = ["", "Grüße 𝄞", Uint8Array.of(1, 2, 3), { a: [1, null, "x"] }, [1, 2], 7.5, true, null];
  for (const content of contents) {
    const opened = compartment.open(compartment.seal({ id: 1, vector: vector(4), content }));
    assert.deepEqual(opened.content, content);
  }
  assert.ok(!("content" in compartment.open(compartment.seal({ id: 1, vector: vector(4) }))));
});

test("point ids are what Qdrant takes, and come back as given", () => {
  const { compartment } = organisation();
  const ids = [0, 42, "42", 2n ** 64n - 1n, Number.MAX_SAFE_INTEGER, "5C56C793-69F3-4FBF-87E6-C4BF54C28C26"];
  for (const id of ids) {
    const sealed = compartment.seal({ id, vector: vector(4) });
    assert.equal(sealed.id, id);
    assert.equal(compartment.open(sealed).id, id);
  }
  const sealed = compartment.seal({ id: "42", vector: vector(4) });
  assert.equal(compartment.open({ ...sealed, id: 42 }).id, 42);
  assert.equal(codeOf(() => compartment.open({ ...sealed, id: 43 })), "tampered");
});

test("vectors may be typed arrays or arrays of numbers, at either precision", () => {
  const { compartment } = organisation();
  const exact = compartment.open(compartment.seal({ id: 1, vector: [0.1, 0.2, 0.3, 0.4] }));
  assert.deepEqual(exact.vector, Float32Array.of(0.1, 0.2, 0.3, 0.4));
  const rounded = compartment.open(compartment.seal({ id: 1, vector: [0.1, 0.2, 0.3, 0.4], precision: "f16" }));
  assert.equal(rounded.precision, "f16");
  assert.ok(Math.abs(rounded.vector[0] - 0.1) < 1e-4 && rounded.vector[0] !== Math.fround(0.1));
});

test("padding hides the content's length unless it is turned off", () => {
  const { compartment } = organisation();
  const size = (length, padding) =>
    compartment.seal({ id: 1, vector: vector(4), content: "x".repeat(length), padding }).record.length;
  assert.equal(size(1000), size(1001));
  assert.equal(size(1001, false), size(1000, false) + 1);
});

test("a policy reads as text and as an object, and explains", () => {
  const { structure, policy } = organisation();
  const same = new Policy({ any: [{ departments: ["hr"], roles: ["manager"] }, { departments: ["legal"] }] }, structure);
  assert.equal(policy.toString(), "departments:hr && roles:manager || departments:legal");
  assert.deepEqual(same.clauses, policy.clauses);
  assert.deepEqual(policy.clauses, [{ departments: "legal" }, { departments: "hr", roles: "manager" }]);
  const explanation = policy.explain({ departments: ["finance"], roles: ["manager"] });
  assert.equal(explanation.satisfied, false);
  assert.deepEqual(explanation.clauses[1].missing, [
    {
      dimension: "departments",
      attribute: "hr",
      held: ["finance"],
      sentence: "needs departments:hr; this key has finance",
    },
  ]);
  assert.equal(policy.explain({ departments: ["legal"] }).satisfied, true);
  assert.deepEqual(new Policy("*", structure).clauses, [{}]);
});

test("a structure comes out as it went in", () => {
  const dimensions = { clearance: { ordered: ["public", "secret"] }, roles: ["admin", "analyst"] };
  const structure = new AccessStructure(dimensions);
  assert.deepEqual(JSON.parse(JSON.stringify(structure)), dimensions);
  assert.deepEqual(new AccessStructure(JSON.stringify(structure)).toJSON(), dimensions);
});

test("keys survive as bytes, which are arrays and never strings", () => {
  const { authority, manager, header, compartment, policy } = organisation();
  const writer = authority.issueWriterKey([policy.toString()]);
  const search = SearchKey.generate({ dimension: 4 });
  for (const [key, type] of [[authority, Authority], [manager, UserKey], [writer, WriterKey], [compartment, Compartment], [search, SearchKey]]) {
    const bytes = key.toBytes();
    assert.ok(bytes instanceof Uint8Array);
    assert.deepEqual(type.fromBytes(bytes).toBytes(), bytes);
    assert.equal(codeOf(() => type.fromBytes(bytes.subarray(1))), "malformed");
    assert.match(JSON.stringify(key), /^\{"__wbg_ptr":\d+\}$/, "nothing but the place of the handle");
  }
  const again = UserKey.fromBytes(manager.toBytes());
  assert.equal(again.open(header).cid, compartment.cid);
  assert.deepEqual(again.attributes, { departments: ["hr"], roles: ["manager"] });
  assert.equal(again.authorityId, authority.id);
  assert.deepEqual(again.rights, [{}, { roles: "manager" }, { departments: "hr" }, { departments: "hr", roles: "manager" }]);
});

test("an authority is made again from its secret", () => {
  const { structure } = organisation();
  const secret = new Uint8Array(32).fill(9);
  const authority = Authority.fromSecret(structure, secret);
  assert.equal(authority.id, Authority.fromSecret(structure, secret).id);
  assert.deepEqual(authority.structure.toJSON(), structure.toJSON());
  assert.equal(codeOf(() => Authority.fromSecret(structure, secret.subarray(1))), "invalid_argument");
});

test("a writer seals what it cannot read", () => {
  const { authority, policy, manager, analyst } = organisation();
  const writer = authority.issueWriterKey([policy.toString()]);
  assert.deepEqual(writer.rights, policy.clauses);
  assert.equal(writer.authorityId, authority.id);
  const own = new Policy("departments:legal", writer.structure);
  const { compartment, header } = writer.createCompartment(own, { dimension: 4 });
  const sealed = compartment.seal({ id: 1, vector: vector(4), content: "from outside" });
  assert.equal(vecseal.inspectHeader(header).suite, 2);
  assert.equal(codeOf(() => manager.open(header)), "access_denied");
  assert.equal(codeOf(() => analyst.open(header)), "access_denied");
  const legal = authority.issueUserKey({ departments: ["legal"] });
  assert.equal(legal.open(header).open(sealed).content, "from outside");
});

test("a hierarchy's higher level includes the lower ones", () => {
  const { authority, structure } = organisation();
  const { header } = authority.createCompartment(new Policy("clearance:internal", structure), { dimension: 4 });
  assert.ok(authority.issueUserKey({ clearance: ["secret"] }).open(header));
  assert.equal(codeOf(() => authority.issueUserKey({ clearance: ["public"] }).open(header)), "access_denied");
});

test("an attenuated key opens less and expires sooner", () => {
  const { authority, header } = organisation();
  const user = authority.issueUserKey({ departments: ["hr", "legal"], roles: ["manager"] });
  const notAfter = new Date("2027-01-01T00:00:00Z");
  const agent = user.attenuate({ departments: ["hr"] }, { notAfter });
  assert.deepEqual(agent.notAfter, notAfter);
  assert.equal(user.notAfter, undefined);
  assert.ok(user.open(header));
  assert.equal(codeOf(() => agent.open(header)), "access_denied");
  assert.deepEqual(agent.attenuate({ departments: ["hr"] }, { notAfter: new Date("2028-01-01") }).notAfter, notAfter);
});

test("rotation locks the old key out of what comes after, and the new key reads what was before", () => {
  const { authority, policy, header, manager, compartment } = organisation();
  const right = { departments: "hr", roles: "manager" };
  const sealed = compartment.seal({ id: 1, vector: vector(4), content: "old" });
  assert.equal(authority.rewrap(header, policy), undefined);
  authority.rotate([right]);
  assert.equal(authority.epoch(right), 1);
  const rewrapped = authority.rewrap(header, policy);
  assert.equal(rewrapped.claimedPolicy, policy.toString());
  assert.equal(rewrapped.compartment.closed, true);
  assert.equal(codeOf(() => manager.open(rewrapped.header)), "access_denied");
  const renewed = authority.issueUserKey({ departments: ["hr"], roles: ["manager"] });
  assert.equal(renewed.open(rewrapped.header).open(sealed).content, "old");
  assert.equal(codeOf(() => renewed.open(header)), "access_denied");
  assert.ok(authority.issueUserKey({ departments: ["hr"], roles: ["manager"] }, { epochs: "all" }).open(header));
  assert.ok(authority.issueUserKey({ departments: ["hr"], roles: ["manager"] }, { epochs: 1 }).open(header));
  const next = authority.createCompartment(policy, { dimension: 4, generation: compartment.generation + 1 });
  assert.equal(next.compartment.generation, 1);
  assert.equal(codeOf(() => manager.open(next.header)), "access_denied");
  assert.equal(codeOf(() => rewrapped.compartment.seal({ id: 2, vector: vector(4) })), "compartment_closed");
});

test("a new structure applies to keys issued from then on", () => {
  const { authority } = organisation();
  assert.equal(codeOf(() => authority.issueUserKey({ teams: ["red"] })), "unknown_dimension");
  authority.setStructure(new AccessStructure({ teams: ["red"], departments: ["hr"] }));
  assert.deepEqual(authority.issueUserKey({ teams: ["red"] }).attributes, { teams: ["red"] });
});

test("compartments describe themselves", () => {
  const createdAt = new Date("2026-11-01T12:00:00Z");
  const options = { dimension: 8, metric: "dot", preset: "strong", scale: 2, searchDimensions: 6, model: "mini", createdAt };
  const { compartment, header, policy, authority } = organisation({ ...options, cipher: "chacha20-poly1305" });
  assert.deepEqual(compartment.parameters, {
    mode: "geometric",
    scope: "compartment",
    dimension: 8,
    metric: "dot",
    noise: 1,
    queryNoise: 0.25,
    scale: 2,
    searchDimensions: 6,
    oversampling: 32,
    hnswEf: 512,
  });
  assert.equal(compartment.cipher, "chacha20-poly1305");
  assert.equal(compartment.model, "mini");
  compartment.requireModel("mini");
  assert.throws(() => compartment.requireModel("mpnet"), /`mpnet` do not compare with those here, of `mini`/);
  const create = (options) => authority.createCompartment(policy, { dimension: 8, ...options }).compartment;
  assert.equal(create({ beside: compartment }).model, "mini");
  assert.throws(() => create({ model: "mpnet", beside: compartment }), { code: "wrong_model" });
  assert.equal(create({ model: "mpnet", beside: create() }).model, "mpnet");
  assert.throws(() => create({ beside: "mini" }), { code: "invalid_argument" });
  assert.deepEqual(compartment.createdAt, createdAt);
  assert.equal(compartment.generation, 0);
  assert.equal(compartment.closed, false);
  assert.equal(compartment.policy, policy.toString());
  assert.match(compartment.cid, /^[0-9a-f]{32}$/);
  assert.deepEqual(vecseal.inspectHeader(header), { cid: compartment.cid, authorityId: authority.id, suite: 1, slots: 2 });
  const now = organisation().compartment;
  assert.ok(Math.abs(now.createdAt - Date.now()) < 60_000);
  assert.equal(now.model, undefined);
});

test("in mode sealed there is no search vector", () => {
  const { compartment } = organisation({ mode: "sealed" });
  const sealed = compartment.seal({ id: 1, vector: vector(4) });
  assert.ok(!("searchVector" in sealed));
  assert.deepEqual(compartment.open(sealed).vector, vector(4));
  assert.equal(codeOf(() => compartment.encryptQuery(vector(4))), "no_search_vector");
});

test("queries find near vectors, and ranking is exact", () => {
  const { compartment } = organisation({ dimension: 64, preset: "off" });
  const cosine = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0) / Math.hypot(...a) / Math.hypot(...b);
  const points = [1, 2, 3, 4].map((id) => ({ id, vector: vector(64, id) }));
  const query = vector(64, 3.01);
  const encrypted = compartment.encryptQuery(query);
  const scores = points.map((point) => cosine(encrypted, compartment.seal(point).searchVector));
  points.forEach((point, index) => assert.ok(Math.abs(scores[index] - cosine(query, point.vector)) < 1e-5));
  const hits = vecseal.rerank(query, points, { metric: "cosine", limit: 2 });
  assert.equal(hits.length, 2);
  assert.equal(hits[0].id, 3);
  assert.ok(Math.abs(hits[0].score - cosine(query, vector(64, 3))) < 1e-6);
  assert.deepEqual(vecseal.rerank(query, points).map((hit) => hit.id)[0], 3);
  assert.equal(vecseal.rerank(query, points, { metric: "euclid" })[0].id, 3);
  const big = [{ id: 2n ** 60n, vector: query }, { id: "5c56c793-69f3-4fbf-87e6-c4bf54c28c26", vector: query }];
  assert.deepEqual(vecseal.rerank(query, big).map((hit) => hit.id), big.map((point) => point.id));
});

test("a search vector that the server changed is found out", () => {
  for (const metric of ["cosine", "dot", "euclid"]) {
    const { compartment } = organisation({ metric });
    const sealed = compartment.seal({ id: 1, vector: vector(4) });
    compartment.verifySearchVector(sealed);
    const other = compartment.seal({ id: 1, vector: vector(4, 2) });
    const changed = { ...sealed, searchVector: other.searchVector };
    assert.equal(codeOf(() => compartment.verifySearchVector(changed)), "tampered");
  }
});

test("compartments of a collection share a search key if they are told to", () => {
  const { authority, policy, manager } = organisation();
  const collectionKey = authority.collectionKey("documents", 2);
  assert.equal(collectionKey.name, "documents");
  assert.equal(collectionKey.generation, 2);
  const options = { dimension: 4, noise: 0, queryNoise: 0, collectionKey };
  const one = authority.createCompartment(policy, options);
  const writer = authority.issueWriterKey([policy.toString()], { collectionKey });
  const other = writer.createCompartment(policy, { ...options, collectionKey: writer.collectionKey });
  const encrypted = [one, other].map(({ header }) => manager.open(header).encryptQuery(vector(4)));
  assert.deepEqual(encrypted[0], encrypted[1]);
  assert.equal(one.compartment.parameters.scope, "collection");
  assert.equal(one.compartment.collectionKey.duplicate().name, "documents");
  assert.equal(organisation().compartment.collectionKey, undefined);
  assert.equal(collectionKey.name, "documents", "the caller's handle stays usable");
});

test("a query with its noise goes to several compartments", () => {
  const { authority, policy } = organisation();
  const key = authority.collectionKey("docs", 1);
  const make = (more) => authority.createCompartment(policy, { dimension: 8, preset: "off", ...more }).compartment;
  const [own, other, shared, same, cut] = [{}, {}, { collectionKey: key }, { collectionKey: key }, { collectionKey: key, searchDimensions: 3 }].map(make);
  assert.ok(shared.sharesSearchKey(same) && !shared.sharesSearchKey(own) && !own.sharesSearchKey(other) && !shared.sharesSearchKey(cut));
  const query = vector(8);
  const plain = new PerturbedQuery(query, { radius: 0 });
  assert.deepEqual(own.rotateQuery(plain), own.encryptQuery(query));
  assert.deepEqual(cut.rotateQuery(plain), shared.rotateQuery(plain).slice(0, 3));
  const noisy = new PerturbedQuery(query, { radius: 0.5, metric: "cosine" });
  assert.notDeepEqual(shared.rotateQuery(noisy), same.rotateQuery(noisy));
  for (const [options, code] of [[{ radius: -1 }, "invalid_parameter"], [{}, "invalid_argument"], [{ radius: 1, noise: 1 }, "invalid_argument"]]) {
    assert.equal(codeOf(() => new PerturbedQuery(query, options)), code);
  }
  assert.equal(codeOf(() => own.rotateQuery(new PerturbedQuery(query, { radius: 0, metric: "dot" }))), "invalid_parameter");
  assert.equal(codeOf(() => own.rotateQuery(new PerturbedQuery(vector(4), { radius: 0 }))), "wrong_dimension");
});

test("plain vector encryption decrypts for the same point and key", () => {
  const key = SearchKey.generate({ dimension: 4, metric: "euclid", preset: "strong" });
  const encrypted = key.encrypt(vector(4), 5);
  assert.equal(encrypted.iv.length, 24);
  assert.equal(encrypted.tag.length, 16);
  key.decrypt(encrypted, 5).forEach((value, index) => assert.ok(Math.abs(value - vector(4)[index]) < 1e-5));
  assert.equal(codeOf(() => key.decrypt(encrypted, 6)), "tampered");
  assert.equal(codeOf(() => SearchKey.generate({ dimension: 4 }).decrypt(encrypted, 5)), "tampered");
  const secret = new Uint8Array(32).fill(3);
  const [a, b] = [1, 2].map(() => SearchKey.fromSecret({ dimension: 4, preset: "off" }, secret));
  assert.deepEqual(a.encryptQuery(vector(4)), b.encryptQuery(vector(4)));
  assert.equal(a.parameters.preset, undefined);
  assert.equal(a.parameters.noise, 0);
});

test("bytes go into JSON as base64url", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  const text = vecseal.toBase64Url(bytes);
  assert.equal(text, Buffer.from(bytes).toString("base64url"));
  assert.deepEqual(vecseal.fromBase64Url(text), bytes);
  assert.equal(codeOf(() => vecseal.fromBase64Url(`${text}=`)), "malformed");
});

test("handles are freed by free() and at the end of their block", () => {
  const { manager, header } = organisation();
  manager[Symbol.dispose]();
  assert.equal(codeOf(() => manager.open(header)), "freed");
  const { compartment } = organisation();
  compartment.free();
  assert.equal(codeOf(() => compartment.seal({ id: 1, vector: vector(4) })), "freed");
});

test("classes keep their names", () => {
  for (const name of ["AccessStructure", "Authority", "Compartment", "PerturbedQuery", "Policy", "SearchKey", "UserKey", "WriterKey"]) {
    assert.equal(vecseal[name].name, name);
  }
});
