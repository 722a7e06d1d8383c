import { rm } from 'node:fs/promises';
import type { Job } from 'pg-boss';
import { beforeEach, describe, expect, it } from 'vitest';
import { EvidenceStore } from '#lib/custody/store.ts';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { env } from '#lib/env.ts';
import { ingestJobs } from './ingest-jobs.ts';
import type { IngestPayload } from './payloads.ts';
import {
  add,
  addAndRead,
  empty,
  evidenceFile,
  POWERSHELL,
  REGISTRY,
  stateOf,
  useTestInstance,
} from './testing.ts';

useTestDatabase();
useTestInstance();
beforeEach(empty);

const run = (evidenceIds: readonly string[]) => {
  const { signal } = new AbortController();
  const jobs = evidenceIds.map(
    (evidenceId): Job<IngestPayload> => ({
      id: `job ${evidenceId}`,
      name: 'ingest',
      data: { evidenceId },
      expireInSeconds: 60,
      retryCount: 0,
      heartbeatSeconds: 10,
      signal,
    }),
  );
  return ingestJobs(jobs, { db, store: new EvidenceStore(env().JOBSIGHT_DATA), signal });
};

describe('jobs that are taken together', () => {
  it('leave what they leave one by one', async () => {
    await addAndRead(POWERSHELL);
    await addAndRead(REGISTRY);
    const expected = await stateOf();
    await empty();
    const ids = [
      await add(REGISTRY, evidenceFile(REGISTRY)),
      await add('report.pdf', Buffer.from('%PDF-1.7\n1 0 obj')),
      await add(POWERSHELL, evidenceFile(POWERSHELL)),
    ];
    const results = await run(ids);
    expect(results.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
    const rows = await db.evidence.findMany({ select: { status: true }, orderBy: { createdAt: 'asc' } });
    expect(rows.map(({ status }) => status)).toEqual(['ready', 'refused', 'ready']);
    expect(await stateOf()).toEqual(expected);
  });

  it('end each for itself: one that cannot be read now is tried again, the others are ready', async () => {
    await addAndRead(REGISTRY);
    const expected = await stateOf();
    await empty();
    const lost = await add(POWERSHELL, evidenceFile(POWERSHELL));
    const { sha256 } = await db.evidence.findUniqueOrThrow({ where: { id: lost } });
    await rm(new EvidenceStore(env().JOBSIGHT_DATA).pathOf(sha256 ?? ''));
    const kept = await add(REGISTRY, evidenceFile(REGISTRY));
    const results = await run([lost, kept]);
    const byId = Object.fromEntries(results.map(({ id, status }) => [id, status]));
    expect(byId).toEqual({ [`job ${lost}`]: 'failed', [`job ${kept}`]: 'completed' });
    expect(await stateOf()).toEqual(expected);
  });
});
