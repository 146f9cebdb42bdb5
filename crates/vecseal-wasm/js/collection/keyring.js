// The keyring of a collection: which compartments there are, and which of them open.

import { fromBase64Url, inspectHeader, toBase64Url, VecsealError } from "vecseal-api";

import { fetchPoints, isMissingCollection, scrollAll } from "./qdrant.js";
import { refusedCode } from "./settings.js";

const HEADERS_A_PAGE = 256;
const TAGS_A_PAGE = 4_096;
const MAX_HEADERS = 200_000;

/** 12 characters that no other record or header has. */
export const newTag = () => toBase64Url(crypto.getRandomValues(new Uint8Array(9)));

/** The tag of a point or header, which is a text. */
export const tagOf = (payload) => (typeof payload?.vecseal?.tag === "string" ? payload.vecseal.tag : undefined);

/** A compartment's id as the UUID of its header's point, and back. */
export const pointOf = (cid) => cid.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
const cidOf = (id) => (typeof id === "string" ? id.replaceAll("-", "") : undefined);

/** What is known of a keyring. */
export class Keyring {
  /** Headers by compartment: `{ header, tag, summary, compartment }`, or `refused` in a compartment's place. */
  entries = new Map();
  #problems = new Map();
  #strangers = [];
  refreshed = -Infinity;
  /** How many looks have begun, and which of them was taken over last. */
  #looks = 0;
  #latest = 0;

  constructor(qdrant, name, user) {
    Object.assign(this, { qdrant, name, user });
  }

  /** The compartments that open. */
  get opened() {
    return [...this.entries.values()].flatMap(({ compartment }) => (compartment ? [compartment] : []));
  }

  /** What in it is no header of its compartment. */
  get problems() {
    return [...this.#strangers, ...[...this.#problems].map(([point, code]) => ({ point, code }))];
  }

  /** Reads the tags of all headers, and the headers whose tag is not the known one. */
  async refresh(watch) {
    const at = performance.now();
    const look = ++this.#looks;
    const known = new Map([...this.entries].map(([cid, { tag }]) => [cid, tag]));
    const isFirst = known.size === 0;
    const [limit, field] = isFirst ? [HEADERS_A_PAGE, "vecseal"] : [TAGS_A_PAGE, "vecseal.tag"];
    const listed = await this.#calling(scrollAll(this.qdrant, this.name, { limit, with_payload: [field] }, MAX_HEADERS, watch));
    const [headers, strangers] = [listed.filter(({ id }) => cidOf(id)), listed.filter(({ id }) => !cidOf(id))];
    const isChanged = ({ id, payload }) => !tagOf(payload) || tagOf(payload) !== known.get(cidOf(id));
    const ids = isFirst ? [] : headers.filter(isChanged).map(({ id }) => id);
    const fetched = await this.#calling(fetchPoints(this.qdrant, this.name, ids, { with_payload: ["vecseal"] }, watch));
    // A later look has seen more.
    if (look > this.#latest) {
      this.#latest = look;
      this.refreshed = at;
      this.#apply(look, new Set(headers.map(({ id }) => id)), isFirst ? headers : [...fetched.values()]);
      this.#strangers = strangers.map(({ id }) => ({ point: id, code: "malformed" }));
    }
  }

  /** Headers that are gone are forgotten: deleting one is how a compartment is erased. */
  #apply(look, there, changed) {
    // What was stored from here since the look began, it has not seen.
    const isNewer = (entry) => entry?.added >= look;
    // What was open is left to the garbage collector, which wipes it: a search may still be at it.
    for (const [cid, entry] of this.entries) {
      if (!there.has(pointOf(cid)) && !isNewer(entry)) {
        this.entries.delete(cid);
      }
    }
    [...this.#problems.keys()].filter((point) => !there.has(point)).forEach((point) => this.#problems.delete(point));
    for (const { id, payload } of changed) {
      const cid = cidOf(id);
      if (isNewer(this.entries.get(cid))) {
        continue;
      }
      this.entries.delete(cid);
      this.#problems.delete(id);
      const entry = this.#read(cid, payload?.vecseal);
      if (entry.header) {
        this.entries.set(cid, entry);
      }
      if (entry.refused && entry.refused !== "access_denied") {
        this.#problems.set(id, entry.refused);
      }
    }
  }

  /** A header, which must be that of its point. */
  #read(cid, ours) {
    let header;
    let summary;
    try {
      header = fromBase64Url(ours.header);
      summary = inspectHeader(header);
    } catch (error) {
      return { refused: refusedCode(error.code) };
    }
    if (summary.cid !== cid) {
      return { refused: "tampered" };
    }
    return { header, summary, tag: tagOf({ vecseal: ours }) ?? "", ...this.#open(header) };
  }

  #open(header) {
    if (!this.user) {
      return { refused: "access_denied" };
    }
    try {
      return { compartment: this.user.open(header) };
    } catch (error) {
      return { refused: refusedCode(error.code) };
    }
  }

  /** Stores headers, and waits until they are there: what is sealed under them comes after. */
  async put(made) {
    const points = made.map(({ cid, header, tag }) => ({
      id: pointOf(cid),
      vector: {},
      payload: { vecseal: { header: toBase64Url(header), tag } },
    }));
    for (let start = 0; start < points.length; start += 64) {
      await this.#calling(this.qdrant.upsert(this.name, { points: points.slice(start, start + 64) }));
    }
    for (const { cid, header, tag } of made) {
      this.entries.set(cid, { header, tag, added: this.#looks, summary: inspectHeader(header), ...this.#open(header) });
    }
  }

  /** The tags of those of these headers that are there. */
  async tags(cids) {
    const found = await this.#calling(fetchPoints(this.qdrant, this.name, cids.map(pointOf), { with_payload: ["vecseal.tag"] }));
    return new Map([...found.values()].map(({ id, payload }) => [cidOf(id), tagOf(payload)]));
  }

  async #calling(call) {
    try {
      return await call;
    } catch (error) {
      if (isMissingCollection(error)) {
        throw new VecsealError(
          "missing_keyring",
          `there is no collection \`${this.name}\`: this is no encrypted collection, or its keyring is lost`,
        );
      }
      throw error;
    }
  }

  free() {
    this.opened.forEach((compartment) => compartment.free());
    this.entries.clear();
  }
}
