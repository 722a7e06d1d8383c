import { type Selection, selectionOf } from '#lib/detection/detect.ts';
import { earlier, later, RelevanceCounter } from '#lib/detection/relevance.ts';
import type { DetectionRule } from '#lib/detection/rule.ts';
import { RulesByKind } from '#lib/detection/rules-by-kind.ts';
import { hostName } from '#lib/events/names.ts';
import type { Occurrences } from '#lib/events/occurrences.ts';
import { hourOf } from '#lib/events/ticks.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
import type { PlacedAlert } from '#lib/evidence/alerts/alert.ts';
import type { Block, EvidenceRecord, Problem } from '#lib/evidence/record.ts';
import { classify, type TimelineKind } from '#lib/timeline/kinds.ts';
import { keepRecord, type LongText } from './event-rows.ts';
import { Observed } from './observed.ts';
import { TimelineBound } from './timeline-bound.ts';

export type KeptEvent = {
  readonly id: string;
  readonly host: string;
  readonly timeTicks: bigint | null;
  readonly channel: string;
  readonly eventCode: number;
  readonly recordId: string | null;
  readonly kind: TimelineKind | null;
  readonly summary: string;
  /** JSON text. */
  readonly record: string;
  readonly texts: readonly LongText[];
  readonly selections: KeptSelection[];
};

type KeptSelection = {
  readonly detectionId: string;
  readonly variant: string;
  readonly mode: Selection;
};

/** Where a kept event stands in the evidence; the same event may stand in several places. */
export type KeptSighting = {
  readonly eventId: string;
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

/** One reading of an evidence for some rules; its batches share what it has seen. */
export class Reading {
  readonly rules: readonly DetectionRule[];
  readonly rulesByKind: RulesByKind;
  readonly occurrences: Occurrences;
  readonly purpose: BatchPurpose;
  readonly bound = new TimelineBound();

  constructor(rules: readonly DetectionRule[], occurrences: Occurrences, purpose: BatchPurpose) {
    this.rules = rules;
    this.rulesByKind = new RulesByKind(rules);
    this.occurrences = occurrences;
    this.purpose = purpose;
  }
}

/** What a sighting, and an alert beside its details, count for in a batch's length. */
const SIGHTING_LENGTH = 100;
const ALERT_LENGTH = 500;

/**
 * What one transaction of an ingest writes, gathered block by block. The caller bounds it by the bytes that were read
 * and by the characters that are kept.
 */
export class Batch {
  readonly #reading: Reading;
  readonly #counts = new Map<string, CountRow>();
  readonly #selected = new Map<string, number>();
  readonly #events = new Map<string, KeptEvent>();
  readonly relevance: RelevanceCounter;
  readonly observed = new Observed();
  readonly sightings: KeptSighting[] = [];
  readonly problems: Problem[] = [];
  readonly alerts: PlacedAlert[] = [];
  sizeBytes = 0;
  /** Characters of what is kept: what the batch needs of memory. */
  keptLength = 0;
  recordCount = 0;
  blockCount = 0;
  nextOffset: number;
  firstTicks: bigint | null = null;
  lastTicks: bigint | null = null;

  constructor(reading: Reading, startOffset: number) {
    this.#reading = reading;
    this.relevance = new RelevanceCounter(reading.rules);
    this.nextOffset = startOffset;
  }

  /** Each once; where they stand is in sightings. */
  get events(): readonly KeptEvent[] {
    return [...this.#events.values()];
  }

  get rules(): readonly DetectionRule[] {
    return this.#reading.rules;
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
    const census = block.census();
    this.relevance.add(census);
    if (this.#reading.purpose === 'ingest') this.observed.addBlock(block, census);
    this.problems.push(...block.problems);
    for (const record of block.records) this.#addRecord(record);
    if (this.#reading.purpose === 'ingest') this.#addAlerts(block.alerts ?? []);
    this.blockCount += 1;
    this.recordCount += block.recordCount;
    this.sizeBytes += block.lengthBytes;
    this.nextOffset = block.offset + block.lengthBytes;
  }

  #addAlerts(alerts: readonly PlacedAlert[]): void {
    for (const alert of alerts) this.keptLength += ALERT_LENGTH + alert.details.length;
    this.alerts.push(...alerts);
  }

  #addRecord(record: EvidenceRecord): void {
    const host = hostName(record.system.computer);
    const channel = record.system.channel ?? '';
    const eventCode = eventCodeOf(record);
    const { purpose, rulesByKind, occurrences, bound } = this.#reading;
    if (purpose === 'ingest') {
      this.#count(record, host, channel, eventCode);
      this.observed.hints.addRecord(record, host, channel);
    }

    const event = eventFromRecord(record);
    const selections: KeptSelection[] = [];
    for (const { rule, index } of rulesByKind.rulesFor(record)) {
      const mode = selectionOf(rule, event, record);
      if (mode === null) continue;
      selections.push({ detectionId: rule.id, variant: rule.variant, mode });
      if (mode !== 'search') continue;
      const key = `${index} ${host}`;
      this.#selected.set(key, (this.#selected.get(key) ?? 0) + 1);
    }
    if (selections.length === 0 && purpose === 'reprocess') return;
    const kind = classify(event);
    let known: string | null = null;
    const identify = (): string => {
      known ??= occurrences.identify(record);
      return known;
    };
    // Asked for selected events too: they take places of the timeline.
    const isEarly = kind !== null && bound.admits(host, kind.lane, record.timeTicks, identify);
    if (selections.length === 0 && !isEarly) return;

    const id = identify();
    this.sightings.push({ eventId: id, offset: record.place.offset, line: record.place.line ?? null });
    this.keptLength += SIGHTING_LENGTH;
    const same = this.#events.get(id);
    if (same) {
      same.selections.push(...selections);
      return;
    }
    const { record: kept, texts } = keepRecord(record);
    const json = JSON.stringify(kept);
    this.keptLength += json.length + texts.reduce((sum, { body }) => sum + body.length, 0);
    this.#events.set(id, {
      id,
      host,
      timeTicks: record.timeTicks,
      channel,
      eventCode,
      recordId: record.system.recordId,
      kind,
      summary: kind?.summarize(event) ?? '',
      record: json,
      texts,
      selections,
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
}

const INT_MAX = 2_147_483_647;

/** Windows has 16 bits for an event id; one that PostgreSQL's int cannot hold counts as none. */
function eventCodeOf(record: EvidenceRecord): number {
  const id = record.system.eventId;
  return id === null || id > INT_MAX ? -1 : id;
}
