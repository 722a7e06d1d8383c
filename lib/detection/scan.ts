import { Occurrences } from '#lib/events/occurrences.ts';
import { fromStored, toStored } from '#lib/events/stored.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
import type { Block, EvidenceRecord, Problem } from '#lib/evidence/record.ts';
import { detect, isBetterCopy, type Result, type SelectedEvent, selectionOf } from './detect.ts';
import { type Relevance, RelevanceCounter } from './relevance.ts';
import type { DetectionRule } from './rule.ts';

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
};

export type ScanTotals = { files: number; bytes: number; events: number; badRecords: number };

export type ScanReport = {
  readonly results: readonly Result[];
  /** By event id. */
  readonly sightings: ReadonlyMap<string, readonly ScanSighting[]>;
  readonly totals: ScanTotals;
  /** For each rule: host -> events that it could judge. None: the rule was blind. */
  readonly relevance: readonly {
    readonly rule: DetectionRule;
    readonly hosts: ReadonlyMap<string, Relevance>;
  }[];
};

/** Field that is in the template of every script block event, and so in every chunk that may hold a part of one. */
const SCRIPT_BLOCK_PART_LITERAL = 'scriptblockid';

/**
 * The detections over evidence without a database: block by block, keeping only selected events. The same results as
 * ingest gives, whatever the order of files and blocks.
 */
export class Scan {
  readonly #rules: readonly DetectionRule[];
  readonly #options: ScanOptions;
  readonly #relevance: RelevanceCounter;
  readonly #events = new Map<string, SelectedEvent>();
  readonly #sightings = new Map<string, ScanSighting[]>();
  #occurrences = new Occurrences();
  readonly totals: ScanTotals = { files: 0, bytes: 0, events: 0, badRecords: 0 };

  constructor(rules: readonly DetectionRule[], options: ScanOptions) {
    this.#rules = rules;
    this.#options = options;
    this.#relevance = new RelevanceCounter(rules);
  }

  /** Literals of which a block that can match holds one; undefined when every block has to be parsed. */
  get needles(): readonly string[] | undefined {
    if (this.#options.verify) return undefined;
    const needles: string[] = [];
    for (const rule of this.#rules) {
      // Of several groups the one with the longest literals is the rarest.
      const best = rule.search.needles.toSorted((a, b) => shortest(b) - shortest(a))[0];
      if (!best) return undefined;
      needles.push(...best);
      if (this.#options.extended && rule.joinsScriptBlocks) needles.push(SCRIPT_BLOCK_PART_LITERAL);
    }
    return needles;
  }

  startFile(sizeBytes: number): void {
    this.totals.files += 1;
    this.totals.bytes += sizeBytes;
    this.#occurrences = new Occurrences();
  }

  add(file: string, block: Block): readonly Problem[] {
    this.totals.events += block.recordCount;
    this.totals.badRecords += block.problems.filter((problem) => problem.isLoss).length;
    this.#relevance.add(block.census());
    for (const record of block.records) this.#addRecord(file, record);
    return block.problems;
  }

  #addRecord(file: string, record: EvidenceRecord): void {
    const event = eventFromRecord(record);
    const isKept = this.#rules.some((rule) => {
      const selection = selectionOf(rule, event, record);
      return selection === 'search' || (selection === 'join' && this.#options.extended);
    });
    if (!isKept) return;
    const id = this.#occurrences.identify(record);
    const known = this.#events.get(id);
    if (!known || isBetterCopy(record, known.record)) {
      // A reader's record may hold on to the bytes of its whole block; this one does not.
      this.#events.set(id, { id, record: fromStored(toStored(record)) });
    }
    const sightings = this.#sightings.get(id) ?? [];
    sightings.push({ file, recordId: record.system.recordId, timeTicks: record.timeTicks });
    this.#sightings.set(id, sightings);
  }

  finish(nowMs: number): ScanReport {
    const events = [...this.#events.values()];
    const results = this.#rules.flatMap((rule) =>
      detect(rule, events, { nowMs, lenient: this.#options.lenient, extended: this.#options.extended }),
    );
    return {
      results: results.toSorted(byTimeDetectionDestKey),
      sightings: this.#sightings,
      totals: this.totals,
      relevance: this.#rules.map((rule, index) => ({
        rule,
        hosts: this.#relevance.byRule[index] ?? new Map<string, Relevance>(),
      })),
    };
  }
}

function shortest(group: readonly string[]): number {
  return group.reduce((min, literal) => Math.min(min, literal.length), Number.POSITIVE_INFINITY);
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
