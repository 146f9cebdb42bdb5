// The records of compartments of mode sealed, kept opened between searches.

export class Cache {
  #compartments = new Map();
  /** Counts what made lists old, so that one that was under way then is not taken for new. */
  #expired = 0;

  constructor(milliseconds) {
    this.milliseconds = milliseconds;
  }

  of(cid) {
    const kept = this.#compartments.get(cid) ?? { records: new Map(), listed: -Infinity };
    this.#compartments.set(cid, kept);
    return kept;
  }

  isFresh = ({ listed }) => performance.now() - listed < this.milliseconds;

  /** Has the next search list everything. To be called before and after points change. */
  expire() {
    this.#expired += 1;
    this.#compartments.forEach((kept) => (kept.listed = -Infinity));
  }

  /** Begins a list; what this returns notes that it is done. */
  listing(kept) {
    const [at, expired] = [performance.now(), this.#expired];
    return () => (kept.listed = expired === this.#expired ? at : -Infinity);
  }

  retain(cids) {
    const there = new Set(cids);
    [...this.#compartments.keys()].filter((cid) => !there.has(cid)).forEach((cid) => this.#compartments.delete(cid));
  }

  clear() {
    this.#compartments.clear();
  }
}
