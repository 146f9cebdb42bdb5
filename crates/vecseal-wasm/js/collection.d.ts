
/** Where the Qdrant is: an address, or a client that the application has. */
export type QdrantOptions =
  | {
      /** `http://localhost:6333`, say. Without user, query and fragment: urls get into logs. */
      url: string;
      /** Sent as the header `api-key`. */
      apiKey?: string;
      /** A token of Qdrant's role-based access control, sent as `Authorization: Bearer`. */
      bearerToken?: string;
      /** Milliseconds that each try of a call may take. Default 60,000. */
      timeout?: number;
      client?: undefined;
    }
  | {
      /** A client of `@qdrant/js-client-rest`: its address, credentials and timeout are used. */
      client: QdrantClientLike;
      url?: undefined;
    };

/** What is called of a client of `@qdrant/js-client-rest`. */
export interface QdrantClientLike {
  collectionExists(name: string): Promise<any>;
  getCollection(name: string): Promise<any>;
  createCollection(name: string, settings: any): Promise<any>;
  createPayloadIndex(name: string, settings: any): Promise<any>;
  upsert(name: string, points: any): Promise<any>;
  delete(name: string, points: any): Promise<any>;
  retrieve(name: string, request: any): Promise<any>;
  queryBatch(name: string, request: any): Promise<any>;
  scroll(name: string, request: any): Promise<any>;
  count(name: string, request: any): Promise<any>;
}

/** How a collection is made, written and read. For reading, `name`, `user` and where Qdrant is are enough. */
export type CollectionOptions = QdrantOptions & {
  /** The collection's name; its keyring is `<name>.keyring`. */
  name: string;
  /** Reads what it satisfies, and adds to compartments of suite 1 that it reads. Yours to free, after the collection. */
  user?: UserKey;
  /** Writes under any policy of its structure. Yours to free, after the collection. */
  authority?: Authority;
  /** Writes under its policies, reads nothing. Yours to free, after the collection. */
  writer?: WriterKey;
  /**
   * What new compartments are like: dimension, metric, mode, noise. It comes from you, never from the server: a server
   * that could say how much noise there is would say none.
   */
  search?: SearchOptions;
  /** The cipher of new compartments' records. Default `aes-256-gcm`. */
  cipher?: RecordCipher;
  /** The embedding model of all vectors. Compartments of another are not searched, and none is made beside them. */
  model?: string;
  /** Uses the collection's vectors of this name. Default: those without a name. */
  vectorName?: string;
  /**
   * Makes new compartments share one search key (scope `collection`), of this generation. Every reader of anything then
   * holds the search key of everything: see {@link CollectionKey}. Raise it with every rotation.
   */
  collectionGeneration?: number;
  /**
   * How many milliseconds old what is known of the keyring, and of compartments of mode `sealed`, may be when a search
   * begins. Default 30,000; 0 looks every time. What you write yourself you see at once.
   */
  refreshAfter?: number;
  /**
   * The least noise of queries, 0 to 16, as a multiple of their norm. Default: that of `search` in mode `geometric`, or
   * 0.25. If compartments ask for more, there is more, up to 1. Whoever reads a compartment that is searched and sees the traffic learns
   * queries up to this noise; what headers ask for does not suffice, since anybody who shares a right with you can make one
   * that asks for none.
   */
  queryNoise?: number;
  /** How often a call is tried in all. Default 4. */
  attempts?: number;
  /** Qdrant's read consistency: a number of replicas, `majority`, `quorum` or `all`. */
  consistency?: number | "majority" | "quorum" | "all";
  /** Qdrant's write ordering. */
  ordering?: "weak" | "medium" | "strong";
  /** Reads and writes in one shard, of a collection with shard keys of its own. */
  shardKey?: string;
  /** The graph index of a new collection, as Qdrant's `hnsw_config`. */
  hnsw?: object;
  /** When a new collection is indexed, as Qdrant's `optimizers_config`. */
  optimizers?: object;
  /** Compressed copies of a new collection's search vectors, as Qdrant's `quantization_config`. */
  quantization?: object;
  /** How many shards a new collection has. */
  shards?: number;
  /** How many nodes of a cluster hold each shard of a new collection. */
  replicas?: number;
};

/** A point to seal and write. */
export interface NewPoint extends PlainPoint {
  /** Who may read it. Default: the policy of the call. Texts need an authority or a writer key. */
  policy?: Policy | PolicyObject | string;
  /** What stays in clear beside it, to filter by: Qdrant and whoever reads it see it. The key `vecseal` is taken. */
  public?: { [key: string]: JsonValue };
}

/** How an upsert is watched and stopped. */
export interface UpsertOptions extends BatchOptions {
  /** Who may read the points that have no policy of their own. */
  policy?: Policy | PolicyObject | string;
}

/** What an upsert did. */
export interface UpsertResult {
  /** How many points are written. */
  written: number;
  /** The points that are not, or of which it is unknown. Writing them again is safe: the same id overwrites. */
  failures: { index: number; id: PointId; error: VecsealError }[];
  /** How many compartments were created. */
  created: number;
}

/** What to search for, and how. */
export interface CollectionSearchOptions {
  /** How many results at most. Default 10. */
  limit?: number;
  /** How many of the nearest to leave out. Default 0. */
  offset?: number;
  /** Leaves out what is farther than this exact score: less for cosine and dot, more for euclid. */
  scoreThreshold?: number;
  /** Qdrant's filter, on what lies in clear. Qdrant sees it. */
  filter?: object;
  /** How many candidates to fetch for each result, about 20,000 in all at most. Default: the compartments'. */
  oversampling?: number;
  /** Qdrant's `hnsw_ef`, 0 for its default. Default: the compartments'. */
  hnswEf?: number;
  /** Whether what lies in clear comes, too. Default `true`. */
  public?: boolean;
  /** Also checks that each candidate's search vector is that of its record. Costs some kilobytes a candidate. */
  verifyVectors?: boolean;
  /**
   * In scope `collection`: `readable` (default) looks at points of compartments that open; `everything` at all points,
   * and counts those that are denied.
   */
  reach?: "readable" | "everything";
  /** Ends the search with its reason. */
  signal?: AbortSignal;
}

/** A point that was found or read. */
export interface CollectionPoint extends OpenedPoint {
  /** What lies in clear beside it. */
  public: { [key: string]: JsonValue };
  /** The compartment that it is in. */
  cid: string;
  /** That compartment's policy, as its creator claims it. */
  policy: string;
}

/** A point that was found, with its exact score. */
export interface FoundPoint extends CollectionPoint {
  score: number;
}

/** What a search cost. */
export interface SearchCost {
  /** Compartments that were searched. */
  compartments: number;
  /** The radius of the query's noise; 0 if no server compared it. */
  queryNoise: number;
  /** Points that the server named. */
  candidates: number;
  /** Records that opened. */
  opened: number;
  /** Points whose compartment does not open with this key. */
  denied: number;
  /** Points that are not what was sealed for them. */
  tampered: number;
  /** Requests, and the characters of their bodies and answers; by a `client`, only requests are counted. */
  traffic: { requests: number; sent: number; received: number };
  /** Milliseconds by stage. */
  times: {
    keyring?: number;
    encrypt?: number;
    search?: number;
    fetch?: number;
    open?: number;
    rank?: number;
    total: number;
  };
}

/** What a search found. */
export interface SearchResult {
  /** The nearest, by exact score; equal ones by id. */
  hits: FoundPoint[];
  /**
   * Compartments that open, but that this search could not go to: their vectors are of another model, dimension or metric,
   * or not those that the collection compares.
   */
  skipped: { cid: string; error: VecsealError }[];
  cost: SearchCost;
}

/** Why a point did not open. */
export type RefusedCode =
  | "access_denied"
  | "malformed"
  | "missing"
  | "missing_header"
  | "tampered"
  | "unsupported_version";

/** A point that was read, or why it was not. */
export type GotPoint = ({ ok: true } & CollectionPoint) | { ok: false; id: PointId; code: RefusedCode };

/** A compartment, as far as this client sees into it. */
export type CompartmentSummary = { cid: string; suite: 1 | 2; slots: number } & (
  | {
      opens: true;
      policy: string;
      parameters: SearchParameters;
      generation: number;
      closed: boolean;
      createdAt: Date;
      model?: string;
    }
  | { opens: false; code: RefusedCode }
);

/** What the server holds of a point, and what some keys make of it. */
export interface Inspection {
  id: PointId;
  /** What lies in clear. */
  public: { [key: string]: JsonValue };
  /** The compartment that it says it belongs to. */
  cid?: string;
  /** Bytes of its sealed record. */
  recordBytes: number;
  /** Its search vector as the server has it. */
  searchVector?: Float32Array;
  /** The header of its compartment, if it is in the keyring. */
  header?: { suite: 1 | 2; slots: number; bytes: number };
  /** For each key, in their order. What a key lacks is explained if another of them knows the policy. */
  attempts: ({ opens: true; policy: string } | { opens: false; code: RefusedCode; explanation?: Explanation })[];
}

/**
 * A collection of a Qdrant whose vectors and documents are sealed, with its keyring `<name>.keyring`.
 *
 * ```js
 * const collection = await EncryptedCollection.open({ url: "http://localhost:6333", name: "documents", user: key });
 * const { hits } = await collection.search(embedding, { limit: 10 });
 * ```
 */
export class EncryptedCollection {
  private constructor();
  /**
   * Creates a collection and its keyring, and opens it. A call that failed halfway can be made again; if the error was that
   * no answer came, the collection may be there: it is whole then, and to be opened.
   *
   * @throws {@link VecsealError} `collection_exists`, `no_parameters`, `invalid_collection_name`, or what went wrong on
   * the way to Qdrant: `unauthorized`, `http_status`, `timeout`, `interrupted`, …
   */
  static create(options: CollectionOptions): Promise<EncryptedCollection>;
  /**
   * Opens a collection that exists.
   *
   * @throws {@link VecsealError} `missing_collection`, `missing_keyring`, `missing_vector`, `wrong_collection_dimension`,
   * `wrong_metric`, or what went wrong on the way to Qdrant.
   */
  static open(options: CollectionOptions): Promise<EncryptedCollection>;
  readonly name: string;
  readonly keyringName: string;
  /** The compartments of the keyring, as they were at the last look. */
  readonly compartments: CompartmentSummary[];
  /** What in the keyring is no header of its compartment: somebody has damaged or changed it. */
  readonly keyringProblems: { point: PointId; code: RefusedCode }[];
  /** Looks at the keyring now; the next search lists compartments of mode `sealed` anew. */
  refresh(): Promise<void>;
  /**
   * Seals points and writes them, in batches. A point that cannot be sealed fails alone; a batch that does not land fails
   * point by point; all others are written. Points are read while it runs: do not use their arrays for others meanwhile. Of several points with one id only the last counts, whether it can be sealed or not.
   *
   * @throws {@link VecsealError} only if nothing was written: `no_writer_key`, `no_parameters`, `no_collection_key`, a
   * policy that the key cannot write under, or a keyring that cannot be read or written. The signal's reason, and what
   * `onProgress` throws, once what is under way has landed.
   */
  upsert(points: Iterable<NewPoint> & object, options?: UpsertOptions): Promise<UpsertResult>;
  /**
   * Returns the points nearest to a vector among all that this key opens, with exact scores.
   *
   * @throws {@link VecsealError} `no_reader_key`, `too_many`, what is wrong with the vector, or what went wrong on the way
   * to Qdrant; if no compartment could be searched though some open, why: `wrong_model`, `wrong_dimension`, `wrong_metric`,
   * `missing_vector`, `wrong_collection_dimension`; `ambiguous_metric`. The signal's reason.
   */
  search(vector: Vector, options?: CollectionSearchOptions): Promise<SearchResult>;
  /** Reads points by their ids, in their order, and checks that their search vectors are those of their records. */
  get(ids: Iterable<PointId> & object): Promise<GotPoint[]>;
  /** Deletes points. Who may is decided by Qdrant. */
  delete(ids: Iterable<PointId> & object): Promise<void>;
  /** Counts the points of compartments that this key opens, as the server has them. */
  count(filter?: object): Promise<number>;
  /** What the server holds of a point, and for each of these keys whether it opens it, and if not why. */
  inspect(id: PointId, keys: Iterable<UserKey>, structure?: AccessStructure): Promise<Inspection | undefined>;
  /** Wipes what it has opened. Keys given to it stay yours. */
  free(): void;
  [Symbol.dispose](): void;
}
