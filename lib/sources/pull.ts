import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { Actor } from '#lib/auth/actor.ts';
import { serviceActor } from '#lib/auth/service-user.ts';
import { currentKnowledge } from '#lib/catalogue/current.ts';
import { addStoredEvidence } from '#lib/custody/commands.ts';
import type { EvidenceStore } from '#lib/custody/store.ts';
import type { Prisma, PrismaClient } from '#lib/db/generated/client.ts';
import { type JsonValue, jsonFromPostgres, jsonToPostgres, toPostgres } from '#lib/db/postgres-text.ts';
import { noteSourceFailure, noteSourceMended } from '#lib/notifications/occurrences.ts';
import { openConnection } from './connection.ts';
import { PullSegment } from './segment.ts';
import { type PullBatch, type SourceCursor, SourceError, type SourceQuery } from './types.ts';

/** A segment becomes evidence at this size, and when the pull ends. */
const SEGMENT_BYTES = 64 * 1024 * 1024;
/** A source that is restarted is back by then. */
const TRIES = 6;
/** Notes of one pull that are kept. */
const NOTES_MAX = 50;
/** A row may come again for as long as late data is looked for, and a pull may be late itself. */
const FORGET_FACTOR = 3;

export type PullTools = {
  readonly db: PrismaClient;
  readonly store: EvidenceStore;
  /** JOBSIGHT_DATA */
  readonly dataFolder: string;
  /** JOBSIGHT_SECRET */
  readonly secret: string;
  readonly signal: AbortSignal;
};

/**
 * Runs one pull: rows become evidence, and in the same transaction the cursor moves, so that a pull that is killed at any
 * moment goes on with nothing lost and nothing twice. Takes the pull's lease; who had it before writes nothing any more.
 * Throws SourceError when the source fails; what was kept until then stays.
 */
export async function runPull(pullId: string, tools: PullTools): Promise<void> {
  const { db, signal } = tools;
  const pull = await db.sourcePull.update({
    where: { id: pullId },
    data: { epoch: { increment: 1 }, state: 'running', startedAt: new Date() },
    include: { source: { include: { user: true } } },
  });
  const { source } = pull;
  const notes: string[] = [];
  const connection = openConnection(source, tools.secret);
  const context = {
    fetch: connection.egress.fetch,
    signal,
    tries: TRIES,
    sleep: (ms: number) => wait(ms, undefined, { signal }),
    note: (message: string) => {
      if (notes.length < NOTES_MAX && !notes.includes(message)) notes.push(message);
    },
  };
  const { fromTicks, toTicks } = pull;
  const slice = fromTicks === null || toTicks === null ? null : { fromTicks, toTicks };
  const nowMs = Date.now();
  const writer = new PullWriter(tools, {
    id: pull.id,
    epoch: pull.epoch,
    sourceId: source.id,
    isSlice: slice !== null,
    name: source.user.name,
    actor: serviceActor(source.id, source.user),
    forgetMs: source.lookBackMinutes * 60_000 * FORGET_FACTOR,
  });
  try {
    const { rules } = await currentKnowledge();
    const request = {
      rules: rules.filter(({ evaluation }) => evaluation === 'strict'),
      cursor: cursorOf(slice ? pull.cursor : source.cursor),
      slice,
      lookBackMs: source.lookBackMinutes * 60_000,
      nowMs,
    };
    for await (const batch of connection.pull(request, context)) {
      signal.throwIfAborted();
      await writer.add(batch);
    }
    await writer.finish(notes);
  } finally {
    await writer.drop();
    await connection.egress.close();
  }
}

function cursorOf(stored: Prisma.JsonValue | null): SourceCursor {
  return stored === null ? null : jsonFromPostgres(stored as JsonValue);
}

/** A row with what its key is known by. */
type HashedRow = { readonly text: string; readonly hash: Buffer | null };

type Running = {
  readonly id: string;
  readonly epoch: number;
  readonly sourceId: string;
  readonly isSlice: boolean;
  readonly name: string;
  readonly actor: Actor;
  readonly forgetMs: number;
};

/** Rows that came since the last evidence, and what has to be written with them. */
class PullWriter {
  readonly #tools: PullTools;
  readonly #pull: Running;
  #segment: PullSegment | null = null;
  #query: SourceQuery | null = null;
  #keys: Buffer[] = [];
  /** Where the pull goes on once what is here is kept. */
  #cursor: SourceCursor = null;

  constructor(tools: PullTools, pull: Running) {
    this.#tools = tools;
    this.#pull = pull;
  }

  async add({ query, rows, cursor }: PullBatch): Promise<void> {
    // Evidence has one query, which is its origin.
    if (this.#query && this.#query.text !== query.text) await this.#keep();
    this.#query = query;
    const fresh = await this.#fresh(
      rows.map(({ text, key }) => ({ text, hash: key === null ? null : hashOf(key) })),
    );
    this.#segment ??= await PullSegment.open(this.#tools.dataFolder);
    await this.#segment.add(fresh.map(({ text }) => text));
    for (const { hash } of fresh) if (hash !== null) this.#keys.push(hash);
    if (cursor !== null) this.#cursor = cursor;
    if (this.#segment.sizeBytes >= SEGMENT_BYTES) await this.#keep();
  }

  /** Keeps the rest and closes the pull. */
  async finish(notes: readonly string[]): Promise<void> {
    await this.#keep();
    const { id, epoch, sourceId } = this.#pull;
    await this.#tools.db.$transaction(async (tx) => {
      await assertLease(tx, id, epoch);
      await tx.sourcePull.update({
        where: { id },
        data: { state: 'done', finishedAt: new Date(), message: null, notes: notes.map(toPostgres) },
      });
      await noteSourceMended(tx, sourceId);
      await tx.source.update({ where: { id: sourceId }, data: { failingSince: null, failure: null } });
      const forgotten = new Date(Date.now() - this.#pull.forgetMs);
      await tx.pulledRow.deleteMany({ where: { sourceId, keptAt: { lt: forgotten } } });
    });
  }

  async drop(): Promise<void> {
    await this.#segment?.drop();
    this.#segment = null;
  }

  /** Rows that no pull has given yet, each once. */
  async #fresh(rows: readonly HashedRow[]): Promise<readonly HashedRow[]> {
    const hashes = rows.flatMap(({ hash }) => hash ?? []);
    if (hashes.length === 0) return rows;
    const known = await this.#tools.db.$queryRaw<{ key: Uint8Array }[]>`
      SELECT key FROM pulled_row WHERE source_id = ${this.#pull.sourceId} AND key = ANY(${hashes}::bytea[])`;
    const seen = new Set([...known.map(({ key }) => hex(key)), ...this.#keys.map(hex)]);
    return rows.filter(({ hash }) => {
      if (hash === null) return true;
      const name = hex(hash);
      if (seen.has(name)) return false;
      seen.add(name);
      return true;
    });
  }

  async #keep(): Promise<void> {
    const [segment, query, cursor, keys] = [this.#segment, this.#query, this.#cursor, this.#keys];
    this.#segment = null;
    this.#cursor = null;
    this.#keys = [];
    if (!segment || !query) return;
    try {
      if (segment.rowCount === 0) {
        await this.#tools.db.$transaction((tx) => this.#move(tx, cursor, []));
        return;
      }
      const file = await this.#tools.store.keep(Readable.from(await segment.read()));
      const { rowCount, sizeBytes } = segment;
      const name = `${this.#pull.name} ${new Date().toISOString()}.jsonl`;
      await addStoredEvidence(this.#pull.actor, name, file, {}, null, async (tx, evidenceId) => {
        await this.#move(tx, cursor, keys);
        await tx.$executeRaw`
          INSERT INTO pulled_evidence (pull_id, evidence_id, query, language, row_count)
          VALUES (${this.#pull.id}::uuid, ${evidenceId}::uuid, ${toPostgres(query.text)}, ${query.language}, ${rowCount})
          ON CONFLICT (pull_id, evidence_id) DO NOTHING`;
        await tx.sourcePull.update({
          where: { id: this.#pull.id },
          data: { rowCount: { increment: rowCount }, byteCount: { increment: sizeBytes } },
        });
      });
    } finally {
      await segment.drop();
    }
  }

  /** Moves the cursor, in the transaction that keeps the rows before it. */
  async #move(tx: Prisma.TransactionClient, cursor: SourceCursor, keys: readonly Buffer[]): Promise<void> {
    const { id, epoch, sourceId, isSlice } = this.#pull;
    await assertLease(tx, id, epoch);
    if (keys.length > 0)
      await tx.$executeRaw`
        INSERT INTO pulled_row (source_id, key, kept_at)
        SELECT ${sourceId}, unnest(${keys}::bytea[]), ${new Date()} ON CONFLICT DO NOTHING`;
    if (cursor === null) return;
    const data = { cursor: jsonToPostgres(cursor) as Prisma.InputJsonValue };
    if (isSlice) await tx.sourcePull.update({ where: { id }, data });
    else await tx.source.update({ where: { id: sourceId }, data });
  }
}

/** Another worker took the pull over, or somebody cancelled it. */
export class LostPullError extends Error {
  override readonly name = 'LostPullError';
}

async function assertLease(tx: Prisma.TransactionClient, id: string, epoch: number): Promise<void> {
  const rows = await tx.$queryRaw<{ epoch: number }[]>`
    SELECT epoch FROM source_pull WHERE id = ${id}::uuid AND state = 'running' FOR UPDATE`;
  if (rows[0]?.epoch !== epoch)
    throw new LostPullError('The pull is another worker’s now, or was cancelled.');
}

/** Writes down why a pull failed; the source is failing until a pull works. */
export async function failPull(
  db: PrismaClient,
  pullId: string,
  error: unknown,
): Promise<{ readonly retryAtMs: number | null }> {
  const known = error instanceof SourceError ? error : null;
  const message = known
    ? [known.message, known.remedy].filter((part) => part !== null).join(' ')
    : 'The pull stopped by a fault of Jobsight; the log of the worker says which.';
  await db.$transaction(async (tx) => {
    const pull = await tx.sourcePull.update({
      where: { id: pullId },
      data: { state: 'failed', finishedAt: new Date(), message: toPostgres(message) },
    });
    await tx.$executeRaw`
      UPDATE source SET failing_since = COALESCE(failing_since, now()), failure = ${toPostgres(message)}
      WHERE id = ${pull.sourceId}`;
    await noteSourceFailure(tx, pull.sourceId);
  });
  return { retryAtMs: known?.retryAtMs ?? null };
}

const KEY_BYTES = 16;
const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest().subarray(0, KEY_BYTES);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
