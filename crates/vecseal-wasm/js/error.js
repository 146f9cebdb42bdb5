/** What every function of this package throws. */
export class VecsealError extends Error {
  constructor(code, message, start, end) {
    super(message);
    this.code = code;
    if (start !== undefined) {
      this.start = start;
      this.end = end;
    }
  }
}

// On the prototype, as other errors have it: not among an error's own properties.
Object.defineProperty(VecsealError.prototype, "name", { value: "VecsealError", configurable: true, writable: true });

export const errorClass = () => VecsealError;
