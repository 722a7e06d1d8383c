import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '#lib/db/embedded.ts';
import { migrate } from '#lib/db/migrate.ts';
import { WORKER_NODE_FLAGS } from '#lib/jobs/heap.ts';
import { cpuSecondsOf } from './process-stats.ts';

export type IngestTiming = {
  readonly seconds: number;
  readonly peakMb: number;
  /** Processor time of the worker and of PostgreSQL. */
  readonly workerSeconds: number;
  readonly postgresSeconds: number;
};

/** Time from the first byte stored to the last finding written, in a database of its own, and the peak memory of it. */
export async function measureIngest(file: string): Promise<IngestTiming> {
  const folder = await mkdtemp(path.join(tmpdir(), 'jobsight-bench-data-'));
  const postgres = await startEmbeddedPostgres(folder);
  try {
    await migrate(postgres.databaseUrl);
    const idleSeconds = await cpuSecondsOf(postgres.identity.pid);
    const child = spawn(process.execPath, [...WORKER_NODE_FLAGS, import.meta.filename, file], {
      env: { ...process.env, DATABASE_URL: postgres.databaseUrl, JOBSIGHT_DATA: folder },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    await new Promise<void>((resolve, reject) => {
      child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`ingest ended with ${code}`))));
    });
    const postgresSeconds = (await cpuSecondsOf(postgres.identity.pid)) - idleSeconds;
    return { ...JSON.parse(output), postgresSeconds };
  } finally {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The measured process itself. */
async function run(file: string): Promise<void> {
  const { addEvidence } = await import('#lib/custody/commands.ts');
  const { EvidenceStore } = await import('#lib/custody/store.ts');
  const { closeDatabase, db } = await import('#lib/db/client.ts');
  const { env } = await import('#lib/env.ts');
  const { ingestEvidence } = await import('#lib/jobs/ingest.ts');
  const { closeSendingQueue } = await import('#lib/jobs/queue.ts');
  await db.user.create({ data: { id: 'bench', name: 'Bench', email: 'bench@example.org', role: 'admin' } });
  const actor = {
    id: 'bench',
    name: 'Bench',
    email: 'bench@example.org',
    role: 'admin',
    via: 'session',
  } as const;
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const { id } = await addEvidence(actor, 'bench.evtx', createReadStream(file));
  await ingestEvidence(id, {
    db,
    store: new EvidenceStore(env().JOBSIGHT_DATA),
  });
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const workerSeconds = (user + system) / 1e6;
  process.stdout.write(
    JSON.stringify({ seconds, workerSeconds, peakMb: process.resourceUsage().maxRSS / 1_024 }),
  );
  await closeSendingQueue();
  await closeDatabase();
}

if (process.argv[1] === import.meta.filename) await run(process.argv[2] ?? '');
