import { isUtf8 } from 'node:buffer';
import type { PlacedAlert, ToolAlert } from '#lib/evidence/alerts/alert.ts';
import { boundProblems, type Extent } from '#lib/evidence/blocks.ts';
import type { NeedleSearch } from '#lib/evidence/json/needles.ts';
import { ShapeRecord } from '#lib/evidence/json/shapes/record.ts';
import type { ShapedRecord } from '#lib/evidence/json/shapes/shape.ts';
import type { Block, CensusRow, EvidenceRecord, Problem, ProblemCode } from '#lib/evidence/record.ts';
import { Census } from '#lib/evidence/xml/census.ts';
import { type Placed, placeOf, problemOf } from '#lib/evidence/xml/pieces.ts';
import type { TextWindow, XmlEncoding } from '#lib/evidence/xml/window.ts';
import { localTimeNote } from './note.ts';
import type { Piece } from './piece.ts';
import type { TimeReader } from './times.ts';

/** Latin-1 as Windows and browsers understand it. */
const LATIN_1 = new TextDecoder('windows-1252');

type PlacedPiece = Placed<Piece>;

/** What a reader of text knows of its form. */
export type TextForm = {
  readonly code: ProblemCode;
  /** What people call a record of it. */
  readonly what: 'event' | 'row';
  readonly times: TimeReader;
  /** What can hide a literal besides the escapes of JSON and XML: the source of a pattern. */
  readonly hides?: string;
  /** The record or alert of a piece, or what is wrong with it, as the end of a sentence. */
  readonly shape: (text: string) => ShapedRecord | ToolAlert | string;
};

/** Makes a block of pieces that are whole in the window. */
export function buildBlock(
  window: TextWindow,
  extent: Extent,
  pieces: readonly PlacedPiece[],
  needles: NeedleSearch | null,
  form: TextForm,
): Block {
  const { index, offset, end } = extent;
  const bytes = window.bytes(offset, end);
  const found = pieces.filter((piece) => piece.kind === 'record');
  const starts = found.map((piece) => piece.start - offset);
  const isHit = needles?.(bytes, starts) ?? found.map(() => true);
  const skipped = found.filter((_, at) => !isHit[at]);
  const mayBeLatin = window.encoding.unitBytes === 1 && !isUtf8(bytes);
  const decodeAs = mayBeLatin ? decodeEither : decoderOf(window.encoding);
  const read = readerOf(form, decodeAs, bytes, offset);
  const problems = pieces.flatMap((piece) => describePiece(piece, form) ?? []);
  if (offset === 0) problems.push(...localTimeNote(found, read, form.times));
  if (mayBeLatin) problems.push(...latinNote(window, found, form));
  const records: EvidenceRecord[] = [];
  const alerts: PlacedAlert[] = [];
  for (const piece of found.filter((_, at) => isHit[at])) {
    const record = read(piece);
    if ('code' in record) problems.push(record);
    else if ('tool' in record) alerts.push(record);
    else records.push(record);
  }
  const copy = skipped.length === 0 ? null : Buffer.from(bytes);
  return {
    index,
    offset,
    lengthBytes: end - offset,
    records,
    recordCount: records.length + skipped.length,
    isParsed: skipped.length === 0,
    problems: boundProblems(problems, form.code),
    alerts,
    census: () => countRecords(records, copy ? skipped.map(readerOf(form, decodeAs, copy, offset)) : []),
  };
}

/** What a piece that is no record means, or null when nothing is wrong. */
export function describePiece(piece: PlacedPiece, form: TextForm): Problem | null {
  if (piece.kind === 'record' || piece.kind === 'between') return null;
  const size = (piece.end - piece.start).toLocaleString('en');
  if (piece.kind === 'too-long') {
    return problemOf(
      piece,
      'record-too-long',
      true,
      `The ${form.what} that begins here is too long to be read; ${size} bytes were left out.`,
    );
  }
  return problemOf(
    piece,
    form.code,
    true,
    `${size} bytes that are no ${form.what} stand here and were left out.`,
  );
}

function readerOf(
  form: TextForm,
  decode: (bytes: Buffer) => string,
  bytes: Buffer,
  offset: number,
): (piece: PlacedPiece) => ShapeRecord | PlacedAlert | Problem {
  return (piece) => {
    const own = bytes.subarray(piece.start - offset, piece.end - offset);
    const shaped = form.shape(decode(own));
    if (typeof shaped === 'string') {
      return problemOf(
        piece,
        form.code,
        true,
        `The ${form.what} that begins here ${shaped} and was left out.`,
      );
    }
    const place = placeOf(piece);
    return 'tool' in shaped ? { ...shaped, place } : new ShapeRecord(place, shaped);
  };
}

function decoderOf({ name }: XmlEncoding): (bytes: Buffer) => string {
  return (bytes) => bytes.toString(name);
}

/** Each record by itself: files are put together of parts that were written differently. */
function decodeEither(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString('utf8') : LATIN_1.decode(bytes);
}

function latinNote(window: TextWindow, pieces: readonly PlacedPiece[], form: TextForm): readonly Problem[] {
  const latin = pieces.filter((piece) => !isUtf8(window.bytes(piece.start, piece.end)));
  const [first] = latin;
  if (!first) return [];
  const which =
    latin.length === 1
      ? `The ${form.what} that begins here is`
      : `From here on ${latin.length.toLocaleString('en')} ${form.what}s are`;
  return [
    {
      place: placeOf(first),
      skippedBytes: 0,
      code: 'encoding',
      message: `${which} no UTF-8 and read as Latin-1.`,
      isLoss: false,
    },
  ];
}

function countRecords(
  records: readonly EvidenceRecord[],
  skipped: readonly (ShapeRecord | PlacedAlert | Problem)[],
): readonly CensusRow[] {
  const census = new Census();
  for (const record of records) census.add(record.system, record.timeTicks);
  for (const record of skipped) {
    if (record instanceof ShapeRecord) census.add(record.system, record.timeTicks);
  }
  return census.rows();
}
