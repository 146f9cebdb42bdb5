// The calls to Qdrant that an encrypted collection makes: to a URL by `fetch`, or through the caller's own client of
// `@qdrant/js-client-rest`, which has methods of the same names.

import { VecsealError } from "vecseal-api";

import { checkNumber, unlessAborted } from "./settings.js";

/** An answer is read up to here, */
const MAX_ANSWER_BYTES = 256 * 2 ** 20;
/** all answers to one reading of all pages, or of points by their ids, up to here. */
const MAX_CHARACTERS_AT_ONCE = 2 ** 30;
const RECORDS_A_REQUEST = 512;
const REQUESTS_AT_ONCE = 4;
const FIRST_WAIT = 200;
const LONGEST_WAIT = 10_000;

/** What went wrong at Qdrant, or on the way there. */
function failed(code, message, more) {
  return Object.assign(new VecsealError(code, message), more);
}

const codes = { 401: "unauthorized", 403: "unauthorized", 404: "not_found", 429: "rate_limited" };

/** An answer that is an error: its status, and Qdrant's own words, which are cut. */
function refused(status, words, retryAfter) {
  const sentence = typeof words === "string" && words.trim() ? `: ${words.trim().slice(0, 1_000)}` : "";
  const wait = retryAfter > 0 ? ` (it asks to wait ${retryAfter} s)` : "";
  return failed(codes[status] ?? "http_status", `qdrant answered ${status}${sentence}${wait}`, { status, retryAfter });
}

/** Other things can be missing too, and a proxy can lack the whole address. */
export const isMissingCollection = ({ code, message }) => code === "not_found" && message.includes("Collection ");

/**
 * Connects to what the options name. Each call can be watched: `{ signal, meter }` ends it, and counts its requests and,
 * by `fetch`, the characters of its bodies.
 */
export function connect({ url, apiKey, bearerToken, client, timeout = 60_000, attempts = 4, consistency, ordering }) {
  if ((url === undefined) === (client === undefined)) {
    throw failed("invalid_argument", "give either the `url` of a Qdrant or a `client` of @qdrant/js-client-rest");
  }
  checkNumber("timeout", timeout, 1, 2 ** 31 - 1);
  checkNumber("attempts", attempts, 1, 1_000);
  const calls = client === undefined ? overFetch(url, { apiKey, bearerToken }, timeout) : overClient(client);
  const reading = consistency === undefined ? {} : { consistency };
  const writing = ordering === undefined ? { wait: true } : { wait: true, ordering };
  const call = (method, twice, name, body, watch) =>
    repeatedly(attempts, twice, watch, async () => {
      watch?.signal?.throwIfAborted();
      count(watch?.meter, "requests", 1);
      const answer = await unlessAborted(watch?.signal, calls(method, name, body, watch));
      if (!shapes[method](answer)) {
        throw failed("unexpected_answer", "the answer is not what Qdrant answers here: is this the address of a Qdrant?");
      }
      if (answer.status !== undefined && isWrite.includes(method) && answer.status !== "completed") {
        throw failed("not_completed", `qdrant took the write but answered \`${answer.status}\`: whether it will be done is unknown, writing again is safe`);
      }
      return answer;
    });
  const read = (method) => (name, body, watch) => call(method, true, name, { ...reading, ...body }, watch);
  return {
    collectionExists: (name) => call("collectionExists", true, name),
    getCollection: (name) => call("getCollection", true, name),
    createCollection: (name, body) => call("createCollection", false, name, body),
    createPayloadIndex: (name, body) => call("createPayloadIndex", true, name, { ...body, wait: true }),
    upsert: (name, body, watch) => call("upsert", true, name, { ...writing, ...body }, watch),
    delete: (name, body, watch) => call("delete", true, name, { ...writing, ...body }, watch),
    retrieve: read("retrieve"),
    queryBatch: read("queryBatch"),
    scroll: read("scroll"),
    count: read("count"),
  };
}

/** What counts requests, and the characters of bodies. */
export const newMeter = () => ({ requests: 0, sent: 0, received: 0 });

const count = (meter, what, number) => meter && (meter[what] += number);

const isObject = (value) => typeof value === "object" && value !== null;
const isId = (id) => ["number", "string", "bigint"].includes(typeof id);
const isPoints = (points) => Array.isArray(points) && points.every((point) => isObject(point) && isId(point.id));
const isUpdate = (answer) => typeof answer?.status === "string";
const isWrite = ["createPayloadIndex", "upsert", "delete"];

/** Whether an answer is one to each call. */
const shapes = {
  collectionExists: (answer) => typeof answer?.exists === "boolean",
  getCollection: isObject,
  createCollection: (answer) => typeof answer === "boolean",
  createPayloadIndex: isUpdate,
  upsert: isUpdate,
  delete: isUpdate,
  retrieve: isPoints,
  queryBatch: (answer) => Array.isArray(answer) && answer.every((found) => isPoints(found?.points)),
  scroll: (answer) => isPoints(answer?.points) && (isId(answer.next_page_offset) || (answer.next_page_offset ?? null) === null),
  count: (answer) => Number.isSafeInteger(answer?.count),
};

/** Method and path of each call. */
const routes = {
  collectionExists: ["GET", "/exists"],
  getCollection: ["GET", ""],
  createCollection: ["PUT", ""],
  createPayloadIndex: ["PUT", "/index"],
  upsert: ["PUT", "/points"],
  delete: ["POST", "/points/delete"],
  retrieve: ["POST", "/points"],
  queryBatch: ["POST", "/points/query/batch"],
  scroll: ["POST", "/points/scroll"],
  count: ["POST", "/points/count"],
};

function overFetch(url, { apiKey, bearerToken }, timeout) {
  const base = parsedUrl(url);
  const headers = { "content-type": "application/json" };
  for (const [name, secret, value] of [["api-key", apiKey, apiKey], ["authorization", bearerToken, `Bearer ${bearerToken}`]]) {
    if (secret !== undefined) {
      if (typeof secret !== "string" || !/^[!-~]+$/.test(secret)) {
        throw failed("invalid_credentials", "an API key or token is one line of visible ASCII characters");
      }
      headers[name] = value;
    }
  }
  return async (call, collection, body, { signal, meter } = {}) => {
    const [method, path] = routes[call];
    const { wait, ordering, consistency, ...rest } = body ?? {};
    const settings = Object.entries({ wait, ordering, consistency }).filter(([, value]) => value !== undefined);
    const query = settings.length > 0 ? `?${new URLSearchParams(settings)}` : "";
    const address = `${base}/collections/${encodeURIComponent(collection)}${path}${query}`;
    const text = body === undefined ? undefined : JSON.stringify(rest, bigints);
    count(meter, "sent", text?.length ?? 0);
    return exchange(address, { method, headers, body: text }, timeout, { signal, meter });
  };
}

function tried(f) {
  try {
    return f();
  } catch {
    return undefined;
  }
}

/** A url without a trailing slash. What is secret does not belong into it: urls get into logs. */
function parsedUrl(url) {
  const parsed = tried(() => new URL(url));
  const isPlain = parsed && !parsed.username && !parsed.password && !parsed.search && !parsed.hash;
  if (!isPlain || !/^https?:$/.test(parsed.protocol)) {
    throw failed("invalid_url", "`url` takes an http or https address without user, query and fragment: give keys as `apiKey`");
  }
  return parsed.href.replace(/\/+$/, "");
}

/** Ids beyond 2^53 are bigints; JSON has them as numbers. */
const bigints = (_, value) => (typeof value === "bigint" ? rawNumber(value) : value);
const rawNumber = (value) => {
  if (value <= BigInt(Number.MAX_SAFE_INTEGER)) {
    return Number(value);
  }
  if (JSON.rawJSON) {
    return JSON.rawJSON(String(value));
  }
  throw failed("invalid_point_id", "this JavaScript engine cannot write ids beyond 2^53 − 1: use UUIDs");
};

/** Whether the engine tells how numbers were written. */
const tellsSource = tried(() => JSON.parse("1", (_, value, context) => context?.source === "1"));

/** An answer, with ids as they were written: they go to 2^64 − 1. */
function parsed(text) {
  let isExact = true;
  const exactly = (name, value, context) => {
    if (!isBeyond(value) || !["id", "next_page_offset"].includes(name) || !/^\d+$/.test(context.source)) {
      return value;
    }
    isExact = false;
    return BigInt(context.source);
  };
  const answer = tried(() => (tellsSource ? JSON.parse(text, exactly) : JSON.parse(text)));
  const { result } = answer ?? {};
  const lists = [result, result?.points, ...(Array.isArray(result) ? result.map((found) => found?.points) : [])];
  for (const point of lists.filter(Array.isArray).flat()) {
    if (isBeyond(point?.id)) {
      throw failed("invalid_point_id", "this JavaScript engine cannot read ids beyond 2^53 − 1: use UUIDs");
    }
    if (!isExact && point?.payload) {
      // What lies in clear stays what JSON makes of it.
      point.payload = JSON.parse(JSON.stringify(point.payload, (_, value) => (typeof value === "bigint" ? Number(value) : value)));
    }
  }
  return answer;
}

const isBeyond = (value) => Number.isInteger(value) && !Number.isSafeInteger(value);

async function exchange(address, request, timeout, { signal, meter }) {
  const controller = new AbortController();
  const abort = () => controller.abort();
  let isLate = false;
  const timer = setTimeout(() => ((isLate = true), abort()), timeout);
  signal?.addEventListener("abort", abort, { once: true });
  let response;
  let text;
  try {
    const cautious = { cache: "no-store", credentials: "omit", redirect: "error", referrerPolicy: "no-referrer" };
    response = await fetch(address, { ...request, ...cautious, signal: controller.signal });
    text = await read(response);
    count(meter, "received", text.length);
  } catch (error) {
    if (signal?.aborted || error instanceof VecsealError) {
      throw signal?.aborted ? signal.reason : error;
    }
    if (isLate) {
      throw failed("timeout", "qdrant did not answer in time");
    }
    throw failed("interrupted", `the connection to qdrant failed or ended before the answer: ${error.message}`);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
  const answer = parsed(text);
  if (!response.ok) {
    throw refused(response.status, answer?.status?.error ?? text, Number(response.headers.get("retry-after") ?? 0));
  }
  if (!isObject(answer) || !("result" in answer)) {
    throw failed("unexpected_answer", "the answer is not what Qdrant answers here: is this the address of a Qdrant?");
  }
  return answer.result;
}

async function read(response) {
  const decoder = new TextDecoder();
  let length = 0;
  let text = "";
  for (const reader = response.body?.getReader(); reader; ) {
    const { done, value } = await reader.read();
    if (done) {
      break;
    }
    length += value.length;
    if (length > MAX_ANSWER_BYTES) {
      await reader.cancel();
      throw failed("answer_too_large", "the answer is larger than 256 MiB");
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}

/** Through a client that the caller has. Its errors become ours. */
const overClient = (client) => async (call, collection, body) => {
  try {
    return await (body === undefined ? client[call](collection) : client[call](collection, body));
  } catch (error) {
    if (typeof error?.status === "number") {
      throw refused(error.status, error.data?.status?.error ?? error.statusText);
    }
    if (error?.name === "QdrantClientResourceExhaustedError") {
      throw refused(429, error.message, Number(error.retry_after));
    }
    const isLate = error?.name === "QdrantClientTimeoutError";
    throw failed(isLate ? "timeout" : "interrupted", `the client of qdrant failed: ${error?.message ?? error}`);
  }
};

/** Tries again what passes: what was refused for now, and what changes nothing if it is carried out twice. */
async function repeatedly(attempts, twice, watch, call) {
  for (let tried = 1; ; tried += 1) {
    try {
      return await call();
    } catch (error) {
      const passes = error.code === "rate_limited" || (twice && (["timeout", "interrupted"].includes(error.code) || [502, 503, 504].includes(error.status)));
      const asked = (error.retryAfter || 0) * 1_000;
      if (!passes || tried >= attempts || asked > LONGEST_WAIT) {
        throw error;
      }
      await wait(asked + Math.random() * Math.min(FIRST_WAIT * 2 ** (tried - 1), LONGEST_WAIT), watch?.signal);
    }
  }
}

async function wait(milliseconds, signal) {
  let timer;
  try {
    await unlessAborted(signal, new Promise((resume) => (timer = setTimeout(resume, milliseconds))));
  } finally {
    clearTimeout(timer);
  }
}

/** Reads all pages from a request on; a page too large for an answer is asked for in smaller ones. */
export async function scrollAll(qdrant, collection, request, most, { signal, meter = newMeter() } = {}) {
  const records = [];
  const before = meter.received;
  let { limit } = request;
  let offset;
  for (;;) {
    let page;
    try {
      page = await qdrant.scroll(collection, { ...request, limit, offset }, { signal, meter });
    } catch (error) {
      if (error.code !== "answer_too_large" || limit === 1) {
        throw error;
      }
      limit = Math.floor(limit / 2);
      continue;
    }
    page.points.forEach((point) => records.push(point));
    const next = page.next_page_offset ?? undefined;
    if (records.length > most || meter.received - before > MAX_CHARACTERS_AT_ONCE) {
      throw failed("too_many", `there are more points than ${most}, or more than a gigabyte of them`);
    }
    if (page.points.length > limit) {
      throw failed("unexpected_answer", "a page of the answer is larger than asked for");
    }
    if (next === undefined) {
      return records;
    }
    if (page.points.length === 0 || (offset !== undefined && !follows(next, offset))) {
      throw failed("unexpected_answer", "the pages of the answer lead back");
    }
    offset = next;
  }
}

/**
 * Reads points by their ids, some at a time, fewer at once if their answer would be too large. Returns those of them that
 * there are, by the text of their id, each once, whatever else the server answers.
 */
export async function fetchPoints(qdrant, collection, ids, request, { signal, meter = newMeter() } = {}) {
  const before = meter.received;
  const parts = [];
  for (let start = 0; start < ids.length; start += RECORDS_A_REQUEST) {
    parts.push(ids.slice(start, start + RECORDS_A_REQUEST));
  }
  const asked = new Set(ids.map(String));
  const points = new Map();
  const work = async () => {
    for (let part = parts.pop(); part; part = parts.pop()) {
      try {
        const found = await qdrant.retrieve(collection, { ...request, ids: part }, { signal, meter });
        if (meter.received - before > MAX_CHARACTERS_AT_ONCE) {
          throw failed("too_many", "there is more than a gigabyte of points");
        }
        found.filter(({ id }) => asked.has(String(id))).forEach((point) => points.set(String(point.id), point));
      } catch (error) {
        if (error.code !== "answer_too_large" || part.length === 1) {
          throw error;
        }
        parts.push(part.slice(0, part.length / 2), part.slice(part.length / 2));
      }
    }
  };
  await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, work));
  return points;
}

/** Numbers come before UUIDs, and both in order. */
const follows = (next, offset) => {
  const isText = (id) => typeof id === "string";
  return isText(next) === isText(offset) ? next > offset : isText(next);
};
