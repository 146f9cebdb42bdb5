// How much noise a query has, and how many candidates noise asks for.

/** No more points than these are fetched to rank. */
export const MAX_CANDIDATES = 20_000;

/**
 * The radius of a query's noise: one for all compartments, or those with less would show what it hides from the readers of
 * those with more. The most that one asks for, and at least so much, as a multiple of the query's norm.
 */
export function radiusOf(metric, vector, least, compartments) {
  const norm = metric === "cosine" ? 1 : Math.sqrt(Array.from(vector).reduce((sum, x) => sum + x * x, 0));
  return compartments.reduce((most, { parameters }) => Math.max(most, asked(parameters)), least * norm);
}

const asked = ({ queryNoise, scale }) => queryNoise * scale;

/**
 * Compartments in classes within which scores compare: the same noise, cut alike. Scores of noisier ones are lower, or
 * spread further, so that those of the others would crowd them out. Each class gives so many candidates.
 */
export function classesOf(compartments, radius, { wanted, oversampling }) {
  const classes = new Map();
  for (const compartment of compartments) {
    const { noise, scale, searchDimensions } = compartment.parameters;
    const name = `${noise} ${scale} ${searchDimensions}`;
    const members = classes.get(name) ?? [];
    classes.set(name, members);
    members.push(compartment);
  }
  return [...classes.values()].map((members) => {
    const own = members.reduce((most, { parameters }) => Math.max(most, needed(parameters, radius)), 1);
    return { members, count: Math.min(wanted * (oversampling ?? own), Math.max(MAX_CANDIDATES, wanted)) };
  });
}

/** What a header says for the noise it asks for; with more, what recall@10 of 0.99 took on 25,000 documents. */
function needed(parameters, radius) {
  const { noise, scale, oversampling } = parameters;
  if (radius <= asked(parameters)) {
    return oversampling;
  }
  const spread = (1 + noise ** 2) * (1 + (radius / scale) ** 2) - 1;
  return Math.max(oversampling, Math.min(1_024, Math.max(2, Math.ceil(10 * (spread / 0.5625) ** 1.7))));
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
