import type { Prisma } from '#lib/db/generated/client.ts';

/** Who did it: a user, or (id null) something that has none, such as the command line. */
export type AuditActor = { readonly id: string | null; readonly name: string };

export type AuditAction =
  | 'channel.add'
  | 'channel.change'
  | 'channel.remove'
  | 'channel.resend'
  | 'channel.test'
  | 'detection.change'
  | 'detection.import'
  | 'detection.reprocess'
  | 'evidence.add'
  | 'evidence.delete'
  | 'evidence.download'
  | 'evidence.unlock'
  | 'finding.carry'
  | 'finding.note'
  | 'finding.update'
  | 'source.add'
  | 'source.change'
  | 'source.pull'
  | 'source.remove'
  | 'source.test'
  | 'token.add'
  | 'token.revoke'
  | 'user.add'
  | 'user.change'
  | 'user.password';
export type AuditObject = 'channel' | 'detection' | 'evidence' | 'finding' | 'source' | 'token' | 'user';

export type AuditInput = {
  readonly action: AuditAction;
  readonly objectType: AuditObject;
  readonly objectId: string;
  readonly investigationId?: string;
  /** As it is stored: text from evidence has passed lib/db/postgres-text.ts. */
  readonly before?: Prisma.InputJsonObject;
  readonly after?: Prisma.InputJsonObject;
};

/** Writes down who did what, in the transaction of the change: neither can be without the other. */
export async function writeAudit(
  tx: Prisma.TransactionClient,
  actor: AuditActor,
  input: AuditInput,
): Promise<void> {
  await tx.auditEntry.create({ data: { actorId: actor.id, actorName: actor.name, ...input } });
}
