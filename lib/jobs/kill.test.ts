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
import { ANALYST, add, addAndRead, empty, POWERSHELL, REGISTRY, useTestInstance } from './testing.ts';
import { killWorkers, startWorker, until, wholeState } from './testing-workers.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Large enough that a worker is stopped in the middle of it. */
const SIZE_BYTES = Number(process.env.LONG_TESTS ? 1_024 : 128) * 1024 * 1024;

useTestDatabase();
useTestInstance();
beforeEach(empty);

let folder = '';
let bytes: Buffer = Buffer.alloc(0);
let expected: unknown;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'jobsight-kill-'));
  const file = path.join(folder, 'big.evtx');
  const evidence = path.join(ROOT, 'e2e', 'evidence');
  await makeEvtx([path.join(evidence, POWERSHELL), path.join(evidence, REGISTRY)], file, SIZE_BYTES);
  bytes = await readFile(file);
}, 60_000);

afterEach(killWorkers);
afterAll(() => rm(folder, { recursive: true, force: true }));

const evidenceRow = (id: string) => db.evidence.findUniqueOrThrow({ where: { id } });

async function readWithout(): Promise<unknown> {
  expected ??= await (async () => {
    await addAndRead('big.evtx', bytes);
    const state = await wholeState();
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
    expect(await wholeState()).toEqual(whole);
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
    const end = await wholeState();
    expect(end).toEqual(whole);
    first.kill('SIGCONT');
    await sleep(3_000);
    expect(await wholeState()).toEqual(end);
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
    await addAndRead('big.evtx', bytes);
    const whole = await wholeState();
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
    expect(await wholeState()).toEqual(whole);
  });
});
