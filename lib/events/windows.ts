import type { DataItem, EvidenceRecord } from '#lib/evidence/record.ts';
import { renderEventXml } from '#lib/evidence/render.ts';
import type { FieldValue, SearchableEvent } from './event.ts';
import { logSourceOf } from './sources/index.ts';
import type { FieldMapping, LogSource } from './sources/source.ts';
import { SECOND_TICKS } from './ticks.ts';

/**
 * Names that Splunk_TA_windows gives to the System values of XmlWinEventLog, and the default fields of an event. Those that
 * a log source maps go before these, these before EventData values of the same name.
 */
const COMMON: Readonly<Record<string, FieldMapping>> = {
  _time: timeOf,
  _raw: (record) => renderEventXml(record),
  host: (record) => record.system.computer,
  source: (record) => (record.system.channel === null ? null : `XmlWinEventLog:${record.system.channel}`),
  sourcetype: () => 'XmlWinEventLog',
  EventCode: (record) => numeral(record.system.eventId),
  EventID: (record) => numeral(record.system.eventId),
  signature_id: (record) => numeral(record.system.eventId),
  Computer: (record) => record.system.computer,
  dvc: (record) => record.system.computer,
  Channel: (record) => record.system.channel,
  Name: (record) => record.system.providerName,
  Guid: (record) => record.system.providerGuid,
  Version: (record) => record.system.version,
  Level: (record) => record.system.level,
  Task: (record) => record.system.task,
  Opcode: (record) => record.system.opcode,
  Keywords: (record) => record.system.keywords,
  SystemTime: (record) => record.system.systemTime,
  EventRecordID: (record) => record.system.recordId,
  RecordNumber: (record) => record.system.recordId,
  ActivityID: (record) => record.system.activityId,
  RelatedActivityID: (record) => record.system.relatedActivityId,
  ProcessID: (record) => record.system.processId,
  ThreadID: (record) => record.system.threadId,
  Qualifiers: (record) => record.system.qualifiers,
  UserID: (record) => record.system.userId,
  user_id: (record) => record.system.userId,
};
/** Of records that are no Windows events. */
const FOREIGN_COMMON: Readonly<Record<string, FieldMapping>> = {
  _time: timeOf,
};

/** From this many values on, a record's values are looked up by an index: a hostile record may have 100,000. */
const INDEXED_FROM = 64;

class WindowsEvent implements SearchableEvent {
  readonly #record: EvidenceRecord;
  readonly #source: LogSource;
  readonly #common: Readonly<Record<string, FieldMapping>>;
  #index: ReadonlyMap<string, FieldValue> | null = null;
  #raw: FieldValue = null;

  constructor(record: EvidenceRecord, source: LogSource) {
    this.#record = record;
    this.#source = source;
    this.#common = source.isForeign ? FOREIGN_COMMON : COMMON;
  }

  get timeTicks(): bigint | null {
    return this.#record.timeTicks;
  }

  get(name: string): FieldValue {
    const mapping = own(this.#source.fields, name) ?? own(this.#common, name);
    if (!mapping) return this.#dataField(name);
    if (name !== '_raw') return mapping(this.#record);
    // Dear to render, and asked for by each search that looks for a word.
    this.#raw ??= mapping(this.#record);
    return this.#raw;
  }

  fieldNames(): readonly string[] {
    const names = new Set(['_raw']);
    const mapped = new Set([...Object.keys(this.#common), ...Object.keys(this.#source.fields)]);
    // _raw is always there, and dear to render.
    for (const name of mapped) if (name !== '_raw' && this.get(name) !== null) names.add(name);
    for (const [name] of this.#record.data) if (name !== '' && !mapped.has(name)) names.add(name);
    return [...names];
  }

  #dataField(name: string): FieldValue {
    const { data } = this.#record;
    if (data.length < INDEXED_FROM) return dataField(data, name);
    this.#index ??= indexOf(data);
    return this.#index.get(name) ?? null;
  }
}

/** A record under the field names that searches use. Cheap: a field is computed when it is asked for. */
export function eventFromRecord(record: EvidenceRecord): SearchableEvent {
  return new WindowsEvent(record, logSourceOf(record));
}

/** Names come from searches and evidence: `constructor` must not find Object's. */
function own(fields: Readonly<Record<string, FieldMapping>>, name: string): FieldMapping | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** A name that occurs several times is a multivalue field. */
function dataField(data: readonly DataItem[], name: string): FieldValue {
  if (name === '') return null;
  let first: string | null = null;
  let all: string[] | null = null;
  for (const [key, value] of data) {
    if (key !== name) continue;
    if (first === null) first = value;
    else if (all === null) all = [first, value];
    else all.push(value);
  }
  return all ?? first;
}

/** As dataField, for all names at once. */
function indexOf(data: readonly DataItem[]): ReadonlyMap<string, FieldValue> {
  const values = new Map<string, string[]>();
  for (const [name, value] of data) {
    const known = values.get(name);
    if (known) known.push(value);
    else if (name !== '') values.set(name, [value]);
  }
  return new Map([...values].map(([name, all]) => [name, all.length === 1 ? (all[0] ?? null) : all]));
}

function timeOf(record: EvidenceRecord): FieldValue {
  return record.timeTicks === null ? null : secondsOf(record.timeTicks);
}

function numeral(value: number | null): string | null {
  return value === null ? null : String(value);
}

/** Decimal seconds since 1970 with up to 7 digits: a double would lose the last two. */
function secondsOf(ticks: bigint): string {
  const sign = ticks < 0n ? '-' : '';
  const size = ticks < 0n ? -ticks : ticks;
  const fraction = (size % SECOND_TICKS).toString().padStart(7, '0').replace(/0+$/, '');
  return `${sign}${size / SECOND_TICKS}${fraction === '' ? '' : `.${fraction}`}`;
}
