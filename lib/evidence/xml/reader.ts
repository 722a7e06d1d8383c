import type { Block, ByteSource, Problem, ReadOptions } from '#lib/evidence/record.ts';
import { buildBlock, describePiece, type PlacedPiece } from './block.ts';
import { XML_LIMITS, type XmlLimits } from './limits.ts';
import { createNeedleTest } from './needles.ts';
import { EventSplitter } from './splitter.ts';
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
  const head = Buffer.alloc(2);
  const encoding = detectEncoding(head.subarray(0, await source.read(head, 0, 2, 0)));
  const mayMatch = createNeedleTest(options.needles, encoding);
  let offset = options.startOffset ?? 0;
  let index = options.startIndex ?? 0;
  const window = new TextWindow(source, encoding, offset, limits.readBytes);
  if (offset > 0) await window.countLinesBefore();
  const splitter = new EventSplitter(window, offset, limits);
  let pieces: PlacedPiece[] = [];

  const finish = (end: number): Block => {
    const block = buildBlock(window, { index, offset, end }, pieces, mayMatch);
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
      const problem = describePiece(window, { ...placed, end });
      yield emptyBlock(index, offset, end, problem ? [problem] : []);
      index += 1;
      offset = end;
      continue;
    }
    pieces.push(placed);
    if (piece.end - offset >= limits.blockBytes) yield finish(piece.end);
  }
  if (pieces.length > 0) yield finish(splitter.position);
  if (offset < source.sizeBytes)
    yield emptyBlock(index, offset, source.sizeBytes, [endProblem(offset, source.sizeBytes, window)]);
}

function emptyBlock(index: number, offset: number, end: number, problems: readonly Problem[]): Block {
  return {
    index,
    offset,
    lengthBytes: end - offset,
    records: [],
    recordCount: 0,
    isParsed: true,
    problems,
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
