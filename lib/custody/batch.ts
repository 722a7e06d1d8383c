import { type Selection, selectionOf } from '#lib/detection/detect.ts';
import { earlier, later, RelevanceCounter } from '#lib/detection/relevance.ts';
import type { DetectionRule } from '#lib/detection/rule.ts';
import { RulesByKind } from '#lib/detection/rules-by-kind.ts';
import { hostName } from '#lib/events/names.ts';
import type { Occurrences } from '#lib/events/occurrences.ts';
import { hourOf } from '#lib/events/ticks.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
import type { Block, EvidenceRecord, Problem } from '#lib/evidence/record.ts';
import { classify, type TimelineKind } from '#lib/timeline/kinds.ts';
import { keepRecord, type LongText } from './event-rows.ts';

/** More kept events of one lane, host and hour than this are counted but not kept (DESIGN, "Evidence at speed"). */
export const KEPT_PER_HOUR = 500;

export type KeptEvent = {
  readonly id: string;
  readonly host: string;
  readonly timeTicks: bigint | null;
  readonly channel: string;
  readonly eventCode: number;
  readonly recordId: string | null;
  readonly kind: TimelineKind | null;
  readonly summary: string;
  readonly record: ReturnType<typeof keepRecord>['record'];
  readonly texts: readonly LongText[];
  readonly selections: readonly {
    readonly detectionId: string;
    readonly variant: string;
    readonly mode: Selection;
  }[];
  readonly offset: number;
  readonly line: number | null;
};

export type CountRow = {
  readonly host: string;
  readonly channel: string;
  readonly eventCode: number;
  readonly hour: number;
  count: number;
  firstTicks: bigint | null;
  lastTicks: bigint | null;
};

/** An ingest counts all events and keeps those of the timeline; reading again only looks for what rules select. */
export type BatchPurpose = 'ingest' | 'reprocess';

/**
 * What one transaction of an ingest writes: gathered block by block, bounded by the bytes of the blocks.
 */
export class Batch {
  readonly #rules: RulesByKind;
  readonly #occurrences: Occurrences;
  readonly #purpose: BatchPurpose;
  readonly #counts = new Map<string, CountRow>();
  readonly #selected = new Map<string, number>();
  readonly #keptPerHour = new Map<string, number>();
  readonly relevance: RelevanceCounter;
  readonly events: KeptEvent[] = [];
  readonly problems: Problem[] = [];
  sizeBytes = 0;
  recordCount = 0;
  blockCount = 0;
  nextOffset: number;
  firstTicks: bigint | null = null;
  lastTicks: bigint | null = null;

  constructor(
    rules: readonly DetectionRule[],
    occurrences: Occurrences,
    startOffset: number,
    purpose: BatchPurpose = 'ingest',
  ) {
    this.#purpose = purpose;
    this.#rules = new RulesByKind(rules);
    this.#occurrences = occurrences;
    this.relevance = new RelevanceCounter(rules);
    this.nextOffset = startOffset;
  }

  get counts(): readonly CountRow[] {
    return [...this.#counts.values()];
  }

  get hasSelections(): boolean {
    return this.#selected.size > 0;
  }

  /** Events that the rule selected on the host. */
  selectedCount(ruleIndex: number, host: string): number {
    return this.#selected.get(`${ruleIndex} ${host}`) ?? 0;
  }

  add(block: Block): void {
    this.relevance.add(block.census());
    this.problems.push(...block.problems);
    for (const record of block.records) this.#addRecord(record);
    this.blockCount += 1;
    this.recordCount += block.recordCount;
    this.sizeBytes += block.lengthBytes;
    this.nextOffset = block.offset + block.lengthBytes;
  }

  #addRecord(record: EvidenceRecord): void {
    const host = hostName(record.system.computer);
    const channel = record.system.channel ?? '';
    const eventCode = eventCodeOf(record);
    if (this.#purpose === 'ingest') this.#count(record, host, channel, eventCode);

    const event = eventFromRecord(record);
    const selections = this.#rules.rulesFor(record).flatMap(({ rule, index }) => {
      const mode = selectionOf(rule, event, record);
      if (mode === null) return [];
      if (mode === 'search') {
        const key = `${index} ${host}`;
        this.#selected.set(key, (this.#selected.get(key) ?? 0) + 1);
      }
      return [{ detectionId: rule.id, variant: rule.variant, mode }];
    });
    if (selections.length === 0 && this.#purpose === 'reprocess') return;
    const kind = classify(event);
    if (selections.length === 0 && (kind === null || this.#isFull(record, host, kind))) return;

    const { record: kept, texts } = keepRecord(record);
    this.events.push({
      id: this.#occurrences.identify(record),
      host,
      timeTicks: record.timeTicks,
      channel,
      eventCode,
      recordId: record.system.recordId,
      kind,
      summary: kind?.summarize(event) ?? '',
      record: kept,
      texts,
      selections,
      offset: record.place.offset,
      line: record.place.line ?? null,
    });
  }

  #count(record: EvidenceRecord, host: string, channel: string, eventCode: number): void {
    const { timeTicks } = record;
    this.firstTicks = earlier(this.firstTicks, timeTicks);
    this.lastTicks = later(this.lastTicks, timeTicks);
    const hour = hourOf(timeTicks);
    const key = `${eventCode} ${hour} ${host} ${channel}`;
    const row = this.#counts.get(key);
    if (!row) {
      this.#counts.set(key, {
        host,
        channel,
        eventCode,
        hour,
        count: 1,
        firstTicks: timeTicks,
        lastTicks: timeTicks,
      });
      return;
    }
    row.count += 1;
    row.firstTicks = earlier(row.firstTicks, timeTicks);
    row.lastTicks = later(row.lastTicks, timeTicks);
  }

  /** A first bound in memory; the exact one, over all batches and evidence, is kept by write-batch.ts. */
  #isFull(record: EvidenceRecord, host: string, kind: TimelineKind): boolean {
    const key = `${kind.lane} ${hourOf(record.timeTicks)} ${host}`;
    const kept = this.#keptPerHour.get(key) ?? 0;
    this.#keptPerHour.set(key, kept + 1);
    return kept >= KEPT_PER_HOUR;
  }
}

const INT_MAX = 2_147_483_647;

/** Windows has 16 bits for an event id; one that PostgreSQL's int cannot hold counts as none. */
function eventCodeOf(record: EvidenceRecord): number {
  const id = record.system.eventId;
  return id === null || id > INT_MAX ? -1 : id;
}
