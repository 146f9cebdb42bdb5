// How much noise a query has, and how many candidates noise asks for.

/** No more points than these are fetched to rank, but for as many as are wanted. */
export const MAX_CANDIDATES = 20_000;
/** What headers say is advice, and may come from anybody: no more noise than this, or the client's own if that is more, */
const MAX_ADVISED_NOISE = 1;
/** and no more candidates than so many times what noise needs. */
const MAX_ADVISED_FACTOR = 4;
/** The largest norm of a vector. */
const MAX_RADIUS = 2 ** 100;

/** How much noise a query has, as a multiple of its norm: the most that a compartment asks for, and at least so much. */
export function queryNoiseOf(least, compartments) {
  const asked = compartments.reduce((most, { parameters }) => Math.max(most, parameters.queryNoise), least);
  return Math.min(asked, Math.max(least, MAX_ADVISED_NOISE));
}

/** The radius of so much noise. */
export function radiusOf(metric, vector, noise) {
  const norm = metric === "cosine" ? 1 : Math.sqrt(Array.from(vector).reduce((sum, x) => sum + x * x, 0));
  return Math.min(noise * norm, MAX_RADIUS);
}

/**
 * Compartments in classes within which scores compare: the same noise, cut alike. Scores of noisier ones are lower, or
 * spread further, so that those of the others would crowd them out. Each class gives so many candidates.
 */
export function classesOf(compartments, queryNoise, { wanted, oversampling }) {
  const classes = new Map();
  for (const compartment of compartments) {
    const { noise, scale, searchDimensions } = compartment.parameters;
    const name = `${noise} ${scale} ${searchDimensions}`;
    const members = classes.get(name) ?? [];
    classes.set(name, members);
    members.push(compartment);
  }
  return [...classes.values()].map((members) => {
    const own = members.reduce((most, { parameters }) => Math.max(most, oversamplingOf(parameters, queryNoise)), 1);
    return { members, count: Math.min(wanted * (oversampling ?? own), Math.max(MAX_CANDIDATES, wanted)) };
  });
}

/** What a header says for the noise it asks for, within reason; with more, what that needs. */
function oversamplingOf({ noise, queryNoise: asked, oversampling }, queryNoise) {
  const needed = neededFor(noise, queryNoise);
  return Math.min(queryNoise > asked ? Math.max(oversampling, needed) : oversampling, needed * MAX_ADVISED_FACTOR);
}

/** What recall@10 of 0.99 took on 25,000 documents: 2 to 1,024. */
function neededFor(noise, queryNoise) {
  const spread = (1 + noise ** 2) * (1 + queryNoise ** 2) - 1;
  return Math.min(1_024, Math.max(2, Math.ceil(10 * (spread / 0.5625) ** 1.7)));
}

/** Compartments that one query serves: one alone, or those that share a search key. */
export function bySearchKey(compartments) {
  const groups = [];
  for (const compartment of compartments) {
    // Only keys of collections can be shared, and there are few of those.
    const isShared = ([first]) => isOfCollection(first) && first.sharesSearchKey(compartment);
    const group = isOfCollection(compartment) && groups.find(isShared);
    if (group) {
      group.push(compartment);
    } else {
      groups.push([compartment]);
    }
  }
  return groups;
}

const isOfCollection = ({ parameters }) => parameters.scope === "collection";
