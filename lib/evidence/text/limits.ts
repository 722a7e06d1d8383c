/** Sizes that bound what the readers of text and CSV hold and yield. Tests make them small. */
export type TextLimits = {
  /** Bytes asked of the source at once. */
  readonly readBytes: number;
  /** A block ends with the first record, or the stretch without records, that reaches this size. */
  readonly blockBytes: number;
  /** A longer record is not read: Windows writes none beyond some 100 kB. */
  readonly recordMaxBytes: number;
};

export const TEXT_LIMITS: TextLimits = {
  readBytes: 1024 * 1024,
  blockBytes: 1024 * 1024,
  recordMaxBytes: 8 * 1024 * 1024,
};
