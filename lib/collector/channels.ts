/** Acknowledgement ids: each is given out after its request is durable, so that asking is a comparison. */
import { db } from '#lib/db/client.ts';

/** Splunk forgets an idle channel after ten minutes; senders that were stopped over night are spared here. */
const FORGET_MS = 24 * 3_600_000;

/** The next id of a channel, from 0. */
export async function nextAckId(tokenId: string, channel: string): Promise<number> {
  const [row] = await db.$queryRaw<{ id: number }[]>`
    INSERT INTO collector_channel (token_id, channel, next_ack, used_at)
    VALUES (${tokenId}, ${channel}::uuid, 1, now())
    ON CONFLICT (token_id, channel) DO UPDATE SET next_ack = collector_channel.next_ack + 1, used_at = now()
    RETURNING next_ack - 1 AS id`;
  if (!row) throw new Error('no acknowledgement id was given');
  return row.id;
}

/** Ids below this one were given out on the channel. */
export async function ackIdsBelow(tokenId: string, channel: string): Promise<number> {
  const row = await db.collectorChannel.findUnique({ where: { tokenId_channel: { tokenId, channel } } });
  return row?.nextAck ?? 0;
}

export async function forgetChannels(): Promise<void> {
  await db.collectorChannel.deleteMany({ where: { usedAt: { lt: new Date(Date.now() - FORGET_MS) } } });
}
