import { createNeedleSearch } from '#lib/evidence/json/needles.ts';
import type { Block, ByteSource, ReadOptions } from '#lib/evidence/record.ts';
import { readPieces } from '#lib/evidence/xml/pieces.ts';
import { TextWindow, type XmlEncoding } from '#lib/evidence/xml/window.ts';
import { buildBlock, describePiece, type TextForm } from './block.ts';
import { classicEvent } from './classic.ts';
import { ClassicSplitter } from './classic-splitter.ts';
import { encodingOf } from './encoding.ts';
import { TEXT_LIMITS, type TextLimits } from './limits.ts';
import { type Piece, type Splitter, UNITS_BEFORE } from './piece.ts';
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
  yield* readRecords(source, options, { encoding, limits, form, open });
}

export type RecordReading = {
  readonly encoding: XmlEncoding;
  readonly limits: TextLimits;
  readonly form: TextForm;
  /** The window holds UNITS_BEFORE before the start, as far as there are. */
  readonly open: (window: TextWindow, start: number) => Splitter;
};

/** The blocks of a text that a splitter cuts into records. */
export async function* readRecords(
  source: ByteSource,
  options: ReadOptions,
  { encoding, limits, form, open }: RecordReading,
): AsyncGenerator<Block> {
  const needles = createNeedleSearch(options.needles, encoding, form.hides);
  const start = options.startOffset ?? 0;
  const before = Math.max(0, start - UNITS_BEFORE * encoding.unitBytes);
  const window = new TextWindow(source, encoding, before, limits.readBytes);
  if (before > 0) await window.countLinesBefore();
  const splitter = open(window, start);
  yield* readPieces<Piece>(source, window, options, {
    splitter,
    blockBytes: limits.blockBytes,
    isBoundary: (piece) => piece.isBoundary,
    lostFrom: (piece) => (piece.kind === 'too-long' ? piece.start : null),
    skip: () => splitter.skipLong(),
    explain: (piece) => describePiece(piece, form),
    build: (extent, pieces) => buildBlock(window, extent, pieces, needles, form),
  });
}
