import { isUtf8 } from 'node:buffer';
import type { NeedleSearch } from '#lib/evidence/json/needles.ts';
import { ShapeRecord } from '#lib/evidence/json/shapes/record.ts';
import type { ShapedRecord } from '#lib/evidence/json/shapes/shape.ts';
import type { Block, CensusRow, EvidenceRecord, Problem, ProblemCode } from '#lib/evidence/record.ts';
import { Census } from '#lib/evidence/xml/census.ts';
import type { TextWindow, XmlEncoding } from '#lib/evidence/xml/window.ts';
import { localTimeNote } from './note.ts';
import type { Piece } from './piece.ts';
import type { TimeReader } from './times.ts';

/** A hostile text has an error every few bytes; the ones of a block after these are told as one. */
const PROBLEMS_MAX = 1000;
/** Latin-1 as Windows and browsers understand it. */
const LATIN_1 = new TextDecoder('windows-1252');

export type PlacedPiece = Piece & { readonly line: number };

/** What a reader of text knows of its form. */
export type TextForm = {
  readonly code: ProblemCode;
  /** What people call a record of it. */
  readonly what: 'event' | 'row';
  readonly times: TimeReader;
  /** The record of a piece, or what is wrong with it, as the end of a sentence. */
  readonly shape: (text: string) => ShapedRecord | string;
};

/** Makes a block of pieces that are whole in the window. */
export function buildBlock(
  window: TextWindow,
  extent: { readonly index: number; readonly offset: number; readonly end: number },
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
  for (const piece of found.filter((_, at) => isHit[at])) {
    const record = read(piece);
    if ('code' in record) problems.push(record);
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
    problems: problems.length > PROBLEMS_MAX ? joinRest(problems, form) : problems,
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
      `The ${form.what} that begins here is too long to be read; ${size} bytes were left out.`,
    );
  }
  return problemOf(piece, form.code, `${size} bytes that are no ${form.what} stand here and were left out.`);
}

function readerOf(
  form: TextForm,
  decode: (bytes: Buffer) => string,
  bytes: Buffer,
  offset: number,
): (piece: PlacedPiece) => ShapeRecord | Problem {
  return (piece) => {
    const own = bytes.subarray(piece.start - offset, piece.end - offset);
    const shaped = form.shape(decode(own));
    if (typeof shaped !== 'string') return new ShapeRecord({ offset: piece.start, line: piece.line }, shaped);
    return problemOf(piece, form.code, `The ${form.what} that begins here ${shaped} and was left out.`);
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
      place: { offset: first.start, line: first.line },
      skippedBytes: 0,
      code: 'encoding',
      message: `${which} no UTF-8 and read as Latin-1.`,
      isLoss: false,
    },
  ];
}

function problemOf(piece: PlacedPiece, code: ProblemCode, message: string): Problem {
  return {
    place: { offset: piece.start, line: piece.line },
    skippedBytes: piece.end - piece.start,
    code,
    message,
    isLoss: true,
  };
}

function joinRest(problems: readonly Problem[], form: TextForm): readonly Problem[] {
  const rest = problems.slice(PROBLEMS_MAX);
  const [first] = rest;
  if (!first) return problems;
  const joined: Problem = {
    place: first.place,
    skippedBytes: rest.reduce((sum, problem) => sum + problem.skippedBytes, 0),
    code: form.code,
    message: `From here on this part of the text has ${rest.length.toLocaleString('en')} more problems.`,
    isLoss: rest.some((problem) => problem.isLoss),
  };
  return [...problems.slice(0, PROBLEMS_MAX), joined];
}

function countRecords(
  records: readonly EvidenceRecord[],
  skipped: readonly (ShapeRecord | Problem)[],
): readonly CensusRow[] {
  const census = new Census();
  for (const record of records) census.add(record.system, record.timeTicks);
  for (const record of skipped) if (!('code' in record)) census.add(record.system, record.timeTicks);
  return census.rows();
}
