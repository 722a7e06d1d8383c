import { createNeedleSearch } from '#lib/evidence/json/needles.ts';
import type { Block, ByteSource, Problem, ReadOptions } from '#lib/evidence/record.ts';
import { TextWindow, type XmlEncoding } from '#lib/evidence/xml/window.ts';
import { buildBlock, describePiece, type PlacedPiece, type TextForm } from './block.ts';
import { classicEvent } from './classic.ts';
import { ClassicSplitter } from './classic-splitter.ts';
import { encodingOf } from './encoding.ts';
import { TEXT_LIMITS, type TextLimits } from './limits.ts';
import { type Splitter, UNITS_BEFORE } from './piece.ts';
import { createTimeReader } from './times.ts';

/**
 * Reads Windows events as Splunk's WinEventLog input writes them without XML, in UTF-8, UTF-16, or Latin-1 where it is no
 * UTF-8. A block is about 1 MiB, cut before an event or in a stretch without any. What is no event becomes a problem with
 * its byte offset and line. With needles, only events that may hold one become records; the others count.
 *
 * Throws what the source throws, the signal's reason when aborted, and RangeError for a zone that there is not.
 */
export async function* readText(
  source: ByteSource,
  options: ReadOptions = {},
  limits: TextLimits = TEXT_LIMITS,
): AsyncGenerator<Block> {
  const times = createTimeReader(options.timeZone);
  const form: TextForm = {
    code: 'text-syntax',
    what: 'event',
    times,
    shape: (text) => classicEvent(text, times) ?? 'names neither its log nor its number',
  };
  const encoding = await encodingOf(source);
  const open = (window: TextWindow, start: number) => new ClassicSplitter(window, start, limits);
  yield* readPieces(source, options, { encoding, limits, form, open });
}

export type PieceReading = {
  readonly encoding: XmlEncoding;
  readonly limits: TextLimits;
  readonly form: TextForm;
  /** The window holds UNITS_BEFORE before the start, as far as there are. */
  readonly open: (window: TextWindow, start: number) => Splitter;
};

/** The blocks of a text that a splitter cuts into records. */
export async function* readPieces(
  source: ByteSource,
  options: ReadOptions,
  { encoding, limits, form, open }: PieceReading,
): AsyncGenerator<Block> {
  const needles = createNeedleSearch(options.needles, encoding);
  let offset = options.startOffset ?? 0;
  let index = options.startIndex ?? 0;
  const before = Math.max(0, offset - UNITS_BEFORE * encoding.unitBytes);
  const window = new TextWindow(source, encoding, before, limits.readBytes);
  if (before > 0) await window.countLinesBefore();
  const splitter = open(window, offset);
  let pieces: PlacedPiece[] = [];

  const finish = (end: number): Block => {
    const block = buildBlock(window, { index, offset, end }, pieces, needles, form);
    window.release(end);
    index += 1;
    offset = end;
    pieces = [];
    return block;
  };

  for (;;) {
    options.signal?.throwIfAborted();
    const piece = await splitter.next();
    if (piece === null) break;
    const placed = { ...piece, line: window.lineAt(piece.start) };
    if (piece.kind === 'too-long') {
      if (piece.start > offset) yield finish(piece.start);
      const end = await splitter.skipLong();
      yield emptyBlock(index, offset, end, describePiece({ ...placed, end }, form));
      index += 1;
      offset = end;
      continue;
    }
    pieces.push(placed);
    if (piece.end - offset >= limits.blockBytes && piece.isBoundary) yield finish(piece.end);
  }
  if (pieces.length > 0) yield finish(splitter.position);
  if (offset < source.sizeBytes) {
    yield emptyBlock(index, offset, source.sizeBytes, endProblem(offset, source.sizeBytes, window));
  }
}

function emptyBlock(index: number, offset: number, end: number, problem: Problem | null): Block {
  return {
    index,
    offset,
    lengthBytes: end - offset,
    records: [],
    recordCount: 0,
    isParsed: true,
    problems: problem ? [problem] : [],
    census: () => [],
  };
}

/** Half a UTF-16 code unit at the end, or a source that got shorter while it was read. */
function endProblem(offset: number, end: number, window: TextWindow): Problem {
  return {
    place: { offset, line: window.lineAt(offset) },
    skippedBytes: end - offset,
    code: 'truncated',
    message: `The last ${(end - offset).toLocaleString('en')} bytes could not be read: the text is cut off.`,
    isLoss: false,
  };
}
