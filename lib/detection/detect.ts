import type { DecodingStep } from '#lib/deobfuscate/deobfuscate.ts';
import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import { toStored } from '#lib/events/stored.ts';
import { SECOND_TICKS } from '#lib/events/ticks.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
import { formLabel, isMappedForm } from '#lib/evidence/forms.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import type { MatchedTerm, Row } from '#lib/spl/types.ts';
import { decodeToMatch, type Reconstruction, reconstruct } from './extended.ts';
import { fieldText } from './fields.ts';
import type { DetectionRule, ResultMode } from './rule.ts';
import { earliestParts, isScriptBlockPart } from './script-blocks.ts';

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
  /** From what was logged to what matched, of the first event of an extended row; empty when nothing was decoded. */
  readonly decoding: readonly DecodingStep[];
  /** Of each incomplete script block that was joined, the parts that are not there: `3, 5-7 of 9`. */
  readonly missingParts: readonly string[];
  /** Forms of evidence whose fields got the names that searches use: the published search would not match them in Splunk. */
  readonly mappedFrom: readonly string[];
};

export type DetectOptions = {
  readonly nowMs: number;
  readonly lenient?: boolean;
  readonly extended?: boolean;
};

/** An event that a search is run on, with the events that it was made of: itself, or the parts that were joined. */
type Judged = Omit<Reconstruction, 'parts'> & { readonly parts: readonly SelectedEvent[] };

/**
 * Runs a detection over events, each of which counts once whatever its number of sightings. The same events in any order
 * give the same results.
 */
export function detect(
  rule: DetectionRule,
  events: readonly SelectedEvent[],
  options: DetectOptions,
): readonly Result[] {
  if (rule.evaluation === 'extended' && !options.extended) return [];
  const ordered = distinctEvents(events).sort(byTimeThenId);
  const searchable = ordered.map((event) => eventFromRecord(event.record));
  const isSelected = searchable.map((event) => rule.search.select(event));
  const logged = searchable.flatMap((event, index): Judged[] => {
    const part = ordered[index];
    return part && isSelected[index] ? [{ event, parts: [part], decoding: [], missing: null }] : [];
  });
  const reconstructed = options.extended ? reconstructedOf(rule, ordered, isSelected) : [];

  const run = (mode: ResultMode, judged: readonly Judged[]): readonly Result[] => {
    const rows = rule.search
      .run(
        judged.map(({ event }) => event),
        { mode: mode === 'lenient' ? 'lenient' : 'strict', nowMs: options.nowMs },
      )
      .filter((row) => mode !== 'lenient' || row.filled.length > 0);
    const results = rows.map((row) =>
      resultOf(
        rule,
        mode,
        row,
        row.sources.flatMap((index) => judged[index] ?? []),
      ),
    );
    return withDistinctKeys(results);
  };
  // One run for all, so that a row of a decoded event and of an equal plain one is one row.
  if (rule.evaluation === 'extended') return run('extended', [...logged, ...reconstructed]);
  return [
    ...run('strict', logged),
    ...(options.lenient ? run('lenient', logged) : []),
    ...(reconstructed.length > 0 ? run('extended', reconstructed) : []),
  ];
}

/** Rows that a search does not tell apart, such as those of append, are told apart by their number. */
function withDistinctKeys(results: readonly Result[]): readonly Result[] {
  const counts = new Map<string, number>();
  return results.map((result) => {
    const text = JSON.stringify(result.key);
    const count = (counts.get(text) ?? 0) + 1;
    counts.set(text, count);
    return count === 1 ? result : { ...result, key: [...result.key, ['row', count]] };
  });
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

function reconstructedOf(
  rule: DetectionRule,
  ordered: readonly SelectedEvent[],
  isSelected: readonly boolean[],
): readonly Judged[] {
  const isJoinable = ({ record }: SelectedEvent, index: number): boolean =>
    !isSelected[index] && rule.joinsScriptBlocks && isScriptBlockPart(record);
  const kept = new Set(earliestParts(ordered.filter(isJoinable)));
  const candidates = ordered.flatMap((event, index) =>
    isJoinable(event, index) && !kept.has(event) ? [] : [{ event, isSelected: isSelected[index] ?? false }],
  );
  return reconstruct(
    rule,
    candidates.map(({ event }) => event.record),
    candidates.map((candidate) => candidate.isSelected),
  ).map((one) => ({ ...one, parts: one.parts.flatMap((index) => candidates[index]?.event ?? []) }));
}

/** Labels of the forms whose fields we gave names that the same data has not in Splunk. */
export function mappedForms(records: readonly EvidenceRecord[]): readonly string[] {
  return [...new Set(records.map(({ form }) => form))].filter(isMappedForm).map(formLabel).sort();
}

function resultOf(rule: DetectionRule, mode: ResultMode, row: Row, sources: readonly Judged[]): Result {
  const parts = new Map(sources.flatMap((source) => source.parts).map((part) => [part.id, part]));
  const events = [...parts.values()].sort(byTimeThenId);
  const times = events.flatMap((event) => (event.record.timeTicks === null ? [] : [event.record.timeTicks]));
  const missingParts = [...new Set(sources.flatMap(({ missing }) => missing ?? []))];
  const sentence = rule.sentence(
    row.fields,
    events.map((event) => eventFromRecord(event.record)),
  );
  return {
    rule,
    mode,
    row: row.fields,
    key: [...(row.key ?? [['event', events.map((event) => event.id)] as const]), ...row.split],
    filled: row.filled,
    events,
    firstTicks: times[0] ?? null,
    lastTicks: times.at(-1) ?? null,
    dest: fieldText(row.fields.get('dest')),
    user: fieldText(row.fields.get('user')),
    sentence: missingParts.length === 0 ? sentence : `${sentence} (${missingWords(missingParts)})`,
    ...explanationOf(rule, sources),
    missingParts,
    mappedFrom: mappedForms(events.map(({ record }) => record)),
  };
}

/** Why a search matched, and after what. */
export type Explanation = Pick<Result, 'explain' | 'decoding'>;

function explanationOf(
  rule: DetectionRule,
  judged: readonly Pick<Reconstruction, 'event' | 'decoding'>[],
): Explanation {
  const terms = judged.flatMap(({ event }) => rule.search.explain(event));
  return {
    explain: [...new Map(terms.map((term) => [JSON.stringify([term.term, term.value]), term])).values()],
    decoding: judged.find(({ decoding }) => decoding.length > 0)?.decoding ?? [],
  };
}

/** As `detect` says of a result, from the result's events alone. */
export function explainRecords(
  rule: DetectionRule,
  mode: ResultMode,
  records: readonly EvidenceRecord[],
): Explanation {
  const events = records.map(eventFromRecord);
  const isSelected = events.map((event) => rule.search.select(event));
  return explanationOf(rule, [
    ...events.filter((_, index) => isSelected[index]).map((event) => ({ event, decoding: [] })),
    ...(mode === 'extended' ? reconstruct(rule, records, isSelected) : []),
  ]);
}

const MISSING_TOLD = 3;

function missingWords(missingParts: readonly string[]): string {
  const told = missingParts.slice(0, MISSING_TOLD).join('; ');
  const more = missingParts.length - MISSING_TOLD;
  return `parts missing: ${told}${more > 0 ? ` and of ${more} more script blocks` : ''}`;
}

/** Why an event is kept: the search selects it, or extended evaluation may join it, or the search selects it decoded. */
export type Selection = 'search' | 'join' | 'decode';

/** Whether the event has to be kept for the detection, and why. */
export function selectionOf(
  rule: DetectionRule,
  event: SearchableEvent,
  record: EvidenceRecord,
): Selection | null {
  if (rule.search.select(event)) return 'search';
  if (rule.joinsScriptBlocks && isScriptBlockPart(record)) return 'join';
  return decodeToMatch(rule, record) ? 'decode' : null;
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
