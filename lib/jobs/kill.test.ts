import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeDetection } from '#lib/catalogue/commands.ts';
import { importDetections } from '#lib/catalogue/import.ts';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { makeEvtx } from '../../bench/evidence.ts';
import { WORKER_NODE_FLAGS } from './heap.ts';
import {
  ANALYST,
  add,
  addAndRead,
  empty,
  POWERSHELL,
  REGISTRY,
  stateOf,
  useTestInstance,
} from './testing.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Large enough that a worker is stopped in the middle of it. */
const SIZE_BYTES = Number(process.env.LONG_TESTS ? 1_024 : 128) * 1024 * 1024;
const DEADLINE_MS = 120_000;

useTestDatabase();
useTestInstance();
beforeEach(empty);

let folder = '';
let bytes: Buffer = Buffer.alloc(0);
let expected: unknown;
const workers: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'jobsight-kill-'));
  const file = path.join(folder, 'big.evtx');
  const evidence = path.join(ROOT, 'e2e', 'evidence');
  await makeEvtx([path.join(evidence, POWERSHELL), path.join(evidence, REGISTRY)], file, SIZE_BYTES);
  bytes = await readFile(file);
}, 60_000);

afterEach(() => {
  for (const worker of workers.splice(0)) worker.kill('SIGKILL');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function startWorker(): ChildProcess {
  const worker = spawn(process.execPath, [...WORKER_NODE_FLAGS, 'scripts/worker.ts'], {
    cwd: ROOT,
    env: process.env,
    stdio: 'ignore',
  });
  workers.push(worker);
  return worker;
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error('it did not happen in time');
    await sleep(50);
  }
}

const evidenceRow = (id: string) => db.evidence.findUniqueOrThrow({ where: { id } });

/** What a whole reading must leave, beside findings: nothing counted twice, nothing left out. */
async function wholeState(id: string): Promise<unknown> {
  const { recordCount, nextOffset, nextBlock, problemCount, status } = await evidenceRow(id);
  const counts = await db.eventCount.groupBy({
    by: ['channel', 'eventCode', 'hour'],
    _sum: { count: true },
    orderBy: { hour: 'asc' },
  });
  return {
    evidence: [String(recordCount), String(nextOffset), nextBlock, problemCount, status],
    counts: counts.map((count) => [count.channel, count.eventCode, count.hour, count._sum.count]).sort(),
    state: await stateOf(),
  };
}

async function readWithout(): Promise<unknown> {
  expected ??= await (async () => {
    const state = await wholeState(await addAndRead('big.evtx', bytes));
    await empty();
    return state;
  })();
  return expected;
}

describe('a worker in the middle of an ingest', () => {
  it('killed: another goes on where it stood and the end is as without', { timeout: 180_000 }, async () => {
    const whole = await readWithout();
    const id = await add('big.evtx', bytes);
    for (let kill = 0; kill < 3; kill += 1) {
      const before = (await evidenceRow(id)).nextOffset;
      const worker = startWorker();
      await until(async () => {
        const row = await evidenceRow(id);
        return row.nextOffset > before || row.status === 'ready';
      });
      worker.kill('SIGKILL');
      await once(worker, 'exit');
    }
    const killedAt = Date.now();
    startWorker();
    await until(async () => (await evidenceRow(id)).status === 'ready');
    expect(Date.now() - killedAt).toBeLessThan(60_000);
    expect(await wholeState(id)).toEqual(whole);
    expect((await evidenceRow(id)).epoch).toBeGreaterThan(1);
  });

  it('stopped past its lease and woken: writes nothing', { timeout: 240_000 }, async () => {
    const whole = await readWithout();
    const id = await add('big.evtx', bytes);
    const first = startWorker();
    await until(async () => (await evidenceRow(id)).nextOffset > 0n);
    first.kill('SIGSTOP');
    const { epoch, status } = await evidenceRow(id);
    startWorker();
    if (status !== 'ready') await until(async () => (await evidenceRow(id)).status === 'ready');
    expect((await evidenceRow(id)).epoch).toBeGreaterThan(epoch);
    const end = await wholeState(id);
    expect(end).toEqual(whole);
    first.kill('SIGCONT');
    await sleep(3_000);
    expect(await wholeState(id)).toEqual(end);
  });
});

/** Selects a few events and has no literal to skip by, so that all of the evidence is parsed. */
const IMPORTED = {
  name: 'script_blocks_by_host.yml',
  text: `
name: Script Blocks By Host
id: 0a1b2c3d-0000-4000-8000-000000000002
type: Hunting
search: EventCode=4104 | stats count min(_time) as firstTime by Computer UserID
`,
};

describe('a worker in the middle of reading evidence again', () => {
  it('killed: another goes on where it stood and the end is as without', { timeout: 240_000 }, async () => {
    await importDetections(ANALYST, [IMPORTED], { isEnabling: true });
    const whole = await wholeState(await addAndRead('big.evtx', bytes));
    await empty();
    await changeDetection(ANALYST, '0a1b2c3d-0000-4000-8000-000000000002', { isEnabled: false });
    const id = await addAndRead('big.evtx', bytes);
    await changeDetection(ANALYST, '0a1b2c3d-0000-4000-8000-000000000002', { isEnabled: true });
    const row = () => db.reprocess.findUniqueOrThrow({ where: { evidenceId: id } });
    for (let kill = 0; kill < 2; kill += 1) {
      const before = (await row()).nextOffset;
      const worker = startWorker();
      await until(async () => {
        const { nextOffset, finishedAt } = await row();
        return nextOffset > before || finishedAt !== null;
      });
      worker.kill('SIGKILL');
      await once(worker, 'exit');
    }
    startWorker();
    await until(async () => (await row()).finishedAt !== null);
    expect(await wholeState(id)).toEqual(whole);
  });
});
