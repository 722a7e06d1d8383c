import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import { shortHostName } from '#lib/events/names.ts';

export type TemplateValues = {
  readonly row: ReadonlyMap<string, FieldValue>;
  /** In order of time. */
  readonly events: readonly SearchableEvent[];
};

/** A value longer than this is cut in a sentence. */
const VALUE_MAX = 120;

/**
 * Fills `$field$` from the row, else from the first event that has it. `$field:short$` is a host name without its domain,
 * `$field:sequence$` the values in the events one after the other, numbers in decimal: "1, then to 0".
 */
export function renderTemplate(template: string, values: TemplateValues): string {
  return template.replace(/\$(\w+)(?::(short|sequence))?\$/g, (_, field: string, form: string | undefined) => {
    if (form === 'sequence') return sequenceOf(field, values.events);
    const value = valueOf(field, values);
    return form === 'short' ? shortHostName(value) : value;
  });
}

function valueOf(field: string, { row, events }: TemplateValues): string {
  const value = textOf(row.get(field) ?? null) ?? firstText(field, events) ?? 'unknown';
  return value.length > VALUE_MAX ? `${value.slice(0, VALUE_MAX)}…` : value;
}

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

const SEQUENCE_MAX = 4;

function sequenceOf(field: string, events: readonly SearchableEvent[]): string {
  const values: string[] = [];
  for (const event of events) {
    const text = decimal(textOf(event.get(field)) ?? 'an unknown value');
    if (values.at(-1) !== text) values.push(text.length > VALUE_MAX ? `${text.slice(0, VALUE_MAX)}…` : text);
  }
  if (values.length === 0) return 'an unknown value';
  const shown = values.slice(0, SEQUENCE_MAX).join(', then to ');
  return values.length > SEQUENCE_MAX ? `${shown}, and ${values.length - SEQUENCE_MAX} more changes` : shown;
}

/** Sysmon writes numbers as 0x00000001, Security as 1. */
function decimal(text: string): string {
  return /^0x[0-9a-f]{1,16}$/i.test(text) ? BigInt(text).toString() : text;
}
