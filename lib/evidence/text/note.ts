import type { Place, Problem } from '#lib/evidence/record.ts';
import type { TimeReader } from './times.ts';

/** So many records at the beginning of an evidence tell whether its times have a zone. */
const LOOKED_AT = 10;

type Timed = { readonly place: Place; readonly localTime: string | null };

/** One note for an evidence whose first records have times without a zone: as which zone's they were read. */
export function localTimeNote<Piece>(
  pieces: readonly Piece[],
  read: (piece: Piece) => Timed | Problem | null,
  times: TimeReader,
): readonly Problem[] {
  for (const piece of pieces.slice(0, LOOKED_AT)) {
    const record = read(piece);
    if (record === null || 'code' in record || record.localTime === null) continue;
    const message = `Times without a zone were read as ${times.zoneName}.`;
    return [{ place: record.place, skippedBytes: 0, code: 'time-zone', message, isLoss: false }];
  }
  return [];
}
