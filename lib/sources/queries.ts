import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { currentKnowledge } from '#lib/catalogue/current.ts';
import { db } from '#lib/db/client.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { fromPostgres, type JsonValue, jsonFromPostgres } from '#lib/db/postgres-text.ts';
import { AppError } from '#lib/errors.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import { SOURCE_KINDS, sourceKind } from './kinds.ts';
import type {
  BackfillProgress,
  KindItem,
  PulledOrigin,
  PullItem,
  SourceDetail,
  SourceListItem,
} from './plain.ts';
import type { TestStep } from './types.ts';

const PULLS_SHOWN = 50;

/** Sources in use, by name. */
export async function listSources(actor: Actor): Promise<readonly SourceListItem[]> {
  requirePermission(actor, 'read');
  const rows = await db.source.findMany({
    where: { investigationId: DEFAULT_INVESTIGATION, removedAt: null },
    include: LIST_PARTS,
  });
  const sums = await sumsOf(rows.map(({ id }) => id));
  return rows.map((row) => listItem(row, sums)).sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

/** The kinds of sources that can be added. */
export function listKinds(actor: Actor): readonly KindItem[] {
  requirePermission(actor, 'read');
  return SOURCE_KINDS.map(({ kind, label, description, fields }) => ({ kind, label, description, fields }));
}

/** Throws AppError `not-found`. */
export async function getSource(actor: Actor, id: string): Promise<SourceDetail> {
  requirePermission(actor, 'read');
  const row = await db.source.findUnique({ where: { id }, include: LIST_PARTS });
  if (!row || row.removedAt !== null) throw new AppError('not-found', 'There is no such source.');
  const kind = sourceKind(row.kind);
  const settings = kind.settings.parse(jsonFromPostgres(row.settings as JsonValue));
  const rules = (await currentKnowledge()).rules.filter(({ evaluation }) => evaluation === 'strict');
  const names = new Map(rules.map((rule) => [rule.id, rule.name]));
  const [sums, pulls, backfill] = await Promise.all([
    sumsOf([id]),
    db.sourcePull.findMany({
      where: { sourceId: id },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      take: PULLS_SHOWN,
      include: PULL_PARTS,
    }),
    backfillOf(id),
  ]);
  const request = {
    rules,
    cursor: row.cursor === null ? null : jsonFromPostgres(row.cursor as JsonValue),
    slice: null,
    lookBackMs: row.lookBackMinutes * 60_000,
    nowMs: Date.now(),
  };
  return {
    ...listItem(row, sums),
    settings: settings as Record<string, unknown>,
    hasSecrets: row.secrets !== null,
    caCertificates: row.caCertificates,
    proxyUrl: row.proxyUrl,
    tlsOffReason: row.tlsOffReason,
    version: row.version,
    coverage: kind.coverage(settings, rules).map((one) => ({
      ...one,
      detectionName: names.get(one.detectionId) ?? one.detectionId,
    })),
    queries: kind.queries(settings, request),
    test:
      row.test === null ? null : (jsonFromPostgres(row.test as JsonValue) as unknown as readonly TestStep[]),
    testedAt: row.testedAt?.toISOString() ?? null,
    pulls: pulls.map(pullItem),
    backfill,
  };
}

/** Where pulled evidence comes from: the pull and the query, as they are told on its page. */
export async function originsOf(actor: Actor, evidenceId: string): Promise<readonly PulledOrigin[]> {
  requirePermission(actor, 'read');
  const rows = await db.pulledEvidence.findMany({
    where: { evidenceId },
    orderBy: { pull: { createdAt: 'asc' } },
    include: { pull: { include: { source: { include: { user: { select: { name: true } } } } } } },
  });
  return rows.map(({ pull, query, language, rowCount }) => ({
    sourceId: pull.sourceId,
    sourceName: pull.source.user.name,
    at: pull.startedAt?.toISOString() ?? pull.createdAt.toISOString(),
    query: fromPostgres(query),
    language,
    rowCount,
  }));
}

const PULL_PARTS = { evidence: { select: { evidenceId: true } } } satisfies Prisma.SourcePullInclude;
const LIST_PARTS = {
  user: { select: { name: true } },
  pulls: {
    where: { cause: { not: 'backfill' } },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: 1,
    include: PULL_PARTS,
  },
} satisfies Prisma.SourceInclude;

type Row = Prisma.SourceGetPayload<{ include: typeof LIST_PARTS }>;

/** What all pulls of each source have brought. */
async function sumsOf(sourceIds: readonly string[]) {
  const groups = await db.sourcePull.groupBy({
    by: ['sourceId'],
    where: { sourceId: { in: [...sourceIds] } },
    _sum: { rowCount: true, byteCount: true },
  });
  return new Map(groups.map(({ sourceId, _sum: sums }) => [sourceId, sums]));
}

function listItem(row: Row, sums: Awaited<ReturnType<typeof sumsOf>>): SourceListItem {
  const [pull] = row.pulls;
  const sum = sums.get(row.id);
  return {
    id: row.id,
    name: row.user.name,
    kind: row.kind,
    kindLabel: sourceKind(row.kind).label,
    isEnabled: row.isEnabled,
    cron: row.cron,
    zone: row.zone,
    lookBackMinutes: row.lookBackMinutes,
    nextPullAt: row.nextPullAt?.toISOString() ?? null,
    failingSince: row.failingSince?.toISOString() ?? null,
    failure: row.failure === null ? null : fromPostgres(row.failure),
    lastPull: pull ? pullItem(pull) : null,
    rowTotal: Number(sum?.rowCount ?? 0n),
    byteTotal: Number(sum?.byteCount ?? 0n),
  };
}

function pullItem(pull: Prisma.SourcePullGetPayload<{ include: typeof PULL_PARTS }>): PullItem {
  return {
    id: pull.id,
    state: pull.state,
    cause: pull.cause as PullItem['cause'],
    fromTicks: pull.fromTicks?.toString() ?? null,
    toTicks: pull.toTicks?.toString() ?? null,
    rowCount: Number(pull.rowCount),
    byteCount: Number(pull.byteCount),
    evidenceIds: pull.evidence.map(({ evidenceId }) => evidenceId),
    notes: pull.notes.map(fromPostgres),
    message: pull.message === null ? null : fromPostgres(pull.message),
    createdAt: pull.createdAt.toISOString(),
    startedAt: pull.startedAt?.toISOString() ?? null,
    finishedAt: pull.finishedAt?.toISOString() ?? null,
  };
}

/** Slices that are still to do, and of those done how long they took, to tell when the rest will be. */
async function backfillOf(sourceId: string): Promise<BackfillProgress | null> {
  const [row] = await db.$queryRaw<
    {
      total: bigint;
      open: bigint;
      failed: bigint;
      seconds: number | null;
      from_ticks: bigint;
      to_ticks: bigint;
    }[]
  >`
    SELECT count(*) AS total, count(*) FILTER (WHERE state IN ('waiting', 'running')) AS open,
      count(*) FILTER (WHERE state = 'failed') AS failed,
      (avg(extract(epoch FROM finished_at - started_at)) FILTER (WHERE state = 'done'))::float8 AS seconds,
      min(from_ticks) AS from_ticks, max(to_ticks) AS to_ticks
    FROM source_pull WHERE source_id = ${sourceId} AND cause = 'backfill' AND state <> 'cancelled'`;
  if (!row || row.total === 0n) return null;
  const open = Number(row.open);
  return {
    sliceTotal: Number(row.total),
    sliceDone: Number(row.total) - open - Number(row.failed),
    sliceFailed: Number(row.failed),
    fromTicks: row.from_ticks.toString(),
    toTicks: row.to_ticks.toString(),
    secondsLeft: row.seconds === null || open === 0 ? null : Math.round(row.seconds * open),
  };
}
