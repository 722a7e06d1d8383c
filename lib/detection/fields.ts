import type { FieldValue } from '#lib/events/event.ts';

/** A field as one text, as Splunk shows a multivalue field: one value a line. Null when absent. */
export function fieldText(value: FieldValue | undefined): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : value.join('\n');
}

/** All values of a field as texts; none when absent. */
export function fieldTexts(value: FieldValue | undefined): readonly string[] {
  if (value === null || value === undefined) return [];
  if (typeof value === 'string') return [value];
  return typeof value === 'number' ? [String(value)] : value.map(String);
}
