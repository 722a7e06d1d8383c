import { classicEvent } from '#lib/evidence/text/classic.ts';
import { at, filledText, isObject, type JsonObject, scalarText } from '../values.ts';
import { eventFromXml } from './event-xml.ts';
import { plain } from './plain.ts';
import type { Shape } from './shape.ts';

/**
 * Splunk's export: an event in `result`, or a row of its own. With the event's XML or its classic text in _raw it is read
 * from that, else the fields of the result are the event's.
 */
export const splunk: Shape = (value, text, times) => {
  const result = at(value, 'result');
  const isWrapped = isObject(result) && ('preview' in value || 'offset' in value || '_raw' in result);
  const row: JsonObject = isWrapped ? result : value;
  const raw = Object.hasOwn(row, '_raw') ? scalarText(row._raw) : null;
  if (raw !== null) {
    const event = eventFromXml(raw, 'splunk') ?? classicEvent(raw, times, filledText(row._time));
    if (event) return event;
  }
  return isWrapped ? plain(row, raw ?? text, times) : null;
};
