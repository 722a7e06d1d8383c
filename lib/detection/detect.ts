import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import { toStored } from '#lib/events/stored.ts';
import { SECOND_TICKS } from '#lib/events/ticks.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import type { MatchedTerm, Row } from '#lib/spl/types.ts';
import { fieldText } from './fields.ts';
import type { DetectionRule, ResultMode } from './rule.ts';
import { isScriptBlockPart, joinScriptBlocks } from './script-blocks.ts';

/** An event that a detection selected (or may join), under its identity. */
export type SelectedEvent = { readonly id: string; readonly record: EvidenceRecord };

/** One row of a detection's search, with the events that it came from. */
export type Result = {
  readonly rule: DetectionRule;
  readonly mode: ResultMode;
  /** Columns of the row, in order. */
  readonly row: ReadonlyMap<string, FieldValue>;
  /** What tells this row from the others: by-fields with values, or the event's id for a search that does not group. */
  readonly key: readonly (readonly [string, FieldValue])[];
  readonly filled: readonly string[];
  /** In time order, then by id. */
  readonly events: readonly SelectedEvent[];
  readonly firstTicks: bigint | null;
  readonly lastTicks: bigint | null;
  readonly dest: string | null;
  readonly user: string | null;
  readonly sentence: string;
  /** Which terms of the search the events (joined ones in extended mode) satisfy, each once. */
  readonly explain: readonly MatchedTerm[];
};

export type DetectOptions = {
  readonly nowMs: number;
  readonly lenient?: boolean;
  readonly extended?: boolean;
};

/**
 * Runs a detection over events, each of which counts once whatever its number of sightings. The same events in any order
 * give the same results.
 */
export function detect(
  rule: DetectionRule,
  events: readonly SelectedEvent[],
  options: DetectOptions,
): readonly Result[] {
  const ordered = distinctEvents(events).sort(byTimeThenId);
  const searchable = ordered.map((event) => eventFromRecord(event.record));
  const isSelected = searchable.map((event) => rule.search.select(event));
  const selected = ordered.filter((_, index) => isSelected[index]);
  const selectedEvents = searchable.filter((_, index) => isSelected[index]);

  const run = (mode: 'strict' | 'lenient'): readonly Row[] =>
    rule.search.run(selectedEvents, { mode, nowMs: options.nowMs });
  const toResult = (mode: ResultMode, row: Row): Result =>
    resultOf(
      rule,
      mode,
      row,
      row.sources.flatMap((index) => selected[index] ?? []),
      row.sources.flatMap((index) => selectedEvents[index] ?? []),
    );
  const results = run('strict').map((row) => toResult('strict', row));
  if (options.lenient) {
    for (const row of run('lenient')) if (row.filled.length > 0) results.push(toResult('lenient', row));
  }
  if (options.extended && rule.joinsScriptBlocks) {
    results.push(...detectInJoinedBlocks(rule, ordered, isSelected, options));
  }
  return results;
}

/** One copy of each event; a finer time beats a coarser one, and never what came first. */
function distinctEvents(events: readonly SelectedEvent[]): SelectedEvent[] {
  const distinct = new Map<string, SelectedEvent>();
  for (const event of events) {
    const known = distinct.get(event.id);
    if (!known || isBetterCopy(event.record, known.record)) distinct.set(event.id, event);
  }
  return [...distinct.values()];
}

/**
 * Of two copies of one event, from several sources or forms, the one to go by: with more digits of a second, else the
 * one that sorts first, so that the order in which evidence came in changes nothing.
 */
export function isBetterCopy(record: EvidenceRecord, than: EvidenceRecord): boolean {
  if (record === than) return false;
  const digits = fractionDigits(record.timeTicks) - fractionDigits(than.timeTicks);
  return digits === 0 ? copyText(record) < copyText(than) : digits > 0;
}

function fractionDigits(ticks: bigint | null): number {
  if (ticks === null) return -1;
  return String(ticks % SECOND_TICKS)
    .replace('-', '')
    .padStart(7, '0')
    .replace(/0+$/, '').length;
}

function copyText(record: EvidenceRecord): string {
  // The form is no part of what was logged.
  return JSON.stringify({ ...toStored(record), form: null });
}

/** Only blocks of which no part was selected alone: those are strict findings already. */
function detectInJoinedBlocks(
  rule: DetectionRule,
  ordered: readonly SelectedEvent[],
  isSelected: readonly boolean[],
  options: DetectOptions,
): readonly Result[] {
  const hidden: { event: SearchableEvent; parts: readonly SelectedEvent[] }[] = [];
  for (const block of joinScriptBlocks(ordered.map((event) => event.record))) {
    if (block.parts.some((index) => isSelected[index])) continue;
    const event = eventFromRecord(block.record);
    if (!rule.search.select(event)) continue;
    hidden.push({ event, parts: block.parts.flatMap((index) => ordered[index] ?? []) });
  }
  if (hidden.length === 0) return [];
  const rows = rule.search.run(
    hidden.map((block) => block.event),
    { mode: 'strict', nowMs: options.nowMs },
  );
  return rows.map((row) => {
    const blocks = row.sources.flatMap((index) => hidden[index] ?? []);
    const parts = new Map(blocks.flatMap((block) => block.parts).map((part) => [part.id, part]));
    return resultOf(
      rule,
      'extended',
      row,
      [...parts.values()],
      blocks.map((block) => block.event),
    );
  });
}

function resultOf(
  rule: DetectionRule,
  mode: ResultMode,
  row: Row,
  sources: readonly SelectedEvent[],
  judged: readonly SearchableEvent[],
): Result {
  const events = sources.toSorted(byTimeThenId);
  const terms = judged.flatMap((event) => rule.search.explain(event));
  const times = events.flatMap((event) => (event.record.timeTicks === null ? [] : [event.record.timeTicks]));
  return {
    rule,
    mode,
    row: row.fields,
    key: row.key ?? [['event', events.map((event) => event.id)]],
    filled: row.filled,
    events,
    firstTicks: times[0] ?? null,
    lastTicks: times.at(-1) ?? null,
    dest: fieldText(row.fields.get('dest')),
    user: fieldText(row.fields.get('user')),
    sentence: rule.sentence(
      row.fields,
      events.map((event) => eventFromRecord(event.record)),
    ),
    explain: [...new Map(terms.map((term) => [JSON.stringify([term.term, term.value]), term])).values()],
  };
}

/** Whether the event has to be kept for the detection: its search selects it, or extended evaluation may join it. */
export function selectionOf(
  rule: DetectionRule,
  event: SearchableEvent,
  record: EvidenceRecord,
): 'search' | 'join' | null {
  if (rule.search.select(event)) return 'search';
  return rule.joinsScriptBlocks && isScriptBlockPart(record) ? 'join' : null;
}

export function byTimeThenId(a: SelectedEvent, b: SelectedEvent): number {
  const left = a.record.timeTicks;
  const right = b.record.timeTicks;
  if (left !== right) {
    if (left === null) return 1;
    if (right === null) return -1;
    return left < right ? -1 : 1;
  }
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
