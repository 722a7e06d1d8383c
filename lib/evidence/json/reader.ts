import type { Block, ByteSource, Problem, ReadOptions } from '#lib/evidence/record.ts';
import { createTimeReader } from '#lib/evidence/text/times.ts';
import { detectEncoding, TextWindow } from '#lib/evidence/xml/window.ts';
import { buildBlock, describePiece, type PlacedPiece } from './block.ts';
import { JSON_LIMITS, type JsonLimits } from './limits.ts';
import { createNeedleSearch } from './needles.ts';
import { ObjectSplitter } from './splitter.ts';

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
  const head = Buffer.alloc(2);
  const encoding = detectEncoding(head.subarray(0, await source.read(head, 0, 2, 0)));
  const times = createTimeReader(options.timeZone);
  const needles = createNeedleSearch(options.needles, encoding);
  let offset = options.startOffset ?? 0;
  let index = options.startIndex ?? 0;
  const window = new TextWindow(source, encoding, offset, limits.readBytes);
  if (offset > 0) await window.countLinesBefore();
  const splitter = new ObjectSplitter(window, offset, limits);
  let pieces: PlacedPiece[] = [];

  const finish = (end: number): Block => {
    const block = buildBlock(window, { index, offset, end }, pieces, needles, times);
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
    if (piece.isOpen) {
      // The block begins with what tells the object's column: blanks, or text right before it.
      const before = pieces.at(-1)?.isBeforeObject ? pieces.pop() : undefined;
      const start = pieces.at(-1)?.end ?? offset;
      if (start > offset) yield finish(start);
      const problems = before ? [describePiece(window, before)] : [];
      const end = await splitter.skipLost(piece);
      problems.push(describePiece(window, { ...placed, end }));
      yield emptyBlock(
        index,
        offset,
        end,
        problems.filter((problem) => problem !== null),
      );
      index += 1;
      offset = end;
      continue;
    }
    pieces.push(placed);
    // Before an object the text tells its column, which reading on after it would not know.
    if (piece.end - offset >= limits.blockBytes && !piece.isBeforeObject) yield finish(piece.end);
  }
  if (pieces.length > 0) yield finish(splitter.position);
  if (offset < source.sizeBytes) {
    yield emptyBlock(index, offset, source.sizeBytes, [endProblem(offset, source.sizeBytes, window)]);
  }
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
