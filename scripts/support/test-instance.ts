/** A whole instance for tests that send evidence to it and do it harm. */
import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { Upload } from 'tus-js-client';
import { expect } from 'vitest';
import { type DatabaseState, stateOfDatabase } from './database-state.ts';
import { findRunningInstance } from './instance.ts';
import { type Launched, launch } from './launch.ts';
import { ROOT } from './paths.ts';
import type { TestFile } from './testing-many-files.ts';

/** So small that a file is sent in several pieces, between which servers die. */
const PIECE_BYTES = 32_768;
const LARGE_PIECE_BYTES = 8 * 1024 * 1024;
/** Longer than a server takes to come back. */
const RETRY_MS = Array.from({ length: 240 }, () => 500);
const BACK_MS = 120_000;
const READ_MS = 300_000;

export type Target = 'worker' | 'web server' | 'database';

const running = new Set<Launched>();
const folders = new Set<string>();

/** Stops and removes all instances that a test has left; call in afterAll. */
export async function removeInstances(): Promise<void> {
  for (const launched of running) {
    launched.process.kill('SIGTERM');
    await launched.ended;
  }
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
}

/** An instance that is started again when its database was killed, which ends it. */
export class TestInstance {
  launched: Launched;
  readonly token: string;

  private constructor(launched: Launched, token: string) {
    this.launched = launched;
    this.token = token;
  }

  /** @param dataFolder a new one when absent */
  static async start(dataFolder?: string): Promise<TestInstance> {
    const launched = await launch(dataFolder === undefined ? {} : { dataFolder });
    running.add(launched);
    folders.add(launched.dataFolder);
    await launched.waitFor(/Jobsight runs at/);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['scripts/token.ts', '--role', 'analyst'],
      {
        cwd: ROOT,
        env: { ...process.env, DATABASE_URL: '', JOBSIGHT_DATA: launched.dataFolder },
      },
    );
    return new TestInstance(launched, stdout.trim());
  }

  get url(): string {
    return this.launched.url;
  }

  async databaseUrl(): Promise<string> {
    const url = (await findRunningInstance(this.launched.dataFolder))?.databaseUrl;
    if (url == null) throw new Error('the instance does not run');
    return url;
  }

  /** Kills and returns when the instance takes requests again. */
  async kill(target: Target): Promise<void> {
    process.kill(await this.pidOf(target), 'SIGKILL');
    if (target === 'database') await this.#startAgain();
    await expect.poll(() => this.#isWhole(), { timeout: BACK_MS }).toBe(true);
  }

  async stop(): Promise<void> {
    this.launched.process.kill('SIGTERM');
    await this.launched.ended;
    running.delete(this.launched);
  }

  async pidOf(target: Target): Promise<number> {
    if (target === 'database') {
      return Number(
        (await readFile(join(this.launched.dataFolder, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0],
      );
    }
    const children = (await findRunningInstance(this.launched.dataFolder))?.children ?? [];
    const pid = children[target === 'web server' ? 0 : 1]?.pid;
    if (pid === undefined) throw new Error(`there is no ${target}`);
    return pid;
  }

  async #startAgain(): Promise<void> {
    await this.launched.ended;
    running.delete(this.launched);
    const port = Number(new URL(this.url).port);
    this.launched = await launch({ dataFolder: this.launched.dataFolder, port });
    running.add(this.launched);
    await this.launched.waitFor(/Jobsight runs at/);
  }

  async #isWhole(): Promise<boolean> {
    const children = (await findRunningInstance(this.launched.dataFolder))?.children ?? [];
    if (children.length < 2) return false;
    return fetch(`${this.url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  }
}

/** As a browser or a script sends it: in pieces, going on where the server stands after each break. */
export function upload({ url, token }: TestInstance, { name, bytes }: TestFile): Promise<void> {
  return new Promise((resolve, reject) => {
    new Upload(bytes, {
      endpoint: `${url}/api/v1/uploads`,
      headers: { authorization: `Bearer ${token}` },
      metadata: { filename: name },
      chunkSize: bytes.length > LARGE_PIECE_BYTES ? LARGE_PIECE_BYTES : PIECE_BYTES,
      retryDelays: RETRY_MS,
      onSuccess: () => resolve(),
      onError: reject,
    }).start();
  });
}

/** What the database says when all evidence has been read. */
export async function stateWhenRead(instance: TestInstance): Promise<DatabaseState> {
  const databaseUrl = await instance.databaseUrl();
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const left = async () => {
      const { rows } = await client.query(
        `SELECT count(*)::int AS n FROM evidence WHERE status IN ('waiting', 'reading')`,
      );
      return rows[0].n;
    };
    await expect.poll(left, { timeout: READ_MS, interval: 500 }).toBe(0);
  } finally {
    await client.end();
  }
  return stateOfDatabase(databaseUrl);
}
