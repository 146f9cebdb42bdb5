// Vectors for tests, and collections that get indexes soon.

export const settings = { vectors: { size: 32, distance: "Cosine" }, optimizers_config: { indexing_threshold: 50 } };

/** The same vector for the same number. */
export const vector = (seed) => Array.from({ length: 32 }, (_, index) => Math.sin(seed * 12.9898 + index * 78.233));
