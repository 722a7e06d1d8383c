import type { RecordForm } from '#lib/evidence/forms.ts';
import type { DataItem, SystemValues } from '#lib/evidence/record.ts';
import { NO_SYSTEM_VALUES } from '#lib/evidence/system-values.ts';
import type { TimeReader } from '#lib/evidence/text/times.ts';
import { type JsonObject, type JsonValue, scalarText } from '../values.ts';

/** What an object says as a record, without its place. */
export type ShapedRecord = {
  readonly form: RecordForm;
  readonly system: SystemValues;
  /** Computed when asked for: most records are only counted. */
  readonly data: () => readonly DataItem[];
  readonly userDataXml: (() => string | null) | null;
  readonly timeTicks: bigint | null;
  /** As EvidenceRecord.localTime. */
  readonly localTime?: string | null;
};

/** One way in which tools write events as JSON: the record of an object that is written so, else null. */
export type Shape = (value: JsonObject, text: string, times: TimeReader) => ShapedRecord | null;

export function systemOf(values: Partial<SystemValues>): SystemValues {
  return { ...NO_SYSTEM_VALUES, ...values };
}

export function eventIdOf(value: JsonValue | undefined): number | null {
  const text = scalarText(value)?.trim() ?? '';
  return /^\d{1,10}$/.test(text) ? Number(text) : null;
}

const BARE_GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A GUID as Windows renders it: in braces, upper case. Other texts stay. */
export function guidText(text: string | null): string | null {
  if (text === null) return null;
  const bare = text.startsWith('{') && text.endsWith('}') ? text.slice(1, -1) : text;
  return BARE_GUID.test(bare) ? `{${bare.toUpperCase()}}` : text;
}

/** Values whose name says that they are GUIDs get the braces that some writers leave out; their case stays. */
export function dataItem(name: string, value: string): DataItem {
  return [name, /guid$/i.test(name) && BARE_GUID.test(value) ? `{${value}}` : value];
}

/** Keywords as Windows renders them, from a signed or unsigned number or as they are. */
export function keywordsText(value: JsonValue | undefined): string | null {
  const text = scalarText(value);
  if (text === null || text === '') return null;
  if (!/^-?\d{1,20}$/.test(text)) return text;
  // Writers that keep numbers as doubles round the highest bits in decimal digits, not in value.
  const isRounded = text === String(Number(text));
  return `0x${BigInt.asUintN(64, BigInt(isRounded ? Number(text) : text)).toString(16)}`;
}

/** Digits, or null for the names that some writers put in place of numbers. */
export function numeralText(value: JsonValue | undefined): string | null {
  const text = scalarText(value);
  return text !== null && /^\d{1,10}$/.test(text) ? text : null;
}

/** Opcode of every 4104, by the manifest of PowerShell's provider. */
const SCRIPT_BLOCK_OPCODE = '15';

/** An opcode as a number where a form gives one; of script blocks it is known. */
export function opcodeText(eventId: number | null, given: JsonValue | undefined): string | null {
  return numeralText(given) ?? (eventId === 4104 ? SCRIPT_BLOCK_OPCODE : null);
}
