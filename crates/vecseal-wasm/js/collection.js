// Encrypted collections on Qdrant; collection.d.ts documents them.

import { Policy, VecsealError } from "vecseal-api";

import { Cache } from "./collection/cache.js";
import { Keyring } from "./collection/keyring.js";
import { connect, fetchPoints, isMissingCollection } from "./collection/qdrant.js";
import { bytesOf, isVectorOf, search } from "./collection/searching.js";
import { checkName, checkNumber, distances, leastQueryNoise, listOf, parametersOf, refusedCode, requireVectors, vectorsOf } from "./collection/settings.js";
import { asId, upsert } from "./collection/writing.js";

const CID = "vecseal.cid";
const IDS_A_REQUEST = 10_000;

export class EncryptedCollection {
  #parts;

  constructor(inner) {
    this.#parts = inner;
  }

  get #inner() {
    this.#parts.requireOpen();
    return this.#parts;
  }

  static async create(options) {
    const inner = new Inner(options);
    if (!inner.wanted) {
      throw new VecsealError("no_parameters", "creating a collection or a compartment needs `search`: dimension, metric, preset");
    }
    await inner.create();
    await inner.open();
    return new EncryptedCollection(inner);
  }

  static async open(options) {
    const inner = new Inner(options);
    await inner.open();
    return new EncryptedCollection(inner);
  }

  get name() {
    return this.#inner.name;
  }

  get keyringName() {
    return this.#inner.keyring.name;
  }

  get compartments() {
    return [...this.#inner.keyring.entries.values()].map(({ summary, compartment, refused }) => {
      const { cid, suite, slots } = summary;
      if (!compartment) {
        return { cid, suite, slots, opens: false, code: refused };
      }
      const { policy, parameters, generation, closed, createdAt, model } = compartment;
      return { cid, suite, slots, opens: true, policy, parameters, generation, closed, createdAt, model };
    });
  }

  get keyringProblems() {
    return this.#inner.keyring.problems.map((problem) => ({ ...problem }));
  }

  async refresh() {
    this.#inner.cache.expire();
    await this.#inner.keyring.refresh();
  }

  async upsert(points, options) {
    return upsert(this.#inner, points, options);
  }

  async search(vector, options) {
    return search(this.#inner, vector, options);
  }

  async get(ids) {
    return this.#inner.get(ids);
  }

  async delete(ids) {
    await this.#inner.delete(ids);
  }

  async count(filter) {
    return this.#inner.count(filter);
  }

  async inspect(id, keys, structure) {
    return this.#inner.inspect(id, keys, structure);
  }

  free() {
    this.#parts.free();
  }
}

if (Symbol.dispose) {
  EncryptedCollection.prototype[Symbol.dispose] = EncryptedCollection.prototype.free;
}

/** What the parts of a collection share. */
class Inner {
  sealing = new Map();
  /** Settles when nobody creates compartments. */
  preparing = Promise.resolve();

  constructor(options) {
    const { name, user, writer, authority, search, vectorName, shardKey, model, collectionGeneration, refreshAfter = 30_000 } = options ?? {};
    checkName(name);
    checkNumber("refreshAfter", refreshAfter, 0, Infinity);
    this.qdrant = connect(options);
    // The caller's object may become another.
    this.search = search && { ...search };
    this.wanted = search && parametersOf(search);
    this.leastQueryNoise = leastQueryNoise(options, this.wanted);
    this.keys = { user, writer, authority };
    this.keyring = new Keyring(this.qdrant, `${name}.keyring`, user);
    this.cache = new Cache(refreshAfter);
    this.sharding = shardKey === undefined ? {} : { shard_key: shardKey };
    Object.assign(this, { options, name, vectorName, model, collectionGeneration, refreshAfter });
  }

  async create() {
    const { name, options } = this;
    const exists = () => new VecsealError("collection_exists", `there is a collection \`${name}\` already: open it instead`);
    if ((await this.qdrant.collectionExists(name)).exists) {
      throw exists();
    }
    const { hnsw, optimizers, quantization, shards, replicas } = options;
    const common = { optimizers_config: optimizers, shard_number: shards, replication_factor: replicas };
    const { mode, searchDimensions: size, metric } = this.wanted;
    const params = { size, distance: distances[metric], hnsw_config: hnsw };
    const vectors = mode === "sealed" ? {} : this.vectorName ? { [this.vectorName]: params } : params;
    // The keyring first: a collection that is there is whole.
    await this.qdrant.createCollection(this.keyring.name, { ...common, vectors: {} }).catch((error) => {
      if (error.status !== 409) {
        throw error;
      }
    });
    await this.qdrant.createCollection(name, { ...common, vectors, quantization_config: quantization }).catch((error) => {
      throw error.status === 409 ? exists() : error;
    });
  }

  async open() {
    const info = await this.calling(this.qdrant.getCollection(this.name));
    this.vectors = vectorsOf(info.config?.params?.vectors, this.vectorName);
    if (this.wanted) {
      requireVectors(this.vectors, this.wanted, this.vectorName);
    }
    if ((this.keys.writer || this.keys.authority) && !info.payload_schema?.[CID]) {
      const index = { field_name: CID, field_schema: { type: "keyword", is_tenant: true } };
      await this.calling(this.qdrant.createPayloadIndex(this.name, index));
    }
    await this.keyring.refresh();
  }

  /** The vector of our name among those of a point. */
  vectorOf(vector) {
    const found = this.vectorName ? vector?.[this.vectorName] : vector;
    return Array.isArray(found) && found.every((x) => typeof x === "number") ? found : undefined;
  }

  /** Searches at once wait for one look. */
  async refreshIfDue(watch) {
    if (performance.now() - this.keyring.refreshed >= this.refreshAfter) {
      this.refreshing ??= this.keyring.refresh(watch).finally(() => (this.refreshing = undefined));
      await this.refreshing;
    }
  }

  requireOpen() {
    if (this.isFreed) {
      throw new VecsealError("freed", "this collection was freed");
    }
  }

  requireReader() {
    if (!this.keys.user) {
      throw new VecsealError("no_reader_key", "reading needs a user key");
    }
  }

  /** An error of a call on the collection. */
  async calling(call) {
    try {
      return await call;
    } catch (error) {
      throw isMissingCollection(error) ? new VecsealError("missing_collection", `there is no collection \`${this.name}\`: create it first`) : error;
    }
  }

  /** Points by the text of their id. */
  fetch(ids, request, watch) {
    return this.calling(fetchPoints(this.qdrant, this.name, ids, { ...request, ...this.sharding }, watch));
  }

  async get(ids) {
    this.requireReader();
    const wanted = listOf(ids).map(asId);
    await this.refreshIfDue();
    const points = await this.fetch(wanted, { with_payload: true, with_vector: true });
    // A compartment that others have created since the last look.
    const isUnknown = (cid) => typeof cid === "string" && !this.keyring.entries.has(cid);
    if ([...points.values()].some(({ payload }) => isUnknown(payload?.vecseal?.cid))) {
      await this.keyring.refresh();
    }
    return wanted.map((id) => {
      const point = points.get(String(id));
      return point ? this.openPoint(point) : { ok: false, id, code: "missing" };
    });
  }

  openPoint({ id, payload, vector }) {
    const { vecseal, ...open } = payload ?? {};
    const record = bytesOf(vecseal?.record);
    if (!record) {
      return { ok: false, id, code: "malformed" };
    }
    const entry = this.keyring.entries.get(vecseal.cid);
    if (!entry?.compartment) {
      return { ok: false, id, code: entry?.refused ?? "missing_header" };
    }
    const { compartment } = entry;
    const opened = openVerified(compartment, { id, record }, this.vectorOf(vector));
    return opened.ok
      ? { ok: true, ...opened.value, public: open, cid: compartment.cid, policy: compartment.policy }
      : { ok: false, id, code: opened.code };
  }

  async delete(ids) {
    const points = listOf(ids).map(asId);
    this.cache.expire();
    for (let start = 0; start < points.length; start += IDS_A_REQUEST) {
      const part = points.slice(start, start + IDS_A_REQUEST);
      await this.calling(this.qdrant.delete(this.name, { points: part, ...this.sharding })).finally(() => this.cache.expire());
    }
  }

  async count(filter) {
    this.requireReader();
    await this.refreshIfDue();
    const cids = this.keyring.opened.map(({ cid }) => cid);
    const must = [{ key: CID, match: { any: cids } }, ...(filter ? [filter] : [])];
    return cids.length === 0 ? 0 : (await this.calling(this.qdrant.count(this.name, { filter: { must }, exact: true, ...this.sharding }))).count;
  }

  async inspect(id, keys, structure) {
    const tried = listOf(keys);
    await this.keyring.refresh();
    const point = (await this.fetch([asId(id)], { with_payload: true, with_vector: true })).get(String(asId(id)));
    if (!point) {
      return undefined;
    }
    const { vecseal, ...open } = point.payload ?? {};
    const record = bytesOf(vecseal?.record);
    const entry = this.keyring.entries.get(vecseal?.cid);
    const searchVector = this.vectorOf(point.vector);
    const attempts = tried.map((key) => attempt(key, entry?.header, { id: point.id, record, searchVector }));
    const policy = attempts.find(({ opens }) => opens)?.policy;
    if (policy !== undefined && structure) {
      explain(policy, structure, tried, attempts);
    }
    return {
      id: point.id,
      public: open,
      cid: vecseal?.cid,
      recordBytes: record?.length ?? 0,
      searchVector: searchVector && Float32Array.from(searchVector),
      header: entry && { suite: entry.summary.suite, slots: entry.summary.slots, bytes: entry.header.length },
      attempts,
    };
  }

  free() {
    this.isFreed = true;
    this.keyring.free();
    this.cache.clear();
    this.sealing.forEach(({ compartment }) => compartment.free());
    this.sealing.clear();
  }
}

/** What a call returns, or why it does not. */
const outcome = (work) => {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    return { ok: false, code: refusedCode(error.code) };
  }
};

/** Opens a point's record, and checks that the search vector at the point is that of the record. */
function openVerified(compartment, point, searchVector) {
  const opened = outcome(() => compartment.open(point));
  if (!opened.ok || compartment.parameters.mode === "sealed") {
    return opened;
  }
  return isVectorOf(compartment, point, searchVector ?? []) ? opened : { ok: false, code: "tampered" };
}

/** What a key makes of a point. */
function attempt(key, header, { id, record, searchVector }) {
  if (!record || !header) {
    return { opens: false, code: record ? "missing_header" : "malformed" };
  }
  const opened = outcome(() => key.open(header));
  if (!opened.ok) {
    return { opens: false, code: opened.code };
  }
  const compartment = opened.value;
  try {
    const read = openVerified(compartment, { id, record }, searchVector);
    return read.ok ? { opens: true, policy: compartment.policy } : { opens: false, code: read.code };
  } finally {
    compartment.free();
  }
}

/** Adds to what was denied what the key lacks. */
function explain(text, structure, keys, attempts) {
  const policy = outcome(() => new Policy(text, structure));
  if (!policy.ok) {
    return;
  }
  attempts.forEach((attempt, index) => {
    if (attempt.code === "access_denied") {
      attempt.explanation = policy.value.explain(keys[index].attributes);
    }
  });
  policy.value.free();
}
