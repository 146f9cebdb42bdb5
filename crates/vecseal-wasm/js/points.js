/** What is given as a list, as it is now. */
export function listOf(points, VecsealError) {
  if (typeof points?.[Symbol.iterator] !== "function" || typeof points === "string") {
    throw new VecsealError("invalid_argument", "expected an array");
  }
  return Array.from(points);
}
