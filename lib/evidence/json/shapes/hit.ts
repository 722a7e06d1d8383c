import type { TimeReader } from '#lib/evidence/text/times.ts';
import { at, child, filledText, isObject, type JsonObject } from '../values.ts';
import { eventFromXml } from './event-xml.ts';
import type { Shape, ShapedRecord } from './shape.ts';

type RecordOf = (value: JsonObject, text: string, times: TimeReader) => ShapedRecord;

/**
 * A hit of Elasticsearch or OpenSearch, as searches and exports of them give it: the document in `_source`, which is read as
 * the tool wrote it; without a channel, the event's XML that it carries as raw text counts.
 * @param recordOf of the document
 */
export function hitShape(recordOf: RecordOf): Shape {
  return (value, text, times) => {
    const source = child(value, '_source');
    if (!isObject(source) || filledText(child(value, '_index')) === null) return null;
    return (isWindowsLog(source) ? null : rawEvent(source)) ?? recordOf(source, text, times);
  };
}

const isWindowsLog = (source: JsonObject): boolean => filledText(at(source, 'winlog.channel')) !== null;

function rawEvent(source: JsonObject): ShapedRecord | null {
  for (const path of ['event.original', 'message']) {
    const raw = filledText(at(source, path));
    const event = raw === null ? null : eventFromXml(raw, 'xml');
    if (event) return event;
  }
  return null;
}
