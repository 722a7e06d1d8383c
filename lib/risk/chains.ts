import type { ChainRule } from '#lib/detection/rule.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { HOUR_TICKS } from '#lib/custody/batch.ts';
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
  let best: FoundChain | null = null;
  for (const first of findings.filter((finding) => finding.detectionId === start.detectionId)) {
    const members: ChainFinding[] = [first];
    let from = first.firstTicks;
    const isComplete = later.every((step) => {
      const next = findings.filter(
        (finding) =>
          finding.detectionId === step.detectionId &&
          finding.lastTicks >= from &&
          finding.firstTicks <= first.firstTicks + within,
      );
      members.push(...next);
      from = next.reduce((min, finding) => (finding.firstTicks < min ? finding.firstTicks : min), next[0]?.firstTicks ?? from);
      return next.length > 0;
    });
    if (!isComplete) continue;
    const ids = new Set([...(best?.findingIds ?? []), ...members.map((member) => member.id)]);
    best = {
      chain,
      findingIds: [...ids],
      firstTicks: best && best.firstTicks < first.firstTicks ? best.firstTicks : first.firstTicks,
      lastTicks: members.reduce((max, member) => (member.lastTicks > max ? member.lastTicks : max), best?.lastTicks ?? 0n),
    };
  }
  return best;
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
      NOT: { disposition: { in: ['false_positive', 'benign_positive'] } },
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
