import { type Extent, emptyBlock } from '#lib/evidence/blocks.ts';
import type { Block, ByteSource, Place, Problem, ProblemCode, ReadOptions } from '#lib/evidence/record.ts';
import type { TextWindow } from './window.ts';

/** A stretch of a text, in byte offsets. */
type Stretch = { readonly start: number; readonly end: number };

/** A piece with the line at its start, from 1. */
export type Placed<Piece> = Piece & { readonly line: number };

/** How a form of text is cut into pieces, and what they mean. */
export type Cutting<Piece extends Stretch> = {
  readonly splitter: {
    /** Up to where the text is split. */
    readonly position: number;
    /** The next piece, whole in the window unless it is lost; null at the end. */
    next(): Promise<Piece | null>;
    /** The next piece where that can be told at once, never a lost one, else null: waiting costs more than all else here. */
    nextHeld?(): Piece | null;
  };
  /** A block ends with the first boundary at or after this size. */
  readonly blockBytes: number;
  /** Whether reading can begin after the piece without knowing what was before. */
  readonly isBoundary: (piece: Piece) => boolean;
  /** Where the block of a piece that cannot be held begins, given those of the block before it; null for any other. */
  readonly lostFrom: (piece: Piece, pieces: readonly Piece[], offset: number) => number | null;
  /** Passes the rest of a lost piece without holding it; returns where reading goes on. */
  readonly skip: (piece: Piece) => Promise<number>;
  /** What a piece that is no record means, or null when nothing is wrong. */
  readonly explain: (piece: Placed<Piece>) => Problem | null;
  /** Makes a block of pieces that are whole in the window. */
  readonly build: (extent: Extent, pieces: readonly Placed<Piece>[]) => Block;
};

/** The blocks of a text. Holds the pieces of one block; a lost piece is a block of its own, without records. */
export async function* readPieces<Piece extends Stretch>(
  source: ByteSource,
  window: TextWindow,
  options: ReadOptions,
  { splitter, blockBytes, isBoundary, lostFrom, skip, explain, build }: Cutting<Piece>,
): AsyncGenerator<Block> {
  let offset = options.startOffset ?? 0;
  let index = options.startIndex ?? 0;
  let pieces: Placed<Piece>[] = [];

  const finish = (end: number): Block => {
    const block = build({ index, offset, end }, pieces);
    window.release(end);
    index += 1;
    offset = end;
    pieces = [];
    return block;
  };

  const place = (piece: Piece): Placed<Piece> => ({ ...piece, line: window.lineAt(piece.start) });
  const isFull = (piece: Piece): boolean => piece.end - offset >= blockBytes && isBoundary(piece);
  /** Takes what is held; true when the block is full. A function of its own, because V8 runs generators slower. */
  const takeHeld = (): boolean => {
    for (let piece = splitter.nextHeld?.(); piece; piece = splitter.nextHeld?.()) {
      pieces.push(place(piece));
      if (isFull(piece)) return true;
    }
    return false;
  };

  for (;;) {
    options.signal?.throwIfAborted();
    if (takeHeld()) {
      yield finish(splitter.position);
      continue;
    }
    const piece = await splitter.next();
    if (piece === null) break;
    const placed = place(piece);
    const from = lostFrom(piece, pieces, offset);
    if (from === null) {
      pieces.push(placed);
      if (isFull(piece)) yield finish(piece.end);
      continue;
    }
    const lost = pieces.filter((before) => before.start >= from);
    pieces = pieces.filter((before) => before.start < from);
    if (from > offset) yield finish(from);
    const problems = lost.map(explain);
    const end = await skip(piece);
    problems.push(explain({ ...placed, end }));
    yield emptyBlock(
      { index, offset, end },
      problems.filter((problem) => problem !== null),
    );
    index += 1;
    offset = end;
    pieces = [];
  }
  if (pieces.length > 0) yield finish(splitter.position);
  const end = source.sizeBytes;
  if (offset < end) yield emptyBlock({ index, offset, end }, [endProblem(offset, end, window)]);
}

/** Of `encoding` the bytes were read all the same. */
export function problemOf(
  piece: Placed<Stretch>,
  code: ProblemCode,
  isLoss: boolean,
  message: string,
): Problem {
  return {
    place: placeOf(piece),
    skippedBytes: code === 'encoding' ? 0 : piece.end - piece.start,
    code,
    message,
    isLoss,
  };
}

export function placeOf(piece: Placed<Stretch>): Place {
  return { offset: piece.start, line: piece.line };
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
