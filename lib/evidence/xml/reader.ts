import type { Block, ByteSource, ReadOptions } from '#lib/evidence/record.ts';
import { readStart } from '#lib/evidence/source.ts';
import { buildBlock, describePiece } from './block.ts';
import { XML_LIMITS, type XmlLimits } from './limits.ts';
import { createNeedleSearch } from './needles.ts';
import { readPieces } from './pieces.ts';
import { EventSplitter, type Piece } from './splitter.ts';
import { detectEncoding, TextWindow } from './window.ts';

/**
 * Reads Windows Event XML, one event a line or over many, with or without a root element, in UTF-8 or UTF-16. A block
 * is about 1 MiB, cut between events or in a stretch without any, and depends on nothing before it; starting at a later
 * one costs a pass over the bytes before it, to know its line. What is no event becomes a problem with its byte
 * offset and line. Holds at most the longest event that is read, and a block.
 *
 * Throws what the source throws, and the signal's reason when aborted.
 */
export async function* readXml(
  source: ByteSource,
  options: ReadOptions = {},
  limits: XmlLimits = XML_LIMITS,
): AsyncGenerator<Block> {
  const encoding = detectEncoding(await readStart(source, 2));
  const needles = createNeedleSearch(options.needles);
  const start = options.startOffset ?? 0;
  const window = new TextWindow(source, encoding, start, limits.readBytes);
  if (start > 0) await window.countLinesBefore();
  const splitter = new EventSplitter(window, start, limits);
  yield* readPieces<Piece>(source, window, options, {
    splitter,
    blockBytes: limits.blockBytes,
    isBoundary: () => true,
    lostFrom: (piece) => (piece.kind === 'too-long' ? piece.start : null),
    skip: () => splitter.skipLong(),
    explain: (piece) => describePiece(window, piece),
    build: (extent, pieces) => buildBlock(window, extent, pieces, needles),
  });
}
