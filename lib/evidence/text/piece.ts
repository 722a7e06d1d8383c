/**
 * A stretch of the text; each begins where the one before ends. `record`: what may be one. `too-long`: a record beyond the
 * limit; `end` is where the search stopped, skipLong finds where reading goes on. `between`: what is no record by design,
 * such as blanks and a header. `junk`: what is none and should not be there.
 */
export type Piece = {
  readonly kind: 'record' | 'too-long' | 'between' | 'junk';
  readonly start: number;
  readonly end: number;
  /** Reading can begin after it without knowing what was before. */
  readonly isBoundary: boolean;
};

/** The code units before its start that a splitter can look at: a line feed and a byte order mark. */
export const UNITS_BEFORE = 4;

/** Cuts a text into its records. */
export interface Splitter {
  /** Up to where the text is split. */
  readonly position: number;
  /** The next piece, whole in the window unless it is too long; null at the end. */
  next(): Promise<Piece | null>;
  /** Passes the rest of a record that is too long without holding it; returns where reading goes on. */
  skipLong(): Promise<number>;
}
