import type { Prisma } from '#lib/db/generated/client.ts';
import type { ChainRule } from '#lib/detection/rule.ts';
import { HOUR_TICKS } from '#lib/events/ticks.ts';
import type { Severity } from './severity.ts';

export type ChainFinding = {
  readonly id: string;
  readonly detectionId: string;
  readonly firstTicks: bigint;
  readonly lastTicks: bigint;
};

export type FoundChain = {
  readonly chain: ChainRule;
  readonly findingIds: readonly string[];
  readonly firstTicks: bigint;
  readonly lastTicks: bigint;
};

/**
 * Looks for a chain in the findings of one host: some finding of each step, seen at or after one of the step before and
 * within the chain's hours of the first. Null when a step is missing.
 */
export function findChain(chain: ChainRule, findings: readonly ChainFinding[]): FoundChain | null {
  const within = BigInt(Math.round(chain.withinHours)) * HOUR_TICKS;
  const [start, ...later] = chain.steps;
  if (!start) return null;
  const members = new Map<string, ChainFinding>();
  for (const first of findings.filter((finding) => finding.detectionId === start.detectionId)) {
    const followers = followersOf(first, later, findings, within);
    for (const member of followers ? [first, ...followers] : []) members.set(member.id, member);
  }
  if (members.size === 0) return null;
  const all = [...members.values()];
  return {
    chain,
    findingIds: all.map((member) => member.id),
    firstTicks: all.reduce(
      (min, { firstTicks }) => (firstTicks < min ? firstTicks : min),
      all[0]?.firstTicks ?? 0n,
    ),
    lastTicks: all.reduce((max, { lastTicks }) => (lastTicks > max ? lastTicks : max), 0n),
  };
}

/** Findings of the later steps, each seen at or after one of the step before. Null when a step has none. */
function followersOf(
  first: ChainFinding,
  steps: ChainRule['steps'],
  findings: readonly ChainFinding[],
  within: bigint,
): readonly ChainFinding[] | null {
  const followers: ChainFinding[] = [];
  let from = first.firstTicks;
  for (const step of steps) {
    const next = findings.filter(
      (finding) =>
        finding.detectionId === step.detectionId &&
        finding.lastTicks >= from &&
        finding.firstTicks <= first.firstTicks + within,
    );
    const [earliest] = next.toSorted((a, b) => (a.firstTicks < b.firstTicks ? -1 : 1));
    if (!earliest) return null;
    followers.push(...next);
    from = earliest.firstTicks;
  }
  return followers;
}

/** Marks the findings that are part of a chain with the chain and its severity. */
export async function recomputeChains(
  tx: Prisma.TransactionClient,
  investigationId: string,
  chains: readonly ChainRule[],
): Promise<void> {
  await tx.finding.updateMany({
    where: { investigationId, chainId: { not: null } },
    data: { chainId: null, chainSeverity: null },
  });
  const findings = await tx.finding.findMany({
    where: {
      investigationId,
      state: 'active',
      mode: 'strict',
      hostId: { not: null },
      OR: [{ disposition: null }, { disposition: { in: ['true_positive', 'undetermined'] } }],
    },
    select: { id: true, hostId: true, detectionId: true, firstTicks: true, lastTicks: true },
  });
  const timed = findings.flatMap(({ firstTicks, lastTicks, ...finding }) =>
    firstTicks === null || lastTicks === null ? [] : [{ ...finding, firstTicks, lastTicks }],
  );
  for (const [hostId, ofHost] of Map.groupBy(timed, (finding) => finding.hostId)) {
    for (const chain of chains) {
      const found = findChain(chain, ofHost);
      if (!found || hostId === null) continue;
      await tx.finding.updateMany({
        where: { id: { in: [...found.findingIds] } },
        data: { chainId: chain.id, chainSeverity: await chainSeverity(tx, hostId, found) },
      });
    }
  }
}

/** Higher when an event after the chain shows its effect, for example a task that ran. */
async function chainSeverity(
  tx: Prisma.TransactionClient,
  hostId: string,
  found: FoundChain,
): Promise<Severity> {
  const { chain } = found;
  if (chain.confirmedBy.length === 0) return chain.severity;
  const confirmation = await tx.event.findFirst({
    where: {
      host: { OR: [{ id: hostId }, { joinedToId: hostId }] },
      kind: { in: [...chain.confirmedBy] },
      timeTicks: { gte: found.firstTicks, lte: found.firstTicks + BigInt(chain.withinHours) * HOUR_TICKS },
    },
    select: { id: true },
  });
  return confirmation ? chain.confirmedSeverity : chain.severity;
}
