import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { WORKER_NODE_FLAGS } from '#lib/jobs/heap.ts';
import { BENCH_ACTOR, benchUser, withInstance } from './instance.ts';
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
  return withInstance(async ({ databaseUrl, dataFolder, postgresPid }) => {
    const idleSeconds = await cpuSecondsOf(postgresPid);
    const child = spawn(process.execPath, [...WORKER_NODE_FLAGS, import.meta.filename, file], {
      env: { ...process.env, DATABASE_URL: databaseUrl, JOBSIGHT_DATA: dataFolder },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    await new Promise<void>((resolve, reject) => {
      child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`ingest ended with ${code}`))));
    });
    const postgresSeconds = (await cpuSecondsOf(postgresPid)) - idleSeconds;
    return { ...JSON.parse(output), postgresSeconds };
  });
}

/** The measured process itself. */
async function run(file: string): Promise<void> {
  const { addEvidence } = await import('#lib/custody/commands.ts');
  const { EvidenceStore } = await import('#lib/custody/store.ts');
  const { closeDatabase, db } = await import('#lib/db/client.ts');
  const { env } = await import('#lib/env.ts');
  const { ingestEvidence } = await import('#lib/jobs/ingest.ts');
  const { closeSendingQueue } = await import('#lib/jobs/queue.ts');
  await db.user.create({ data: benchUser() });
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const { id } = await addEvidence(BENCH_ACTOR, 'bench.evtx', createReadStream(file));
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
