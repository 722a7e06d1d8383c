import { openStored, type Stored } from '#lib/custody/arriving.ts';
import type { EvidenceStore } from '#lib/custody/store.ts';
import { readEvidence } from '#lib/evidence/read.ts';
import type { ByteSource, EvidenceRecord, ReadOptions } from '#lib/evidence/record.ts';
import { NotArrived } from '#lib/evidence/source.ts';

/** Blocks are read in groups of this much, so that reading can stop when a page is full. */
const GROUP_BYTES = 4 * 1024 * 1024;

/** A block of stored evidence that may hold what is looked for. */
export type IndexedBlock = {
  readonly evidenceId: string;
  readonly evidenceName: string;
  readonly stored: Stored;
  readonly offset: number;
  readonly lengthBytes: number;
  readonly index: number;
  readonly firstTicks: bigint;
  /** As the evidence was read. */
  readonly reading: Pick<ReadOptions, 'timeZone' | 'mapping'>;
};

export type PlacedRecord = {
  readonly block: IndexedBlock;
  readonly record: EvidenceRecord;
  readonly ticks: bigint;
};

/** Keeps the order of the blocks. */
export function* groupBlocks(blocks: readonly IndexedBlock[]): Generator<readonly IndexedBlock[]> {
  let group: IndexedBlock[] = [];
  let sizeBytes = 0;
  for (const block of blocks) {
    if (group.length > 0 && sizeBytes + block.lengthBytes > GROUP_BYTES) {
      yield group;
      group = [];
      sizeBytes = 0;
    }
    group.push(block);
    sizeBytes += block.lengthBytes;
  }
  if (group.length > 0) yield group;
}

/** The records of the blocks, block by block, in any order. Evidence that is deleted meanwhile, or whose upload ends just now, gives none. */
export async function* readBlocks(
  store: EvidenceStore,
  blocks: readonly IndexedBlock[],
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly Omit<PlacedRecord, 'ticks'>[]> {
  for (const own of Map.groupBy(blocks, ({ evidenceId }) => evidenceId).values()) {
    const [first] = own;
    if (!first) continue;
    const source = await openStored(store, first.stored).catch((error: unknown) => {
      if (error instanceof NotArrived) return null;
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw error;
    });
    if (!source) continue;
    try {
      for (const run of neighbours(own)) {
        const [start] = run;
        const last = run.at(-1);
        const byOffset = new Map(run.map((block) => [block.offset, block]));
        if (!start || !last) continue;
        // Readers read ahead, which would cost more than the blocks themselves.
        const part: ByteSource = { ...source, sizeBytes: last.offset + last.lengthBytes };
        const options = { ...first.reading, startOffset: start.offset, startIndex: start.index, signal };
        const { blocks: read } = await readEvidence(part, options);
        let left = run.length;
        for await (const { offset, records } of read) {
          const block = byOffset.get(offset);
          if (!block) break;
          yield records.map((record) => ({ block, record }));
          left -= 1;
          if (left === 0) break;
        }
      }
    } finally {
      await source.close();
    }
  }
}

/** Runs of blocks that follow each other, so that each run is read at once. */
function neighbours(blocks: readonly IndexedBlock[]): (readonly IndexedBlock[])[] {
  const runs: IndexedBlock[][] = [];
  let end = -1;
  for (const block of blocks.toSorted((a, b) => a.offset - b.offset)) {
    const run = runs.at(-1);
    if (run && block.offset === end) run.push(block);
    else runs.push([block]);
    end = block.offset + block.lengthBytes;
  }
  return runs;
}
