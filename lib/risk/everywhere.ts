import { currentKnowledge } from '#lib/catalogue/current.ts';
import { db } from '#lib/db/client.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { lockInvestigation } from '#lib/db/locks.ts';
import { recomputeRisk } from './recompute.ts';

type Transaction = Prisma.TransactionClient;

/**
 * A change of what risk is computed from: all investigations are locked, in one order, and their risk is made anew in the
 * transaction of the change.
 */
export async function changeRisk<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
  return db.$transaction(
    async (tx) => {
      const investigations = await tx.investigation.findMany({
        select: { id: true },
        orderBy: { id: 'asc' },
      });
      for (const { id } of investigations) await lockInvestigation(tx, id, 'exclusive');
      const result = await work(tx);
      const knowledge = await currentKnowledge(tx);
      for (const { id } of investigations) await recomputeRisk(tx, id, knowledge, Date.now());
      return result;
    },
    { timeout: 120_000, maxWait: 30_000 },
  );
}
