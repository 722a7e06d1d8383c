import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { identifyProcess, isRunning, type ProcessIdentity } from '#lib/db/process-identity.ts';
import { findRunningInstance, ownDataFolder } from './support/instance.ts';
import { type Launched, type LaunchOptions, launch } from './support/launch.ts';

const BUILD_AND_START_MS = 180_000;

const launches: Launched[] = [];
async function start(options?: LaunchOptions): Promise<Launched> {
  const launched = await launch(options);
  launches.push(launched);
  return launched;
}

afterAll(async () => {
  for (const launched of launches) {
    launched.process.kill('SIGTERM');
    await launched.ended;
    await rm(launched.dataFolder, { recursive: true, force: true }).catch(() => undefined);
  }
}, 60_000);

/** Starts and expects one plain sentence and exit code 1. */
async function expectRefusal(options: LaunchOptions, sentence: RegExp): Promise<void> {
  const launched = await start(options);
  expect(await launched.ended).toBe(1);
  expect(launched.output().trim()).toMatch(sentence);
  expect(launched.output().trim().split('\n')).toHaveLength(1);
}

describe('npm start refuses in one sentence with exit code 1', () => {
  it('an unknown JOBSIGHT_ variable', async () => {
    await expectRefusal({ env: { JOBSIGHT_PROT: '1' } }, /^JOBSIGHT_PROT is not a variable of Jobsight\./);
  });

  it('a port in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => server.once('listening', done));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      await expectRefusal({ port }, new RegExp(`^Port ${port} on 127.0.0.1 is in use by another program\\.`));
    } finally {
      server.close();
    }
  });

  it('a host that is not of this machine', async () => {
    await expectRefusal({ env: { HOST: '192.0.2.1' } }, /^192\.0\.2\.1 is not an address of this machine/);
  });

  it('a data folder that cannot be written', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'jobsight-launch-'));
    const file = join(folder, 'file');
    await writeFile(file, '');
    await expectRefusal(
      { dataFolder: join(file, 'data') },
      /^The data folder .* cannot be written \(ENOTDIR\)\./,
    );
    await rm(folder, { recursive: true });
  });

  it('a database that cannot be reached, without telling its password', async () => {
    const env = { DATABASE_URL: 'postgresql://someone:hunter2@127.0.0.1:1/jobsight' };
    await expectRefusal({ env }, /^The database 127\.0\.0\.1:1\/jobsight of DATABASE_URL cannot be reached/);
    expect(launches.at(-1)?.output()).not.toContain('hunter2');
  });

  it('a data folder that a running instance owns', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'jobsight-launch-'));
    const instance = await ownDataFolder(folder, 'http://127.0.0.1:3000');
    await expectRefusal(
      { dataFolder: folder },
      new RegExp(`already runs on the data folder \\S+ \\(process ${process.pid}, http://127.0.0.1:3000\\)`),
    );
    await instance.release();
  });
});

describe('a data folder', () => {
  it('has one owner when several want it at once after a crash', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'jobsight-launch-'));
    const gone = {
      owner: { pid: process.pid, startedAt: 'long ago' },
      url: null,
      databaseUrl: null,
      children: [],
    };
    await writeFile(join(folder, 'instance.json'), JSON.stringify(gone));
    const results = await Promise.allSettled([1, 2, 3, 4].map(() => ownDataFolder(folder, null)));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    expect((await findRunningInstance(folder))?.owner).toEqual(await identifyProcess(process.pid));
    await rm(folder, { recursive: true });
  });

  it('never costs an innocent process its life: a recorded pid that was given to another one stays', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'jobsight-launch-'));
    const gone = { pid: process.pid, startedAt: 'long ago' };
    const record = { owner: gone, url: null, databaseUrl: null, children: [gone] };
    await writeFile(join(folder, 'instance.json'), JSON.stringify(record));
    const instance = await ownDataFolder(folder, null); // would end this very process
    await instance.release();
    await rm(folder, { recursive: true });
  });
});

describe('npm start', () => {
  it('sets up, survives its own SIGKILL, restarts a killed worker, and ends cleanly', {
    timeout: BUILD_AND_START_MS,
  }, async () => {
    const first = await start();
    const link = await first.waitFor(/Make the first administrator: (http\S+)/);
    expect(link[1]).toMatch(`${first.url}/setup?token=`);
    expect((await fetch(`${first.url}/healthz`)).status).toBe(200);

    first.process.kill('SIGKILL');
    await first.ended;
    const left = await childrenOf(first.dataFolder);
    expect(left).toHaveLength(2);
    expect(await Promise.all(left.map(isRunning))).toEqual([true, true]);

    const port = Number(new URL(first.url).port);
    const second = await start({ dataFolder: first.dataFolder, port });
    await second.waitFor(/Jobsight runs at/);
    expect(await Promise.all(left.map(isRunning))).toEqual([false, false]);

    const before = (await findRunningInstance(second.dataFolder))?.children ?? [];
    for (const child of before) process.kill(child.pid, 'SIGKILL');
    await second.waitFor(/The worker ended \(SIGKILL\); it starts again/);
    await second.waitFor(/The web server ended \(SIGKILL\); it starts again/);
    await expect
      .poll(() => fetch(`${second.url}/healthz`).then((r) => r.status), { timeout: 20_000 })
      .toBe(200);
    const after = (await findRunningInstance(second.dataFolder))?.children ?? [];

    second.process.kill('SIGTERM');
    expect(await second.ended).toBe(0);
    expect(await findRunningInstance(second.dataFolder)).toBeNull();
    expect(await Promise.all(after.map(isRunning))).toEqual([false, false]);
    await expect(fetch(`${second.url}/healthz`)).rejects.toThrow();
  });
});

/** Children recorded in a folder whose owner is gone. */
async function childrenOf(folder: string): Promise<ProcessIdentity[]> {
  return JSON.parse(await readFile(join(folder, 'instance.json'), 'utf8')).children;
}
