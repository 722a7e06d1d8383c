import type { SearchableEvent } from '#lib/events/event.ts';
import { Occurrences } from '#lib/events/occurrences.ts';
import { fromStored, toStored } from '#lib/events/stored.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
import { alertIdentity, type ToolAlert } from '#lib/evidence/alerts/alert.ts';
import { RepeatCounter } from '#lib/evidence/gaps/repeats.ts';
import type { Block, EvidenceRecord, Problem } from '#lib/evidence/record.ts';
import type { CompiledSearch } from '#lib/spl/types.ts';
import { SplError } from '#lib/spl/types.ts';
import {
  detect,
  isBetterCopy,
  type Result,
  type SelectedEvent,
  type Selection,
  selectionOf,
} from './detect.ts';
import { evidenceNeedles } from './needles.ts';
import { PartStore } from './part-store.ts';
import { type Relevance, RelevanceCounter } from './relevance.ts';
import type { DetectionRule } from './rule.ts';
import { RulesByKind } from './rules-by-kind.ts';
import { type Miss, MissCounter } from './why-not.ts';

/** Where a selected event was seen, and what was read there: its record id and time. */
export type ScanSighting = {
  readonly file: string;
  readonly recordId: string | null;
  readonly timeTicks: bigint | null;
};

export type ScanOptions = {
  readonly lenient: boolean;
  readonly extended: boolean;
  /** Parses every record instead of leaving out blocks that cannot match. */
  readonly verify: boolean;
  /** Gathers why relevant events do not match, for which every record is parsed too. */
  readonly explain: boolean;
};

export type ScanTotals = {
  files: number;
  bytes: number;
  events: number;
  badRecords: number;
  /** What other tools said in place of events; nothing is run over them. */
  alerts: number;
};

export type ScanReport = {
  readonly results: readonly Result[];
  /** Events that a rule, or a search for further ones, selected. */
  readonly kept: readonly SelectedEvent[];
  /** By event id. */
  readonly sightings: ReadonlyMap<string, readonly ScanSighting[]>;
  readonly totals: ScanTotals;
  /** Events and alerts that had come before, by record number and by what they say; null unless every record was parsed to verify. */
  readonly repeats: { readonly events: number; readonly alerts: number } | null;
  /** Detections whose search passed one of its limits: they give no results. */
  readonly stopped: readonly { readonly rule: DetectionRule; readonly reason: string }[];
  /** For each detection without a result, if asked to explain: why relevant events do not match, nearest first. */
  readonly misses: readonly { readonly rule: DetectionRule; readonly misses: readonly Miss[] }[];
  /** Parts of long script blocks that were not joined, because all of them are too long to hold. */
  readonly unjoinedParts: number;
  /** For each rule: host -> events that it could judge. None: the rule was blind. */
  readonly relevance: readonly {
    readonly rule: DetectionRule;
    readonly hosts: ReadonlyMap<string, Relevance>;
  }[];
};

/**
 * The detections over evidence without a database: block by block, keeping only selected events. The same results as
 * ingest gives, whatever the order of files and blocks.
 */
export class Scan {
  readonly #rules: readonly DetectionRule[];
  readonly #options: ScanOptions;
  readonly #further: readonly CompiledSearch[];
  readonly #byKind: RulesByKind;
  readonly #relevance: RelevanceCounter;
  readonly #events = new Map<string, SelectedEvent>();
  /** Ids of the events that each rule selected: of a thousand rules most select a few. */
  readonly #selectedBy: readonly Set<string>[];
  /** Kept for joining alone. */
  readonly #parts = new PartStore();
  readonly #sightings = new Map<string, ScanSighting[]>();
  readonly #misses: MissCounter | null;
  readonly #repeats: RepeatCounter | null;
  #occurrences = new Occurrences();
  readonly totals: ScanTotals = { files: 0, bytes: 0, events: 0, badRecords: 0, alerts: 0 };
  /** Of the file in hand, when repeats are counted. */
  #saidAlerts = new Set<string>();
  #alertRepeats = 0;

  /** @param further searches whose events are kept in extended scans, for what joins results */
  constructor(
    rules: readonly DetectionRule[],
    options: ScanOptions,
    further: readonly CompiledSearch[] = [],
  ) {
    this.#further = options.extended ? further : [];
    this.#rules = rules.filter((rule) => options.extended || rule.evaluation !== 'extended');
    this.#options = options;
    this.#byKind = new RulesByKind(this.#rules);
    this.#selectedBy = this.#rules.map(() => new Set());
    this.#relevance = new RelevanceCounter(this.#rules);
    this.#repeats = options.verify ? new RepeatCounter() : null;
    this.#misses = options.explain ? new MissCounter(this.#rules) : null;
  }

  /** Literals of which a block that can match holds one; undefined when every block has to be parsed. */
  get needles(): readonly string[] | undefined {
    if (this.#options.verify || this.#misses) return undefined;
    return evidenceNeedles(this.#rules, { extended: this.#options.extended, further: this.#further });
  }

  startFile(sizeBytes: number): void {
    this.totals.files += 1;
    this.totals.bytes += sizeBytes;
    this.#occurrences = new Occurrences();
    this.#saidAlerts = new Set();
  }

  add(file: string, block: Block): readonly Problem[] {
    this.totals.events += block.recordCount;
    this.totals.badRecords += block.problems.filter((problem) => problem.isLoss).length;
    this.#relevance.add(block.census());
    for (const record of block.records) this.#addRecord(file, record);
    for (const alert of block.alerts ?? []) this.#addAlert(alert);
    return block.problems;
  }

  #addAlert(alert: ToolAlert): void {
    this.totals.alerts += 1;
    if (!this.#repeats) return;
    const id = alertIdentity(alert);
    if (this.#saidAlerts.has(id)) this.#alertRepeats += 1;
    this.#saidAlerts.add(id);
  }

  #addRecord(file: string, record: EvidenceRecord): void {
    this.#repeats?.add(record);
    const event = eventFromRecord(record);
    this.#misses?.add(file, record, event);
    const selecting = this.#selectingRules(record, event);
    const isFurther = this.#further.some((search) => search.select(event));
    if (selecting.length === 0 && !isFurther) return;
    const id = this.#occurrences.identify(record);
    for (const { index } of selecting) this.#selectedBy[index]?.add(id);
    // A reader's record may hold on to the bytes of its whole block; this one does not.
    const kept: SelectedEvent = { id, record: fromStored(toStored(record)) };
    const sightings = this.#sightings.get(id) ?? [];
    sightings.push({ file, recordId: record.system.recordId, timeTicks: record.timeTicks });
    this.#sightings.set(id, sightings);
    if (!isFurther && selecting.every(({ selection }) => selection === 'join')) {
      for (const gone of this.#parts.add(kept)) this.#sightings.delete(gone);
      return;
    }
    const known = this.#events.get(id);
    if (!known || isBetterCopy(record, known.record)) this.#events.set(id, kept);
  }

  #selectingRules(
    record: EvidenceRecord,
    event: SearchableEvent,
  ): readonly { readonly index: number; readonly selection: Selection }[] {
    return this.#byKind.rulesFor(record).flatMap(({ rule, index }) => {
      if (!this.#options.extended) {
        return rule.search.select(event) ? [{ index, selection: 'search' as const }] : [];
      }
      const selection = selectionOf(rule, event, record);
      return selection ? [{ index, selection }] : [];
    });
  }

  finish(nowMs: number): ScanReport {
    this.#parts.trim();
    const { lenient, extended } = this.#options;
    const parts = this.#parts.parts;
    const stopped: { rule: DetectionRule; reason: string }[] = [];
    const results = this.#rules.flatMap((rule, index) => {
      const ids = this.#selectedBy[index] ?? new Set();
      const events = [...ids].flatMap((id) => this.#events.get(id) ?? []);
      const joinable = rule.joinsScriptBlocks ? parts : [];
      try {
        return detect(rule, [...events, ...joinable], { nowMs, lenient, extended });
      } catch (error) {
        if (!(error instanceof SplError)) throw error;
        stopped.push({ rule, reason: error.message });
        return [];
      }
    });
    return {
      results: results.toSorted(byTimeDetectionDestKey),
      kept: [...this.#events.values()],
      sightings: this.#sightings,
      totals: this.totals,
      repeats: this.#repeats && { events: this.#repeats.count, alerts: this.#alertRepeats },
      stopped,
      misses: this.#rules
        .filter((rule) => !results.some((result) => result.rule === rule))
        .map((rule) => ({ rule, misses: this.#misses?.missesOf(rule) ?? [] })),
      unjoinedParts: this.#parts.leftOut,
      relevance: this.#rules.map((rule, index) => ({
        rule,
        hosts: this.#relevance.byRule[index] ?? new Map<string, Relevance>(),
      })),
    };
  }
}

function byTimeDetectionDestKey(a: Result, b: Result): number {
  const left = a.firstTicks ?? 0n;
  const right = b.firstTicks ?? 0n;
  if (left !== right) return left < right ? -1 : 1;
  return (
    compare(a.rule.name, b.rule.name) ||
    compare(a.dest ?? '', b.dest ?? '') ||
    compare(JSON.stringify(a.key), JSON.stringify(b.key)) ||
    compare(a.mode, b.mode)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
