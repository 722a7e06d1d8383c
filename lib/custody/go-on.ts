import type { Prisma } from '#lib/db/generated/client.ts';
import type { EvidenceQuestion } from '#lib/db/generated/enums.ts';
import { sendIngest } from '#lib/jobs/queue.ts';

export type { EvidenceQuestion };

type Transaction = Prisma.TransactionClient;

/** Has evidence that waited for an answer read on from where it stands. */
export async function goOn(tx: Transaction, evidenceId: string): Promise<void> {
  await tx.evidence.update({
    where: { id: evidenceId },
    data: { status: 'waiting', question: null, attempts: 0, startedAt: null, message: null },
  });
  await sendIngest(tx, { evidenceId });
}

/** The answer may have come while the evidence was read up to its question. */
export async function goOnIfAnswered(
  tx: Transaction,
  evidenceId: string,
  question: EvidenceQuestion,
): Promise<void> {
  const { timeZone, mapping } = await tx.evidence.findUniqueOrThrow({ where: { id: evidenceId } });
  if ((question === 'time_zone' ? timeZone : mapping) !== null) await goOn(tx, evidenceId);
}
