/** Sizes that bound what the XML reader holds and yields. Tests make them small. */
export type XmlLimits = {
  /** Bytes asked of the source at once. */
  readonly readBytes: number;
  /** A block ends with the first event, or the stretch without events, that reaches this size. */
  readonly blockBytes: number;
  /** A longer event is not read: PowerShell cuts script blocks into parts far below it. */
  readonly eventMaxBytes: number;
};

export const XML_LIMITS: XmlLimits = {
  readBytes: 1024 * 1024,
  blockBytes: 1024 * 1024,
  eventMaxBytes: 64 * 1024 * 1024,
};
