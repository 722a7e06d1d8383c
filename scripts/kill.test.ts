import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { Random } from '#lib/evidence/testing/random.ts';
import {
  removeInstances,
  stateWhenRead,
  type Target,
  TestInstance,
  upload,
} from './support/test-instance.ts';
import { manyFiles, type TestFile } from './support/testing-many-files.ts';

const FILES = 200;
const KILLS = process.env.LONG_TESTS ? 50 : 3;
const SEED = 20_240_305;
const TIMEOUT_MS = 3_600_000;
const UPLOADS_AT_ONCE = 3;
const KILL_WITHIN_MS = 1_500;
const TARGETS: readonly Target[] = ['worker', 'web server', 'database'];

afterAll(removeInstances, 120_000);

/** Sends all files; before each, says how many were begun. */
async function uploadAll(
  instance: TestInstance,
  files: readonly TestFile[],
  mayBegin: (index: number) => Promise<void> = async () => undefined,
): Promise<void> {
  const waiting = files.entries();
  const lane = async (): Promise<void> => {
    for (const [index, file] of waiting) {
      await mayBegin(index);
      await upload(instance, file);
    }
  };
  await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, lane));
}

it(`an ingest of ${FILES} files whose worker, web server and database are killed ${KILLS} times ends as one without`, {
  timeout: TIMEOUT_MS,
}, async () => {
  const files = await manyFiles(FILES);
  const quiet = await TestInstance.start();
  await uploadAll(quiet, files);
  const expected = await stateWhenRead(quiet);
  await quiet.stop();
  expect(expected.evidence?.length).toBeGreaterThan(FILES);
  expect(expected.finding?.length).toBeGreaterThan(0);

  const instance = await TestInstance.start();
  const random = new Random(SEED);
  let begun = 0;
  let killed = 0;
  const filesAKill = FILES / (KILLS + 1);
  const killing = (async () => {
    for (; killed < KILLS; killed++) {
      while (begun < killed * filesAKill) await sleep(20);
      await sleep(random.below(KILL_WITHIN_MS));
      await instance.kill(TARGETS[killed % TARGETS.length] ?? 'worker');
    }
  })();
  await Promise.all([
    killing,
    uploadAll(instance, files, async (index) => {
      begun = Math.max(begun, index + 1);
      // Every kill comes while files are still to be sent.
      while (killed < KILLS && index > (killed + 1) * filesAKill) await sleep(20);
    }),
  ]);
  const state = await stateWhenRead(instance);
  for (const [table, rows] of Object.entries(expected)) expect(state[table], table).toEqual(rows);
  await instance.stop();
});
