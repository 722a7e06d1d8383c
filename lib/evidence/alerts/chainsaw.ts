import { evtxDump } from '#lib/evidence/json/shapes/evtx-dump.ts';
import { eventIdOf } from '#lib/evidence/json/shapes/shape.ts';
import { child, filledText, isObject, type JsonObject, type JsonValue } from '#lib/evidence/json/values.ts';
import type { TimeReader } from '#lib/evidence/text/times.ts';
import { alertLevel, SEPARATOR, type ToolAlert } from './alert.ts';
import { alertTime } from './time.ts';

/**
 * An object of `hunt --json` or `--jsonl` of Chainsaw 2 (one for each rule that matched) or 1, or a row of `hunt --csv`, or
 * null. Source: print_json and print_csv of its src/cli.rs, and its e2e/hunt_expected.json.
 */
export function chainsawAlert(value: JsonObject, times: TimeReader): ToolAlert | null {
  return secondVersion(value, times) ?? firstVersion(value, times) ?? tableRow(value, times);
}

function secondVersion(value: JsonObject, times: TimeReader): ToolAlert | null {
  const title = filledText(child(value, 'name'));
  const kind = filledText(child(value, 'kind'));
  const documents = child(value, 'documents');
  const all = Array.isArray(documents) ? (documents as readonly JsonValue[]) : [child(value, 'document')];
  const [document] = all;
  const isAlert =
    (kind === 'individual' || kind === 'aggregate') && filledText(child(value, 'group')) !== null;
  if (title === null || !isAlert || !isObject(document)) return null;
  const tags = child(value, 'tags');
  const alert = alertOf({
    title,
    level: filledText(child(value, 'level')),
    time: filledText(child(value, 'timestamp')),
    event: child(document, 'data'),
    tags: (Array.isArray(tags) ? (tags as readonly JsonValue[]) : []).flatMap((tag) =>
      attackTag(filledText(tag)),
    ),
    times,
  });
  return all.length === 1
    ? alert
    : { ...alert, details: `${all.length} events, the first: ${alert.details}` };
}

function firstVersion(value: JsonObject, times: TimeReader): ToolAlert | null {
  const titles = child(value, 'detection');
  const event = child(value, 'event');
  if (!Array.isArray(titles) || !isObject(child(event, 'Event'))) return null;
  const names = (titles as readonly JsonValue[]).flatMap((title) => filledText(title) ?? []);
  if (names.length === 0) return null;
  return alertOf({ title: names.join('; '), level: null, time: null, event, tags: [], times });
}

/** Columns of a table that its rules name; the first two are in every one. */
function tableRow(value: JsonObject, times: TimeReader): ToolAlert | null {
  const text = (key: string): string | null => filledText(child(value, key));
  const [first, second] = Object.keys(value);
  const title = text('detections');
  if (title === null || first !== 'timestamp' || second !== 'detections') return null;
  const time = alertTime(text('timestamp'), times);
  return {
    tool: 'chainsaw',
    title: title.split(';').join('; '),
    level: 'unknown',
    timeTicks: time?.ticks ?? null,
    localTime: time?.isLocal ? text('timestamp') : null,
    computer: text('Computer'),
    channel: text('Channel'),
    eventId: eventIdOf(child(value, 'Event ID')),
    recordId: text('Record ID'),
    tags: [],
    details: text('Event Data') ?? '',
  };
}

type Told = {
  readonly title: string;
  readonly level: string | null;
  /** That of the event when the tool gives none. */
  readonly time: string | null;
  readonly event: JsonValue | undefined;
  readonly tags: readonly string[];
  readonly times: TimeReader;
};

function alertOf({ title, level, time: given, event, tags, times }: Told): ToolAlert {
  const record = isObject(event) ? evtxDump(event, '', times) : null;
  const time = alertTime(given, times);
  return {
    tool: 'chainsaw',
    title,
    level: alertLevel(level),
    timeTicks: time?.ticks ?? record?.timeTicks ?? null,
    localTime: time?.isLocal ? given : null,
    computer: record?.system.computer ?? null,
    channel: record?.system.channel ?? null,
    eventId: record?.system.eventId ?? null,
    recordId: record?.system.recordId ?? null,
    tags,
    details: (record?.data() ?? [])
      .map(([name, text]) => (name === '' ? text : `${name}: ${text}`))
      .join(SEPARATOR),
  };
}

/** `attack.t1059.001` is T1059.001, `attack.lateral_movement` a tactic; tags of other kinds are left out. */
function attackTag(tag: string | null): readonly string[] {
  const own = /^attack\.(.+)$/i.exec(tag ?? '')?.[1];
  if (own === undefined) return [];
  return [/^[tsg]\d{4}(?:\.\d{3})?$/i.test(own) ? own.toUpperCase() : own.replaceAll('_', ' ')];
}
