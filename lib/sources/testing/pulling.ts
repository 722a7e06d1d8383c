import { afterAll, beforeAll } from 'vitest';
import { z } from 'zod';
import { EvidenceStore } from '#lib/custody/store.ts';
import { db } from '#lib/db/client.ts';
import { env } from '#lib/env.ts';
import { ANALYST, ingest, stateOf } from '#lib/jobs/testing.ts';
import { addSource, pullNow } from '../commands.ts';
import type { NewSource } from '../inputs.ts';
import { runPullsOf } from '../run.ts';

/** What stands in JOBSIGHT_SECRET while tests of sources run. */
export const TEST_SECRET = 'a secret of tests that is long enough for anything';

/** Sets it for the tests of a file. */
export function useTestSecret(): void {
  beforeAll(() => {
    process.env.JOBSIGHT_SECRET = TEST_SECRET;
  });
  afterAll(() => {
    delete process.env.JOBSIGHT_SECRET;
  });
}

export async function makeSource(part: Pick<NewSource, 'kind' | 'settings' | 'secrets'>): Promise<string> {
  const { id } = await addSource(ANALYST, {
    name: 'lab',
    caCertificates: null,
    proxyUrl: null,
    tlsOffReason: null,
    isEnabled: true,
    cron: null,
    zone: 'UTC',
    lookBackMinutes: 60,
    ...part,
  });
  return id;
}

/** Runs what waits of a source, as a worker does, until the signal. */
export async function runPulls(sourceId: string, signal = new AbortController().signal): Promise<void> {
  await runPullsOf(sourceId, {
    db,
    store: new EvidenceStore(env().JOBSIGHT_DATA),
    dataFolder: env().JOBSIGHT_DATA,
    secret: TEST_SECRET,
    signal,
  });
}

/** Pulls once and reads what came. @returns the pull as it ended */
export async function pullAndRead(sourceId: string) {
  const { pullId } = await pullNow(ANALYST, sourceId);
  await runPulls(sourceId);
  await readAll();
  return db.sourcePull.findUniqueOrThrow({ where: { id: pullId }, include: { evidence: true } });
}

export async function readAll(): Promise<void> {
  for (const { id } of await db.evidence.findMany({
    where: { status: 'waiting' },
    orderBy: { createdAt: 'asc' },
  }))
    await ingest(id);
}

/** The strict findings and the risk; what a pull does not bring (parts of script blocks, decoded texts) gives no others. */
export async function strictFindings(): Promise<{
  readonly findings: readonly object[];
  readonly objects: unknown;
}> {
  const { findings, objects } = z
    .object({ findings: z.array(z.looseObject({ mode: z.string() })), objects: z.unknown() })
    .parse(await stateOf());
  return { findings: findings.filter(({ mode }) => mode === 'strict'), objects };
}
