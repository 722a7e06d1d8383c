import type { ChainRule } from '#lib/detection/chain-rule.ts';
import { CHAIN_TYPE } from '#lib/detection/chain-type.ts';
import type { Result, SelectedEvent } from '#lib/detection/detect.ts';
import { fieldText } from '#lib/detection/fields.ts';
import type { ScanReport } from '#lib/detection/scan.ts';
import { placesJson } from '#lib/detection/scan-output.ts';
import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import { hostName } from '#lib/events/names.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
import { formatIsoTime } from '#lib/evidence/time.ts';
import { joinedHosts } from '#lib/targets/resolve.ts';
import { classify } from '#lib/timeline/kinds.ts';
import { chainRow, firstOfSources, membersOf } from './chain-row.ts';
import { closingsOf, reachOf, type StepEvent, switchingsOf, usesOf, withinTicks } from './chain-steps.ts';
import { type Chain, findChains } from './chains.ts';

/** A chain in the results of a scan; what stands in a database is kept by chain-findings.ts. */
export type ScanChain = {
  readonly rule: ChainRule;
  readonly severity: 'high' | 'critical';
  readonly row: ReadonlyMap<string, FieldValue>;
  readonly sentence: string;
  readonly dest: string | null;
  readonly user: string | null;
  readonly events: readonly SelectedEvent[];
  readonly firstTicks: bigint;
  readonly lastTicks: bigint;
};

/**
 * The chains that the results of a scan make, in order of time.
 *
 * @param kept events that were read, of which some may close a chain or show that a job ran
 * @param hostNames all hosts of the evidence, which tells whether a short name is certain
 */
export function chainsOfScan(
  rules: readonly ChainRule[],
  results: readonly Result[],
  kept: readonly SelectedEvent[],
  hostNames: Iterable<string>,
): readonly ScanChain[] {
  const hosts = joinedHosts([...hostNames]);
  const idOf = new Map(hosts.map(({ name, id }) => [name, id]));
  const step = (event: SelectedEvent, result: Result | null, index: number): readonly StepEvent[] => {
    const { timeTicks, system } = event.record;
    const name = hostName(system.computer);
    if (timeTicks === null) return [];
    return [
      {
        eventId: event.id,
        hostId: idOf.get(name) ?? name,
        timeTicks,
        record: event.record,
        findingId: result ? String(index) : null,
        counts: true,
        row: result?.mode === 'extended' ? result.row : null,
      },
    ];
  };
  const all = kept.flatMap((event) => step(event, null, -1));
  return rules.flatMap((rule) => {
    const stepsOf = (ids: readonly string[]): readonly StepEvent[] =>
      results.flatMap((result, index) =>
        ids.includes(result.rule.id) ? result.events.flatMap((event) => step(event, result, index)) : [],
      );
    const { switchings, openings } = switchingsOf(rule, stepsOf(rule.opens.detectionIds));
    const reach = reachOf(rule, switchings);
    if (reach === null) return [];
    const chains = findChains(
      [...switchings, ...closingsOf(rule, all)],
      usesOf(rule, stepsOf(rule.uses.detectionIds), hosts),
      withinTicks(rule),
    );
    return chains.map((chain) => told(rule, chain, openings, results, all));
  });
}

/** A chain as `scan --format jsonl` prints it: as a finding of its own. */
export function chainJson(chain: ScanChain, sightings: ScanReport['sightings']): Record<string, unknown> {
  return {
    detection: chain.rule.name,
    detection_id: chain.rule.id,
    type: CHAIN_TYPE,
    dest: chain.dest,
    user: chain.user,
    count: chain.events.length,
    first_time: formatIsoTime(chain.firstTicks),
    last_time: formatIsoTime(chain.lastTicks),
    risk_score: 0,
    techniques: chain.rule.techniques,
    fields: Object.fromEntries([...chain.row].filter(([, value]) => value !== null)),
    mode: 'strict',
    extended: true,
    severity: chain.severity,
    sentence: chain.sentence,
    events: placesJson(chain.events, sightings),
  };
}

function told(
  rule: ChainRule,
  chain: Chain,
  openings: ReadonlyMap<string, SearchableEvent>,
  results: readonly Result[],
  all: readonly StepEvent[],
): ScanChain {
  const opening = openings.get(chain.opening.eventId);
  if (!opening) throw new Error('a chain without its opening event');
  const byId = new Map(all.map((event) => [event.eventId, event.record]));
  const eventOf = (id: string): SelectedEvent[] => {
    const record =
      byId.get(id) ?? results.flatMap(({ events }) => events).find((event) => event.id === id)?.record;
    return record ? [{ id, record }] : [];
  };
  const members = membersOf(chain);
  const ran = isConfirmed(rule, chain, all);
  const usedIn = [...new Set(chain.uses.flatMap(({ findingIds }) => findingIds))];
  const row = chainRow(chain, {
    opening,
    sources: firstOfSources(chain).flatMap((use) =>
      eventOf(use.eventId).flatMap(({ record }) => record.system.computer ?? []),
    ),
    uses: usedIn.flatMap((index) => results[Number(index)]?.sentence ?? []),
    ran,
  });
  const [openedIn] = chain.opening.findingIds;
  return {
    rule,
    severity: ran ? rule.confirmedSeverity : rule.severity,
    row,
    sentence: rule.sentence(row, [opening]),
    dest: fieldText(row.get('dest')),
    user: results[Number(openedIn)]?.user ?? null,
    events: [...new Set(members.map(({ eventId }) => eventId))].flatMap(eventOf),
    firstTicks: chain.opening.timeTicks,
    lastTicks: members.reduce(
      (max, { timeTicks }) => (timeTicks > max ? timeTicks : max),
      chain.opening.timeTicks,
    ),
  };
}

function isConfirmed(rule: ChainRule, chain: Chain, all: readonly StepEvent[]): boolean {
  const from = chain.uses[0]?.timeTicks ?? 0n;
  const to = (chain.uses.at(-1)?.timeTicks ?? 0n) + withinTicks(rule);
  return all.some(
    (event) =>
      event.hostId === chain.hostId &&
      event.timeTicks >= from &&
      event.timeTicks <= to &&
      rule.confirmedBy.includes(classify(eventFromRecord(event.record))?.id ?? ''),
  );
}
