/**
 * `npm run bench -- --large MB [--evidence FOLDER]`: a worker reads one event log of that size, made of real chunks over
 * months, and must stay below RESIDENT_MB_MAX; then all events of a host around a time are asked for, at random times.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { WORKER_NODE_FLAGS } from '#lib/jobs/heap.ts';
import { asInstance, BENCH_ACTOR, benchUser } from './instance.ts';
import { cpuSecondsOf, residentMbOf } from './process-stats.ts';
import { SPREAD, spreadEvtx } from './spread.ts';
import { measureSurroundings, type SurroundingsTiming } from './surroundings.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
/** Whatever the size of the log. */
export const RESIDENT_MB_MAX = 400;
const POLL_MS = 200;

export type LargeTiming = {
  readonly sizeBytes: number;
  readonly seconds: number;
  readonly peakMb: number;
  readonly workerSeconds: number;
  readonly postgresSeconds: number;
  readonly recordCount: number;
  readonly surroundings: SurroundingsTiming;
};

/** Throws when the worker takes more memory than it may, or does not read it all. */
export async function measureLarge(files: readonly string[], sizeBytes: number): Promise<LargeTiming> {
  return asInstance(({ postgresPid }) => run(files, sizeBytes, postgresPid));
}

async function run(files: readonly string[], sizeBytes: number, postgresPid: number): Promise<LargeTiming> {
  // Only now: the client takes the database that it finds when it is loaded.
  const { addEvidence } = await import('#lib/custody/commands.ts');
  const { closeDatabase, db } = await import('#lib/db/client.ts');
  const { closeSendingQueue } = await import('#lib/jobs/queue.ts');
  try {
    await db.user.create({ data: benchUser() });
    const { id } = await addEvidence(
      BENCH_ACTOR,
      'large.evtx',
      Readable.from(spreadEvtx(files, sizeBytes, SPREAD)),
    );
    const postgresBefore = await cpuSecondsOf(postgresPid);
    const started = performance.now();
    const { peakMb, workerSeconds } = await readWithWorker(async () => {
      const { status } = await db.evidence.findUniqueOrThrow({ where: { id } });
      return status !== 'waiting' && status !== 'reading';
    });
    const seconds = (performance.now() - started) / 1_000;
    const postgresSeconds = (await cpuSecondsOf(postgresPid)) - postgresBefore;
    const { status, message, recordCount } = await db.evidence.findUniqueOrThrow({ where: { id } });
    if (status !== 'ready') throw new Error(`the evidence is ${status}: ${message}`);
    if (peakMb >= RESIDENT_MB_MAX) throw new Error(`the worker took ${peakMb.toFixed(0)} MB`);
    const surroundings = await measureSurroundings(BENCH_ACTOR, id, postgresPid);
    return {
      sizeBytes,
      seconds,
      peakMb,
      workerSeconds,
      postgresSeconds,
      recordCount: Number(recordCount),
      surroundings,
    };
  } finally {
    await closeSendingQueue();
    await closeDatabase();
  }
}

/** Runs a worker until there is nothing left to do, looking at its memory all the while. */
async function readWithWorker(
  isDone: () => Promise<boolean>,
): Promise<{ peakMb: number; workerSeconds: number }> {
  const worker = spawn(process.execPath, [...WORKER_NODE_FLAGS, 'scripts/worker.ts'], {
    cwd: ROOT,
    stdio: 'ignore',
  });
  const { pid } = worker;
  if (pid === undefined) throw new Error('the worker did not start');
  let peakMb = 0;
  try {
    for (;;) {
      const residentMb = await residentMbOf(pid);
      if (residentMb === null || worker.exitCode !== null) throw new Error('the worker ended');
      peakMb = Math.max(peakMb, residentMb);
      if (await isDone()) return { peakMb, workerSeconds: await cpuSecondsOf(pid) };
      await sleep(POLL_MS);
    }
  } finally {
    worker.kill('SIGKILL');
  }
}
