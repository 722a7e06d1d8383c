import { eventIdOf } from '#lib/evidence/json/shapes/shape.ts';
import {
  child,
  filledText,
  flatten,
  isObject,
  type JsonObject,
  type JsonValue,
} from '#lib/evidence/json/values.ts';
import type { TimeReader } from '#lib/evidence/text/times.ts';
import { alertLevel, SEPARATOR, type ToolAlert } from './alert.ts';
import { fullChannel } from './channels.ts';
import { alertTime } from './time.ts';

/** Columns beside the title of which an alert has at least two, in every profile. */
export const USUAL = ['Level', 'Computer', 'Channel', 'EventID'];
const DETAILS = ['Details', 'AllFieldInfo', 'ExtraFieldInfo'];

/**
 * A row of `csv-timeline` or an object of `json-timeline`, in any profile of Hayabusa 1.4 to 3, also those for Timesketch,
 * or null. Source: its config/profiles.yaml and README, "Timeline Output".
 */
export function hayabusaAlert(value: JsonObject, times: TimeReader): ToolAlert | null {
  const text = (key: string): string | null => filledText(child(value, key));
  const isForTimesketch = text('timestamp_desc')?.toLowerCase() === 'hayabusa';
  const title = isForTimesketch ? text('message') : text('RuleTitle');
  const isAlert = USUAL.filter((key) => text(key) !== null).length >= 2;
  if (title === null || !isAlert) return null;
  const given = isForTimesketch ? text('datetime') : text('Timestamp');
  const time = alertTime(given, times);
  return {
    tool: 'hayabusa',
    title,
    level: alertLevel(text('Level')),
    timeTicks: time?.ticks ?? null,
    localTime: time?.isLocal ? given : null,
    computer: text('Computer'),
    channel: fullChannel(text('Channel')),
    eventId: eventIdOf(child(value, 'EventID')),
    recordId: text('RecordID'),
    tags: [...listOf(child(value, 'MitreTags')), ...listOf(child(value, 'MitreTactics'))],
    details: detailsOf(
      DETAILS.map((key) => child(value, key)).find((one) => one !== undefined && one !== ''),
    ),
  };
}

/** Several values are a list in JSON, and one text in a table. */
function listOf(value: JsonValue | undefined): readonly string[] {
  const texts = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
  return texts
    .flatMap((one) => filledText(one)?.split('¦') ?? [])
    .map((one) => one.trim())
    .filter((one) => one !== '' && one !== '-');
}

function detailsOf(value: JsonValue | undefined): string {
  if (!isObject(value)) return filledText(value) ?? '';
  return flatten(value)
    .map(([name, text]) => `${name}: ${text}`)
    .join(SEPARATOR);
}
