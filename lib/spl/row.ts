/** Rows while a search works on them: an event seen through the changes that commands made, or a row of a table. */
import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import type { Row } from './types.ts';
import { compareText, scalarsOf, secondsToTicks, timeOf } from './value.ts';

export type Accessor = (event: SearchableEvent) => FieldValue;

/** Reads one field of an event or row; `_time` of an event is its ticks, exact. */
export function readField(name: string): Accessor {
  if (name !== '_time') return (event) => event.get(name);
  return (event) => (event instanceof WorkRow ? event.get(name) : timeOf(event));
}

export type RowOrigin = Pick<Row, 'sources' | 'key' | 'filled' | 'split'>;

/** What all rows get where they have no value: the work of `fillnull`, shared by the rows. */
type Defaults = { readonly names: ReadonlySet<string>; readonly value: string };

const NO_KEY: Omit<RowOrigin, 'sources'> = { key: null, filled: [], split: [] };
/** Of a row that came from no event. */
export const NO_ORIGIN: RowOrigin = { sources: [], ...NO_KEY };

export class WorkRow implements SearchableEvent {
  readonly timeTicks: bigint | null;
  readonly #base: SearchableEvent | null;
  readonly #defaults: Defaults | null;
  readonly #changes = new Map<string, FieldValue>();
  #origin: RowOrigin;

  private constructor(base: SearchableEvent | null, origin: RowOrigin, defaults: Defaults | null) {
    this.#base = base;
    this.timeTicks = base?.timeTicks ?? null;
    this.#defaults = defaults;
    this.#origin = origin;
  }

  /** The event with this place among the events of the run. */
  static ofEvent(event: SearchableEvent, index: number): WorkRow {
    return new WorkRow(event, { sources: [index], ...NO_KEY }, null);
  }

  /** A row with these fields only. */
  static ofFields(fields: Iterable<readonly [string, FieldValue]>, origin: RowOrigin): WorkRow {
    const row = new WorkRow(null, origin, null);
    for (const [name, value] of fields) if (value !== null) row.#changes.set(name, value);
    return row;
  }

  withDefaults(defaults: Defaults): WorkRow {
    return new WorkRow(this, this.#origin, defaults);
  }

  /** The same row to change on its own. */
  copy(origin: RowOrigin = this.#origin): WorkRow {
    return new WorkRow(this, origin, null);
  }

  get origin(): RowOrigin {
    return this.#origin;
  }

  /** The event as evidence gave it; the row itself when it came from no single event. */
  get event(): SearchableEvent {
    return this.#base instanceof WorkRow ? this.#base.event : (this.#base ?? this);
  }

  get(name: string): FieldValue {
    const changed = this.#changes.get(name);
    if (changed !== undefined) return changed;
    const value = name === '_time' ? this.#baseTime() : (this.#base?.get(name) ?? null);
    return value === null && this.#defaults?.names.has(name) ? this.#defaults.value : value;
  }

  #baseTime(): FieldValue {
    return this.#base === null ? null : readTime(this.#base);
  }

  fieldNames(): readonly string[] {
    const names = new Set(this.#base?.fieldNames());
    if (this.timeTicks !== null && this.#base !== null && !(this.#base instanceof WorkRow))
      names.add('_time');
    for (const name of this.#defaults?.names ?? []) names.add(name);
    for (const [name, value] of this.#changes) {
      if (value === null) names.delete(name);
      else names.add(name);
    }
    return [...names];
  }

  /** Null removes the field. */
  set(name: string, value: FieldValue): void {
    this.#changes.set(name, value);
  }

  rename(name: string, as: string): void {
    const value = this.get(name);
    this.set(name, null);
    this.set(as, value);
    if (this.#origin.filled.includes(name)) {
      const filled = this.#origin.filled.map((field) => (field === name ? as : field));
      this.#origin = { ...this.#origin, filled };
    }
  }

  toRow(columns: readonly string[] | null): Row {
    const fields = new Map<string, FieldValue>();
    const names = columns ?? [...this.fieldNames()].sort(compareText);
    for (const name of names) {
      const value = this.get(name);
      if (value !== null) fields.set(name, value);
    }
    return { fields, ...this.#origin };
  }
}

const readTime = readField('_time');

/** The event behind a row: what a data model reads. */
export function eventOf(event: SearchableEvent): SearchableEvent {
  return event instanceof WorkRow ? event.event : event;
}

/** The time of an event, or of a row that has `_time`. */
export function ticksOf(row: SearchableEvent): bigint | null {
  if (row.timeTicks !== null) return row.timeTicks;
  const [time] = scalarsOf(row.get('_time'));
  return time === undefined ? null : secondsToTicks(time);
}

/** All that an event says, as text: what orders events of one time when nothing else does. */
function canonicalText(event: SearchableEvent): string {
  const fields = [...new Set(event.fieldNames())].sort(compareText).map((name) => [name, event.get(name)]);
  return JSON.stringify(fields);
}

/**
 * The order in which Splunk returns events, newest first, made independent of the order in which they came: events of
 * one time stand in the order of their content, events without a time last.
 */
export function sortEvents(rows: readonly WorkRow[]): WorkRow[] {
  const texts = new Map<WorkRow, string>();
  const textOf = (row: WorkRow): string => {
    const known = texts.get(row);
    if (known !== undefined) return known;
    const text = canonicalText(row.event);
    texts.set(row, text);
    return text;
  };
  return [...rows].sort((left, right) => {
    const a = left.timeTicks;
    const b = right.timeTicks;
    if (a !== b) {
      if (a === null || b === null) return a === null ? 1 : -1;
      return a > b ? -1 : 1;
    }
    return compareText(textOf(left), textOf(right));
  });
}
