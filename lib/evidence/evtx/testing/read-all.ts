import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Block, ByteSource, EvidenceRecord, ReadOptions } from '#lib/evidence/record.ts';
import { readEvtx } from '../reader.ts';

/** Shared evidence for tests, beside the repository; its files are not part of it. */
export const sharedData = new URL('../../../../../shared/data/', import.meta.url);
export const hasSharedData = existsSync(fileURLToPath(sharedData));

/** A source over bytes in memory. */
export function bufferSource(bytes: Buffer): ByteSource {
  return {
    sizeBytes: bytes.length,
    read: async (target, targetOffset, length, offset) =>
      bytes.copy(target, targetOffset, offset, Math.min(bytes.length, offset + length)),
  };
}

export async function readBlocks(bytes: Buffer, options?: ReadOptions): Promise<Block[]> {
  const blocks: Block[] = [];
  for await (const block of readEvtx(bufferSource(bytes), options)) blocks.push(block);
  return blocks;
}

/** All that a record says, as plain values. */
export function plainRecord(record: EvidenceRecord): unknown {
  const system = { ...JSON.parse(JSON.stringify(record.system)) };
  return {
    offset: record.place.offset,
    ticks: record.timeTicks?.toString() ?? null,
    system,
    data: record.data,
    userDataXml: record.userDataXml,
  };
}
