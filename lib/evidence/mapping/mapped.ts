import { eventFromXml } from '#lib/evidence/json/shapes/event-xml.ts';
import { recordOf } from '#lib/evidence/json/shapes/index.ts';
import { scriptBlockFromMessage } from '#lib/evidence/json/shapes/message.ts';
import { eventIdOf, opcodeText, type ShapedRecord, systemOf } from '#lib/evidence/json/shapes/shape.ts';
import { at, filledText, flatten, type JsonObject, parseJson } from '#lib/evidence/json/values.ts';
import type { DataItem, ReadOptions } from '#lib/evidence/record.ts';
import { classicEvent } from '#lib/evidence/text/classic.ts';
import { dataFromMessage } from '#lib/evidence/text/message.ts';
import { type TimeReader, timeValues } from '#lib/evidence/text/times.ts';
import type { MappedField } from './fields.ts';
import { type Kind, kindOf } from './kind.ts';
import type { ColumnMapping } from './mapping.ts';
import { mappedTime } from './time.ts';

type ReadRow = (row: JsonObject, text: string, times: TimeReader) => ShapedRecord;

/** How rows and objects become records: as the form that claims them, else as the mapping says. */
export function shapeOf(mapping: ColumnMapping | undefined): ReadRow {
  if (mapping === undefined) return recordOf;
  return (value, text, times) =>
    recordOf(
      value,
      text,
      times,
      (row) => wholeEvent(row, mapping, times) ?? mappedRecord(row, mapping, times),
    );
}

/** An event in a cell is written in a way that the search for literals in the row's bytes does not know. */
export function withoutNeedles(options: ReadOptions): ReadOptions {
  return options.mapping?.raw ? { ...options, needles: undefined } : options;
}

/** The record of the event that stands whole in a column; null when there is none that is known. */
function wholeEvent(row: JsonObject, { raw, time }: ColumnMapping, times: TimeReader): ShapedRecord | null {
  const text = raw === null ? null : filledText(at(row, raw));
  if (text === null) return null;
  const indexed = time === null ? null : filledText(at(row, time.column));
  return eventFromXml(text, 'xml') ?? classicEvent(text, times, indexed) ?? eventFromJson(text, times);
}

function eventFromJson(text: string, times: TimeReader): ShapedRecord | null {
  if (!text.trimStart().startsWith('{')) return null;
  try {
    const record = recordOf(parseJson(text), text, times);
    return record.form === 'json' ? null : record;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The Windows event that a row tells of, under the names of its XML; other columns keep their own. */
function mappedRecord(row: JsonObject, mapping: ColumnMapping, times: TimeReader): ShapedRecord {
  const text = (field: MappedField): string | null => {
    const column = mapping.fields[field];
    return column === undefined ? null : filledText(at(row, column));
  };
  const { systemTime, ...time } = timeOf(row, mapping, times);
  const kind = kindOf(text, eventIdOf(text('eventId') ?? undefined));
  const user = text('user');
  return {
    form: 'mapped',
    ...time,
    system: systemOf({
      providerName: kind.provider,
      eventId: kind.eventId,
      opcode: opcodeText(kind.eventId, undefined),
      systemTime,
      recordId: digits(text('recordId')),
      channel: kind.channel,
      computer: text('host'),
      // Windows names the user of a script block, and of most others only, by the SID of who wrote the event.
      userId: kind.name === 'script' || /^S-1-[\d-]{1,200}$/.test(user ?? '') ? user : null,
    }),
    data: () => dataOf(row, kind, text),
    userDataXml: null,
  };
}

function timeOf(row: JsonObject, { time }: ColumnMapping, times: TimeReader) {
  if (time === null) return timeValues(null, times);
  return timeValues(filledText(at(row, time.column)), { parse: mappedTime(time.format, times) });
}

function dataOf(
  row: JsonObject,
  kind: Kind,
  text: (field: MappedField) => string | null,
): readonly DataItem[] {
  const items: DataItem[] = [];
  for (const [field, name] of kind.names) {
    const value = kind.valueOf(field, text);
    if (value === null) continue;
    const block = field === 'scriptText' ? scriptBlockFromMessage(value) : null;
    items.push(...(block ?? [[name, value] as const]));
  }
  const message = text('message');
  if (message !== null) addNew(items, fromMessage(kind, message));
  addNew(items, flatten(row));
  return items;
}

function fromMessage(kind: Kind, message: string): readonly DataItem[] {
  const items = dataFromMessage(kind.channel, kind.eventId, message);
  // Some write the script alone where Windows has its message.
  const isScript = kind.name === 'script' && items[0]?.[0] === 'Message';
  return isScript ? [['ScriptBlockText', message]] : items;
}

/** What a mapping gives goes before values of the same name. */
function addNew(items: DataItem[], more: readonly DataItem[]): void {
  const known = new Set(items.map(([name]) => name));
  items.push(...more.filter(([name]) => !known.has(name)));
}

function digits(text: string | null): string | null {
  return text !== null && /^\d{1,20}$/.test(text) ? text : null;
}
