// Searching: what is near to a vector, among what opens.

import { fromBase64Url, rerank, VecsealError } from "vecseal-api";

import { scrollAll } from "./qdrant.js";

const MAX_RESULTS = 10_000;
const MAX_CANDIDATES = 20_000;
const SEARCHES_A_REQUEST = 128;
const RECORDS_A_REQUEST = 512;
const REQUESTS_AT_ONCE = 4;
const TAGS_A_PAGE = 4_096;
const MAX_RECORDS = 200_000;

/** What is searched with, by name. */
const OPTIONS = ["limit", "offset", "filter", "scoreThreshold", "oversampling", "hnswEf", "public", "verifyVectors", "reach", "signal"];

/** Returns the points nearest to a vector among all that open, with exact scores, and what it cost. */
export async function search(collection, vector, options = {}) {
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown) {
    throw new VecsealError("invalid_argument", `there is no option \`${unknown}\`, but ${OPTIONS.join(", ")}`);
  }
  const { limit = 10, offset = 0, scoreThreshold } = options;
  for (const [name, value] of Object.entries({ limit, offset })) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new VecsealError("invalid_argument", `\`${name}\` takes an integer from 0`);
    }
  }
  for (const name of ["oversampling", "hnswEf"]) {
    const value = options[name] ?? 1;
    if (!Number.isSafeInteger(value) || value < 1 || value > 65_535) {
      throw new VecsealError("invalid_argument", `\`${name}\` takes an integer from 1 to 65,535`);
    }
  }
  if (scoreThreshold !== undefined && !Number.isFinite(scoreThreshold)) {
    throw new VecsealError("invalid_argument", "`scoreThreshold` takes a number");
  }
  const wanted = limit + offset;
  if (wanted > MAX_RESULTS) {
    throw new VecsealError("too_many", `this is more than fits: at most ${MAX_RESULTS}`);
  }
  const run = new Run(collection, vector, { ...options, wanted });
  await run.timed("keyring", () => collection.refreshIfDue({ meter: run.cost.traffic }));
  const readable = collection.readable();
  const sealed = readable.filter(({ parameters }) => parameters.mode === "sealed");
  const geometric = readable.filter(({ parameters }) => parameters.mode === "geometric" && collection.isSearchable(parameters));
  run.cost.compartments = sealed.length + geometric.length;
  const [metric, ...others] = new Set([...sealed, ...geometric].map(({ parameters: { metric, dimension } }) => `${metric} ${dimension}`));
  if (others.length > 0) {
    throw new VecsealError("wrong_dimension", "compartments of other dimensions or metrics cannot be ranked together");
  }
  if (geometric.length > 0 && wanted > 0) {
    await run.geometric(geometric);
  }
  await run.sealed(sealed);
  const hits = await run.timed("rank", () => (metric ? run.rank(metric.split(" ")[0]) : []));
  const isNear = ({ score }) => scoreThreshold === undefined || (metric.startsWith("euclid") ? score <= scoreThreshold : score >= scoreThreshold);
  run.cost.times.total = performance.now() - run.start;
  return { hits: hits.slice(offset).filter(isNear), cost: run.cost };
}

/** One search. */
class Run {
  start = performance.now();
  candidates = new Map();
  cost = { compartments: 0, candidates: 0, opened: 0, denied: 0, tampered: 0, traffic: { requests: 0, sent: 0, received: 0 }, times: {} };

  constructor(collection, vector, options) {
    Object.assign(this, { collection, vector, options });
  }

  async timed(stage, work) {
    const begun = performance.now();
    try {
      return await work();
    } finally {
      this.cost.times[stage] = (this.cost.times[stage] ?? 0) + performance.now() - begun;
    }
  }

  call(method, body) {
    const { qdrant, name, sharding } = this.collection;
    return this.collection.calling(qdrant[method](name, method === "queryBatch" ? body : { ...body, ...sharding }, this.watch));
  }

  /** What ends the calls, and counts them. */
  get watch() {
    return { signal: this.options.signal, meter: this.cost.traffic };
  }

  /** The server finds candidates by their search vectors. */
  async geometric(compartments) {
    const { wanted, oversampling } = this.options;
    const own = largest(compartments.map(({ parameters }) => parameters.oversampling));
    const count = Math.min(wanted * (oversampling ?? own), Math.max(MAX_CANDIDATES, wanted));
    const groups = grouped(compartments);
    const isAlone = groups.length === 1;
    const searches = await this.timed("encrypt", () => groups.map((group) => this.query(group, count, isAlone)));
    const found = await this.timed("search", async () => {
      const answers = [];
      for (let start = 0; start < searches.length; start += SEARCHES_A_REQUEST) {
        const part = searches.slice(start, start + SEARCHES_A_REQUEST);
        const answer = await this.call("queryBatch", { searches: part });
        if (!Array.isArray(answer) || answer.length !== part.length) {
          throw new VecsealError("unexpected_answer", "the answer is not one to each search: is this the address of a Qdrant?");
        }
        answers.push(answer.flatMap(({ points }) => points));
      }
      return best(answers.flat(), compartments[0].parameters.metric, count);
    });
    this.cost.candidates += found.length;
    const fetched = isAlone ? found : await this.timed("fetch", () => this.fetch(found.map(({ id }) => id)));
    const byCid = new Map(compartments.map((compartment) => [compartment.cid, compartment]));
    await this.timed("open", () => this.open(fetched, byCid));
  }

  query([first, ...others], count, isAlone) {
    const { hnswEf, filter, reach, verifyVectors } = this.options;
    const group = [first, ...others];
    const isShared = first.parameters.scope === "collection";
    const cids = group.map(({ cid }) => cid);
    const match = cids.length === 1 ? { value: cids[0] } : { any: cids };
    const must = isShared && reach === "everything" ? [] : [{ key: "vecseal.cid", match }];
    if (filter) {
      must.push(filter);
    }
    const ef = hnswEf ?? largest(group.map(({ parameters }) => parameters.hnswEf));
    return {
      query: Array.from(first.encryptQuery(this.vector)),
      using: this.collection.vectorName,
      filter: must.length > 0 ? { must } : undefined,
      params: ef > 0 ? { hnsw_ef: Math.max(ef, count) } : undefined,
      limit: count,
      with_payload: isAlone ? this.payload : false,
      with_vector: isAlone && verifyVectors === true,
      ...this.collection.sharding,
    };
  }

  get payload() {
    return this.options.public === false ? ["vecseal"] : true;
  }

  /** Fetches points, some at a time; fewer at once if their answer would be too large. */
  async fetch(ids) {
    const parts = [];
    for (let start = 0; start < ids.length; start += RECORDS_A_REQUEST) {
      parts.push(ids.slice(start, start + RECORDS_A_REQUEST));
    }
    const fetched = [];
    const work = async () => {
      for (let part = parts.pop(); part; part = parts.pop()) {
        try {
          const request = { ids: part, with_payload: this.payload, with_vector: this.options.verifyVectors === true };
          fetched.push(await this.call("retrieve", request));
        } catch (error) {
          if (error.code !== "answer_too_large" || part.length === 1) {
            throw error;
          }
          parts.push(part.slice(0, part.length / 2), part.slice(part.length / 2));
        }
      }
    };
    await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, work));
    return fetched.flat();
  }

  count(code) {
    this.cost[code === "access_denied" ? "denied" : "tampered"] += 1;
  }

  /** Opens points in slices, between which the page can paint. */
  async open(points, byCid) {
    const { verifyVectors, signal } = this.options;
    const parts = new Map();
    for (const { id, payload, vector } of points) {
      const { vecseal, ...open } = payload ?? {};
      const record = bytesOf(vecseal?.record);
      const compartment = byCid.get(vecseal?.cid);
      if (!record || typeof vecseal?.cid !== "string") {
        this.count("malformed");
      } else if (!compartment) {
        this.count("access_denied");
      } else {
        parts.set(compartment, parts.get(compartment) ?? []);
        parts.get(compartment).push({ id, record, open, vector });
      }
    }
    for (const [compartment, part] of parts) {
      const results = await compartment.openMany(part, { signal });
      results.forEach((result, index) => {
        const { id, record, open, vector } = part[index];
        const isTrue = result.ok && (!verifyVectors || isVectorOf(compartment, { id, record }, this.collection.vectorOf(vector)));
        if (isTrue) {
          this.take(compartment, result.value, open);
        } else {
          this.count("tampered");
        }
        this.cost.opened += result.ok ? 1 : 0;
      });
    }
  }

  take(compartment, point, open) {
    this.candidates.set(String(point.id), { ...point, public: this.options.public === false ? {} : open, cid: compartment.cid, policy: compartment.policy });
  }

  /** Mode sealed: all records of a compartment, those that have changed since the last time. */
  async sealed(compartments) {
    const { cache } = this.collection;
    cache.retain(compartments.map(({ cid }) => cid));
    for (const compartment of compartments) {
      const kept = cache.of(compartment.cid);
      const isKnown = !this.options.filter && cache.isFresh(kept);
      const keys = isKnown ? [...kept.records.keys()] : await this.update(compartment, kept);
      this.cost.candidates += keys.length;
      for (const key of keys) {
        const { point, open } = kept.records.get(key) ?? {};
        if (point) {
          this.take(compartment, point, open);
        }
      }
    }
  }

  /** Brings what is kept of a compartment up to date, and returns the points that meet the filter. */
  async update(compartment, kept) {
    const { filter, signal } = this.options;
    const at = performance.now();
    const isFirst = kept.records.size === 0;
    const must = [{ key: "vecseal.cid", match: { value: compartment.cid } }, ...(filter ? [filter] : [])];
    const { qdrant, name, sharding } = this.collection;
    const request = { filter: { must }, limit: isFirst ? RECORDS_A_REQUEST : TAGS_A_PAGE, with_payload: isFirst ? true : { exclude: ["vecseal.record"] }, ...sharding };
    const { listed, changed } = await this.timed("fetch", async () => {
      const listed = await this.collection.calling(scrollAll(qdrant, name, request, MAX_RECORDS, this.watch));
      const isChanged = ({ id, payload }) => {
        const tag = payload?.vecseal?.tag;
        return !tag || kept.records.get(String(id))?.tag !== tag;
      };
      const changed = isFirst ? listed : await this.fetch(listed.filter(isChanged).map(({ id }) => id));
      return { listed, changed };
    });
    await this.timed("open", async () => {
      for (const { id, payload } of listed) {
        const known = kept.records.get(String(id));
        if (known) {
          const { vecseal: _, ...open } = payload ?? {};
          known.open = open;
        }
      }
      const part = changed.map(({ id, payload }) => {
        const { vecseal, ...open } = payload ?? {};
        return { id, record: vecseal?.cid === compartment.cid ? bytesOf(vecseal.record) : undefined, tag: vecseal?.tag, open };
      });
      const results = await compartment.openMany(part, { signal });
      results.forEach((result, index) => {
        const { id, tag, open } = part[index];
        this.cost[result.ok ? "opened" : "tampered"] += 1;
        kept.records.set(String(id), { tag, open, point: result.ok ? result.value : undefined });
      });
    });
    const keys = listed.map(({ id }) => String(id));
    if (!filter) {
      const there = new Set(keys);
      [...kept.records.keys()].filter((key) => !there.has(key)).forEach((key) => kept.records.delete(key));
      kept.listed = at;
    }
    return keys;
  }

  rank(metric) {
    const candidates = [...this.candidates.values()];
    return rerank(this.vector, candidates, { metric, limit: this.options.wanted }).map(({ id, score }) => ({
      ...this.candidates.get(String(id)),
      score,
    }));
  }
}

const largest = (numbers) => numbers.reduce((a, b) => Math.max(a, b));

/** Whether a search vector found at a point is that of its record. */
export function isVectorOf(compartment, point, searchVector) {
  try {
    compartment.verifySearchVector({ ...point, searchVector });
    return true;
  } catch {
    return false;
  }
}

/** Bytes from base64url; nothing for what is none. */
export function bytesOf(text) {
  try {
    return fromBase64Url(text);
  } catch {
    return undefined;
  }
}

/** Compartments by search key: one alone, or all that share one. */
function grouped(compartments) {
  const shared = new Map();
  const groups = [];
  for (const compartment of compartments) {
    const key = compartment.collectionKey;
    if (key) {
      const name = `${key.generation} ${key.name}`;
      shared.set(name, [...(shared.get(name) ?? []), compartment]);
      key.free();
    } else {
      groups.push([compartment]);
    }
  }
  return [...groups, ...shared.values()];
}

/** The best, each point once. Rotated distances compare across compartments. */
function best(points, metric, count) {
  const sorted = points.sort((a, b) => (metric === "euclid" ? a.score - b.score : b.score - a.score));
  const once = new Map(sorted.map((point) => [String(point.id), point]).reverse());
  return [...once.values()].reverse().slice(0, count);
}

/** The records of compartments of mode sealed, kept opened between searches. */
export class Cache {
  #compartments = new Map();

  constructor(milliseconds) {
    this.milliseconds = milliseconds;
  }

  of(cid) {
    const kept = this.#compartments.get(cid) ?? { records: new Map(), listed: -Infinity };
    this.#compartments.set(cid, kept);
    return kept;
  }

  isFresh = ({ listed }) => performance.now() - listed < this.milliseconds;

  /** Has the next search list everything. */
  expire() {
    this.#compartments.forEach((kept) => (kept.listed = -Infinity));
  }

  retain(cids) {
    [...this.#compartments.keys()].filter((cid) => !cids.includes(cid)).forEach((cid) => this.#compartments.delete(cid));
  }
}
