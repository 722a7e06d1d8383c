import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { db } from '#lib/db/client.ts';
import { WORKER_NODE_FLAGS } from './heap.ts';
import { stateOf } from './testing.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DEADLINE_MS = 120_000;
const POLL_MS = 50;

const workers: ChildProcess[] = [];

/** A worker as the product runs it, on the database and data folder of the test. */
export function startWorker(): ChildProcess {
  const worker = spawn(process.execPath, [...WORKER_NODE_FLAGS, 'scripts/worker.ts'], {
    cwd: ROOT,
    env: process.env,
    stdio: 'ignore',
  });
  workers.push(worker);
  return worker;
}

/** Kills the workers that were started and waits for their end. */
export async function killWorkers(): Promise<void> {
  const running = workers
    .splice(0)
    .filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
  const ends = running.map((worker) => once(worker, 'exit'));
  for (const worker of running) worker.kill('SIGKILL');
  await Promise.all(ends);
}

/** Waits for it; throws after two minutes. */
export async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error('it did not happen in time');
    await sleep(POLL_MS);
  }
}

/** What a whole reading must leave, beside findings: nothing counted twice, nothing left out. */
export async function wholeState(): Promise<unknown> {
  const [evidence, counts, coverage] = await Promise.all([
    db.evidence.findMany({
      orderBy: { name: 'asc' },
      select: {
        name: true,
        status: true,
        recordCount: true,
        problemCount: true,
        nextOffset: true,
        nextBlock: true,
      },
    }),
    db.eventCount.groupBy({ by: ['channel', 'eventCode', 'hour'], _sum: { count: true } }),
    db.coverage.groupBy({
      by: ['detectionId', 'variant'],
      _sum: { relevantCount: true, selectedCount: true },
      _min: { firstTicks: true },
      _max: { lastTicks: true },
    }),
  ]);
  const text = (value: unknown): string =>
    JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part));
  return {
    evidence: evidence.map(text),
    counts: counts.map(text).sort(),
    coverage: coverage.map(text).sort(),
    state: await stateOf(),
  };
}
