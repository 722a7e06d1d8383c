/**
 * Tokens of the HTTP Event Collector. Each has a service user of its own, who cannot sign in: its evidence bears that
 * name. Kept is a hash; a token is a random UUID, as Splunk's are, so that the hash needs no salt.
 */
import { createHash, randomUUID } from 'node:crypto';
import { writeAudit } from '#lib/audit/write.ts';
import { type Actor, type Permission, requirePermission } from '#lib/auth/actor.ts';
import { serviceActor, serviceUser } from '#lib/auth/service-user.ts';
import { db } from '#lib/db/client.ts';
import { AppError } from '#lib/errors.ts';
import type { CollectorTokenChange, NewCollectorToken } from './inputs.ts';
import type { CollectorTokenItem } from './types.ts';

/** What is searched and how it comes in is decided by the same people. */
export const MANAGE_COLLECTOR: Permission = 'manage-detections';

/** Service users have an address here. */
const SERVICE_DOMAIN = 'token.invalid';

/** A token as the collector uses it. */
export type CollectorToken = CollectorTokenItem & {
  /** Who adds the evidence. */
  readonly actor: Actor;
};

/** Makes a token, which is shown this once. */
export async function addCollectorToken(actor: Actor, input: NewCollectorToken): Promise<{ token: string }> {
  requirePermission(actor, MANAGE_COLLECTOR);
  const token = randomUUID();
  const id = randomUUID();
  const { name, ...settings } = input;
  await db.$transaction(async (tx) => {
    await tx.user.create({
      data: serviceUser(id, name, SERVICE_DOMAIN),
    });
    await tx.collectorToken.create({ data: { id, tokenHash: hashOf(token), ...settings } });
    await writeAudit(tx, actor, {
      action: 'token.add',
      objectType: 'token',
      objectId: id,
      after: { kind: 'collector', ...input },
    });
  });
  return { token };
}

/** Disables or enables a token. It is never deleted, because its evidence bears its name. */
export async function changeCollectorToken(actor: Actor, change: CollectorTokenChange): Promise<void> {
  requirePermission(actor, MANAGE_COLLECTOR);
  const { id, isEnabled } = change;
  await db.$transaction(async (tx) => {
    const { count } = await tx.collectorToken.updateMany({
      where: { id, isEnabled: !isEnabled },
      data: { isEnabled },
    });
    if (count === 0) {
      if (await tx.collectorToken.findUnique({ where: { id } })) return;
      throw new AppError('not-found', 'There is no such token.');
    }
    await writeAudit(tx, actor, {
      action: isEnabled ? 'token.add' : 'token.revoke',
      objectType: 'token',
      objectId: id,
      before: { kind: 'collector', isEnabled: !isEnabled },
      after: { kind: 'collector', isEnabled },
    });
  });
}

export async function listCollectorTokens(actor: Actor): Promise<readonly CollectorTokenItem[]> {
  requirePermission(actor, MANAGE_COLLECTOR);
  const rows = await db.collectorToken.findMany({
    orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
    include: { user: { select: { name: true } } },
  });
  return rows.map(itemOf);
}

/** The token that a sender gave, enabled or not; null when there is none. */
export async function findCollectorToken(token: string): Promise<CollectorToken | null> {
  const row = await db.collectorToken.findUnique({
    where: { tokenHash: hashOf(token) },
    include: { user: { select: { name: true, email: true } } },
  });
  return row ? { ...itemOf(row), actor: serviceActor(row.id, row.user) } : null;
}

type Row = Omit<CollectorTokenItem, 'name' | 'createdAt'> & {
  readonly createdAt: Date;
  readonly user: { readonly name: string };
};

function itemOf(row: Row): CollectorTokenItem {
  const { id, isEnabled, isAckEnabled, isQueryAllowed, source, sourcetype, index, host } = row;
  return {
    id,
    name: row.user.name,
    isEnabled,
    isAckEnabled,
    isQueryAllowed,
    source,
    sourcetype,
    index,
    host,
    createdAt: row.createdAt.toISOString(),
  };
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
