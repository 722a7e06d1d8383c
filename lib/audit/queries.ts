import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { db } from '#lib/db/client.ts';
import { type JsonValue, jsonFromPostgres } from '#lib/db/postgres-text.ts';
import type { AuditObject } from './write.ts';

export type AuditItem = {
  readonly at: string;
  readonly actorName: string;
  readonly action: string;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
};

const SHOWN_MAX = 200;

/** What was done with one object, newest first. Who may see what was done with users is who manages them. */
export async function listAudit(
  actor: Actor,
  objectType: AuditObject,
  objectId: string,
): Promise<AuditItem[]> {
  const isOfUsers = objectType === 'user' || objectType === 'token';
  requirePermission(actor, isOfUsers ? 'manage-users' : 'read');
  const entries = await db.auditEntry.findMany({
    where: { objectType, objectId },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: SHOWN_MAX,
  });
  return entries.map((entry) => ({
    at: entry.at.toISOString(),
    actorName: entry.actorName,
    action: entry.action,
    before: record(entry.before),
    after: record(entry.after),
  }));
}

function record(value: unknown): Readonly<Record<string, unknown>> | null {
  if (typeof value !== 'object' || value === null) return null;
  return jsonFromPostgres(value as JsonValue) as Readonly<Record<string, unknown>>;
}
