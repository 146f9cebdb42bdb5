/** The numbers of an array as floats; nothing if something else is among them. */
export const floats = (values) =>
  values.every((value) => typeof value === "number") ? Float32Array.from(values) : undefined;
