import type { Block, EvidenceRecord, Problem } from '#lib/evidence/record.ts';

export type Reading = {
  readonly blocks: readonly Block[];
  readonly records: readonly EvidenceRecord[];
  readonly problems: readonly Problem[];
};

/** All that a reader gives, for tests. */
export async function gather(reading: AsyncIterable<Block>): Promise<Reading> {
  const blocks: Block[] = [];
  for await (const block of reading) blocks.push(block);
  return {
    blocks,
    records: blocks.flatMap((block) => block.records),
    problems: blocks.flatMap((block) => block.problems),
  };
}

/** Records as plain values that can be compared. */
export const whole = (records: readonly EvidenceRecord[]): readonly object[] =>
  records.map(({ form, place, timeTicks, system, data }) => ({ form, place, timeTicks, system, data }));

/** The census of a block, in an order that does not depend on what was skipped. */
export const censusOf = (block: Block): readonly string[] =>
  block
    .census()
    .map((row) =>
      JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    )
    .sort();

/** A text in UTF-8, or in UTF-16 of either order. */
export function encoded(text: string, form: '8' | 'le' | 'be'): Buffer {
  if (form === '8') return Buffer.from(text);
  const bytes = Buffer.from(text, 'utf16le');
  return form === 'be' ? bytes.swap16() : bytes;
}
