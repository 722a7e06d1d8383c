/** Sizes that bound what the JSON reader holds and yields. Tests make them small. */
export type JsonLimits = {
  /** Bytes asked of the source at once. */
  readonly readBytes: number;
  /** A block ends with the first object, or the stretch without objects, that reaches this size. */
  readonly blockBytes: number;
  /** A longer object is not read. */
  readonly recordMaxBytes: number;
};

export const JSON_LIMITS: JsonLimits = {
  readBytes: 1024 * 1024,
  blockBytes: 1024 * 1024,
  recordMaxBytes: 64 * 1024 * 1024,
};

/** Objects and arrays nested deeper than this are not read: no log nests so. */
export const DEPTH_MAX = 64;
