import type { RecordForm } from '#lib/evidence/forms.ts';
import { parseIsoTime } from '#lib/evidence/time.ts';
import { EventSyntaxError, parseEventText } from '#lib/evidence/xml/event-text.ts';
import type { ShapedRecord } from './shape.ts';

/** The record of an event's XML that stands in a JSON string; null when it is none. */
export function eventFromXml(text: string, form: RecordForm): ShapedRecord | null {
  const start = text.search(/\S/);
  if (start < 0 || !text.startsWith('<Event', start)) return null;
  try {
    const { system, data, userDataXml } = parseEventText(text.slice(start));
    const timeTicks = system.systemTime === null ? null : parseIsoTime(system.systemTime);
    return { form, system, data: () => data, userDataXml: () => userDataXml, timeTicks };
  } catch (error) {
    if (error instanceof EventSyntaxError) return null;
    throw error;
  }
}
