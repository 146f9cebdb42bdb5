// Every error that a user of the package can cause: its code, its sentence, and that none is missing here.

import assert from "node:assert/strict";
import { hkdfSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Worker } from "node:worker_threads";

import { collectionCodes } from "./support/collection-codes.js";
import { WorkerPool, organisation, packageFolder, root, vecseal, vector } from "./support/vecseal.js";

const { AccessStructure, Authority, Policy, SearchKey, UserKey, VecsealError } = vecseal;

const structure = () => organisation().structure;
const policy = (text) => new Policy(text, structure());
const seal = (point, options) => organisation(options).compartment.seal({ id: 1, vector: vector(4), ...point });
const names = (count) => Array.from({ length: count }, (_, index) => `n${index}`);
const dimensions = (count, attributes) => Object.fromEntries(names(count).map((name) => [name, names(attributes)]));

/** An authority whose right `roles:analyst` was rotated as often as can be. */
function exhausted() {
  const { authority } = organisation();
  authority.rotate([{ roles: "analyst" }]);
  const file = Buffer.from(authority.toBytes());
  // The file ends with the epoch, 1, and the checksum: key 15, 16 bytes.
  const map = Buffer.concat([file.subarray(0, -19), Buffer.from("1affffffff", "hex")]);
  map[0] -= 1;
  const check = Buffer.from(hkdfSync("sha256", map, "", "vecseal/v1/check", 16));
  map[0] += 1;
  return Authority.fromBytes(new Uint8Array(Buffer.concat([map, Buffer.from("0f50", "hex"), check])));
}

/** A browser's entry that was not initialised, apart from any other. */
const entry = (name) => import(`${packageFolder}/dist/index.js?${name}`);

async function withoutRandomness(call) {
  const { getRandomValues } = crypto;
  crypto.getRandomValues = () => {
    throw new Error("no entropy");
  };
  try {
    await call();
  } finally {
    crypto.getRandomValues = getRandomValues;
  }
}

const causes = {
  access_denied: () => organisation().analyst.open(organisation().header),
  busy() {
    const { authority } = organisation();
    const right = {
      get roles() {
        return authority.epoch({ roles: "analyst" });
      },
    };
    authority.rotate([right]);
  },
  compartment_closed() {
    const { authority, header, policy } = organisation();
    authority.rotate(policy.clauses);
    authority.rewrap(header, policy).compartment.seal({ id: 1, vector: vector(4) });
  },
  conflicting_attributes: () => policy("roles:analyst && roles:manager"),
  duplicate: () => new AccessStructure({ roles: ["a", "a"] }),
  empty: () => new AccessStructure({}),
  epoch_exhausted: () => exhausted().rotate([{ roles: "analyst" }]),
  freed() {
    const { manager, header } = organisation();
    manager.free();
    manager.open(header);
  },
  invalid_argument: () => seal({ vector: "0.1, 0.2" }),
  invalid_name: () => new AccessStructure({ roles: [" a"] }),
  invalid_parameter: () => seal({}, { noise: 17 }),
  invalid_point_id: () => seal({ id: 1.5 }),
  async load_failed() {
    await (await entry("load_failed")).init({ wasm: new Uint8Array(8) });
  },
  malformed: () => UserKey.fromBytes(new Uint8Array(8)),
  no_search_vector: () => organisation({ mode: "sealed" }).compartment.encryptQuery(vector(4)),
  not_finite: () => seal({ vector: [1, 2, NaN, 4] }),
  async not_initialised() {
    const { AccessStructure } = await entry("not_initialised");
    new AccessStructure({ roles: ["a"] });
  },
  async pool_closed() {
    const pool = new WorkerPool();
    pool.close();
    await pool.sealMany(organisation().compartment, []);
  },
  random_unavailable: () => withoutRandomness(() => Authority.generate(structure())),
  reserved_name: () => new AccessStructure({ any: ["a"] }),
  right_not_covered() {
    const { authority, policy } = organisation();
    authority.issueWriterKey(["departments:legal"]).createCompartment(policy, { dimension: 4 });
  },
  syntax: () => policy("roles:analyst &&"),
  tampered() {
    const { compartment } = organisation();
    const { id, record } = compartment.seal({ id: 1, vector: vector(4) });
    record[record.length - 1] ^= 1;
    compartment.open({ id, record });
  },
  too_deep: () => policy(`${"(".repeat(65)}roles:analyst${")".repeat(65)}`),
  too_long: () => seal({ source: "x".repeat(1025) }),
  too_many_attributes: () => new AccessStructure(dimensions(1, 1025)),
  too_many_clauses() {
    const large = new AccessStructure(dimensions(3, 7));
    new Policy(dimensions(3, 7), large);
  },
  too_many_dimensions: () => new AccessStructure(dimensions(17, 1)),
  too_many_rights: () => Authority.generate(new AccessStructure(dimensions(16, 2))).issueUserKey(dimensions(16, 2)),
  unknown_attribute: () => policy("roles:intern"),
  unknown_dimension: () => policy("teams:red"),
  unsupported_version() {
    const bytes = organisation().manager.toBytes();
    bytes[2] = 2;
    UserKey.fromBytes(bytes);
  },
  vector_out_of_range: () => seal({ vector: [1e6, 1, 1, 1], precision: "f16" }),
  async worker_failed() {
    const createWorker = () => new Worker("throw new Error('no worker')", { eval: true });
    await new WorkerPool({ createWorker }).sealMany(organisation().compartment, [{ id: 1, vector: vector(4) }]);
  },
  wrong_authority() {
    const { authority, policy } = organisation();
    authority.rewrap(organisation().header, policy);
  },
  wrong_dimension: () => seal({ vector: [1, 2, 3] }),
  wrong_model: () => organisation({ model: "mini@1" }).compartment.requireModel("mpnet@1"),
  wrong_object: () => UserKey.fromBytes(SearchKey.generate({ dimension: 4 }).toBytes()),
  zero_vector: () => seal({ vector: [0, 0, 0, 0] }),
};

for (const [code, cause] of Object.entries(causes)) {
  test(`${code} is an Error of class VecsealError with a code and a sentence`, async () => {
    const error = await Promise.resolve().then(cause).then(() => undefined, (caught) => caught);
    assert.ok(error instanceof Error, `${error}`);
    assert.equal(error.code, code, `${error.stack}`);
    assert.equal(error.name, "VecsealError");
    assert.ok(vecseal.isVecsealError(error) && vecseal.isVecsealError(error, code));
    assert.ok(!vecseal.isVecsealError(error, "another_code"));
    // The entry for browsers has a class of its own.
    assert.ok(error instanceof VecsealError || ["load_failed", "not_initialised"].includes(code));
    assert.match(error.message, /^[a-z].{9,}[^.]$/);
  });
}

test("no code is missing here, in the types, or in the format's list", () => {
  const types = readFileSync(`${packageFolder}/dist/index.d.ts`, "utf8");
  const union = types.match(/type VecsealErrorCode =([^;]*);/)[1].match(/\w+/g);
  assert.deepEqual([...union].sort(), [...Object.keys(causes), ...collectionCodes].sort());
  const table = readFileSync(`${root}docs/FORMAT.md`, "utf8").split("## 10 Error codes")[1];
  const format = table.split("\n").filter((line) => line.startsWith("| `")).flatMap((line) => line.split("|")[1].match(/\w+/g));
  assert.deepEqual(format.filter((code) => !union.includes(code)), []);
});

test("parse errors say where, in the units of JavaScript's strings", () => {
  const text = 'roles:analyst && "größe":"𝄞" || roles:manager';
  const error = assertThrows(() => policy(text));
  assert.equal(text.slice(error.start, error.end), '"größe"');
  const json = '{"roles": ["admin", "admin"]}';
  const twice = assertThrows(() => new AccessStructure(json));
  assert.equal(json.slice(twice.start, twice.end), '"admin"');
  assert.ok(!("start" in assertThrows(() => new AccessStructure({ roles: ["a", "a"] }))), "an object has no places");
  assert.ok(!/byte/.test(error.message + twice.message));
});

test("options that are not what they should be are named", () => {
  const wrong = {
    dimension: [undefined, "4", 4.5, -4],
    metric: ["manhattan", 1],
    mode: ["open"],
    preset: ["strongest"],
    noise: ["much"],
    oversampling: [1.5, 70_000],
    cipher: ["aes"],
    createdAt: [1_700_000_000, new Date(NaN), new Date(-1)],
    generation: [-1],
  };
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      const error = assertThrows(() => organisation({ [name]: value }));
      assert.equal(error.code, "invalid_argument", name);
      assert.ok(name === "createdAt" || error.message.includes(`\`${name}\``), error.message);
    }
  }
});

test("errors hold nothing of what was sealed", () => {
  const content = "a very secret sentence";
  const { compartment } = organisation();
  const sealed = compartment.seal({ id: 1, vector: vector(4), content });
  sealed.record[40] ^= 1;
  const error = assertThrows(() => compartment.open(sealed));
  assert.ok(!`${error.stack}${JSON.stringify(error)}`.includes("secret sentence"));
});

function assertThrows(call) {
  try {
    call();
  } catch (error) {
    return error;
  }
  assert.fail("nothing was thrown");
}
