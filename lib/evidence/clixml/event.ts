import { getWinEvent } from '#lib/evidence/json/shapes/get-winevent.ts';
import type { ShapedRecord } from '#lib/evidence/json/shapes/shape.ts';
import type { JsonValue } from '#lib/evidence/json/values.ts';
import type { TimeReader } from '#lib/evidence/text/times.ts';
import { type ClixmlObject, ClixmlSyntaxError, type ClixmlValue, parseObject } from './value.ts';

export const CLIXML_NAMESPACE = 'http://schemas.microsoft.com/powershell/2004/04';
/** Type of the objects of Get-WinEvent; those chosen from or read back have a word before it. */
export const EVENT_TYPE = 'System.Diagnostics.Eventing.Reader.EventLogRecord';

/** The record of an exported object, or what is wrong with it, as the end of a sentence. */
export function clixmlEvent(text: string, times: TimeReader): ShapedRecord | string {
  let object: ClixmlObject;
  try {
    object = parseObject(text);
  } catch (error) {
    if (error instanceof ClixmlSyntaxError) return error.message;
    throw error;
  }
  const event = getWinEvent(membersOf(object), '', times);
  return event === null ? 'is no event of Get-WinEvent' : { ...event, form: 'get-winevent-clixml' };
}

/** As ConvertTo-Json would write the object, so that both forms become events in one way. */
function membersOf({ members }: ClixmlObject): Record<string, JsonValue> {
  const entries = [...members].map(([name, value]): [string, JsonValue] => [
    name,
    name === 'Properties' ? propertiesOf(value) : textOf(value),
  ]);
  return Object.fromEntries(entries);
}

/** None when the export was not deep enough to hold their values. */
function propertiesOf(value: ClixmlValue): JsonValue {
  const items = value === null || typeof value === 'string' ? null : value.items;
  const properties = (items ?? []).filter((item) => item !== null && typeof item !== 'string');
  return properties.map(({ members }) => ({ Value: textOf(members.get('Value') ?? null) }));
}

function textOf(value: ClixmlValue): string | null {
  return value === null || typeof value === 'string' ? value : value.text;
}
