import type { Prisma } from '#lib/db/generated/client.ts';
import { episodesOf } from '#lib/risk/window.ts';

type Transaction = Prisma.TransactionClient;

/** What is asked of a finding that is there before it is computed anew. */
export const EXISTING_COLUMNS = {
  id: true,
  isTouched: true,
  status: true,
  episodes: { select: { startTicks: true } },
} satisfies Prisma.FindingSelect;

export type ExistingFinding = {
  readonly id: string;
  readonly isTouched: boolean;
  readonly status: string;
  readonly episodes: readonly { readonly startTicks: bigint }[];
};

/** A finding as its events give it now; triage is no part of it. */
export type ComputedFinding = Pick<
  Prisma.FindingUncheckedCreateInput,
  'hostId' | 'dest' | 'user' | 'sentence' | 'firstTicks' | 'lastTicks' | 'riskScore' | 'severity' | 'row'
> & {
  readonly id: string;
  readonly investigationId: string;
  readonly detectionId: string;
  readonly variant: string;
  readonly mode: 'strict' | 'lenient' | 'extended';
  readonly techniques: readonly string[];
  readonly filled: readonly string[];
  readonly events: readonly { readonly id: string; readonly timeTicks: bigint | null }[];
};

/** Writes a finding as it is now. A closed one with a new episode is reopened as recurred; other triage stays. */
export async function keepFinding(
  tx: Transaction,
  finding: ComputedFinding,
  existing: ExistingFinding | null,
  nowMs: number,
): Promise<void> {
  const { id, investigationId, detectionId, variant, mode, events, techniques, filled, ...values } = finding;
  const episodes = episodesOf(events.flatMap(({ timeTicks }) => (timeTicks === null ? [] : [timeTicks])));
  const computed = {
    ...values,
    state: 'active' as const,
    count: events.length,
    techniques: [...techniques],
    filled: [...filled],
  };
  // Not an upsert: it would use up a number each time, and people read these numbers to each other.
  if (existing) {
    await tx.finding.update({
      where: { id },
      data: { ...computed, ...recurrence(existing, episodes, nowMs) },
    });
  } else {
    await tx.finding.create({ data: { id, investigationId, detectionId, variant, mode, ...computed } });
  }
  await tx.$executeRaw`DELETE FROM finding_event WHERE finding_id = ${id}`;
  await tx.$executeRaw`
    INSERT INTO finding_event (finding_id, investigation_id, event_id)
    SELECT ${id}, ${investigationId}, unnest(${events.map((event) => event.id)}::char(64)[])`;
  await tx.episode.deleteMany({ where: { findingId: id } });
  await tx.episode.createMany({
    data: episodes.map((episode, number) => ({ findingId: id, number, ...episode })),
  });
}

/** An episode that appears after the finding was closed reopens it; only a filter rule silences the future. */
function recurrence(
  existing: ExistingFinding | null,
  episodes: readonly { readonly startTicks: bigint }[],
  nowMs: number,
): { status?: 'new'; recurredAt?: Date } {
  if (existing?.status !== 'closed') return {};
  const known = existing.episodes.map((episode) => episode.startTicks);
  const latest = known.reduce<bigint | null>(
    (max, ticks) => (max === null || ticks > max ? ticks : max),
    null,
  );
  const isNew = episodes.some((episode) => latest !== null && episode.startTicks > latest);
  return isNew && episodes.length > known.length ? { status: 'new', recurredAt: new Date(nowMs) } : {};
}

/** A finding without events goes if nobody touched it, else stays as "evidence deleted" without risk. */
export async function withdrawFinding(tx: Transaction, finding: ExistingFinding): Promise<void> {
  if (!finding.isTouched) {
    await tx.finding.delete({ where: { id: finding.id } });
    return;
  }
  await tx.finding.update({
    where: { id: finding.id },
    data: {
      state: 'evidence_deleted',
      count: 0,
      riskScore: 0,
      chainSeverity: null,
      events: { deleteMany: {} },
      episodes: { deleteMany: {} },
    },
  });
}
