import type { Actor } from '#lib/auth/actor.ts';
import type { Prisma } from '#lib/db/generated/client.ts';

export type AuditAction =
  | 'evidence.add'
  | 'evidence.delete'
  | 'evidence.download'
  | 'finding.note'
  | 'finding.update'
  | 'token.add'
  | 'token.revoke'
  | 'user.add'
  | 'user.change';
export type AuditObject = 'evidence' | 'finding' | 'token' | 'user';

export type AuditInput = {
  readonly action: AuditAction;
  readonly objectType: AuditObject;
  readonly objectId: string;
  readonly investigationId?: string;
  readonly before?: Prisma.InputJsonObject;
  readonly after?: Prisma.InputJsonObject;
};

/** Writes down who did what, in the transaction of the change: neither can be without the other. */
export async function writeAudit(
  tx: Prisma.TransactionClient,
  actor: Actor,
  input: AuditInput,
): Promise<void> {
  await tx.auditEntry.create({ data: { actorId: actor.id, actorName: actor.name, ...input } });
}
