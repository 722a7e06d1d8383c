import { createHash } from 'node:crypto';
import { readHeader } from '#lib/evidence/csv/header.ts';
import { readEvidence } from '#lib/evidence/read.ts';
import type { Block, ByteSource, EvidenceRecord } from '#lib/evidence/record.ts';
import { encodingOf } from '#lib/evidence/text/encoding.ts';
import { TEXT_LIMITS } from '#lib/evidence/text/limits.ts';
import { NOTHING_MAPPED } from './mapping.ts';
import type { Column } from './propose.ts';

/** So many rows at the beginning tell what the columns are. */
const ROWS = 100;
const SAMPLES = 5;
/** Whole events must stay whole to be known. */
const SAMPLE_LENGTH_MAX = 20_000;
const JSON_KEYS_MAX = 1_000;
/** So far into evidence that begins with nothing readable it is looked for records. */
const BLOCKS_MAX = 16;

export type Survey = {
  readonly columns: readonly Column[];
  /** Same for files with the same columns in any order. */
  readonly headerKey: string;
};

/** The columns of evidence whose first rows or objects no known form claims; null of any other. */
export async function surveyColumns(source: ByteSource): Promise<Survey | null> {
  const { form, blocks } = await readEvidence(source, { mapping: NOTHING_MAPPED });
  if (form !== 'csv' && form !== 'json') return null;
  const records = await firstRecords(blocks, ROWS);
  if (records.length === 0 || records.some((record) => record.form !== 'mapped')) return null;
  const values = new Map<string, Set<string>>();
  if (form === 'csv') {
    const { columns } = await readHeader(source, await encodingOf(source), TEXT_LIMITS);
    for (const name of columns) values.set(name, new Set());
  }
  for (const record of records) {
    for (const [name, value] of record.data) {
      const known = values.get(name) ?? new Set();
      if (!values.has(name) && values.size >= JSON_KEYS_MAX && form === 'json') continue;
      values.set(name, known);
      if (known.size < SAMPLES && value.trim() !== '') known.add(value.slice(0, SAMPLE_LENGTH_MAX));
    }
  }
  const columns = [...values].map(([name, samples]) => ({ name, samples: [...samples] }));
  return { columns, headerKey: headerKeyOf(columns.map(({ name }) => name)) };
}

/** SHA-256 of the names of columns, or of keys, in one order. */
export function headerKeyOf(names: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(names.toSorted())).digest('hex');
}

/** The first records of the first block that has any; none when the beginning has none. */
export async function firstRecords(
  blocks: AsyncIterable<Block>,
  count: number,
): Promise<readonly EvidenceRecord[]> {
  let left = BLOCKS_MAX;
  for await (const { records } of blocks) {
    if (records.length > 0) return records.slice(0, count);
    left -= 1;
    if (left === 0) break;
  }
  return [];
}
