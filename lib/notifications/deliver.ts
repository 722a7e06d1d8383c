import type { NotificationChannel, PrismaClient } from '#lib/db/generated/client.ts';
import { type JsonValue, jsonFromPostgres, toPostgres } from '#lib/db/postgres-text.ts';
import { log } from '#lib/log.ts';
import { quietUntil } from './quiet.ts';
import { type Outgoing, type SendTools, sendThrough } from './send.ts';
import { ChannelError, type Occurrence } from './types.ts';

export type DeliverTools = SendTools & {
  readonly db: PrismaClient;
  /** Our clock. */
  readonly clock: () => Date;
};

/** Longer than a send can take; a channel whose worker was killed goes on after it. */
export const LEASE_MS = 120_000;
/** More than this at a time are sent together. */
const SINGLE_MAX = 5;
const BATCH_MAX = 100;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 3_600_000;
/** With growing pauses about nine hours. */
export const TRIES_MAX = 16;
const RETRY_AFTER_MAX_MS = 24 * 3_600_000;

/**
 * Sends what waits in the outbox and is due, until nothing is or the signal comes. A channel is one worker's at a time; what
 * is in flight when a worker is killed is sent again, nothing else is sent twice.
 *
 * @returns how many times something was sent, or tried to be
 */
export async function deliverDue(tools: DeliverTools): Promise<number> {
  for (let count = 0; ; count += 1) {
    if (tools.signal.aborted) return count;
    const claimed = await claim(tools);
    if (!claimed) return count;
    await deliver(tools, claimed);
  }
}

type Claimed = {
  readonly channel: NotificationChannel;
  readonly rows: readonly [Row, ...Row[]];
};
type Row = Outgoing & { readonly tries: number };

/** Takes a channel for as long as the lease says, and what is due of it. */
async function claim({ db, clock }: DeliverTools): Promise<Claimed | null> {
  return db.$transaction(async (tx) => {
    const now = clock();
    for (;;) {
      const [due] = await tx.$queryRaw<{ id: string }[]>`
        SELECT c.id FROM notification_channel c
        WHERE c.is_enabled AND (c.paused_until IS NULL OR c.paused_until <= ${now}) AND EXISTS (
          SELECT 1 FROM notification_delivery d
          WHERE d.channel_id = c.id AND d.state = 'waiting' AND d.next_try_at <= ${now})
        ORDER BY c.paused_until NULLS FIRST LIMIT 1 FOR UPDATE SKIP LOCKED`;
      if (!due) return null;
      const channel = await tx.notificationChannel.findUniqueOrThrow({ where: { id: due.id } });
      const where = { channelId: channel.id, state: 'waiting', nextTryAt: { lte: now } } as const;
      const until = quietUntil(channel, now);
      if (until !== null) {
        await tx.notificationDelivery.updateMany({ where, data: { isHeld: true, nextTryAt: until } });
        continue;
      }
      const waiting = await tx.notificationDelivery.findMany({
        where,
        orderBy: [{ nextTryAt: 'asc' }, { createdAt: 'asc' }, { id: 'asc' }],
        take: BATCH_MAX,
      });
      const isTogether = waiting.length > SINGLE_MAX || waiting.some(({ isHeld }) => isHeld);
      const [first, ...others] = (isTogether ? waiting : waiting.slice(0, 1)).map(
        ({ id, payload, createdAt, tries }): Row => ({
          id,
          tries,
          at: createdAt,
          occurrence: jsonFromPostgres(payload as JsonValue) as unknown as Occurrence,
        }),
      );
      if (!first) return null;
      await tx.notificationChannel.update({
        where: { id: channel.id },
        data: { pausedUntil: new Date(now.getTime() + LEASE_MS) },
      });
      return { channel, rows: [first, ...others] };
    }
  });
}

async function deliver(tools: DeliverTools, { channel, rows }: Claimed): Promise<void> {
  const { db, clock } = tools;
  const ids = rows.map(({ id }) => id);
  const result = await sendThrough(channel, rows, tools, clock()).catch((error: unknown) => {
    if (error instanceof ChannelError) return error;
    throw error;
  });
  const now = clock();
  if (typeof result === 'string') {
    await db.$transaction([
      db.notificationDelivery.updateMany({
        where: { id: { in: ids } },
        data: { state: 'sent', sentAt: now, message: toPostgres(result), tries: { increment: 1 } },
      }),
      db.notificationChannel.updateMany({
        where: { id: channel.id },
        data: { pausedUntil: null, failingSince: null, failure: null },
      }),
    ]);
    return;
  }
  log.warn({ channelId: channel.id, kind: channel.kind, count: ids.length }, 'not notified');
  const tries = Math.max(...rows.map((row) => row.tries)) + 1;
  // Several together may be too much for a receiver that would take each.
  const isFinal = result.isFinal && rows.length === 1;
  const isOver = isFinal || tries >= TRIES_MAX;
  const nextTryAt = retryAt(result.retryAtMs, tries, now);
  const message = toPostgres(result.message);
  await db.$transaction([
    db.notificationDelivery.updateMany({
      where: { id: { in: ids } },
      data: { state: isOver ? 'failed' : 'waiting', tries, nextTryAt, message },
    }),
    db.notificationChannel.updateMany({
      where: { id: channel.id },
      data: {
        pausedUntil: isFinal ? null : nextTryAt,
        failingSince: channel.failingSince ?? now,
        failure: message,
      },
    }),
  ]);
}

/** When the receiver said, within reason; else twice as long each time. */
function retryAt(saidMs: number | null, tries: number, now: Date): Date {
  const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS);
  const atMs = saidMs === null ? now.getTime() + pauseMs : Math.max(saidMs, now.getTime());
  return new Date(Math.min(atMs, now.getTime() + RETRY_AFTER_MAX_MS));
}
