// Which compartments a search goes to. Headers are what somebody put into the keyring: one that does not fit is left out
// and named, so that it cannot stop searches of the others.

import { VecsealError } from "vecseal-api";

import { distances, requireVectors } from "./settings.js";

/** Sorts out what opens for a search with a vector of this dimension; throws if nothing can be searched. */
export function select(collection, dimension) {
  const { opened } = collection.keyring;
  const metric = metricOf(collection, opened, dimension);
  const selection = { metric, geometric: [], sealed: [], skipped: [] };
  for (const compartment of opened) {
    try {
      check(collection, compartment, dimension, metric);
      selection[compartment.parameters.mode].push(compartment);
    } catch (error) {
      selection.skipped.push({ cid: compartment.cid, error });
    }
  }
  const { geometric, sealed, skipped } = selection;
  if (skipped.length > 0 && geometric.length + sealed.length === 0) {
    throw skipped[0].error;
  }
  return selection;
}

/** That of the options, or what the collection compares by, or what all compartments have. */
function metricOf({ wanted, vectors }, opened, dimension) {
  const ofCollection = Object.keys(distances).find((metric) => distances[metric] === vectors?.distance);
  const fitting = opened.filter(({ parameters }) => parameters.dimension === dimension);
  const [metric = "cosine", ...others] = new Set(fitting.map(({ parameters }) => parameters.metric));
  if (!wanted && !ofCollection && others.length > 0) {
    throw new VecsealError("ambiguous_metric", "compartments have different metrics, and the collection compares no vectors: give `search`");
  }
  return wanted?.metric ?? ofCollection ?? metric;
}

function check(collection, compartment, dimension, metric) {
  const { model, vectors, vectorName } = collection;
  if (model !== undefined) {
    compartment.requireModel(model);
  }
  const { parameters } = compartment;
  if (parameters.dimension !== dimension) {
    throw new VecsealError("wrong_dimension", `its vectors have ${parameters.dimension} dimensions, the query ${dimension}`);
  }
  if (parameters.metric !== metric) {
    throw new VecsealError("wrong_metric", `its metric is ${parameters.metric}, the search's ${metric}`);
  }
  requireVectors(vectors, parameters, vectorName);
}
