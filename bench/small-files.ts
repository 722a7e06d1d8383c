import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { WORKER_NODE_FLAGS } from '#lib/jobs/heap.ts';
import { asInstance, BENCH_ACTOR, benchUser } from './instance.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
/** Larger files are not what this measures. */
const SMALL_BYTES = 300_000;
const POLL_MS = 50;

/** Time that a worker takes, from its start, until `count` small files are ready with their findings. */
export async function measureSmallFiles(files: readonly string[], count: number): Promise<number> {
  return asInstance(() => run(files, count));
}

async function run(files: readonly string[], count: number): Promise<number> {
  // Only now: the client takes the database that it finds when it is loaded.
  const { addEvidence } = await import('#lib/custody/commands.ts');
  const { closeDatabase, db } = await import('#lib/db/client.ts');
  const { closeSendingQueue } = await import('#lib/jobs/queue.ts');
  await db.user.create({ data: benchUser() });
  const small = (await Promise.all(files.map((file) => readFile(file)))).filter(
    (bytes) => bytes.length <= SMALL_BYTES,
  );
  for (let index = 0; index < count; index += 1) {
    const bytes = small[index % small.length];
    if (!bytes) throw new Error('no small EVTX files to measure with');
    // Some zeros more make another file of the same events.
    const content = Buffer.concat([bytes, Buffer.alloc(1 + index)]);
    await addEvidence(BENCH_ACTOR, `small-${index}.evtx`, Readable.from([content]));
  }
  const started = performance.now();
  const worker = spawn(process.execPath, [...WORKER_NODE_FLAGS, 'scripts/worker.ts'], {
    cwd: ROOT,
    stdio: 'ignore',
  });
  try {
    const isOpen = { status: { in: ['waiting', 'reading'] as ('waiting' | 'reading')[] } };
    while ((await db.evidence.count({ where: isOpen })) > 0) await sleep(POLL_MS);
    return (performance.now() - started) / 1_000;
  } finally {
    worker.kill('SIGKILL');
    await closeSendingQueue();
    await closeDatabase();
  }
}
