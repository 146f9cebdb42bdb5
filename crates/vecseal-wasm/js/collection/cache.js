// The records of compartments of mode sealed, kept opened between searches.

export class Cache {
  /** By compartment `{ records, listed, number }`. What is there is not changed, but replaced: searches may be at it. */
  #compartments = new Map();
  /** Counts what made lists old, so that one that was under way then is not taken for new. */
  #expired = 0;
  #lists = 0;

  constructor(milliseconds) {
    this.milliseconds = milliseconds;
  }

  of(cid) {
    return this.#compartments.get(cid) ?? { records: new Map(), listed: -Infinity, number: 0 };
  }

  isFresh = ({ listed }) => performance.now() - listed < this.milliseconds;

  /** Has the next search list everything. To be called before and after points change. */
  expire() {
    this.#expired += 1;
    this.#compartments.forEach((kept) => (kept.listed = -Infinity));
  }

  /** Begins a list of a compartment. */
  begin() {
    this.#lists += 1;
    return { number: this.#lists, at: performance.now(), expired: this.#expired };
  }

  /** Keeps what a list came to, unless a later one has; `isWhole` if it was of all points. */
  put(cid, records, { number, at, expired }, isWhole) {
    const kept = this.of(cid);
    if (number > kept.number) {
      const listed = isWhole ? at : kept.listed;
      this.#compartments.set(cid, { records, listed: expired === this.#expired ? listed : -Infinity, number });
    }
  }

  retain(cids) {
    const there = new Set(cids);
    [...this.#compartments.keys()].filter((cid) => !there.has(cid)).forEach((cid) => this.#compartments.delete(cid));
  }

  clear() {
    this.#compartments.clear();
  }
}
