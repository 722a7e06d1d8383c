import { hostName } from '#lib/events/names.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
import type { CensusRow, EvidenceRecord } from '#lib/evidence/record.ts';
import { NO_SYSTEM_VALUES } from '#lib/evidence/system-values.ts';
import { earlier, later } from '#lib/evidence/time.ts';
import type { DetectionRule } from './rule.ts';

export { earlier, later } from '#lib/evidence/time.ts';

/** What a detection could judge: events of the kinds that it looks at, whether or not they matched. */
export type Relevance = { count: number; firstTicks: bigint | null; lastTicks: bigint | null };

const KINDS_MAX = 10_000;

/**
 * Counts relevant events by host from the census of blocks, so that skipped blocks count too and blind is told from
 * clean. The relevant search is asked once a kind of event, not once an event.
 */
export class RelevanceCounter {
  readonly #rules: readonly DetectionRule[];
  /** Places of the rules that a kind is relevant to, by provider, channel and event id: no key is made for each row. */
  readonly #relevantTo = new Map<string | null, Map<string | null, Map<number | null, readonly number[]>>>();
  #kinds = 0;
  /** By rule, in the order given: host name -> relevance. */
  readonly byRule: readonly Map<string, Relevance>[];

  constructor(rules: readonly DetectionRule[]) {
    this.#rules = rules;
    this.byRule = rules.map(() => new Map());
  }

  add(census: readonly CensusRow[]): void {
    for (const row of census) {
      const relevant = this.#relevant(row);
      if (relevant.length === 0) continue;
      const host = hostName(row.computer);
      for (const index of relevant) {
        const hosts = this.byRule[index];
        if (!hosts) continue;
        const relevance = hosts.get(host) ?? { count: 0, firstTicks: null, lastTicks: null };
        relevance.count += row.count;
        relevance.firstTicks = earlier(relevance.firstTicks, row.firstTicks);
        relevance.lastTicks = later(relevance.lastTicks, row.lastTicks);
        hosts.set(host, relevance);
      }
    }
  }

  #relevant(row: CensusRow): readonly number[] {
    const known = this.#relevantTo.get(row.provider)?.get(row.channel)?.get(row.eventId);
    if (known) return known;
    const event = eventFromRecord(kindRecord(row));
    const relevant = this.#rules.flatMap((rule, index) => (rule.relevant.select(event) ? [index] : []));
    // Bounded: a hostile file could name millions of channels.
    if (this.#kinds < KINDS_MAX) this.#keep(row, relevant);
    return relevant;
  }

  #keep({ provider, channel, eventId }: CensusRow, relevant: readonly number[]): void {
    const channels = this.#relevantTo.get(provider) ?? new Map();
    const eventIds = channels.get(channel) ?? new Map();
    this.#relevantTo.set(provider, channels);
    channels.set(channel, eventIds);
    eventIds.set(eventId, relevant);
    this.#kinds += 1;
  }
}

/** A record that has nothing but its kind: what relevant searches are asked on. */
export function kindRecord(row: Pick<CensusRow, 'eventId' | 'provider' | 'channel'>): EvidenceRecord {
  return {
    form: 'evtx',
    place: { offset: 0 },
    timeTicks: null,
    data: [],
    userDataXml: null,
    system: { ...NO_SYSTEM_VALUES, providerName: row.provider, eventId: row.eventId, channel: row.channel },
  };
}
