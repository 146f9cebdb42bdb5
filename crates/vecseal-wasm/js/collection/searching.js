// Searching: what is near to a vector, among what opens.

import { fromBase64Url, PerturbedQuery, rerank, VecsealError } from "vecseal-api";

import { tagOf } from "./keyring.js";
import { bySearchKey, classesOf, MAX_CANDIDATES, queryNoiseOf, radiusOf } from "./noise.js";
import { newMeter, scrollAll } from "./qdrant.js";
import { select } from "./selection.js";
import { unlessAborted } from "./settings.js";

const MAX_RESULTS = 10_000;
const SEARCHES_A_REQUEST = 128;
const RECORDS_A_PAGE = 512;
const TAGS_A_PAGE = 4_096;
const MAX_RECORDS = 200_000;

/** What is searched with, by name. */
const OPTIONS = ["limit", "offset", "filter", "scoreThreshold", "oversampling", "hnswEf", "public", "verifyVectors", "reach", "signal"];

/** Returns the points nearest to a vector among all that open, with exact scores, and what it cost. */
export async function search(collection, vector, options = {}) {
  const { offset = 0, scoreThreshold, signal } = options;
  const wanted = checked(vector, options);
  // The caller may use the array for something else meanwhile.
  const run = new Run(collection, vector.slice(), { ...options, wanted });
  // Others may wait for the same look, so the signal ends the waiting alone.
  await run.timed("keyring", () => unlessAborted(signal, collection.refreshIfDue({ meter: run.cost.traffic })));
  collection.requireReader();
  const { metric, geometric, sealed, skipped } = select(collection, vector.length);
  run.skipped = skipped;
  run.cost.compartments = sealed.length + geometric.length;
  if (geometric.length > 0 && run.options.wanted > 0) {
    await run.geometric(metric, geometric);
  }
  await run.sealed(sealed);
  const hits = await run.timed("rank", () => (run.cost.compartments > 0 ? run.rank(metric) : []));
  const isNear = ({ score }) => scoreThreshold === undefined || (metric === "euclid" ? score <= scoreThreshold : score >= scoreThreshold);
  run.cost.times.total = performance.now() - run.start;
  return { hits: hits.slice(offset).filter(isNear), skipped: run.skipped, cost: run.cost };
}

/** Checks what is searched for and with; returns how many of the nearest must be known. */
function checked(vector, options) {
  const refuse = (sentence) => {
    throw new VecsealError("invalid_argument", sentence);
  };
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown) {
    refuse(`there is no option \`${unknown}\`, but ${OPTIONS.join(", ")}`);
  }
  if (!Array.isArray(vector) && !(vector instanceof Float32Array)) {
    refuse("a vector is a Float32Array or an array of numbers");
  }
  const { limit = 10, offset = 0, scoreThreshold } = options;
  for (const [name, value] of Object.entries({ limit, offset })) {
    if (!Number.isSafeInteger(value) || value < 0) {
      refuse(`\`${name}\` takes an integer from 0`);
    }
  }
  for (const [name, least] of [["oversampling", 1], ["hnswEf", 0]]) {
    const value = options[name] ?? 1;
    if (!Number.isSafeInteger(value) || value < least || value > 65_535) {
      refuse(`\`${name}\` takes an integer from ${least} to 65,535`);
    }
  }
  if (!["readable", "everything"].includes(options.reach ?? "readable")) {
    refuse("`reach` takes `readable` or `everything`");
  }
  if (scoreThreshold !== undefined && !Number.isFinite(scoreThreshold)) {
    refuse("`scoreThreshold` takes a number");
  }
  if (limit + offset > MAX_RESULTS) {
    throw new VecsealError("too_many", `this is more than fits: at most ${MAX_RESULTS}`);
  }
  return limit + offset;
}

/** One search. */
class Run {
  start = performance.now();
  candidates = new Map();
  cost = { compartments: 0, queryNoise: 0, candidates: 0, opened: 0, denied: 0, tampered: 0, traffic: newMeter(), times: {} };

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

  /** What ends the calls, and counts them. */
  get watch() {
    return { signal: this.options.signal, meter: this.cost.traffic };
  }

  /** The server finds candidates by their search vectors. */
  async geometric(metric, compartments) {
    const { vector, options, cost } = this;
    const noise = queryNoiseOf(this.collection.leastQueryNoise, compartments);
    const radius = radiusOf(metric, vector, noise);
    cost.queryNoise = radius;
    const kinds = classesOf(compartments, noise, options);
    const groups = await this.timed("encrypt", () => rotated(metric, vector, radius, kinds));
    // With one query, records come with the answer, if they are not too large for it.
    let withRecords = groups.length === 1;
    const found = await this.timed("search", async () => {
      try {
        return await this.find(metric, groups, withRecords);
      } catch (error) {
        if (!withRecords || error.code !== "answer_too_large") {
          throw error;
        }
        withRecords = false;
        return this.find(metric, groups, withRecords);
      }
    });
    cost.candidates += found.length;
    const at = performance.now();
    const fetched = withRecords ? found : await this.timed("fetch", () => this.fetch(found.map(({ id }) => id)));
    const byCid = new Map(compartments.map((compartment) => [compartment.cid, compartment]));
    await this.timed("open", () => this.open(fetched, byCid, at));
  }

  /** The best that the server finds of each class, each point once; of too many, as many of each. */
  async find(metric, groups, withRecords) {
    const { qdrant, name } = this.collection;
    const best = new Map();
    const parts = [];
    for (let start = 0; start < groups.length; start += SEARCHES_A_REQUEST) {
      parts.push(groups.slice(start, start + SEARCHES_A_REQUEST));
    }
    for (let part = parts.pop(); part; part = parts.pop()) {
      const searches = part.map((group) => this.query(group, withRecords));
      let answers;
      try {
        answers = await this.collection.calling(qdrant.queryBatch(name, { searches }, this.watch));
      } catch (error) {
        if (error.code !== "answer_too_large" || searches.length === 1) {
          throw error;
        }
        parts.push(part.slice(0, part.length / 2), part.slice(part.length / 2));
        continue;
      }
      if (answers.length !== searches.length) {
        throw new VecsealError("unexpected_answer", "the answer is not one to each search: is this the address of a Qdrant?");
      }
      for (const [index, { kind }] of part.entries()) {
        const points = [...(best.get(kind) ?? []), ...answers[index].points.slice(0, kind.count)];
        points.sort((a, b) => (metric === "euclid" ? a.score - b.score : b.score - a.score));
        best.set(kind, points.slice(0, kind.count));
      }
    }
    return inTurns([...best.values()], MAX_CANDIDATES);
  }

  query({ group, kind: { count }, vector }, withRecords) {
    const { hnswEf, filter, reach, verifyVectors } = this.options;
    const cids = group.map(({ cid }) => cid);
    const match = cids.length === 1 ? { value: cids[0] } : { any: cids };
    const isShared = group[0].parameters.scope === "collection";
    const must = isShared && reach === "everything" ? [] : [{ key: "vecseal.cid", match }];
    if (filter) {
      must.push(filter);
    }
    const ef = hnswEf ?? group.reduce((most, { parameters }) => Math.max(most, parameters.hnswEf), 0);
    return {
      query: vector,
      using: this.collection.vectorName,
      filter: must.length > 0 ? { must } : undefined,
      params: ef > 0 ? { hnsw_ef: Math.max(ef, count) } : undefined,
      limit: count,
      with_payload: withRecords ? this.payload : false,
      with_vector: Boolean(withRecords && verifyVectors),
      ...this.collection.sharding,
    };
  }

  get payload() {
    return this.options.public === false ? ["vecseal"] : true;
  }

  async fetch(ids, payload = this.payload) {
    const request = { with_payload: payload, with_vector: Boolean(this.options.verifyVectors) };
    return [...(await this.collection.fetch(ids, request, this.watch)).values()];
  }

  count(code) {
    this.cost[code === "access_denied" ? "denied" : "tampered"] += 1;
  }

  /** Opens points in slices, between which the page can paint. */
  async open(points, byCid, at) {
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
          this.take(compartment, result.value, open, at);
        } else {
          this.count("tampered");
        }
        this.cost.opened += result.ok ? 1 : 0;
      });
    }
  }

  /** Keeps a candidate, as it was read last: one that has moved may still be in the cache. */
  take(compartment, point, open, at) {
    const key = String(point.id);
    if (this.candidates.get(key)?.at > at) {
      return;
    }
    this.candidates.set(key, { at, ...point, public: this.options.public === false ? {} : open, cid: compartment.cid, policy: compartment.policy });
  }

  /** Mode sealed: all records of a compartment, those that have changed since the last time. */
  async sealed(compartments) {
    const { cache } = this.collection;
    cache.retain(compartments.map(({ cid }) => cid));
    for (const compartment of compartments) {
      const kept = cache.of(compartment.cid);
      let found;
      try {
        const isKnown = !this.options.filter && cache.isFresh(kept);
        found = isKnown ? [...kept.records.values()] : await this.update(compartment, kept.records);
      } catch (error) {
        if (error.code !== "too_many") {
          throw error;
        }
        // More than is ranked here: the others can be searched nevertheless.
        this.cost.compartments -= 1;
        this.skipped.push({ cid: compartment.cid, error });
        continue;
      }
      this.cost.candidates += found.length;
      for (const { point, open, at } of found) {
        if (point) {
          this.take(compartment, point, open, at);
        } else {
          this.count("tampered");
        }
      }
    }
  }

  /** Reads of a compartment what is not known already, keeps it, and returns what meets the filter. */
  async update(compartment, known) {
    const { filter, signal } = this.options;
    const { qdrant, name, sharding, cache } = this.collection;
    const begun = cache.begin();
    const isFirst = known.size === 0;
    const must = [{ key: "vecseal.cid", match: { value: compartment.cid } }, ...(filter ? [filter] : [])];
    const request = { filter: { must }, limit: isFirst ? RECORDS_A_PAGE : TAGS_A_PAGE, with_payload: isFirst ? true : { exclude: ["vecseal.record"] }, ...sharding };
    const { listed, changed } = await this.timed("fetch", async () => {
      const listed = await this.collection.calling(scrollAll(qdrant, name, request, MAX_RECORDS, this.watch));
      const isChanged = ({ id, payload }) => !tagOf(payload) || known.get(String(id))?.tag !== tagOf(payload);
      const changed = isFirst ? listed : await this.fetch(listed.filter(isChanged).map(({ id }) => id), ["vecseal"]);
      return { listed, changed };
    });
    return this.timed("open", async () => {
      const read = new Map();
      const part = changed.map(({ id, payload }) => ({ id, record: bytesOf(payload?.vecseal?.record), tag: tagOf(payload), cid: payload?.vecseal?.cid }));
      const results = await compartment.openMany(part, { signal });
      results.forEach((result, index) => {
        const { id, tag, cid = compartment.cid } = part[index];
        this.cost.opened += result.ok ? 1 : 0;
        // Another compartment's was written there since it was listed.
        read.set(String(id), cid === compartment.cid ? { tag, point: result.ok ? result.value : undefined } : undefined);
      });
      const found = new Map();
      for (const { id, payload } of listed) {
        const key = String(id);
        const record = read.has(key) ? read.get(key) : known.get(key);
        if (record) {
          found.set(key, { ...record, open: withoutOurs(payload), at: begun.at });
        }
      }
      cache.put(compartment.cid, filter ? new Map([...known, ...found]) : found, begun, !filter);
      return [...found.values()];
    });
  }

  rank(metric) {
    const candidates = [...this.candidates.values()];
    return rerank(this.vector, candidates, { metric, limit: this.options.wanted }).map(({ id, score }) => {
      const { at: _, ...found } = this.candidates.get(String(id));
      return { ...found, score };
    });
  }
}

/** What lies in clear of a payload. */
function withoutOurs(payload) {
  const { vecseal: _, ...open } = payload ?? {};
  return open;
}

/** The first of each list, then the second of each, each point once, up to a number. */
function inTurns(lists, most) {
  const once = new Map();
  const longest = lists.reduce((length, list) => Math.max(length, list.length), 0);
  for (let place = 0; place < longest; place += 1) {
    for (const point of lists.flatMap((list) => list[place] ?? [])) {
      if (once.size < most && !once.has(String(point.id))) {
        once.set(String(point.id), point);
      }
    }
  }
  return [...once.values()];
}

/** What one query serves, `{ kind, group, vector }`: the compartments of a class that share a search key, and the query. */
function rotated(metric, vector, radius, kinds) {
  const query = new PerturbedQuery(vector, { metric, radius });
  try {
    return kinds.flatMap((kind) => bySearchKey(kind.members).map((group) => ({ kind, group, vector: Array.from(group[0].rotateQuery(query)) })));
  } finally {
    query.free();
  }
}

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
