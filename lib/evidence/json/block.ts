import { isUtf8 } from 'node:buffer';
import type { PlacedAlert } from '#lib/evidence/alerts/alert.ts';
import { alertOf } from '#lib/evidence/alerts/index.ts';
import { boundProblems, type Extent } from '#lib/evidence/blocks.ts';
import type { Block, CensusRow, EvidenceRecord, Problem } from '#lib/evidence/record.ts';
import { localTimeNote } from '#lib/evidence/text/note.ts';
import type { TimeReader } from '#lib/evidence/text/times.ts';
import { Census } from '#lib/evidence/xml/census.ts';
import { type Placed, placeOf, problemOf } from '#lib/evidence/xml/pieces.ts';
import type { TextWindow } from '#lib/evidence/xml/window.ts';
import { isJunk } from './between.ts';
import type { Counted } from './layouts.ts';
import { DEPTH_MAX } from './limits.ts';
import type { NeedleSearch } from './needles.ts';
import { ShapeRecord } from './shapes/record.ts';
import type { ShapedRecord } from './shapes/shape.ts';
import type { Piece } from './splitter.ts';
import { type JsonObject, parseJson } from './values.ts';

type PlacedPiece = Placed<Piece>;

/** How objects become records. */
export type ObjectReading = {
  readonly times: TimeReader;
  readonly shape: (value: JsonObject, text: string) => ShapedRecord;
};

/** Makes a block of pieces that are whole in the window. */
export function buildBlock(
  window: TextWindow,
  extent: Extent,
  pieces: readonly PlacedPiece[],
  needles: NeedleSearch | null,
  reading: ObjectReading,
): Block {
  const { index, offset, end } = extent;
  const bytes = window.bytes(offset, end);
  const objects = pieces.filter((piece) => piece.kind === 'object');
  const isHit =
    needles?.(
      bytes,
      objects.map((piece) => piece.start - offset),
    ) ?? objects.map(() => true);
  const problems = pieces.flatMap((piece) => describePiece(window, piece) ?? []);
  if (window.encoding.unitBytes === 1 && !isUtf8(bytes)) problems.push(...encodingProblems(window, objects));
  if (offset === 0) {
    const read = (piece: PlacedPiece) => readObject(window.text(piece.start, piece.end), piece, reading);
    problems.push(...localTimeNote(objects, read, reading.times));
  }
  const records: EvidenceRecord[] = [];
  const alerts: PlacedAlert[] = [];
  const counted: Counted[] = [];
  for (const [at, piece] of objects.entries()) {
    if (!isHit[at] && piece.counted) {
      counted.push(piece.counted);
      continue;
    }
    const record = readObject(window.text(piece.start, piece.end), piece, reading);
    if ('code' in record) problems.push(record);
    else if ('tool' in record) alerts.push(record);
    else if (isHit[at]) records.push(record);
    else counted.push({ kind: record.system, timeTicks: record.timeTicks });
  }
  return {
    index,
    offset,
    lengthBytes: end - offset,
    records,
    recordCount: records.length + counted.length,
    isParsed: counted.length === 0,
    problems: boundProblems(problems, 'json-syntax'),
    alerts,
    census: () => takeCensus(records, counted),
  };
}

/** What a piece that is no readable object means, or null when nothing is wrong. */
export function describePiece(window: TextWindow, piece: PlacedPiece): Problem | null {
  // Few pieces are a problem, and writing the size takes longer than all else here.
  const size = () => (piece.end - piece.start).toLocaleString('en');
  switch (piece.kind) {
    case 'object':
      return null;
    case 'broken':
      return problemOf(
        piece,
        'json-syntax',
        true,
        `The object that begins here is cut off or broken; ${size()} bytes were left out.`,
      );
    case 'too-long':
      return problemOf(
        piece,
        'record-too-long',
        true,
        `The object that begins here is too long to be read; ${size()} bytes were left out.`,
      );
    case 'too-deep':
      return problemOf(
        piece,
        'json-syntax',
        true,
        `The object that begins here is nested deeper than ${DEPTH_MAX} levels; ${size()} bytes were left out.`,
      );
    case 'between':
      return isJunk(window.text(piece.start, piece.end))
        ? problemOf(
            piece,
            'json-syntax',
            true,
            `${size()} bytes that are no JSON object stand here and were left out.`,
          )
        : null;
  }
}

function encodingProblems(window: TextWindow, objects: readonly PlacedPiece[]): readonly Problem[] {
  return objects
    .filter((piece) => !isUtf8(window.bytes(piece.start, piece.end)))
    .map((piece) =>
      problemOf(
        piece,
        'encoding',
        false,
        'Bytes of the object that begins here are no UTF-8; they show as U+FFFD.',
      ),
    );
}

function readObject(
  text: string,
  piece: PlacedPiece,
  { times, shape }: ObjectReading,
): ShapeRecord | PlacedAlert | Problem {
  try {
    const value = parseJson(text);
    const alert = alertOf(value, times);
    if (alert) return { ...alert, place: placeOf(piece) };
    return new ShapeRecord(placeOf(piece), shape(value, text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return problemOf(piece, 'json-syntax', true, 'The object that begins here is no JSON and was left out.');
  }
}

function takeCensus(records: readonly EvidenceRecord[], counted: readonly Counted[]): readonly CensusRow[] {
  const census = new Census();
  for (const { system, timeTicks } of records) census.add(system, timeTicks);
  for (const { kind, timeTicks } of counted) census.addShared(kind, timeTicks);
  return census.rows();
}
