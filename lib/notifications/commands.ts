import { randomUUID } from 'node:crypto';
import { writeAudit } from '#lib/audit/write.ts';
import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { db } from '#lib/db/client.ts';
import type { NotificationChannel, Prisma } from '#lib/db/generated/client.ts';
import { type JsonValue, jsonToPostgres } from '#lib/db/postgres-text.ts';
import { AppError } from '#lib/errors.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import { masterSecret, sealedSecrets } from '#lib/sources/sealing.ts';
import type { ChannelChange, NewChannel } from './inputs.ts';
import { channelKind } from './kinds.ts';
import type { TestAnswer } from './plain.ts';
import { sendThrough } from './send.ts';
import { ChannelError } from './types.ts';

/** Adds a channel; it is told of what happens from now on. Secrets are encrypted and never given out. */
export async function addChannel(actor: Actor, input: NewChannel): Promise<{ readonly id: string }> {
  requirePermission(actor, 'manage-sources');
  const id = randomUUID();
  const { kind, settings, secrets, ...rest } = input;
  checkQuiet(rest);
  const checked = checkedSettings(kind, settings);
  await db.$transaction(async (tx) => {
    const channel = await tx.notificationChannel.create({
      data: {
        ...rest,
        id,
        investigationId: DEFAULT_INVESTIGATION,
        kind,
        settings: checked,
        secrets: sealedSecrets(id, channelKind(kind).secrets, secrets),
      },
    });
    await writeAudit(tx, actor, { action: 'channel.add', ...objectOf(channel), after: shown(channel) });
  });
  return { id };
}

/** Changes a channel; what waits goes out as the channel is then. Throws AppError `conflict` for another version. */
export async function changeChannel(actor: Actor, id: string, change: ChannelChange): Promise<void> {
  requirePermission(actor, 'manage-sources');
  await db.$transaction(async (tx) => {
    const before = await lockChannel(tx, id);
    if (before.version !== change.version)
      throw new AppError('conflict', 'Somebody changed this channel while you were working on it.');
    const { version: _, settings, secrets, ...rest } = change;
    checkQuiet({ ...before, ...rest });
    const after = await tx.notificationChannel.update({
      where: { id },
      data: {
        ...rest,
        ...(settings === undefined ? {} : { settings: checkedSettings(before.kind, settings) }),
        ...(secrets === undefined
          ? {}
          : { secrets: sealedSecrets(id, channelKind(before.kind).secrets, secrets) }),
        version: { increment: 1 },
      },
    });
    await writeAudit(tx, actor, {
      action: 'channel.change',
      ...objectOf(before),
      before: shown(before),
      after: { ...shown(after), ...(secrets === undefined ? {} : { secrets: 'changed' }) },
    });
  });
}

/** Takes a channel away with its secrets and all that waits or was sent. */
export async function removeChannel(actor: Actor, id: string): Promise<void> {
  requirePermission(actor, 'manage-sources');
  await db.$transaction(async (tx) => {
    const before = await lockChannel(tx, id);
    await tx.notificationChannel.delete({ where: { id } });
    await writeAudit(tx, actor, { action: 'channel.remove', ...objectOf(before), before: shown(before) });
  });
}

/** Sends a test at once, also in quiet hours, and says exactly what came back. */
export async function testChannel(actor: Actor, id: string, now = new Date()): Promise<TestAnswer> {
  requirePermission(actor, 'manage-sources');
  const channel = await db.notificationChannel.findUnique({ where: { id } });
  if (!channel) throw new AppError('not-found', 'There is no such channel.');
  const answer = await sendThrough(
    channel,
    [{ id: randomUUID(), occurrence: { event: 'test', channel: channel.name }, at: now }],
    { secret: masterSecret(), signal: new AbortController().signal },
    now,
  ).then(
    (message): TestAnswer => ({ isSent: true, message }),
    (error: unknown): TestAnswer => {
      if (error instanceof ChannelError) return { isSent: false, message: error.message };
      throw error;
    },
  );
  await db.$transaction((tx) =>
    writeAudit(tx, actor, {
      action: 'channel.test',
      ...objectOf(channel),
      after: { isSent: answer.isSent },
    }),
  );
  return answer;
}

/** Has the worker try again what was given up. @returns how many */
export async function resendFailed(actor: Actor, id: string): Promise<{ readonly count: number }> {
  requirePermission(actor, 'manage-sources');
  return db.$transaction(async (tx) => {
    const channel = await lockChannel(tx, id);
    const { count } = await tx.notificationDelivery.updateMany({
      where: { channelId: id, state: 'failed' },
      data: { state: 'waiting', tries: 0, nextTryAt: new Date() },
    });
    await tx.notificationChannel.update({ where: { id }, data: { pausedUntil: null } });
    await writeAudit(tx, actor, { action: 'channel.resend', ...objectOf(channel), after: { count } });
    return { count };
  });
}

async function lockChannel(tx: Prisma.TransactionClient, id: string): Promise<NotificationChannel> {
  await tx.$queryRaw`SELECT id FROM notification_channel WHERE id = ${id}::uuid FOR UPDATE`;
  const channel = await tx.notificationChannel.findUnique({ where: { id } });
  if (!channel) throw new AppError('not-found', 'There is no such channel.');
  return channel;
}

function checkQuiet({
  quietFrom,
  quietTo,
}: {
  readonly quietFrom: string | null;
  readonly quietTo: string | null;
}): void {
  if ((quietFrom === null) !== (quietTo === null) || (quietFrom !== null && quietFrom === quietTo))
    throw new AppError(
      'invalid-input',
      'Give the beginning and another end of the quiet hours, or neither.',
      {
        field: quietFrom === null ? 'quietFrom' : 'quietTo',
      },
    );
}

function checkedSettings(kind: string, settings: NewChannel['settings']): Prisma.InputJsonObject {
  const parsed = channelKind(kind).settings.parse(settings);
  return jsonToPostgres(parsed as JsonValue) as Prisma.InputJsonObject;
}

function objectOf({ id, investigationId }: NotificationChannel) {
  return { objectType: 'channel', objectId: id, investigationId } as const;
}

/** What the audit keeps of a channel: never a secret. */
function shown(channel: NotificationChannel): Prisma.InputJsonObject {
  const { kind, name, settings, wants, leastSeverity, quietFrom, quietTo, zone, isEnabled } = channel;
  const { titleTemplate, bodyTemplate, baseUrl } = channel;
  return {
    kind,
    name,
    settings: settings as Prisma.InputJsonValue,
    wants,
    leastSeverity,
    quietFrom,
    quietTo,
    zone,
    titleTemplate,
    bodyTemplate,
    baseUrl,
    isEnabled,
  };
}
