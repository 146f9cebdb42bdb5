/** The points of a batch, as they are now. */
export function listOf(points, VecsealError) {
  if (typeof points?.[Symbol.iterator] !== "function" || typeof points === "string") {
    throw new VecsealError("invalid_argument", "expected an array of points");
  }
  return Array.from(points);
}
