import type { EvidenceRecord } from '#lib/evidence/record.ts';
import type { FieldValue } from '../event.ts';

/** Computes one field of a record; null when the record does not have it. */
export type FieldMapping = (record: EvidenceRecord) => FieldValue;

/** How one log source's records get the field names that searches use: what its Splunk add-on computes. */
export type LogSource = {
  readonly name: string;
  /** Whether records of this channel and provider are the source's. */
  claims(channel: string, provider: string): boolean;
  /**
   * Beside the System and EventData values that every record has under their own names. `tag` puts an event into the data
   * models: a constant array of the tags that the add-on's event types give, null for none.
   */
  readonly fields: Readonly<Record<string, FieldMapping>>;
  /** Its records are no Windows events: only these fields, `_time` and the values under their own names are there. */
  readonly isForeign?: boolean;
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

/** An EventData value, null also for the dash that Windows writes for "none". */
export function knownValue(record: EvidenceRecord, name: string): string | null {
  const value = filledValue(record, name);
  return value === '-' ? null : value;
}

/** A field that is an EventData value under another name. */
export function alias(name: string): FieldMapping {
  return (record) => filledValue(record, name);
}

/** A field that only records of some event ids have. */
export function onlyFor(eventIds: readonly number[], mapping: FieldMapping): FieldMapping {
  return (record) =>
    record.system.eventId !== null && eventIds.includes(record.system.eventId) ? mapping(record) : null;
}

/** A field that is told by the event id alone. */
export function byEventId<T extends FieldValue>(values: ReadonlyMap<number, T>): FieldMapping {
  return (record) => (record.system.eventId === null ? null : (values.get(record.system.eventId) ?? null));
}

/** The last segment of a Windows or Unix path: the name of the file. */
export function fileNameOf(path: string | null): string | null {
  if (path === null) return null;
  return path.slice(Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1) || null;
}
