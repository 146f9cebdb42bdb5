// Writing: sealing points into the compartments of their policies.

import { Policy, toBase64Url, VecsealError } from "vecseal-api";

import { newTag, pointOf } from "./keyring.js";
import { listOf, requireVectors } from "./settings.js";

const BATCH_BYTES = 2 * 2 ** 20;
const BATCH_POINTS = 256;
const BATCHES_AT_ONCE = 4;
const POINTS_A_SEALING = 64;
/** Qdrant's limit of a request less a batch. */
const MAX_POINT_BYTES = 28 * 2 ** 20;

/** Seals and writes points; resolves to what became of them. */
export async function upsert(collection, points, { policy, onProgress, signal } = {}) {
  const all = listOf(points);
  const failures = [];
  const fail = (index, error) => failures.push({ index, id: all[index]?.id, error: asOurs(error) });
  const policies = new Policies(collection, policy);
  const groups = new Map();
  let written = 0;
  let total = all.length;
  const report = () => onProgress?.(written + failures.length, total);
  const sending = new Set();
  let complaint;
  collection.cache.expire();
  const send = async ({ indexes, points: sealed }) => {
    try {
      // Without the signal: what is under way lands, so that it is known what did.
      await collection.calling(collection.qdrant.upsert(collection.name, { points: sealed, ...collection.sharding }));
      written += sealed.length;
    } catch (error) {
      indexes.forEach((index) => fail(index, error));
    }
    try {
      report();
    } catch (error) {
      // The caller's own, thrown when all is over: what is under way lands nevertheless.
      complaint ??= { error };
    }
  };
  const flush = async (batch) => {
    if (sending.size >= BATCHES_AT_ONCE) {
      await Promise.race(sending);
    }
    const sent = send(batch).finally(() => sending.delete(sent));
    sending.add(sent);
  };
  try {
    signal?.throwIfAborted();
    // Batches overtake each other, so of points with one id only the last is sent.
    const last = new Map(all.map((point, index) => [keyOf(point?.id) ?? index, index]));
    total = last.size;
    for (const [index, point] of all.entries()) {
      if (last.get(keyOf(point?.id) ?? index) !== index) {
        continue;
      }
      const text = policies.textOf(point);
      groups.set(text, groups.get(text) ?? []);
      groups.get(text).push(index);
    }
    // One call after the other, or each would create compartments of its own.
    const prepared = collection.preparing.then(() => policies.prepare([...groups.keys()]));
    collection.preparing = prepared.catch(() => {});
    const { compartments, created } = await prepared;
    signal?.throwIfAborted();
    let batch = { indexes: [], points: [], bytes: 0 };
    for (const [text, indexes] of groups) {
      for (let start = 0; start < indexes.length; start += POINTS_A_SEALING) {
        const part = indexes.slice(start, start + POINTS_A_SEALING);
        const results = await compartments.get(text).sealMany(part.map((index) => all[index]), { signal });
        for (const [place, result] of results.entries()) {
          const index = part[place];
          try {
            const { point, bytes } = stored(collection, compartments.get(text), all[index], result);
            batch.indexes.push(index);
            batch.points.push(point);
            batch.bytes += bytes;
          } catch (error) {
            fail(index, error);
          }
          if (batch.bytes > BATCH_BYTES || batch.points.length >= BATCH_POINTS) {
            await flush(batch);
            batch = { indexes: [], points: [], bytes: 0 };
          }
        }
      }
    }
    if (batch.points.length > 0) {
      await flush(batch);
    }
    await Promise.all(sending);
    signal?.throwIfAborted();
    if (complaint) {
      throw complaint.error;
    }
    report();
    return { written, failures: failures.sort((a, b) => a.index - b.index), created };
  } finally {
    await Promise.allSettled(sending);
    policies.free();
    collection.cache.expire();
  }
}

/** What is wrong with a point, as an error of ours: what JSON cannot hold, say. */
const asOurs = (error) => (error instanceof VecsealError ? error : new VecsealError("invalid_argument", `the point cannot be written: ${error?.message ?? error}`));

/** A point as Qdrant gets it. */
function stored({ vectorName }, { cid }, point, result) {
  if (!result.ok) {
    throw result.error;
  }
  const { id, public: open } = point;
  if (open !== undefined && (open === null || typeof open !== "object" || Array.isArray(open))) {
    throw new VecsealError("invalid_argument", "`public` takes an object");
  }
  if (open && "vecseal" in open) {
    throw new VecsealError("reserved_field", "payload left in clear must not have the key `vecseal`");
  }
  const { record, searchVector } = result.value;
  const numbers = searchVector && Array.from(searchVector);
  const vector = numbers ? (vectorName ? { [vectorName]: numbers } : numbers) : {};
  const clear = open ? new TextEncoder().encode(JSON.stringify(open)).length : 0;
  const bytes = (record.length * 4) / 3 + 16 * (numbers?.length ?? 0) + clear + 256;
  if (bytes > MAX_POINT_BYTES) {
    throw new VecsealError("point_too_large", "the sealed point is larger than the 32 MB that Qdrant takes at once");
  }
  const vecseal = { cid, record: toBase64Url(record), tag: newTag() };
  return { point: { id: asId(id), vector, payload: { ...open, vecseal } }, bytes };
}

/** An id as Qdrant's answers have it: decimal texts are numbers, UUIDs have hyphens and small letters. */
export const asId = (id) => {
  if (typeof id === "bigint" || (typeof id === "string" && /^\d{1,20}$/.test(id))) {
    const number = BigInt(id);
    return number <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(number) : number;
  }
  return typeof id === "string" ? pointOf(id.toLowerCase().replace(/^urn:uuid:|-/g, "")) : id;
};

/** What is the same for all ways to write an id; nothing for what is none. */
const keyOf = (id) => (/^(\d+|(urn:uuid:)?[\da-f]{8}-?([\da-f]{4}-?){3}[\da-f]{12})$/i.test(String(id)) ? `id ${asId(id)}` : undefined);

/** The policies of one call, and the compartments to seal into. */
class Policies {
  #made = new Map();
  #own = [];
  #structure;

  constructor(collection, common) {
    Object.assign(this, { collection, common });
  }

  /** The text of a point's policy, in its normal form. */
  textOf(point) {
    const given = point?.policy ?? this.common;
    if (given === undefined) {
      throw new VecsealError("invalid_argument", "a point needs a `policy`, its own or that of the call");
    }
    const key = given instanceof Policy ? given : JSON.stringify(given);
    if (!this.#made.has(key)) {
      const policy = given instanceof Policy ? given : this.#parse(given);
      this.#made.set(key, { text: policy.toString(), policy });
    }
    return this.#made.get(key).text;
  }

  #parse(given) {
    const { authority, writer } = this.collection.keys;
    this.#structure ??= (authority ?? writer)?.structure;
    if (!this.#structure) {
      throw new VecsealError("invalid_argument", "`policy` takes a Policy: with a user key alone, texts cannot be read");
    }
    const policy = new Policy(given, this.#structure);
    this.#own.push(policy);
    return policy;
  }

  /** The compartment for each policy, created if need be, with its header in the keyring. */
  async prepare(texts) {
    const { collection } = this;
    const { sealing, keyring } = collection;
    await forgetChanged(collection, texts);
    if (texts.some((text) => !sealing.has(text))) {
      await collection.keyring.refresh();
    }
    collection.requireOpen();
    const byText = new Map([...this.#made.values()].map(({ text, policy }) => [text, policy]));
    const made = [];
    for (const text of texts.filter((text) => !sealing.has(text))) {
      const found = existing(collection, byText.get(text));
      if (found) {
        sealing.set(text, found);
      } else {
        made.push({ text, ...create(collection, byText.get(text)) });
      }
    }
    try {
      await keyring.put(made);
      collection.requireOpen();
    } catch (error) {
      made.forEach(({ compartment }) => compartment.free());
      throw error;
    }
    made.forEach(({ text, compartment, tag }) => sealing.set(text, { compartment, tag }));
    return { compartments: new Map(texts.map((text) => [text, sealing.get(text).compartment])), created: made.length };
  }

  free() {
    this.#own.forEach((policy) => policy.free());
    this.#structure?.free();
  }
}

/**
 * Looks at the headers of what was sealed into before. Nothing more is sealed under one that is another now, since it was
 * re-wrapped after a rotation, or that is gone, since that is how a compartment is erased.
 */
async function forgetChanged({ sealing, keyring }, texts) {
  const known = texts.filter((text) => sealing.has(text));
  if (known.length === 0) {
    return;
  }
  const tags = await keyring.tags(known.map((text) => sealing.get(text).compartment.cid));
  for (const text of known) {
    // Gone if the collection was freed meanwhile.
    const into = sealing.get(text);
    if (into && tags.get(into.compartment.cid) !== into.tag) {
      sealing.delete(text);
    }
  }
}

/** A compartment of the keyring that is safe to seal into, the newest. */
function existing(collection, policy) {
  const { authority, writer, user } = collection.keys;
  // What a writer key creates, it cannot open again; and what it writes, others are not to read.
  const opener = authority ?? (writer ? undefined : user);
  let newest;
  let ofOtherModel;
  for (const { header, tag } of opener ? collection.keyring.entries.values() : []) {
    // A header that is not what it should be is no reason not to write: there will be another.
    const compartment = quietly(() => opener.openToSeal(header, policy));
    const isOther = compartment && otherModel(collection, compartment);
    ofOtherModel ??= isOther;
    if (compartment && !isOther && fits(collection, compartment) && !(newest && isNewer(newest.compartment, compartment))) {
      newest?.compartment.free();
      newest = { compartment, tag };
    } else {
      compartment?.free();
    }
  }
  requireModel(collection, newest ? undefined : ofOtherModel);
  return newest;
}

/** The error of a compartment whose embedding model is another than that of the options. */
function otherModel({ model }, compartment) {
  try {
    return model === undefined ? undefined : compartment.requireModel(model);
  } catch (error) {
    return error;
  }
}

/** Where there is a compartment of the right model, others are somebody's mistake or malice. */
function requireModel({ keyring, model }, error) {
  if (error && !keyring.opened.some((compartment) => compartment.model === model)) {
    throw error;
  }
}

const quietly = (open) => {
  try {
    return open();
  } catch {
    return undefined;
  }
};

const isNewer = (a, b) => {
  const order = a.generation - b.generation || a.createdAt - b.createdAt;
  return order === 0 ? a.cid > b.cid : order > 0;
};

/** Whether a compartment is like the options ask for; without search options there, whatever the collection takes. */
function fits(collection, compartment) {
  const found = compartment.parameters;
  const wanted = collection.wanted;
  if (!wanted) {
    return quietly(() => (requireVectors(collection.vectors, found, collection.vectorName), true));
  }
  const names = ["mode", "dimension", "searchDimensions", "metric", "noise", "scale"];
  const key = compartment.collectionKey;
  const isOurs = key?.generation === collection.collectionGeneration && (!key || key.name === collection.name);
  key?.free();
  return isOurs && names.every((name) => wanted[name] === found[name]);
}

function create(collection, policy) {
  const { keys, keyring, options, search, collectionGeneration } = collection;
  const writer = keys.authority ?? keys.writer;
  if (!writer) {
    throw new VecsealError(
      "no_writer_key",
      "writing under this policy needs an authority or a writer key; a user key alone can only add to a compartment that readers of the policy made",
    );
  }
  if (!search) {
    throw new VecsealError("no_parameters", "creating a collection or a compartment needs `search`: dimension, metric, preset");
  }
  let generation = collectionGeneration ?? 0;
  const text = policy.toString();
  let ofOtherModel;
  for (const compartment of keyring.opened) {
    ofOtherModel ??= otherModel(collection, compartment);
    if (compartment.policy === text) {
      generation = Math.min(Math.max(generation, compartment.generation + 1), 2 ** 32 - 1);
    }
  }
  requireModel(collection, ofOtherModel);
  const collectionKey = collectionGeneration === undefined ? undefined : collectionKeyOf(collection);
  try {
    const { compartment, header } = writer.createCompartment(policy, { ...search, cipher: options.cipher, model: options.model, generation, collectionKey });
    return { compartment, header, cid: compartment.cid, tag: newTag() };
  } finally {
    collectionKey?.free();
  }
}

function collectionKeyOf({ keys: { authority, writer }, name, collectionGeneration }) {
  const key = authority ? authority.collectionKey(name, collectionGeneration) : writer.collectionKey;
  // An old one, which revoked readers hold, would do as well otherwise.
  if (key?.name !== name || key.generation !== collectionGeneration) {
    key?.free();
    throw new VecsealError(
      "no_collection_key",
      "the writer key carries no key of this collection and generation: issue one with it, or use scope compartment",
    );
  }
  return key;
}
