import type { SqlTransaction } from '#lib/db/bulk.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { toPostgres } from '#lib/db/postgres-text.ts';
import { RecordRuns, recordNumber, type StepBack, type StoredRun } from '#lib/evidence/gaps/runs.ts';
import type { EvidenceRecord, Problem } from '#lib/evidence/record.ts';
import { storable } from './cells.ts';
import type { HintKind } from './types.ts';

/** Hints of one kind and evidence that are kept; all are counted. */
const HINTS_KEPT = 1_000;
const MESSAGE_MAX = 300;

type Hint = {
  readonly kind: HintKind;
  readonly host: string | null;
  readonly channel: string | null;
  readonly fromTicks: bigint | null;
  readonly toTicks: bigint | null;
  readonly recordId: string | null;
  readonly offset: number | null;
  readonly message: string;
};

type ObservedLog = { readonly host: string; readonly channel: string; readonly runs: RecordRuns };

/** Signs of tampering that the blocks of a batch show: missing record numbers, clocks set back, logs cleared. */
export class HintObserver {
  readonly #logs = new Map<string, ObservedLog>();
  readonly hints: Hint[] = [];

  get logs(): readonly ObservedLog[] {
    return [...this.#logs.values()];
  }

  addProblems(problems: readonly Problem[]): void {
    for (const { code, place, message } of problems) {
      if (code === 'chunk-checksum')
        this.hints.push({ ...noHost(message), offset: place.offset, kind: code });
    }
  }

  /** @param host @param channel of the record, which are dear to read from some evidence */
  addRecord(record: EvidenceRecord, host: string, channel: string): void {
    const { system, timeTicks } = record;
    const number = recordNumber(system.recordId);
    if (number !== null) this.#logOf(host, channel).runs.add(number, timeTicks);
    if (!isLogCleared(record)) return;
    this.hints.push({
      kind: 'log-cleared',
      host,
      channel,
      fromTicks: timeTicks,
      toTicks: timeTicks,
      recordId: system.recordId,
      offset: record.place.offset,
      message: clearedMessage(record),
    });
  }

  #logOf(host: string, channel: string): ObservedLog {
    const key = `${host}\n${channel}`;
    const known = this.#logs.get(key);
    if (known) return known;
    const log = { host, channel, runs: new RecordRuns() };
    this.#logs.set(key, log);
    return log;
  }
}

/** Windows writes 1102 into a cleared Security log, and 104 into System for any other (provider Eventlog). */
function isLogCleared({ system }: EvidenceRecord): boolean {
  if (system.eventId !== 1102 && system.eventId !== 104) return false;
  return system.providerName?.toLowerCase() === 'microsoft-windows-eventlog';
}

function clearedMessage(record: EvidenceRecord): string {
  const value = (name: string): string | null => record.data.find(([key]) => key === name)?.[1] || null;
  const log = record.system.eventId === 1102 ? 'Security' : (value('Channel') ?? 'unknown');
  const user = [value('SubjectDomainName'), value('SubjectUserName')].filter((part) => part !== null);
  const by = user.length > 0 ? ` by ${user.join('\\')}` : '';
  return `The log ${log} was cleared${by}.`.slice(0, MESSAGE_MAX);
}

function noHost(message: string): Omit<Hint, 'kind'> {
  return { host: null, channel: null, fromTicks: null, toTicks: null, recordId: null, offset: null, message };
}

/**
 * Writes what a batch shows, and joins its record numbers with those that the evidence had before.
 * @param hosts ids by logged name, of all hosts of the batch
 */
export async function writeHints(
  tx: SqlTransaction,
  evidenceId: string,
  observer: HintObserver,
  hosts: ReadonlyMap<string, string>,
): Promise<void> {
  const steps = await writeLogs(tx, evidenceId, observer.logs, hosts);
  await writeKept(tx, evidenceId, [...observer.hints, ...steps.hints], hosts, steps.uncountedTotal);
}

/** The file was copied while the log was in use, or its service was stopped the hard way. */
export async function writeDirtyHint(tx: Prisma.TransactionClient, evidenceId: string): Promise<void> {
  const message =
    'The file is marked as not closed: it was copied while in use, or Windows did not shut down properly.';
  const known = await tx.evidenceHint.count({ where: { evidenceId, kind: 'dirty-file' } });
  if (known === 0) {
    await writeKept(tx, evidenceId, [{ ...noHost(message), kind: 'dirty-file', offset: 0 }], new Map(), 0);
  }
}

async function writeLogs(
  tx: SqlTransaction,
  evidenceId: string,
  logs: readonly ObservedLog[],
  hosts: ReadonlyMap<string, string>,
): Promise<{ hints: Hint[]; uncountedTotal: number }> {
  const observed = logs.map((log) => {
    const hostId = hosts.get(log.host);
    if (hostId === undefined) throw new Error('a host of the batch was not written');
    return { ...log, hostId, storedChannel: toPostgres(log.channel) };
  });
  const keys = JSON.stringify(observed.map((log) => ({ host_id: log.hostId, channel: log.storedChannel })));
  const known = await tx.$queryRaw<LogRow[]>`
    SELECT l.host_id::text, l.channel, l.record_count, l.runs, l.is_scattered FROM evidence_log l
    JOIN jsonb_to_recordset(${keys}::jsonb) AS k(host_id uuid, channel text)
      ON k.host_id = l.host_id AND k.channel = l.channel
    WHERE l.evidence_id = ${evidenceId}::uuid`;
  const byKey = new Map(known.map((row) => [`${row.host_id}\n${row.channel}`, row]));
  const hints: Hint[] = [];
  let uncountedTotal = 0;
  const rows = observed.map((log) => {
    const row = byKey.get(`${log.hostId}\n${log.storedChannel}`);
    const runs = row ? runsOfRow(row) : new RecordRuns();
    runs.merge(log.runs);
    hints.push(...runs.steps.map((step) => stepHint(log, step)));
    uncountedTotal += runs.stepCount - runs.steps.length;
    const stored = runs.toStored();
    return {
      host_id: log.hostId,
      channel: log.storedChannel,
      record_count: stored.recordCount,
      runs: stored.runs,
      is_scattered: stored.isScattered,
    };
  });
  await tx.$executeRaw`
    INSERT INTO evidence_log (evidence_id, host_id, channel, record_count, runs, is_scattered)
    SELECT ${evidenceId}::uuid, l.* FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS l(host_id uuid, channel text, record_count bigint, runs jsonb, is_scattered boolean)
    ON CONFLICT (evidence_id, host_id, channel) DO UPDATE SET
      record_count = EXCLUDED.record_count, runs = EXCLUDED.runs, is_scattered = EXCLUDED.is_scattered`;
  return { hints, uncountedTotal };
}

export type LogRow = {
  readonly host_id: string;
  readonly channel: string;
  readonly record_count: bigint;
  readonly runs: readonly StoredRun[];
  readonly is_scattered: boolean;
};

export function runsOfRow(row: Omit<LogRow, 'host_id' | 'channel'>): RecordRuns {
  return RecordRuns.from({
    recordCount: Number(row.record_count),
    isScattered: row.is_scattered,
    runs: row.runs,
  });
}

function stepHint(log: { readonly host: string; readonly channel: string }, step: StepBack): Hint {
  return {
    kind: 'time-backwards',
    host: log.host,
    channel: log.channel,
    fromTicks: step.afterTicks,
    toTicks: step.beforeTicks,
    recordId: String(step.recordId),
    offset: null,
    message: stepMessage(step),
  };
}

export function stepMessage({ recordId, beforeTicks, afterTicks }: StepBack): string {
  return `Record ${recordId} is ${spanWords(beforeTicks - afterTicks)} older than the record before it.`;
}

function spanWords(ticks: bigint): string {
  const seconds = Number(ticks / 10_000_000n);
  if (seconds < 7_200) return `${Math.round(seconds / 60)} minutes`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} hours`;
  return `${Math.round(seconds / 86_400)} days`;
}

async function writeKept(
  tx: SqlTransaction,
  evidenceId: string,
  hints: readonly Hint[],
  hosts: ReadonlyMap<string, string>,
  uncountedSteps: number,
): Promise<void> {
  for (const [kind, own] of Map.groupBy(hints, (hint) => hint.kind)) {
    const added = own.length + (kind === 'time-backwards' ? uncountedSteps : 0);
    const [row] = await tx.$queryRaw<{ count: number }[]>`
      INSERT INTO evidence_hint_count AS kept (evidence_id, kind, count) VALUES (${evidenceId}::uuid, ${kind}, ${added})
      ON CONFLICT (evidence_id, kind) DO UPDATE SET count = kept.count + EXCLUDED.count RETURNING count`;
    const before = (row?.count ?? added) - added;
    const rows = own.slice(0, Math.max(0, HINTS_KEPT - before)).map((hint, index) => ({
      seq: before + index,
      host_id: hint.host === null ? null : hosts.get(hint.host),
      channel: hint.channel === null ? null : toPostgres(hint.channel),
      from_ticks: storable(hint.fromTicks)?.toString() ?? null,
      to_ticks: storable(hint.toTicks)?.toString() ?? null,
      record_id: hint.recordId === null ? null : toPostgres(hint.recordId),
      offset: hint.offset,
      message: toPostgres(hint.message),
    }));
    if (rows.length === 0) continue;
    await tx.$executeRaw`
      INSERT INTO evidence_hint
        (evidence_id, kind, seq, host_id, channel, from_ticks, to_ticks, record_id, "offset", message)
      SELECT ${evidenceId}::uuid, ${kind}, h.* FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS h(seq int, host_id uuid, channel text, from_ticks bigint, to_ticks bigint, record_id text, "offset" bigint,
          message text)`;
  }
}
