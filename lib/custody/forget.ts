import { recompute } from '#lib/catalogue/settle.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { sendIngest } from '#lib/jobs/queue.ts';

type Transaction = Prisma.TransactionClient;

/** Takes away events that nothing has seen any more, and makes findings and risk anew. */
export async function forgetUnseen(tx: Transaction, investigationId: string): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM event e WHERE e.investigation_id = ${investigationId} AND NOT EXISTS (
      SELECT 1 FROM sighting s WHERE s.investigation_id = e.investigation_id AND s.event_id = e.id)`;
  await tx.$executeRaw`
    DELETE FROM long_text t WHERE NOT EXISTS (SELECT 1 FROM event_text x WHERE x.hash = t.hash)`;
  await recompute(tx, investigationId);
  await tx.$executeRaw`
    DELETE FROM host h WHERE h.investigation_id = ${investigationId}
      AND NOT EXISTS (SELECT 1 FROM event_count c WHERE c.host_id = h.id)
      AND NOT EXISTS (SELECT 1 FROM event e WHERE e.host_id = h.id)
      AND NOT EXISTS (SELECT 1 FROM alert a WHERE a.host_id = h.id)
      AND NOT EXISTS (SELECT 1 FROM finding f WHERE f.host_id = h.id)`;
}

/**
 * Takes away all that was read of evidence and has it read from its beginning, as if it had just been added. Findings that
 * somebody worked on keep their triage until they come back. The caller holds the investigation's lock and calls
 * forgetUnseen afterwards.
 */
export async function readAnew(tx: Transaction, evidenceId: string): Promise<void> {
  const where = { evidenceId };
  await tx.sighting.deleteMany({ where });
  await tx.alert.deleteMany({ where });
  await tx.evidenceProblem.deleteMany({ where });
  await tx.eventCount.deleteMany({ where });
  await tx.coverage.deleteMany({ where });
  await tx.evidenceRule.deleteMany({ where });
  await tx.reprocess.deleteMany({ where });
  await tx.evidenceBlock.deleteMany({ where });
  await tx.evidenceLog.deleteMany({ where });
  await tx.evidenceHint.deleteMany({ where });
  await tx.evidenceHintCount.deleteMany({ where });
  await tx.evidence.update({
    where: { id: evidenceId },
    data: {
      status: 'waiting',
      question: null,
      message: null,
      startedAt: null,
      finishedAt: null,
      // A worker that still reads it writes nothing more.
      epoch: { increment: 1 },
      attempts: 0,
      nextOffset: 0n,
      nextBlock: 0,
      recordCount: 0n,
      alertCount: 0n,
      problemCount: 0,
      lossCount: 0,
      firstTicks: null,
      lastTicks: null,
    },
  });
  await sendIngest(tx, { evidenceId });
}
