import type { SqlTransaction } from './bulk.ts';

/**
 * Transaction-long locks of one investigation. Writers of events share it, so that several workers ingest side by side;
 * recomputing findings and deleting evidence take it alone and so see a state that does not move.
 */
export async function lockInvestigation(
  tx: SqlTransaction,
  investigationId: string,
  mode: 'shared' | 'exclusive',
): Promise<void> {
  const key = `investigation ${investigationId}`;
  if (mode === 'shared')
    await tx.$executeRaw`SELECT pg_advisory_xact_lock_shared(hashtextextended(${key}, 0))`;
  else await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${key}, 0))`;
}

/** Held while evidence of one hash is added to or removed from the store. */
export async function lockEvidenceFile(tx: SqlTransaction, sha256: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`file ${sha256}`}, 0))`;
}
