import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import { shortHostName } from '#lib/events/names.ts';
import { canonicalRegistryPath } from '#lib/events/registry-path.ts';
import { formatIsoTime } from '#lib/evidence/time.ts';

export type TemplateValues = {
  readonly row: ReadonlyMap<string, FieldValue>;
  /** In order of time. */
  readonly events: readonly SearchableEvent[];
};

/** A value longer than this is cut in a sentence. */
const VALUE_MAX = 120;
/** Of values one after the other this many are told. */
const SEQUENCE_MAX = 4;
const UNKNOWN = 'unknown';
const UNKNOWN_VALUE = 'an unknown value';

/**
 * Fills `$field$` from the row, else from the first event that has it, else with "unknown". `$field:short$` is a host name
 * without its domain, `$field:path$` a registry path in its canonical form, `$field:sequence$` in words what the events did to a
 * value, one after the other: "set to 1 at 09:10:11, then to 0 at 09:41:00, then deleted at 10:02:03". What values hold is
 * text: nothing in them is filled again.
 */
export function renderTemplate(template: string, values: TemplateValues, valueMax = VALUE_MAX): string {
  return template.replace(PLACEHOLDER, (_, field: string, form: TemplateForm | undefined) => {
    if (form === 'sequence') return sequenceOf(field, values.events, valueMax);
    const text = textOf(values.row.get(field) ?? null) ?? firstText(field, values.events) ?? UNKNOWN;
    return cut(form === undefined ? text : SHOWN_AS[form](text), valueMax);
  });
}

/** Names of the fields that a template asks for. */
export function templateFields(template: string): readonly string[] {
  return [...template.matchAll(PLACEHOLDER)].map(([, field]) => field ?? '');
}

type TemplateForm = 'short' | 'path' | 'sequence';
const PLACEHOLDER = /\$(\w+)(?::(short|path|sequence))?\$/g;

const SHOWN_AS: Readonly<Record<Exclude<TemplateForm, 'sequence'>, (text: string) => string>> = {
  short: shortHostName,
  path: canonicalRegistryPath,
};

function firstText(field: string, events: readonly SearchableEvent[]): string | null {
  for (const event of events) {
    const text = textOf(event.get(field));
    if (text !== null) return text;
  }
  return null;
}

function textOf(value: FieldValue): string | null {
  if (value === null) return null;
  return typeof value === 'object' ? value.join(', ') : String(value);
}

/** `text` is null for a deletion. */
type Change = { readonly text: string | null; readonly ticks: bigint | null };

/** Values that follow one another and are equal are one. Times are UTC; a single value stands without one. */
function sequenceOf(field: string, events: readonly SearchableEvent[], valueMax: number): string {
  const shown: Change[] = [];
  let changes = 0;
  let last: string | null | undefined;
  for (const event of events) {
    const text = isDeletion(event) ? null : valueText(event.get(field));
    if (text === last) continue;
    last = text;
    changes += 1;
    if (changes <= SEQUENCE_MAX) shown.push({ text, ticks: event.timeTicks });
  }
  if (changes === 0) return `set to ${UNKNOWN_VALUE}`;
  const days = new Set(shown.flatMap(({ ticks }) => (ticks === null ? [] : dayAndTime(ticks)[0])));
  const told = shown.map(({ text, ticks }, index) => {
    const isSetBefore = index > 0 && shown[index - 1]?.text !== null;
    const done = text === null ? 'deleted' : `${isSetBefore ? '' : 'set '}to ${cut(text, valueMax)}`;
    return changes === 1 || ticks === null ? done : `${done} at ${timeOf(ticks, days.size > 1)}`;
  });
  const more = changes - shown.length;
  const line = told.join(', then ');
  return more === 0 ? line : `${line}, and ${more} more ${more === 1 ? 'change' : 'changes'}`;
}

/** What CIM calls it when a registry value is deleted; such an event has no new value. */
function isDeletion(event: SearchableEvent): boolean {
  return event.get('action') === 'deleted';
}

/** Windows writes `-` where it has no value, and CIM `unknown`. */
const NO_VALUE = new Set(['', '-', 'unknown']);

function valueText(value: FieldValue): string {
  const text = textOf(value);
  return text === null || NO_VALUE.has(text) ? UNKNOWN_VALUE : decimal(text);
}

function timeOf(ticks: bigint, withDay: boolean): string {
  const [day, time] = dayAndTime(ticks);
  return withDay ? `${day} ${time}` : time;
}

function dayAndTime(ticks: bigint): readonly [day: string, time: string] {
  const [day = '', time = ''] = formatIsoTime(ticks).split('T');
  return [day, time.slice(0, 8)];
}

/** At most `length` UTF-16 units and a mark; never half of a surrogate pair. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = /[\ud800-\udbff]/.test(text[length - 1] ?? '') ? length - 1 : length;
  return `${text.slice(0, end)}…`;
}

/** Sysmon writes numbers as 0x00000001, Security as 1. */
function decimal(text: string): string {
  return /^0x[0-9a-f]{1,16}$/i.test(text) ? BigInt(text).toString() : text;
}
