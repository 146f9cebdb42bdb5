// The package as built, and a small organisation to try it on.

import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../", import.meta.url));
export const packageFolder = `${root}target/npm-package`;

export const vecseal = await import(`${packageFolder}/dist/node.mjs`);
export const { WorkerPool } = await import(`${packageFolder}/dist/node-worker.mjs`);

const { AccessStructure, Authority, Policy } = vecseal;

/** An authority, a policy, a compartment under it, and the keys of who may read and who may not. */
export function organisation(options = {}) {
  const structure = new AccessStructure({
    roles: ["analyst", "manager"],
    departments: ["finance", "hr", "legal"],
    clearance: { ordered: ["public", "internal", "secret"] },
  });
  const authority = Authority.generate(structure);
  const policy = new Policy("departments:hr && roles:manager || departments:legal", structure);
  const { compartment, header } = authority.createCompartment(policy, { dimension: 4, ...options });
  const manager = authority.issueUserKey({ departments: ["hr"], roles: ["manager"] });
  const analyst = authority.issueUserKey({ departments: ["finance"], roles: ["analyst"] });
  return { structure, authority, policy, compartment, header, manager, analyst };
}

/** The code of the error that this throws. */
export function codeOf(call) {
  try {
    call();
  } catch (error) {
    if (vecseal.isVecsealError(error)) {
      return error.code;
    }
    throw error;
  }
  return undefined;
}

/** A vector of `dimension` values that are always the same. */
export const vector = (dimension, seed = 1) =>
  Float32Array.from({ length: dimension }, (_, index) => Math.sin(seed * 12.9898 + index * 78.233));
