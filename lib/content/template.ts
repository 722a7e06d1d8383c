import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import { shortHostName } from '#lib/events/names.ts';
import { canonicalRegistryPath } from '#lib/events/registry-path.ts';

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
 * without its domain, `$field:path$` a registry path in its canonical form, `$field:sequence$` the values in the events one
 * after the other, numbers in decimal: "1, then to 0". What values hold is text: nothing in them is filled again.
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

function sequenceOf(field: string, events: readonly SearchableEvent[], valueMax: number): string {
  const shown: string[] = [];
  let changes = 0;
  let last: string | null = null;
  for (const event of events) {
    const text = decimal(textOf(event.get(field)) ?? UNKNOWN_VALUE);
    if (text === last) continue;
    last = text;
    changes += 1;
    if (changes <= SEQUENCE_MAX) shown.push(cut(text, valueMax));
  }
  if (changes === 0) return UNKNOWN_VALUE;
  const told = shown.join(', then to ');
  const more = changes - shown.length;
  if (more === 0) return told;
  return `${told}, and ${more} more ${more === 1 ? 'change' : 'changes'}`;
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
