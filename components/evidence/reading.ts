import type { EvidenceListItem } from '#lib/custody/types.ts';

/** Too short to tell a rate. */
const SETTLING_MS = 2_000;

export type Reading = {
  readonly stage: 'reading' | 'finding';
  /** Since reading began; null while that is too short ago, or when nothing was read yet. */
  readonly bytesPerSecond: number | null;
  readonly secondsLeft: number | null;
};

/** Whether a file moves on by itself, so that it is worth looking again. */
export function isUnderWay({ status }: Pick<EvidenceListItem, 'status'>): boolean {
  return status === 'arriving' || status === 'waiting' || status === 'reading';
}

/** What a file that is being read is at. Its bytes move when what was read of them is written. */
export function readingOf(
  item: Pick<EvidenceListItem, 'startedAt' | 'readBytes' | 'sizeBytes'>,
  nowMs: number,
): Reading {
  const stage = item.readBytes >= item.sizeBytes ? 'finding' : 'reading';
  const elapsedMs = item.startedAt === null ? 0 : nowMs - Date.parse(item.startedAt);
  if (stage === 'finding' || elapsedMs < SETTLING_MS || item.readBytes === 0) {
    return { stage, bytesPerSecond: null, secondsLeft: null };
  }
  const bytesPerSecond = (item.readBytes * 1_000) / elapsedMs;
  return { stage, bytesPerSecond, secondsLeft: (item.sizeBytes - item.readBytes) / bytesPerSecond };
}

/** `40 s`, `12 min`, `3.5 h` */
export function formatSeconds(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = seconds / 60;
  return minutes < 90 ? `${Math.round(minutes)} min` : `${(minutes / 60).toFixed(1)} h`;
}
