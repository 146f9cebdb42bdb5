// What a collection is used with, checked.

import { SearchKey, VecsealError } from "vecseal-api";

import { listOf as itemsOf } from "../points.js";

/** How Qdrant compares the search vectors of each metric. */
export const distances = { cosine: "Cosine", dot: "Dot", euclid: "Euclid" };

/** Checks that a collection can have a name, and its keyring. */
export function checkName(name) {
  const isNamed = typeof name === "string" && !["", ".", ".."].includes(name) && new TextEncoder().encode(`${name}.keyring`).length <= 255;
  if (!isNamed || /[<>:"/\\|?*\p{Cc}\p{Cs}]/u.test(name)) {
    throw new VecsealError("invalid_collection_name", "the name is empty, longer than 247 bytes, or has characters that Qdrant does not take");
  }
}

/** Checks a number of the options. */
export function checkNumber(name, value, least, most) {
  if (!(typeof value === "number" && value >= least && value <= most)) {
    throw new VecsealError("invalid_argument", `\`${name}\` takes a number from ${least} to ${most}`);
  }
}

/** What is given as a list, as it is now. */
export const listOf = (items) => itemsOf(items, VecsealError);

/** Search options as a compartment will have them. */
export function parametersOf(search) {
  const { mode, dimension, metric } = search;
  // A search key of mode sealed there is none; its compartments have nothing but dimension and metric.
  const key = SearchKey.generate(mode === "sealed" ? { dimension, metric, preset: "off" } : search);
  try {
    return mode === "sealed" ? { ...key.parameters, mode } : key.parameters;
  } finally {
    key.free();
  }
}

/** What the preset strong has, the least of those that have any. */
const DEFAULT_QUERY_NOISE = 0.25;

/** The least noise of queries, as a multiple of their norm. */
export function leastQueryNoise({ queryNoise }, wanted) {
  if (queryNoise === undefined) {
    return wanted?.mode === "geometric" ? wanted.queryNoise : DEFAULT_QUERY_NOISE;
  }
  if (!(queryNoise >= 0 && queryNoise <= 16)) {
    throw new VecsealError("invalid_parameter", "`queryNoise` takes a number from 0 to 16");
  }
  return queryNoise;
}

/** The vectors that are compared of those of a collection: `{ size, distance }`, or nothing. */
export function vectorsOf(vectors, name) {
  const found = name ? vectors?.[name] : typeof vectors?.size === "number" ? vectors : undefined;
  return found && { size: found.size, distance: found.distance };
}

/** Checks that a collection's vectors are those that parameters need. */
export function requireVectors(found, { mode, searchDimensions, metric }, name) {
  if (mode === "sealed") {
    return;
  }
  if (!found) {
    const which = name ? `no vectors named \`${name}\`` : "no vectors without a name: name the ones to use";
    throw new VecsealError("missing_vector", `the collection has ${which}`);
  }
  if (found.size !== searchDimensions) {
    throw new VecsealError("wrong_collection_dimension", `search vectors have ${searchDimensions} coordinates, those of the collection ${found.size}`);
  }
  if (found.distance !== distances[metric]) {
    throw new VecsealError("wrong_metric", `the metric needs a collection with distance ${distances[metric]}, this one has ${found.distance}`);
  }
}

/** Why something did not open, from the code of an error. */
export function refusedCode(code) {
  return ["access_denied", "tampered", "unsupported_version"].includes(code) ? code : code === "wrong_dimension" ? "tampered" : "malformed";
}

/** What a call comes to, or the signal's reason once that is given. */
export function unlessAborted(signal, call) {
  if (!signal) {
    return call;
  }
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    call.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
    if (signal.aborted) {
      abort();
    }
  });
}
