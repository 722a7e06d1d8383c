import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { Random } from '#lib/evidence/testing/random.ts';
import { ANALYST, addAndRead, empty, POWERSHELL, REGISTRY, useTestInstance } from '#lib/jobs/testing.ts';
import { killWorkers, startWorker, until } from '#lib/jobs/testing-workers.ts';
import { backfillSource, pullNow } from './commands.ts';
import { makeSource, strictFindings, useTestSecret } from './testing/pulling.ts';
import { type SplunkTestServer, startSplunkServer } from './testing/splunk-server.ts';
import { splunkEvent, storyRecords } from './testing/story.ts';

const KILLS = process.env.LONG_TESTS ? 50 : 3;
const SLICES = 12;
/** After a pull has begun; the pulls together take longer. */
const LONGEST_MS = 3_000;

useTestDatabase();
useTestInstance();
useTestSecret();

let server: SplunkTestServer;
beforeAll(async () => {
  server = await startSplunkServer();
});
afterEach(killWorkers);
afterAll(async () => {
  await server.close();
});

/** Rises with each pull that a worker begins. */
const epochs = async () => (await db.sourcePull.aggregate({ _sum: { epoch: true } }))._sum.epoch ?? 0;
const isOver = async () =>
  (await db.sourcePull.count({ where: { state: { in: ['waiting', 'running'] } } })) === 0 &&
  (await db.evidence.count({ where: { status: { not: 'ready' } } })) === 0;

it(`pulls whose worker is killed ${KILLS} times lose nothing and keep nothing twice`, {
  timeout: KILLS * 20_000 + 180_000,
}, async () => {
  for (const name of [REGISTRY, POWERSHELL]) await addAndRead(name);
  const expected = await strictFindings();
  await empty();

  const indexTime = Math.floor(Date.now() / 1_000) - 600;
  for (const record of await storyRecords()) server.events.push(splunkEvent(record, indexTime));
  server.pauseMs = 40;
  const id = await makeSource({
    kind: 'splunk',
    settings: { url: server.url },
    secrets: { token: server.token },
  });
  await pullNow(ANALYST, id);
  const times = server.events.map(({ time }) => time * 1_000);
  const hours = (Math.max(...times) - Math.min(...times)) / 3_600_000 + 2;
  const { sliceCount } = await backfillSource(ANALYST, id, {
    from: new Date(Math.min(...times) - 3_600_000).toISOString(),
    to: new Date(Math.max(...times) + 3_600_000).toISOString(),
    sliceHours: Math.ceil(hours / SLICES),
  });

  const random = new Random(20_240_305);
  for (let kill = 0; kill < KILLS; kill += 1) {
    const before = await epochs();
    const worker = startWorker();
    await until(async () => (await epochs()) > before || (await isOver()));
    await sleep(random.below(LONGEST_MS));
    worker.kill('SIGKILL');
    await once(worker, 'exit');
  }
  startWorker();
  await until(isOver);

  expect(await db.sourcePull.groupBy({ by: ['state'], _count: true })).toEqual([
    { state: 'done', _count: sliceCount + 1 },
  ]);
  expect(await strictFindings()).toEqual(expected);
  // Every row that matches was kept, and none of them twice.
  const kept = await db.pulledEvidence.aggregate({ _sum: { rowCount: true } });
  expect(kept._sum.rowCount).toBe(await db.pulledRow.count());
  expect((await db.source.findUniqueOrThrow({ where: { id } })).cursor).toEqual({
    indexedBefore: expect.any(Number),
  });
});
