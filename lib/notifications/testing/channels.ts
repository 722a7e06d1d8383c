import type { z } from 'zod';
import { db } from '#lib/db/client.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { jsonToPostgres } from '#lib/db/postgres-text.ts';
import { ANALYST } from '#lib/jobs/testing.ts';
import { TEST_SECRET } from '#lib/sources/testing/pulling.ts';
import { addChannel } from '../commands.ts';
import { deliverDue } from '../deliver.ts';
import { newChannel } from '../inputs.ts';
import type { FindingOccurrence } from '../types.ts';

/** 2026-03-02 is a Monday; noon UTC. */
export const NOON = new Date('2026-03-02T12:00:00Z');

type Part = Pick<z.input<typeof newChannel>, 'kind' | 'settings'> & Partial<z.input<typeof newChannel>>;

export async function makeChannel(part: Part): Promise<string> {
  const { id } = await addChannel(
    ANALYST,
    newChannel.parse({
      name: 'lab',
      wants: ['new-finding', 'incident', 'source-failure', 'source-mended'],
      leastSeverity: 'info',
      baseUrl: 'https://jobsight.example',
      ...part,
    }),
  );
  return id;
}

export const occurrence = (part: Partial<FindingOccurrence> = {}): FindingOccurrence => ({
  event: 'new-finding',
  findingId: 'a'.repeat(64),
  findingNumber: 12,
  isRecurred: false,
  detectionId: 'det-1',
  detection: 'Remote job',
  severity: 'high',
  mode: 'strict',
  sentence: 'Somebody made a job.',
  host: 'host-1.example',
  user: 'EXAMPLE\\ana',
  techniques: ['T1053.002'],
  firstTicks: '17092800001234567',
  lastTicks: null,
  ...part,
});

/** Puts occurrences into the outbox of a channel, due at a time. */
export async function enqueue(
  channelId: string,
  occurrences: readonly FindingOccurrence[],
  at = NOON,
): Promise<void> {
  const before = await db.notificationDelivery.count({ where: { channelId } });
  await db.notificationDelivery.createMany({
    data: occurrences.map((one, index) => ({
      channelId,
      occurrenceKey: `test:${before + index}`,
      payload: jsonToPostgres(one) as Prisma.InputJsonValue,
      createdAt: new Date(at.getTime() + index),
      nextTryAt: at,
    })),
  });
}

/** Sends what is due at a time, as a worker does. */
export function deliverAt(at: Date, signal = new AbortController().signal): Promise<number> {
  return deliverDue({ db, secret: TEST_SECRET, signal, clock: () => at });
}
