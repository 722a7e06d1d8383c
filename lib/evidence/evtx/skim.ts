import type { Extent } from '#lib/evidence/blocks.ts';
import { joinCensusRows } from '#lib/evidence/census-rows.ts';
import type { Block, ByteSource, CensusRow, Problem } from '#lib/evidence/record.ts';
import type { ChunkPlace } from './block.ts';
import type { EvtxHeader } from './header.ts';
import type { NeedleTest } from './needles.ts';
import { readChunks, skipBlock } from './reader.ts';

/** Chunks after each other that hold no literal, as one; plain values that can be sent between threads. */
type Skipped = {
  readonly isSkipped: true;
  readonly index: number;
  readonly offset: number;
  readonly lengthBytes: number;
  readonly recordCount: number;
  readonly problems: readonly Problem[];
  readonly rows: readonly CensusRow[];
};

/** A chunk that has to be read. */
type Unread = {
  readonly isSkipped: false;
  readonly index: number;
  readonly offset: number;
  readonly lengthBytes: number;
};

export type Skimmed = Skipped | Unread;

/** Looks through chunks of a file for those that have to be read. */
export async function skim(
  source: ByteSource,
  extent: Extent,
  header: EvtxHeader,
  mayMatch: NeedleTest,
): Promise<readonly Skimmed[]> {
  const skimmed: Skimmed[] = [];
  let skipped: Block[] = [];
  const endRun = () => {
    if (skipped.length > 0) skimmed.push(joinSkipped(skipped));
    skipped = [];
  };
  const read = (bytes: Buffer, place: ChunkPlace) => {
    const block = skipBlock(bytes, place, header, mayMatch);
    return block ?? { ...place, lengthBytes: bytes.length };
  };
  for await (const chunk of readChunks(source, extent, read)) {
    if ('census' in chunk) {
      skipped.push(chunk);
      continue;
    }
    endRun();
    skimmed.push({ isSkipped: false, ...chunk });
  }
  endRun();
  return skimmed;
}

function joinSkipped(blocks: readonly Block[]): Skipped {
  const [first] = blocks;
  return {
    isSkipped: true,
    index: first?.index ?? 0,
    offset: first?.offset ?? 0,
    lengthBytes: blocks.reduce((sum, block) => sum + block.lengthBytes, 0),
    recordCount: blocks.reduce((sum, block) => sum + block.recordCount, 0),
    problems: blocks.flatMap((block) => block.problems),
    rows: joinCensusRows(blocks.flatMap((block) => block.census())),
  };
}
