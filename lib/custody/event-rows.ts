import { createHash } from 'node:crypto';
import { fromPostgres, toPostgres } from '#lib/db/postgres-text.ts';
import { fromStored, type StoredRecord, toStored } from '#lib/events/stored.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { storable } from './cells.ts';

/**
 * How an event stands in the database: its record as JSON, with texts of more than 2,000 characters kept once in
 * long_text and referred to by their hash. All text passes the escape of lib/db/postgres-text.ts, hashes are taken of
 * the text as it was.
 */

const LONG_TEXT_LENGTH = 2_000;

export type LongText = { readonly hash: string; readonly body: string };

type TextReference = { readonly text: string };
type KeptText = string | TextReference;
/** StoredRecord with its texts escaped or referred to. */
type KeptRecord = Omit<StoredRecord, 'data' | 'userDataXml' | 'system'> & {
  readonly system: Record<string, string | number | null>;
  readonly data: readonly (readonly [KeptText, KeptText])[];
  readonly userDataXml: KeptText | null;
};

export function keepRecord(record: EvidenceRecord): { record: KeptRecord; texts: LongText[] } {
  const texts: LongText[] = [];
  const keep = (text: string): KeptText => {
    if (text.length <= LONG_TEXT_LENGTH) return toPostgres(text);
    const hash = textHash(text);
    texts.push({ hash, body: toPostgres(text) });
    return { text: hash };
  };
  const stored = toStored(record);
  const kept: KeptRecord = {
    ...stored,
    // What findings are made of must be a time that they can keep.
    timeTicks: storable(record.timeTicks)?.toString() ?? null,
    system: Object.fromEntries(
      Object.entries(stored.system).map(([name, value]) => [
        name,
        typeof value === 'string' ? toPostgres(value) : value,
      ]),
    ),
    data: stored.data.map(([name, value]) => [keep(name), keep(value)] as const),
    userDataXml: stored.userDataXml === null ? null : keep(stored.userDataXml),
  };
  return { record: kept, texts };
}

/** @param bodies long texts by hash, as they stand in the database */
export function restoreRecord(kept: unknown, bodies: ReadonlyMap<string, string>): EvidenceRecord {
  const record = kept as KeptRecord;
  const restore = (text: KeptText): string =>
    fromPostgres(typeof text === 'string' ? text : (bodies.get(text.text) ?? ''));
  return fromStored({
    ...record,
    system: Object.fromEntries(
      Object.entries(record.system).map(([name, value]) => [
        name,
        typeof value === 'string' ? fromPostgres(value) : value,
      ]),
    ) as StoredRecord['system'],
    data: record.data.map(([name, value]) => [restore(name), restore(value)] as const),
    userDataXml: record.userDataXml === null ? null : restore(record.userDataXml),
  });
}

/** Of UTF-16 code units, so that texts which differ only in lone surrogates are told apart. */
function textHash(text: string): string {
  return createHash('sha256').update(Buffer.from(text, 'utf16le')).digest('hex');
}
