import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import '#lib/auth/testing.ts';
import { createApiToken } from '#lib/auth/tokens.ts';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { addAndRead, empty, tablesOf, useTestInstance } from '#lib/jobs/testing.ts';
import { largeEvtx } from '#lib/jobs/testing-evidence.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const MIB = 1024 * 1024;
const SIZE_BYTES = Number(process.env.LONG_TESTS ? 512 : 64) * MIB;
const DEADLINE_MS = 120_000;

useTestDatabase();
useTestInstance();
beforeEach(empty);

let token = '';
let bytes = Buffer.alloc(0);
beforeAll(async () => {
  token = (await createApiToken({ role: 'analyst', name: 'Ana' })).token;
  bytes = await largeEvtx(SIZE_BYTES);
}, 60_000);

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function start(script: string): ChildProcess {
  const child = spawn(process.execPath, [script], {
    cwd: ROOT,
    env: process.env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  return child;
}

type Server = { readonly process: ChildProcess; readonly origin: string };

async function startServer(): Promise<Server> {
  const process = start('app/api/v1/uploads/testing-server.ts');
  const [port] = await once(process.stdout ?? process, 'data');
  return { process, origin: `http://127.0.0.1:${String(port).trim()}` };
}

async function killed(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error('it did not happen in time');
    await sleep(50);
  }
}

const headers = () => ({ 'tus-resumable': '1.0.0', authorization: `Bearer ${token}` });

async function offsetOf(server: Server, address: string): Promise<number> {
  const answer = await fetch(server.origin + address, { method: 'HEAD', headers: headers() });
  return Number(answer.headers.get('upload-offset'));
}

/** Sends from where the upload stands until `to`; one that stalls then leaves the connection open until the server dies. */
async function send(server: Server, address: string, to: number, how: 'whole' | 'stalls'): Promise<void> {
  let offset = await offsetOf(server, address);
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (offset >= to) return how === 'whole' ? controller.close() : new Promise(() => {});
      controller.enqueue(Uint8Array.from(bytes.subarray(offset, Math.min(to, offset + MIB))));
      offset = Math.min(to, offset + MIB);
    },
  });
  await fetch(server.origin + address, {
    method: 'PATCH',
    headers: {
      ...headers(),
      'upload-offset': String(offset),
      'content-type': 'application/offset+octet-stream',
    },
    body,
    // @ts-expect-error undici wants it for a stream; the DOM's type does not know it.
    duplex: 'half',
  }).catch(() => undefined);
}

const row = () => db.evidence.findFirst();
const readBytes = async () => Number((await row())?.nextOffset ?? 0);

describe('an upload that is read while it arrives', () => {
  it('ends as undisturbed when server, worker and both are killed', { timeout: 300_000 }, async () => {
    const whole = await tablesOf(await addAndRead('whole.evtx', bytes));
    await db.evidence.deleteMany();
    await db.$executeRaw`DELETE FROM pgboss.job`;
    await empty();

    let server = await startServer();
    let worker = start('scripts/worker.ts');
    const begun = await fetch(`${server.origin}/api/v1/uploads`, {
      method: 'POST',
      headers: {
        ...headers(),
        'upload-length': String(bytes.length),
        'upload-metadata': `filename ${btoa('a.evtx')}`,
      },
    });
    const address = begun.headers.get('location') ?? '';

    // The server in the middle of a piece.
    let sending = send(server, address, Math.floor(bytes.length / 4), 'stalls');
    await until(async () => (await db.finding.count({ where: { mode: 'strict' } })) > 0);
    expect((await row())?.status).toBe('arriving');
    await killed(server.process);
    await sending;

    // The worker while bytes come.
    server = await startServer();
    expect(await offsetOf(server, address)).toBeLessThan(bytes.length / 2);
    let before = await readBytes();
    sending = send(server, address, Math.floor(bytes.length / 2), 'whole');
    await until(async () => (await readBytes()) > before);
    await killed(worker);
    await sending;
    worker = start('scripts/worker.ts');

    // Both.
    before = await readBytes();
    sending = send(server, address, Math.floor((bytes.length * 3) / 4), 'stalls');
    await until(async () => (await readBytes()) > before);
    await Promise.all([killed(server.process), killed(worker)]);
    await sending;

    server = await startServer();
    start('scripts/worker.ts');
    await send(server, address, bytes.length, 'whole');
    await until(async () => (await row())?.status === 'ready');
    const end = await row();
    expect(end?.epoch).toBeGreaterThan(2);
    expect(await db.evidence.count()).toBe(1);
    expect(await tablesOf(end?.id ?? '')).toEqual(whole);
  });
});
