import { classicEvent } from '#lib/evidence/text/classic.ts';
import { at, filledText, isObject, type JsonObject, scalarText } from '../values.ts';
import { eventFromXml } from './event-xml.ts';
import type { Shape } from './shape.ts';

/** The row of Splunk's export, which may stand in `result`; any other object is a row of its own. */
export function splunkRow(value: JsonObject): JsonObject {
  const result = at(value, 'result');
  const isWrapped = isObject(result) && ('preview' in value || 'offset' in value || '_raw' in result);
  return isWrapped ? result : value;
}

/** Splunk's export with the event's XML or its classic text in _raw. Of a row without either the fields are the event's. */
export const splunk: Shape = (value, _text, times) => {
  const row = splunkRow(value);
  const raw = Object.hasOwn(row, '_raw') ? scalarText(row._raw) : null;
  if (raw !== null) {
    const event = eventFromXml(raw, 'splunk') ?? classicEvent(raw, times, filledText(row._time));
    if (event) return event;
  }
  return null;
};
