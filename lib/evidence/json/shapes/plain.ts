import type { DataItem } from '#lib/evidence/record.ts';
import { type TimeReader, type TimeValues, timeValues } from '#lib/evidence/text/times.ts';
import { at, filledText, flatten, type JsonObject, scalarText } from '../values.ts';
import { type ShapedRecord, systemOf } from './shape.ts';

const TIME_KEYS = ['_time', '@timestamp', 'timestamp', 'Timestamp', 'TimeCreated', 'time'];
const HOST_KEYS = [
  'host',
  'host.name',
  'Computer',
  'ComputerName',
  'Hostname',
  'hostname',
  'DeviceName',
  'dest',
];

/** An object that no log form claims: its keys are the fields. `_raw` is its text, or what the object says that it is. */
export function plain(value: JsonObject, text: string, times: TimeReader): ShapedRecord {
  const { systemTime, ...time } = timeOf(value, times);
  const raw = Object.hasOwn(value, '_raw') ? (scalarText(value._raw) ?? text) : text;
  return {
    form: 'json',
    ...time,
    system: systemOf({ systemTime, computer: firstText(value, HOST_KEYS) }),
    data: () => rawAndFields(value, raw),
    userDataXml: null,
  };
}

/** The first of the usual keys that holds a readable time. */
export function timeOf(value: JsonObject, times: TimeReader): TimeValues {
  for (const key of TIME_KEYS) {
    const time = timeValues(filledText(at(value, key)), times);
    if (time.timeTicks !== null) return time;
  }
  return timeValues(null, times);
}

/** Fields under their joined keys; the text first, as `_raw`. */
export function rawAndFields(value: JsonObject, raw: string): readonly DataItem[] {
  return [['_raw', raw], ...flatten(value).filter(([name]) => name !== '_raw')];
}

function firstText(value: JsonObject, paths: readonly string[]): string | null {
  for (const path of paths) {
    const text = filledText(at(value, path));
    if (text !== null) return text;
  }
  return null;
}
