import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { open, readFile, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeEvtx } from '../bench/evidence.ts';
import { ROOT } from './support/paths.ts';
import { removeInstances, stateWhenRead, TestInstance, upload } from './support/test-instance.ts';
import { manyFiles, type TestFile } from './support/testing-many-files.ts';

const TIMEOUT_MS = 900_000;
const MB = 1024 * 1024;
/** Beyond what is kept free for PostgreSQL, there is room for the evidence of the test. */
const DISK_MB = 1_024;
const LARGE_MB = 48;
const SMALL_FILES = 16;

/** A file system so small that it can be filled; null where none may be mounted. */
function mountSmall(): string | null {
  const folder = mkdtempSync(path.join(tmpdir(), 'jobsight-small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m,mode=0711`, 'none', folder], {
      stdio: 'ignore',
    });
    return folder;
  } catch {
    rmSync(folder, { recursive: true });
    return null;
  }
}

const disk = mountSmall();
afterAll(async () => {
  await removeInstances();
  if (disk === null) return;
  execFileSync('umount', ['-l', disk]);
  rmSync(disk, { recursive: true });
}, 120_000);

/** Takes all room of the disk but so much. */
async function fill(folder: string, leftBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const file = await open(path.join(folder, 'ballast'), 'a');
  try {
    const zeros = Buffer.alloc(MB);
    for (let left = bavail * bsize - leftBytes; left > 0; left -= MB)
      await file.write(zeros, 0, Math.min(MB, left));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  } finally {
    await file.close();
  }
}

async function makeFiles(
  folder: string,
): Promise<{ large: TestFile; before: TestFile[]; after: TestFile[] }> {
  const file = path.join(folder, 'large.evtx');
  const evidence = path.join(ROOT, 'e2e', 'evidence');
  const logs = ['sysmon-enableat.evtx', 'powershell-win32-scheduledjob.evtx'];
  await makeEvtx(
    logs.map((name) => path.join(evidence, name)),
    file,
    LARGE_MB * MB,
  );
  const small = await manyFiles(SMALL_FILES);
  const large = { name: 'large.evtx', bytes: await readFile(file) };
  await rm(file);
  return { large, before: small.slice(0, SMALL_FILES / 2), after: small.slice(SMALL_FILES / 2) };
}

const why = disk === null ? ' (skipped: no file system may be mounted here)' : '';

describe.skipIf(disk === null)(`a disk that gets full${why}`, () => {
  it('is told, costs nothing, and reading goes on by itself when there is room', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const { large, before, after } = await makeFiles(tmpdir());
    const quiet = await TestInstance.start();
    for (const file of [...before, large, ...after]) await upload(quiet, file);
    const expected = await stateWhenRead(quiet);
    await quiet.stop();

    const folder = path.join(disk ?? '', 'data');
    const instance = await TestInstance.start(folder);
    const { url, token } = instance;
    const authorization = `Bearer ${token}`;
    const worker = await instance.pidOf('worker');
    process.kill(worker, 'SIGSTOP');
    for (const file of before) await upload(instance, file);
    await upload(instance, large);
    await fill(disk ?? '', 64 * MB);
    process.kill(worker, 'SIGCONT');

    // What is being read waits, and says why.
    const messages = async () => {
      const response = await fetch(`${url}/api/v1/evidence`, { headers: { authorization } });
      const { items } = (await response.json()) as { items: { status: string; message: string | null }[] };
      return items.filter(({ status }) => status === 'reading').map(({ message }) => message);
    };
    await expect
      .poll(messages, { timeout: 120_000 })
      .toContainEqual(expect.stringContaining('The disk is full'));

    // New evidence is refused before it is sent, and says why; so does a file in one request.
    const refusal = async (response: Response) => [
      response.status,
      ((await response.json()) as { detail: string }).detail,
    ];
    const begun = await fetch(`${url}/api/v1/uploads`, {
      method: 'POST',
      headers: { authorization, 'tus-resumable': '1.0.0', 'upload-length': '1000' },
    });
    expect(await refusal(begun)).toEqual([413, expect.stringContaining('Free some space')]);
    const form = new FormData();
    form.append('file', new File(['<Event/>'], 'a.xml'));
    const sent = await fetch(`${url}/api/v1/evidence`, {
      method: 'POST',
      headers: { authorization },
      body: form,
    });
    expect([sent.status, await sent.text()]).toEqual([413, expect.stringContaining('Free some space')]);

    // Not a byte is left, for what runs.
    await fill(disk ?? '', 0);
    await expect.poll(async () => (await fetch(`${url}/healthz`)).status).toBe(200);

    await rm(path.join(disk ?? '', 'ballast'));
    for (const file of after) await upload(instance, file);
    const state = await stateWhenRead(instance);
    for (const [table, rows] of Object.entries(expected)) expect(state[table], table).toEqual(rows);
    await instance.stop();
  });
});
