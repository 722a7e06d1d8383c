/** How far a transfer was at a time. */
export type Sample = { readonly atMs: number; readonly bytes: number };

/** The rate is that of the last seconds, so that it follows the line and yet holds still enough to be read. */
const WINDOW_MS = 8_000;
const LEAST_MS = 500;

/** The samples of the window with a new one. Bytes that must be sent once more begin anew. */
export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1);
  if (last && sample.bytes < last.bytes) return [sample];
  return [...samples.filter(({ atMs }) => sample.atMs - atMs <= WINDOW_MS), sample];
}

/** Bytes a second; null while it cannot be told. */
export function rateOf(samples: readonly Sample[]): number | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || last.atMs - first.atMs < LEAST_MS || last.bytes <= first.bytes) return null;
  return ((last.bytes - first.bytes) * 1_000) / (last.atMs - first.atMs);
}

/** `about 2 min left`. */
export function remainingWords(bytes: number, rate: number): string {
  const seconds = Math.ceil(bytes / rate);
  if (seconds < 60) return `${seconds} s left`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `about ${minutes} min left`;
  return `about ${Math.floor(minutes / 60)} h ${minutes % 60} min left`;
}
