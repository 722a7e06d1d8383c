import { ALERT_MARKS } from '#lib/evidence/alerts/index.ts';
import { shapeOf, withoutNeedles } from '#lib/evidence/mapping/mapped.ts';
import type { Block, ByteSource, ReadOptions } from '#lib/evidence/record.ts';
import { readStart } from '#lib/evidence/source.ts';
import { createTimeReader } from '#lib/evidence/text/times.ts';
import { readPieces } from '#lib/evidence/xml/pieces.ts';
import { detectEncoding, TextWindow } from '#lib/evidence/xml/window.ts';
import { buildBlock, describePiece } from './block.ts';
import { KnownLayouts } from './layouts.ts';
import { JSON_LIMITS, type JsonLimits } from './limits.ts';
import { createNeedleSearch } from './needles.ts';
import { ObjectSplitter, type Piece } from './splitter.ts';
import type { JsonObject } from './values.ts';

/**
 * Reads JSON objects, one a line or over many, in an array or one after the other, with or without the banners of
 * evtx_dump, in UTF-8 or UTF-16. A block is about 1 MiB, cut after an object or in a stretch without any, and depends on
 * nothing before it. What is no object becomes a problem with its byte offset and line. With needles, only objects that
 * may hold one become records; the others count. Holds at most the longest object that is read, and a block.
 *
 * Throws what the source throws, the signal's reason when aborted, and RangeError for a zone that there is not.
 */
export async function* readJson(
  source: ByteSource,
  options: ReadOptions = {},
  limits: JsonLimits = JSON_LIMITS,
): AsyncGenerator<Block> {
  const encoding = detectEncoding(await readStart(source, 2));
  const times = createTimeReader(options.timeZone);
  const shape = shapeOf(options.mapping);
  const read = { times, shape: (value: JsonObject, text: string) => shape(value, text, times) };
  const needles = createNeedleSearch(withoutNeedles(options).needles, encoding, ALERT_MARKS);
  const start = options.startOffset ?? 0;
  const window = new TextWindow(source, encoding, start, limits.readBytes);
  if (start > 0) await window.countLinesBefore();
  // What a mapping says of columns is not among what layouts know of the forms.
  const mayKnow = needles !== null && encoding.unitBytes === 1 && options.mapping === undefined;
  const layouts = mayKnow ? new KnownLayouts(times) : null;
  const splitter = new ObjectSplitter(window, start, limits, layouts);
  yield* readPieces<Piece>(source, window, options, {
    splitter,
    blockBytes: limits.blockBytes,
    // Before an object the text tells its column, which reading on after it would not know.
    isBoundary: (piece) => !piece.isBeforeObject,
    lostFrom: blockStart,
    skip: (piece) => splitter.skipLost(piece),
    explain: (piece) => describePiece(window, piece),
    build: (extent, pieces) => buildBlock(window, extent, pieces, needles, read),
  });
}

/** The block of an open object begins with what tells its column: blanks, or text right before it. */
function blockStart(piece: Piece, pieces: readonly Piece[], offset: number): number | null {
  if (!piece.isOpen) return null;
  return pieces.at(pieces.at(-1)?.isBeforeObject ? -2 : -1)?.end ?? offset;
}
