import { isUtf8 } from 'node:buffer';
import { boundProblems, type Extent } from '#lib/evidence/blocks.ts';
import type { Block, CensusRow, EvidenceRecord, Problem } from '#lib/evidence/record.ts';
import { parseIsoTime } from '#lib/evidence/time.ts';
import { isJunk } from './between.ts';
import { Census } from './census.ts';
import { EventSyntaxError, type ParsedEvent, parseEventText } from './event-text.ts';
import type { NeedleSearch } from './needles.ts';
import { type Placed, placeOf, problemOf } from './pieces.ts';
import type { Piece } from './splitter.ts';
import { UsualSystems } from './usual-system.ts';
import type { TextWindow } from './window.ts';

type PlacedPiece = Placed<Piece>;

/** Makes a block of pieces that are whole in the window. */
export function buildBlock(
  window: TextWindow,
  extent: Extent,
  pieces: readonly PlacedPiece[],
  needles: NeedleSearch | null,
): Block {
  const { index, offset, end } = extent;
  const bytes = window.bytes(offset, end);
  const events = pieces.filter((piece) => piece.kind === 'event');
  // Bytes of UTF-8 each as a character: what is sought and what is usual is ASCII.
  const { unitBytes } = window.encoding;
  const units = needles === null ? '' : bytes.toString(unitBytes === 1 ? 'latin1' : 'utf16le');
  const isHit = needles?.(
    units,
    events.map((piece) => (piece.start - offset) / unitBytes),
  );
  const skipped = isHit ? events.filter((_, at) => !isHit[at]) : [];
  const records: EvidenceRecord[] = [];
  const problems: Problem[] = [];
  const isTextChecked = unitBytes === 2 || isUtf8(bytes);
  let at = 0;
  for (const piece of pieces) {
    const problem = piece.kind === 'event' ? null : describePiece(window, piece);
    if (problem) problems.push(problem);
    if (piece.kind !== 'event') continue;
    if (!isTextChecked && !isUtf8(window.bytes(piece.start, piece.end))) {
      problems.push(
        problemOf(
          piece,
          'encoding',
          false,
          'Bytes of the event that begins here are no UTF-8; they show as U+FFFD.',
        ),
      );
    }
    if (isHit?.[at++] === false) continue;
    const record = readEvent(window.text(piece.start, piece.end), piece);
    if ('code' in record) problems.push(record);
    else records.push(record);
  }
  return {
    index,
    offset,
    lengthBytes: end - offset,
    records,
    recordCount: records.length + skipped.length,
    isParsed: skipped.length === 0,
    problems: boundProblems(problems, 'xml-syntax'),
    census: () => takeCensus(records, skipped, { units, unitBytes, offset }),
  };
}

/** What a piece that is no readable event means, or null when nothing is wrong. */
export function describePiece(window: TextWindow, piece: PlacedPiece): Problem | null {
  // Few pieces are a problem, and writing the size takes longer than all else here.
  const size = () => (piece.end - piece.start).toLocaleString('en');
  switch (piece.kind) {
    case 'event':
      return null;
    case 'cut':
      return problemOf(
        piece,
        'xml-syntax',
        true,
        `The event that begins here has no end; ${size()} bytes were left out.`,
      );
    case 'too-long':
      return problemOf(
        piece,
        'record-too-long',
        true,
        `The event that begins here is too long to be read; ${size()} bytes were left out.`,
      );
    case 'between': {
      if (piece.hasLostEnd) {
        return problemOf(
          piece,
          'xml-syntax',
          true,
          `The end of an event without its start is among ${size()} bytes that were left out.`,
        );
      }
      if (!isJunk(window.text(piece.start, piece.end))) return null;
      return problemOf(
        piece,
        'xml-syntax',
        false,
        `${size()} bytes that are no event stand here and were left out.`,
      );
    }
  }
}

function readEvent(text: string, piece: PlacedPiece): EvidenceRecord | Problem {
  const parsed = tryParse(text, 'all');
  if (typeof parsed === 'string') {
    return problemOf(
      piece,
      'xml-syntax',
      true,
      `The event that begins here is not well-formed (${parsed}) and was left out.`,
    );
  }
  return { form: 'xml', place: placeOf(piece), timeTicks: ticksOf(parsed), ...parsed };
}

/** The event, or what is wrong with it. */
function tryParse(text: string, part: 'all' | 'system'): ParsedEvent | string {
  try {
    return parseEventText(text, part);
  } catch (error) {
    if (error instanceof EventSyntaxError) return error.message;
    throw error;
  }
}

function ticksOf({ system }: ParsedEvent): bigint | null {
  return system.systemTime === null ? null : parseIsoTime(system.systemTime);
}

/** Of events that were skipped the System elements are read, by the same parser where they are not as usual. */
function takeCensus(
  records: readonly EvidenceRecord[],
  skipped: readonly Piece[],
  {
    units,
    unitBytes,
    offset,
  }: { readonly units: string; readonly unitBytes: number; readonly offset: number },
): readonly CensusRow[] {
  const census = new Census();
  for (const record of records) census.add(record.system, record.timeTicks);
  const usual = new UsualSystems(units);
  for (const piece of skipped) {
    const start = (piece.start - offset) / unitBytes;
    const known = usual.read(start);
    if (known) {
      census.addShared(known.kind, known.timeTicks);
      continue;
    }
    const own = units.slice(start, (piece.end - offset) / unitBytes);
    const parsed = tryParse(unitBytes === 1 ? Buffer.from(own, 'latin1').toString('utf8') : own, 'system');
    if (typeof parsed !== 'string') census.add(parsed.system, ticksOf(parsed));
  }
  return census.rows();
}
