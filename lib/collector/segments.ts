/**
 * Open segments: small requests of one stream (token, source, sourcetype) are appended to a file of the data folder, which
 * becomes evidence when it is large or old enough. The row says how many bytes of the file were acknowledged; what stands
 * behind them was written by a process that was killed, and its sender sends it again. Row locks order appending and
 * sealing over processes.
 */
import { createHash, randomUUID } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serviceActor } from '#lib/auth/service-user.ts';
import { db } from '#lib/db/client.ts';
import { fromPostgres, toPostgres } from '#lib/db/postgres-text.ts';
import { env } from '#lib/env.ts';
import { log } from '#lib/log.ts';
import { forgetChannels } from './channels.ts';
import { keepSegment, syncFolder } from './keep.ts';
import type { Origin } from './request.ts';
import type { CollectorToken } from './tokens.ts';

export const SEGMENT_MAX_BYTES = 64 * 1024 * 1024;
const SEGMENT_MAX_MS = 5 * 60_000;
const LOOK_MS = 15_000;
const TRANSACTION = { timeout: 30_000, maxWait: 10_000 };

/** Appends to the stream's open segment, which is opened when there is none. Durable when it resolves. */
export async function appendToSegment(
  token: CollectorToken,
  { source, sourcetype }: Origin,
  bytes: Buffer,
  maxBytes = SEGMENT_MAX_BYTES,
): Promise<void> {
  const streamKey = createHash('sha256')
    .update(JSON.stringify([token.id, source, sourcetype]))
    .digest('hex');
  const due = await db.$transaction(async (tx) => {
    const [row] = await tx.$queryRaw<{ id: string; size_bytes: bigint; opened_at: Date }[]>`
      INSERT INTO collector_segment (id, token_id, source, stream_key)
      VALUES (${randomUUID()}::uuid, ${token.id}, ${toPostgres(source)}, ${streamKey})
      ON CONFLICT (stream_key) DO UPDATE SET stream_key = EXCLUDED.stream_key
      RETURNING id::text, size_bytes, opened_at`;
    if (!row) throw new Error('no segment was opened');
    const sizeBytes = Number(row.size_bytes);
    await write(row.id, sizeBytes, bytes);
    const isDue =
      sizeBytes + bytes.length >= maxBytes || Date.now() - row.opened_at.getTime() >= SEGMENT_MAX_MS;
    await tx.collectorSegment.update({
      where: { id: row.id },
      data: { sizeBytes: sizeBytes + bytes.length, ...(isDue ? { streamKey: null } : {}) },
    });
    return isDue ? row.id : null;
  }, TRANSACTION);
  // What was appended is durable: a failure here is not the sender's, and is tried again.
  if (due !== null) await sealSegment(due).catch(logFailure);
}

async function write(id: string, sizeBytes: number, bytes: Buffer): Promise<void> {
  const file = pathOf(id);
  await mkdir(path.dirname(file), { recursive: true });
  const handle = await open(file, constants.O_RDWR | constants.O_CREAT, 0o600);
  try {
    await handle.truncate(sizeBytes);
    // A short write would leave a hole that counts as acknowledged.
    for (let at = 0; at < bytes.length; ) {
      at += (await handle.write(bytes, at, bytes.length - at, sizeBytes + at)).bytesWritten;
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (sizeBytes === 0) await syncFolder(path.dirname(file));
}

/** Seals what has been open for too long, or was being sealed when a process was killed. */
export async function sealSegments(openedBefore = new Date(Date.now() - SEGMENT_MAX_MS)): Promise<void> {
  const rows = await db.collectorSegment.findMany({
    where: { OR: [{ streamKey: null }, { openedAt: { lte: openedBefore } }] },
    orderBy: { openedAt: 'asc' },
    select: { id: true },
  });
  for (const { id } of rows) await sealSegment(id).catch(logFailure);
}

/** Runs until the signal: seals at once what an earlier run left open, then what gets too old. */
export async function keepSealing(signal: AbortSignal): Promise<void> {
  for (let openedBefore: Date | undefined = new Date(); !signal.aborted; openedBefore = undefined) {
    await Promise.all([sealSegments(openedBefore), forgetChannels()]).catch(logFailure);
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** May be called again after a kill at any moment, and by several processes at once. */
async function sealSegment(id: string): Promise<void> {
  // Waits for who is appending; nobody appends afterwards.
  await db.collectorSegment.updateMany({ where: { id }, data: { streamKey: null } });
  const find = () =>
    db.collectorSegment.findUnique({
      where: { id },
      include: { token: { include: { user: { select: { name: true, email: true } } } } },
    });
  const row = await find();
  if (!row) return;
  try {
    if (row.sizeBytes > 0n) {
      await keepSegment(
        {
          actor: serviceActor(row.tokenId, row.token.user),
          source: fromPostgres(row.source),
          host: null,
          openedAt: row.openedAt,
        },
        createReadStream(pathOf(id), { end: Number(row.sizeBytes) - 1 }),
      );
    }
  } catch (error) {
    // Another process was faster and has removed the file.
    if (!(await find())) return;
    throw error;
  }
  await db.collectorSegment.deleteMany({ where: { id } });
  await rm(pathOf(id), { force: true });
}

function pathOf(id: string): string {
  return path.join(env().JOBSIGHT_DATA, 'collector', id);
}

function logFailure(error: unknown): void {
  log.error({ err: error }, 'a segment of live input could not be sealed; it is tried again');
}
