import type { Block, EvidenceRecord, Problem, ReadOptions } from '#lib/evidence/record.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import { JSON_LIMITS, type JsonLimits } from '../limits.ts';
import { readJson } from '../reader.ts';

export type Reading = {
  readonly blocks: readonly Block[];
  readonly records: readonly EvidenceRecord[];
  readonly problems: readonly Problem[];
};

/** All that the reader says of a text, for tests. */
export async function read(
  text: string | Buffer,
  options: ReadOptions = {},
  limits: JsonLimits = JSON_LIMITS,
): Promise<Reading> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const blocks: Block[] = [];
  for await (const block of readJson(fromBuffer(bytes), options, limits)) blocks.push(block);
  return {
    blocks,
    records: blocks.flatMap((block) => block.records),
    problems: blocks.flatMap((block) => block.problems),
  };
}

export const utf16 = (text: string, isBig: boolean): Buffer => {
  const bytes = Buffer.from(text, 'utf16le');
  return isBig ? bytes.swap16() : bytes;
};
