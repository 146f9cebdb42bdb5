/**
 * Everything of the package but the pool of workers: `import { … } from "vecseal"`.
 *
 * @module vecseal
 */

/** A vector: `f32[d]` as a `Float32Array`, or an array of numbers. */
export type Vector = Float32Array | readonly number[];

/** The id of a point, as Qdrant has them: an unsigned 64-bit integer (a `bigint` beyond 2^53) or a UUID. */
export type PointId = number | bigint | string;

/** Dimensions and their attributes: a list is a set, `{ ordered }` a hierarchy from low to high. */
export type Dimensions = { [dimension: string]: readonly string[] | { ordered: readonly string[] } };

/** What somebody holds, by dimension. */
export type Attributes = { [dimension: string]: readonly string[] };

/** At most one attribute for each of some dimensions; what a clause asks for and a key is made of. */
export type Right = { [dimension: string]: string };

/**
 * A policy as an object: AND across dimensions, OR within one; `any` and `all` combine policies; `"*"` is any key.
 * `{ roles: ["admin", "hr_manager"], groups: ["team_hr"] }` asks for one of the roles and the group.
 */
export type PolicyObject =
  | "*"
  | { any?: readonly PolicyObject[]; all?: readonly PolicyObject[] }
  | { [dimension: string]: readonly string[] };

/** Which clauses of a policy somebody satisfies. */
export interface Explanation {
  /** Whether one clause is satisfied. */
  satisfied: boolean;
  /** The clauses, in the policy's order. */
  clauses: ClauseExplanation[];
}

/** One clause, and what is missing for it. */
export interface ClauseExplanation {
  clause: Right;
  satisfied: boolean;
  missing: MissingAttribute[];
}

/** An attribute that a clause asks for and that is not held. */
export interface MissingAttribute {
  dimension: string;
  attribute: string;
  /** The attributes held in that dimension instead. */
  held: string[];
  /** For people: `needs departments:legal; this key has finance`. */
  sentence: string;
}

/** How vectors are compared: `cosine` and `dot`, higher is nearer; `euclid`, lower is nearer. */
export type Metric = "cosine" | "dot" | "euclid";

/** `geometric`: rotated vectors with noise, the server ranks candidates. `sealed`: no search vector, no geometry. */
export type Mode = "geometric" | "sealed";

/** Whose vectors a search key rotates: those of one compartment, or of a collection. */
export type Scope = "compartment" | "collection";

/** Noise, and the search settings that give recall@10 of at least 0.99 with it. */
export type Preset = "off" | "balanced" | "strong";

/** The cipher of records. In wasm, ChaCha20-Poly1305 is about three times as fast. */
export type RecordCipher = "aes-256-gcm" | "chacha20-poly1305";

/** How vectors are searched. */
export interface SearchOptions {
  /** `d`, the number of dimensions of the vectors, 2 to 65,536. */
  dimension: number;
  /** Default `cosine`. */
  metric?: Metric;
  /** Default `geometric`. */
  mode?: Mode;
  /** Default `balanced`. */
  preset?: Preset;
  /** The noise radius of stored vectors, 0 to 16, as a multiple of `scale`. Default: the preset's. */
  noise?: number;
  /** The noise radius of queries, 0 to 16, as a multiple of `scale`. Default: the preset's. */
  queryNoise?: number;
  /** The typical norm of the vectors; 1 for cosine. Default 1. */
  scale?: number;
  /** `k`, how many coordinates of search vectors to keep, 2 to d. Default: all. */
  searchDimensions?: number;
  /** How many candidates to fetch for each result, 1 to 1,024. Default: the preset's. */
  oversampling?: number;
  /** Qdrant's `hnsw_ef`; 0 for its default. Default: the preset's. */
  hnswEf?: number;
}

/** Search options as a compartment or a key has them. */
export interface SearchParameters {
  mode: Mode;
  scope: Scope;
  dimension: number;
  metric: Metric;
  noise: number;
  queryNoise: number;
  scale: number;
  searchDimensions: number;
  oversampling: number;
  hnswEf: number;
}

/** What a new compartment is to be like. */
export interface CompartmentOptions extends SearchOptions {
  /** Default `aes-256-gcm`. */
  cipher?: RecordCipher;
  /** When it is created; readers see it. Default: now. */
  createdAt?: Date;
  /**
   * Name and version of the embedding model that the vectors come from, at most 256 bytes; readers see it. Vectors of
   * different models do not compare: see `beside` and `Compartment.requireModel`.
   */
  model?: string;
  /** A compartment of the same collection, or an earlier generation: its model is taken over, another is `wrong_model`. */
  beside?: Compartment;
  /** 0 for the first; `earlier.generation + 1` to go on after a rotation. Default 0. */
  generation?: number;
  /** Makes it share the search key of a collection (scope `collection`). Every reader of anything in it holds that key. */
  collectionKey?: CollectionKey;
}

/** A new compartment, and the header to store where its readers find it. */
export interface CreatedCompartment {
  compartment: Compartment;
  header: Uint8Array;
}

/** A header wrapped for today's keys, to be stored in place of the old one. */
export interface RewrappedHeader {
  /** The compartment, now closed. */
  compartment: Compartment;
  header: Uint8Array;
  /** The policy that the old header claimed, in text form. */
  claimedPolicy: string;
}

/** What a header says to anybody. */
export interface HeaderInfo {
  /** The compartment's id, 32 hexadecimal digits. */
  cid: string;
  /** The authority's id, 32 hexadecimal digits. */
  authorityId: string;
  /** 1: whoever can write the header could read it. 2: writers need public keys only. */
  suite: 1 | 2;
  /** One per clause of the policy. */
  slots: number;
}

/** Which epochs of its rights a user key gets. */
export interface UserKeyOptions {
  /** `"current"` (default), `"all"`, or how many before the current one, for headers not re-wrapped yet. */
  epochs?: "current" | "all" | number;
}

/** What else a writer key may do. */
export interface WriterKeyOptions {
  /** Lets it create compartments that share this search key. */
  collectionKey?: CollectionKey;
}

/** How a key is made weaker. */
export interface AttenuateOptions {
  /** Until when honest clients use it. */
  notAfter?: Date;
}

/** A value that JSON can hold. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { [name: string]: JsonValue };

/** The content of a record: text, bytes, or a value that is kept as JSON. */
export type Content = Uint8Array | JsonValue;

/** What is to be sealed. */
export interface PlainPoint {
  id: PointId;
  /** `f32[d]`, as the embedding model gave it. */
  vector: Vector;
  /** Text, bytes, or what JSON can hold; at most 16 MiB. */
  content?: string | number | boolean | object | null;
  /** Names the document that this is a part of, at most 1,024 bytes. */
  source?: string;
  /** When it expires. Readers see it; nothing enforces it. */
  expiresAt?: Date;
  /** `f16` halves the vector in the record, rounded to 11 significant bits. Default `f32`, exact. */
  precision?: "f32" | "f16";
  /** Whether the record's size hides the content's length. Default `true`. */
  padding?: boolean;
}

/** What the server gets. */
export interface SealedPoint {
  id: PointId;
  record: Uint8Array;
  /** The vector to search it by, `f32[k]`; none in mode `sealed`. */
  searchVector?: Float32Array;
}

/** What was sealed. */
export interface OpenedPoint {
  id: PointId;
  /** `f32[d]`, as it was sealed. */
  vector: Float32Array;
  precision: "f32" | "f16";
  /** As it was sealed. */
  content?: Content;
  source?: string;
  expiresAt?: Date;
}

/** How a batch is watched and stopped. */
export interface BatchOptions {
  /** Rejects the batch with its reason. */
  signal?: AbortSignal;
  /** Told after each slice how many points are done, failures included. */
  onProgress?: (done: number, total: number) => void;
}

/** The result for one point of a batch. */
export type BatchResult<T> = { ok: true; id: PointId; value: T } | { ok: false; id: PointId; error: VecsealError };

/** A vector encrypted by {@link SearchKey.encrypt}. */
export interface EncryptedVector {
  /** The searchable vector, `f32[d]`. */
  ciphertext: Float32Array;
  /** 24 bytes. */
  iv: Uint8Array;
  /** 16 bytes. */
  tag: Uint8Array;
}

/** How candidates are ranked. */
export interface RankOptions {
  /** Default `cosine`. */
  metric?: Metric;
  /** How many results to return. Default: all. */
  limit?: number;
}

/** A point and its exact score. */
export interface Hit {
  id: PointId;
  score: number;
}

/** What can go wrong. */
export type VecsealErrorCode =
  | "access_denied"
  | "ambiguous_metric"
  | "answer_too_large"
  | "busy"
  | "collection_exists"
  | "compartment_closed"
  | "conflicting_attributes"
  | "duplicate"
  | "empty"
  | "epoch_exhausted"
  | "freed"
  | "http_status"
  | "interrupted"
  | "invalid_argument"
  | "invalid_collection_name"
  | "invalid_credentials"
  | "invalid_name"
  | "invalid_parameter"
  | "invalid_point_id"
  | "invalid_url"
  | "load_failed"
  | "malformed"
  | "missing_collection"
  | "missing_keyring"
  | "missing_vector"
  | "no_collection_key"
  | "no_parameters"
  | "no_reader_key"
  | "no_search_vector"
  | "no_writer_key"
  | "not_completed"
  | "not_finite"
  | "not_found"
  | "not_initialised"
  | "point_too_large"
  | "pool_closed"
  | "random_unavailable"
  | "rate_limited"
  | "reserved_field"
  | "reserved_name"
  | "right_not_covered"
  | "syntax"
  | "tampered"
  | "timeout"
  | "too_deep"
  | "too_long"
  | "too_many"
  | "too_many_attributes"
  | "too_many_clauses"
  | "too_many_dimensions"
  | "too_many_rights"
  | "unauthorized"
  | "unexpected_answer"
  | "unknown_attribute"
  | "unknown_dimension"
  | "unsupported_version"
  | "vector_out_of_range"
  | "worker_failed"
  | "wrong_authority"
  | "wrong_collection_dimension"
  | "wrong_dimension"
  | "wrong_metric"
  | "wrong_model"
  | "wrong_object"
  | "zero_vector";

/** What this package throws, but for handles of another class than asked for. It holds no secret. */
export declare class VecsealError extends Error {
  constructor(code: VecsealErrorCode, message: string, start?: number, end?: number);
  readonly name: "VecsealError";
  /** Stable across releases. */
  readonly code: VecsealErrorCode;
  /** Where in the given text the fault begins, in UTF-16 units, as strings count them. */
  readonly start?: number;
  /** Where it ends, exclusive. */
  readonly end?: number;
}
