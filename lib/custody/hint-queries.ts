import { db } from '#lib/db/client.ts';
import { fromPostgres } from '#lib/db/postgres-text.ts';
import { type Gap, RecordRuns, type StepBack } from '#lib/evidence/gaps/runs.ts';
import { type LogRow, runsOfRow, stepMessage } from './hints.ts';
import { HINT_KINDS, type HintKind, type TamperHint, type TamperHints } from './types.ts';

const HINTS_SHOWN = 1_000;
/** Logs whose record numbers are looked at one by one, those with the most records first. */
const LOGS_READ = 1_000;

/** The hints of one evidence that is whole. Callers have checked the role. */
export async function hintsOfEvidence(
  evidenceId: string,
): Promise<{ readonly hints: TamperHints; readonly duplicateCount: number }> {
  const [kept, counts, totals, logs] = await Promise.all([
    db.evidenceHint.findMany({
      where: { evidenceId },
      orderBy: [{ kind: 'asc' }, { seq: 'asc' }],
      take: HINTS_SHOWN,
      include: HINT_NAMES,
    }),
    db.evidenceHintCount.findMany({ where: { evidenceId } }),
    logTotals(evidenceId),
    db.$queryRaw<NamedLogRow[]>`
      SELECT l.host_id::text, h.name AS host_name, l.evidence_id::text, e.name AS evidence_name, l.channel,
        l.record_count, l.runs, l.is_scattered
      FROM evidence_log l JOIN host h ON h.id = l.host_id JOIN evidence e ON e.id = l.evidence_id
      WHERE l.evidence_id = ${evidenceId}::uuid ORDER BY l.record_count DESC LIMIT ${LOGS_READ}`,
  ]);
  const fromRuns = logs.flatMap((log) => hintsOfRuns(log, runsOfRow(log)));
  const between = fromRuns.filter((hint) => hint.kind === 'time-backwards').length;
  const countOf = (kind: HintKind): number =>
    kind === 'record-gap'
      ? totals.gaps
      : (counts.find((row) => row.kind === kind)?.count ?? 0) + (kind === 'time-backwards' ? between : 0);
  return {
    hints: {
      items: [...kept.map(keptHint), ...fromRuns].toSorted(byKind).slice(0, HINTS_SHOWN),
      counts: HINT_KINDS.map((kind) => ({ kind, count: countOf(kind) })).filter(({ count }) => count > 0),
      missingRecords: totals.missing,
      scatteredLogs: totals.scattered,
    },
    duplicateCount: totals.duplicates,
  };
}

/**
 * Hints of a host (its joined names) that show in a range. Record numbers count as missing when all files of the host lack
 * them; evidence that still arrives has no say. Callers have checked the role.
 */
export async function hintsOfHost(
  hostIds: readonly string[],
  from: bigint,
  to: bigint,
): Promise<readonly TamperHint[]> {
  const [kept, logs] = await Promise.all([
    db.evidenceHint.findMany({
      where: {
        hostId: { in: [...hostIds] },
        fromTicks: { lte: to },
        toTicks: { gte: from },
        evidence: { uploadId: null },
      },
      orderBy: [{ kind: 'asc' }, { fromTicks: 'asc' }, { evidenceId: 'asc' }, { seq: 'asc' }],
      take: HINTS_SHOWN,
      include: HINT_NAMES,
    }),
    db.$queryRaw<NamedLogRow[]>`
      SELECT l.host_id::text, h.name AS host_name, l.evidence_id::text, e.name AS evidence_name, l.channel,
        l.record_count, l.runs, l.is_scattered
      FROM evidence_log l JOIN host h ON h.id = l.host_id JOIN evidence e ON e.id = l.evidence_id
      WHERE l.host_id = ANY(${[...hostIds]}::uuid[]) AND NOT l.is_scattered AND e.upload_id IS NULL
      ORDER BY l.record_count DESC LIMIT ${LOGS_READ}`,
  ]);
  const fromRuns = [...Map.groupBy(logs, (log) => `${log.host_id}\n${log.channel}`).values()].flatMap(
    (rows) => {
      const [first] = rows;
      if (!first) return [];
      const runs = new RecordRuns();
      for (const row of rows) runs.merge(runsOfRow(row));
      return hintsOfRuns(
        rows.length === 1 ? first : { ...first, evidence_id: null, evidence_name: null },
        runs,
      );
    },
  );
  const isInRange = (hint: TamperHint): boolean =>
    hint.fromTicks !== null &&
    hint.toTicks !== null &&
    BigInt(hint.fromTicks) <= to &&
    BigInt(hint.toTicks) >= from;
  return [...kept.map(keptHint), ...fromRuns.filter(isInRange)].toSorted(byKind).slice(0, HINTS_SHOWN);
}

const HINT_NAMES = {
  evidence: { select: { name: true } },
  host: { select: { name: true } },
} as const;

type NamedLogRow = LogRow & {
  readonly host_name: string;
  readonly evidence_id: string | null;
  readonly evidence_name: string | null;
};

type KeptRow = {
  readonly kind: string;
  readonly evidenceId: string;
  readonly hostId: string | null;
  readonly channel: string | null;
  readonly fromTicks: bigint | null;
  readonly toTicks: bigint | null;
  readonly recordId: string | null;
  readonly offset: bigint | null;
  readonly message: string;
  readonly evidence: { readonly name: string };
  readonly host: { readonly name: string } | null;
};

function keptHint(row: KeptRow): TamperHint {
  return {
    kind: HINT_KINDS.find((kind) => kind === row.kind) ?? 'chunk-checksum',
    evidenceId: row.evidenceId,
    evidenceName: fromPostgres(row.evidence.name),
    hostId: row.hostId,
    hostName: row.host === null ? null : fromPostgres(row.host.name),
    channel: row.channel === null ? null : fromPostgres(row.channel),
    fromTicks: row.fromTicks?.toString() ?? null,
    toTicks: row.toTicks?.toString() ?? null,
    recordId: row.recordId === null ? null : fromPostgres(row.recordId),
    offset: row.offset === null ? null : Number(row.offset),
    message: fromPostgres(row.message),
  };
}

/** Gaps, the largest first, and steps back over them. */
function hintsOfRuns(log: NamedLogRow, runs: RecordRuns): TamperHint[] {
  const common = {
    evidenceId: log.evidence_id,
    evidenceName: log.evidence_name === null ? null : fromPostgres(log.evidence_name),
    hostId: log.host_id,
    hostName: fromPostgres(log.host_name),
    channel: fromPostgres(log.channel),
    offset: null,
  };
  const gap = ({ firstId, lastId, fromTicks, toTicks }: Gap): TamperHint => ({
    ...common,
    kind: 'record-gap',
    ...inOrder(fromTicks, toTicks),
    recordId: String(firstId),
    message:
      firstId === lastId
        ? `Record ${firstId} is missing.`
        : `${(lastId - firstId + 1).toLocaleString('en')} records are missing: ${firstId} to ${lastId}.`,
  });
  const step = (back: StepBack): TamperHint => ({
    ...common,
    kind: 'time-backwards',
    ...inOrder(back.afterTicks, back.beforeTicks),
    recordId: String(back.recordId),
    message: stepMessage(back),
  });
  const gaps = runs.gaps().toSorted((a, b) => b.lastId - b.firstId - (a.lastId - a.firstId));
  return [...gaps.map(gap), ...runs.stepsBetween().map(step)];
}

function inOrder(
  a: bigint | null,
  b: bigint | null,
): { readonly fromTicks: string | null; readonly toTicks: string | null } {
  const [from, to] = a !== null && b !== null && b < a ? [b, a] : [a, b];
  return { fromTicks: from?.toString() ?? null, toTicks: to?.toString() ?? null };
}

function byKind(a: TamperHint, b: TamperHint): number {
  return HINT_KINDS.indexOf(a.kind) - HINT_KINDS.indexOf(b.kind);
}

type LogTotals = { gaps: number; missing: number; scattered: number; duplicates: number };

/** Over all logs of an evidence, in the database: an evidence may have any number of them. */
async function logTotals(evidenceId: string): Promise<LogTotals> {
  const [row] = await db.$queryRaw<LogTotals[]>`
    SELECT COALESCE(sum(jsonb_array_length(l.runs) - 1), 0)::float8 AS gaps,
      COALESCE(sum(r.span - r.distinct_count) FILTER (WHERE NOT l.is_scattered), 0)::float8 AS missing,
      count(*) FILTER (WHERE l.is_scattered)::float8 AS scattered,
      COALESCE(sum(l.record_count - r.distinct_count) FILTER (WHERE NOT l.is_scattered), 0)::float8 AS duplicates
    FROM evidence_log l CROSS JOIN LATERAL (
      SELECT sum((run->>1)::bigint - (run->>0)::bigint + 1) AS distinct_count,
        max((run->>1)::bigint) - min((run->>0)::bigint) + 1 AS span
      FROM jsonb_array_elements(l.runs) run) r
    WHERE l.evidence_id = ${evidenceId}::uuid`;
  return row ?? { gaps: 0, missing: 0, scattered: 0, duplicates: 0 };
}
