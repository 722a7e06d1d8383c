import { classicEvent } from '#lib/evidence/text/classic.ts';
import type { TimeReader } from '#lib/evidence/text/times.ts';
import { child, filledText, isObject, type JsonObject, scalarText } from '../values.ts';
import { eventFromXml } from './event-xml.ts';
import { plain } from './plain.ts';
import type { Shape, ShapedRecord } from './shape.ts';

type RecordOf = (value: JsonObject, text: string, times: TimeReader) => ShapedRecord;

/**
 * An object of the HTTP Event Collector: an event with where it comes from around it. XML and classic text are read as
 * the event that they are; an object as its tool wrote it, else under the names of its own keys, with the sender as `host`.
 * @param recordOf of an event that is an object
 */
export function hecShape(recordOf: RecordOf): Shape {
  return (value, _, times) => {
    const event = child(value, 'event');
    const isWrapped =
      typeof child(value, 'source') === 'string' && typeof child(value, 'sourcetype') === 'string';
    if (!isWrapped || event === undefined || event === null) return null;
    if (!isObject(event)) {
      const text = scalarText(event) ?? JSON.stringify(event);
      return (
        eventFromXml(text, 'xml') ??
        classicEvent(text, times, filledText(child(value, 'time'))) ??
        plain(withOrigin({}, value), text, times)
      );
    }
    const text = JSON.stringify(event);
    const record = recordOf(event, text, times);
    return record.form === 'json' ? plain(withOrigin(event, value), text, times) : record;
  };
}

/**
 * The event's keys with the indexed fields and, over them, where it comes from. The time of receipt counts last: where
 * neither the sender nor the event tells a time.
 */
function withOrigin(event: JsonObject, envelope: JsonObject): JsonObject {
  const { host, source, sourcetype, index, time, received, fields } = envelope;
  const given = { _time: time, host, source, sourcetype, index };
  const known = Object.entries(given).filter(([, value]) => value !== undefined && value !== null);
  return {
    ...(received === undefined ? {} : { time: received }),
    ...event,
    ...(isObject(fields) ? fields : {}),
    ...Object.fromEntries(known),
  };
}
