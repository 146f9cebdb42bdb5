// Encrypted collections on Qdrant; collection.d.ts documents them.

import { Policy, SearchKey, VecsealError } from "vecseal-api";

import { Keyring } from "./collection/keyring.js";
import { connect } from "./collection/qdrant.js";
import { Cache, bytesOf, isVectorOf, search } from "./collection/searching.js";
import { asId, upsert } from "./collection/writing.js";

const distances = { cosine: "Cosine", dot: "Dot", euclid: "Euclid" };
const CID = "vecseal.cid";
const RECORDS_A_REQUEST = 256;

export class EncryptedCollection {
  #inner;

  constructor(inner) {
    this.#inner = inner;
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
    await this.#inner.refresh();
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
    this.#inner.free();
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
    const isNamed = typeof name === "string" && !["", ".", ".."].includes(name) && new TextEncoder().encode(`${name}.keyring`).length <= 255;
    if (!isNamed || /[<>:"/\\|?*\p{Cc}]/u.test(name)) {
      throw new VecsealError("invalid_collection_name", "the name is empty, longer than 247 bytes, or has characters that Qdrant does not take");
    }
    this.qdrant = connect(options);
    this.wanted = search && parametersOf(search);
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
    this.vectors = this.vectorsOf(info.config?.params?.vectors);
    if ((this.keys.writer || this.keys.authority) && !info.payload_schema?.[CID]) {
      const index = { field_name: CID, field_schema: { type: "keyword", is_tenant: true } };
      await this.calling(this.qdrant.createPayloadIndex(this.name, index));
    }
    await this.refresh();
  }

  /** What the collection compares, checked against what the options need. */
  vectorsOf(vectors) {
    const found = this.vectorName ? vectors?.[this.vectorName] : typeof vectors?.size === "number" ? vectors : undefined;
    const { wanted } = this;
    if (wanted && wanted.mode !== "sealed") {
      if (!found) {
        const which = this.vectorName ? `no vectors named \`${this.vectorName}\`` : "no vectors without a name: name the ones to use";
        throw new VecsealError("missing_vector", `the collection has ${which}`);
      }
      if (found.size !== wanted.searchDimensions) {
        throw new VecsealError("wrong_collection_dimension", `search vectors have ${wanted.searchDimensions} coordinates, those of the collection ${found.size}`);
      }
      if (found.distance !== distances[wanted.metric]) {
        throw new VecsealError("wrong_metric", `the metric needs a collection with distance ${distances[wanted.metric]}, this one has ${found.distance}`);
      }
    }
    return found && { size: found.size, distance: found.distance };
  }

  isSearchable({ mode, searchDimensions, metric }) {
    return mode === "sealed" || (this.vectors?.size === searchDimensions && this.vectors.distance === distances[metric]);
  }

  /** The vector of our name among those of a point. */
  vectorOf(vector) {
    return this.vectorName ? vector?.[this.vectorName] : Array.isArray(vector) ? vector : undefined;
  }

  /** One look at the keyring at a time. */
  refresh(watch) {
    this.refreshing ??= this.keyring.refresh(watch).finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  async refreshIfDue(watch) {
    if (performance.now() - this.keyring.refreshed >= this.refreshAfter) {
      await this.refresh(watch);
    }
  }

  /** The compartments that this key reads. */
  readable() {
    if (!this.keys.user) {
      throw new VecsealError("no_reader_key", "reading needs a user key");
    }
    const { opened } = this.keyring;
    if (this.model !== undefined) {
      opened.forEach((compartment) => compartment.requireModel(this.model));
    }
    return opened;
  }

  /** An error of a call on the collection, with 404 for what it means there. */
  async calling(call) {
    try {
      return await call;
    } catch (error) {
      throw error.code === "not_found" ? new VecsealError("missing_collection", `there is no collection \`${this.name}\`: create it first`) : error;
    }
  }

  async retrieve(ids) {
    const points = new Map();
    for (let start = 0; start < ids.length; start += RECORDS_A_REQUEST) {
      const part = ids.slice(start, start + RECORDS_A_REQUEST).map(asId);
      const request = { ids: part, with_payload: true, with_vector: true, ...this.sharding };
      const found = await this.calling(this.qdrant.retrieve(this.name, request));
      found.forEach((point) => points.set(String(point.id), point));
    }
    return points;
  }

  async get(ids) {
    this.readable();
    await this.refreshIfDue();
    const wanted = Array.from(ids, asId);
    const points = await this.retrieve(wanted);
    // A compartment that others have created since the last look.
    if ([...points.values()].some(({ payload }) => !this.keyring.entries.has(payload?.vecseal?.cid))) {
      await this.refresh();
    }
    return wanted.map((id) => {
      const point = points.get(String(id));
      return point ? this.opened(point) : { ok: false, id, code: "missing" };
    });
  }

  opened({ id, payload, vector }) {
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
    const opened = outcome(() => compartment.open({ id, record }));
    if (!opened.ok) {
      return { ok: false, id, code: opened.code };
    }
    const isTrue = compartment.parameters.mode === "sealed" || isVectorOf(compartment, { id, record }, this.vectorOf(vector) ?? []);
    return isTrue
      ? { ok: true, ...opened.value, public: open, cid: compartment.cid, policy: compartment.policy }
      : { ok: false, id, code: "tampered" };
  }

  async delete(ids) {
    this.cache.expire();
    await this.calling(this.qdrant.delete(this.name, { points: Array.from(ids, asId), ...this.sharding }));
  }

  async count(filter) {
    await this.refreshIfDue();
    const cids = this.readable().map(({ cid }) => cid);
    const must = [{ key: CID, match: { any: cids } }, ...(filter ? [filter] : [])];
    return cids.length === 0 ? 0 : (await this.calling(this.qdrant.count(this.name, { filter: { must }, exact: true, ...this.sharding }))).count;
  }

  async inspect(id, keys, structure) {
    await this.refresh();
    const point = (await this.retrieve([id])).get(String(asId(id)));
    if (!point) {
      return undefined;
    }
    const { vecseal, ...open } = point.payload ?? {};
    const record = bytesOf(vecseal?.record);
    const entry = this.keyring.entries.get(vecseal?.cid);
    const searchVector = this.vectorOf(point.vector);
    const tried = Array.from(keys);
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
    this.keyring.free();
    this.sealing.forEach(({ compartment }) => compartment.free());
    this.sealing.clear();
  }
}

/** Search options as a compartment will have them. */
function parametersOf(search) {
  const { mode, dimension, metric } = search;
  // A search key of mode sealed there is none; its compartments have nothing but dimension and metric.
  const key = SearchKey.generate(mode === "sealed" ? { dimension, metric, preset: "off" } : search);
  try {
    return mode === "sealed" ? { ...key.parameters, mode } : key.parameters;
  } finally {
    key.free();
  }
}

const outcome = (work) => {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    return { ok: false, code: error.code };
  }
};

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
    const read = outcome(() => compartment.open({ id, record }));
    const isTrue = compartment.parameters.mode === "sealed" || isVectorOf(compartment, { id, record }, searchVector ?? []);
    if (!read.ok || !isTrue) {
      return { opens: false, code: read.ok ? "tampered" : read.code };
    }
    return { opens: true, policy: compartment.policy };
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
