import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { findEvtx, makeEvtx } from '../../bench/evidence.ts';
import { spreadEvtx } from '../../bench/spread.ts';
import { SMALL_EVIDENCE_BYTES } from './payloads.ts';
import { add, empty, useTestInstance } from './testing.ts';
import { killWorkers, startWorker, until, wholeState } from './testing-workers.ts';

const EVIDENCE = fileURLToPath(new URL('../../e2e/evidence', import.meta.url));
/** Each file is large enough to be a job of its own. */
const FILE_BYTES = SMALL_EVIDENCE_BYTES + 65_536;
const WORKERS = process.env.LONG_TESTS ? [1, 2, 4] : [1, 2];
/** Over a day, so that the files share hosts and hours and some hours are full. */
const SPREAD = { startTicks: 17_000_000_000_000_000n, stepTicks: 15_000_000_000n };

useTestDatabase();
useTestInstance();
afterEach(killWorkers);

const files = new Map<string, Buffer>();

beforeAll(async () => {
  const evtx = await findEvtx(EVIDENCE);
  const folder = await mkdtemp(path.join(tmpdir(), 'jobsight-workers-'));
  try {
    // The same events in files of other sizes; and, per file, events of its own between those of the others.
    for (let index = 0; index < 4; index += 1) {
      const file = path.join(folder, `same-${index}`);
      await makeEvtx(evtx, file, FILE_BYTES + index * 65_536);
      files.set(`same-${index}.evtx`, await readFile(file));
      const spread = { ...SPREAD, startTicks: SPREAD.startTicks + BigInt(index) * 70_000_000n };
      files.set(`own-${index}.evtx`, await buffer(Readable.from(spreadEvtx(evtx, FILE_BYTES, spread))));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
afterAll(() => files.clear());

async function readWith(workerCount: number): Promise<unknown> {
  await empty();
  await db.workerHeartbeat.deleteMany({});
  for (let index = 0; index < workerCount; index += 1) startWorker();
  await until(async () => (await db.workerHeartbeat.count()) === workerCount);
  for (const [name, bytes] of files) await add(name, bytes);
  await until(async () => (await db.evidence.count({ where: { status: 'ready' } })) === files.size);
  await killWorkers();
  return wholeState();
}

describe('several workers on one database', () => {
  it(`give the same state: ${WORKERS.join(', ')}`, { timeout: 300_000 }, async () => {
    const alone = await readWith(1);
    expect(await db.finding.count()).toBeGreaterThan(0);
    for (const count of WORKERS.filter((workers) => workers > 1)) {
      expect(await readWith(count), `${count} workers`).toEqual(alone);
    }
  });
});
