import type { EvidenceRecord } from '#lib/evidence/record.ts';
import type { FieldValue } from '../event.ts';

/** Computes one field of a record; null when the record does not have it. */
export type FieldMapping = (record: EvidenceRecord) => FieldValue;

/** How one log source's records get the field names that searches use: what its Splunk add-on computes. */
export type LogSource = {
  readonly name: string;
  /** Whether records of this channel and provider are the source's. */
  claims(channel: string, provider: string): boolean;
  /** Beside the System and EventData values that every record has under their own names. */
  readonly fields: Readonly<Record<string, FieldMapping>>;
};

/** First value of an EventData name; null when absent. */
export function dataValue(record: EvidenceRecord, name: string): string | null {
  for (const item of record.data) if (item[0] === name) return item[1];
  return null;
}

/** An EventData value, null also when Windows wrote an empty one. */
export function filledValue(record: EvidenceRecord, name: string): string | null {
  const value = dataValue(record, name);
  return value === '' ? null : value;
}
