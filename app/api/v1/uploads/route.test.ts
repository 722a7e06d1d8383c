import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApiToken } from '#lib/auth/tokens.ts';
import { EvidenceStore } from '#lib/custody/store.ts';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { listUploads as listEndpoint, recogniseEvidence } from '#lib/http/endpoints.ts';
import { callApi, exampleFile, formOf, REGISTRY, useApi } from '#lib/http/testing-api.ts';
import { DELETE, HEAD, PATCH } from './[id]/route.ts';
import { GET, POST } from './route.ts';

useTestDatabase();
useApi();

const UPLOADS = '/api/v1/uploads';
const PIECE = 'application/offset+octet-stream';
const DAY_MS = 24 * 3_600_000;

/** Two analysts, each with a token. */
type Caller = 'Ana' | 'Ben';
const tokens = new Map<Caller, string>();
beforeAll(async () => {
  for (const name of ['Ana', 'Ben'] as const) {
    tokens.set(name, (await createApiToken({ role: 'analyst', name })).token);
  }
});

afterEach(async () => {
  restart();
  for (const { id } of await db.evidence.findMany()) {
    await callApi('manager', 'DELETE', `/api/v1/evidence/${id}`);
  }
  for (const { url } of await listed('Ana')) await call('Ana', 'DELETE', url);
});

/** As a new process would: nothing in memory. */
function restart(): void {
  Reflect.deleteProperty(globalThis, 'jobsightUploads');
}

const HANDLERS = { GET, POST, HEAD, PATCH, DELETE };
type Content = Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;

function call(
  caller: Caller,
  method: keyof typeof HANDLERS,
  address: string,
  headers: Record<string, string> = {},
  body?: Content,
): Promise<Response> {
  const request = new Request(new URL(address, 'http://localhost:3000'), {
    method,
    headers: { 'tus-resumable': '1.0.0', authorization: `Bearer ${tokens.get(caller)}`, ...headers },
    body,
    // @ts-expect-error undici wants it for a stream; the DOM's type does not know it.
    duplex: 'half',
  });
  const params: Record<string, string> = { id: address.split('/')[4] ?? '' };
  return HANDLERS[method](request, { params: Promise.resolve(params) });
}

const begin = (sizeBytes: number, headers: Record<string, string> = {}, body?: Content) =>
  call(
    'Ana',
    'POST',
    UPLOADS,
    {
      'upload-length': String(sizeBytes),
      'upload-metadata': `filename ${Buffer.from('logs/Ä.evtx').toString('base64')},owner ${btoa('Ben')}`,
      ...headers,
    },
    body,
  );
const addressOf = (answer: Response) => answer.headers.get('location') ?? '';
const append = (address: string, offset: number, body: Content, caller: Caller = 'Ana') =>
  call(caller, 'PATCH', address, { 'upload-offset': String(offset), 'content-type': PIECE }, body);
const offsetOf = async (address: string) => (await call('Ana', 'HEAD', address)).headers.get('upload-offset');
const listed = async (caller: Caller) => (await (await call(caller, 'GET', UPLOADS)).json()).items;

const store = () => new EvidenceStore(process.env.JOBSIGHT_DATA ?? '');
const fileOf = (address: string) => path.join(store().uploadsFolder, path.basename(address));
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function evidence() {
  const rows = await db.evidence.findMany();
  const jobs = await db.$queryRaw<{ id: string }[]>`SELECT data->>'evidenceId' AS id FROM pgboss.job`;
  return rows.map(({ id, name, sha256, sizeBytes }) => ({
    name,
    sha256,
    sizeBytes: Number(sizeBytes),
    isQueued: jobs.some((job) => job.id === id),
  }));
}

const bytes = randomBytes(300_000);
const whole = { name: 'Ä.evtx', sha256: hashOf(bytes), sizeBytes: bytes.length, isQueued: true };

describe('an upload', () => {
  it('in pieces becomes evidence under its SHA-256, with its job and its line in the audit', async () => {
    const begun = await begin(bytes.length);
    expect(begun.status).toBe(201);
    const address = addressOf(begun);
    expect(address).toMatch(/^\/api\/v1\/uploads\/[0-9a-f]{32}$/);
    const first = await append(address, 0, bytes.subarray(0, 100_000));
    expect([first.status, first.headers.get('upload-offset')]).toEqual([204, '100000']);
    expect(await db.evidence.count()).toBe(0);
    const last = await append(address, 100_000, bytes.subarray(100_000));
    expect([last.status, last.headers.get('jobsight-evidence-known')]).toEqual([204, 'false']);
    expect(await evidence()).toEqual([whole]);
    expect(readFileSync(store().pathOf(whole.sha256)).equals(bytes)).toBe(true);
    const objectId = last.headers.get('jobsight-evidence-id') ?? '';
    const [entry] = await db.auditEntry.findMany({ where: { objectId } });
    expect(entry).toMatchObject({ action: 'evidence.add', actorName: 'Ana' });
  });

  it('that is cut in the middle of a piece keeps what came and goes on from there', async () => {
    const address = addressOf(await begin(bytes.length));
    const cutLine = new ReadableStream<Uint8Array>(
      {
        start: (controller) => controller.enqueue(bytes.subarray(0, 120_000)),
        pull: async (controller) => {
          await vi.waitFor(() => expect(statSync(fileOf(address)).size).toBe(120_000));
          controller.error(new Error('the line was cut'));
        },
      },
      { highWaterMark: 0 },
    );
    expect((await append(address, 0, cutLine)).ok).toBe(false);
    expect(await offsetOf(address)).toBe('120000');
    expect((await append(address, 120_000, bytes.subarray(120_000))).status).toBe(204);
    expect(await evidence()).toEqual([whole]);
  });

  it('goes on after a restart of the server with the same SHA-256', async () => {
    const address = addressOf(await begin(bytes.length));
    await append(address, 0, bytes.subarray(0, 70_001));
    restart();
    expect(await offsetOf(address)).toBe('70001');
    await append(address, 70_001, bytes.subarray(70_001));
    expect(await evidence()).toEqual([whole]);
  });

  it('that a hanging connection holds is taken over by the next request', async () => {
    const address = addressOf(await begin(bytes.length));
    const silent = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(bytes.subarray(0, 10)),
    });
    const hanging = append(address, 0, silent);
    await vi.waitFor(() => expect(statSync(fileOf(address)).size).toBe(10));
    expect(await offsetOf(address)).toBe('10');
    await hanging;
    expect((await append(address, 10, bytes.subarray(10))).status).toBe(204);
    expect(await evidence()).toEqual([whole]);
  });

  it('may come whole with the first request, or be empty', async () => {
    const small = await begin(bytes.length, { 'content-type': PIECE }, bytes);
    expect([small.status, small.headers.get('jobsight-evidence-known')]).toEqual([201, 'false']);
    const nothing = await begin(0);
    expect([nothing.status, nothing.headers.get('jobsight-evidence-known')]).toEqual([201, 'false']);
    expect(await evidence()).toEqual([whole, { ...whole, sha256: hashOf(Buffer.alloc(0)), sizeBytes: 0 }]);
  });

  it('of bytes that are evidence already names that one and adds nothing', async () => {
    const first = await begin(bytes.length, { 'content-type': PIECE }, bytes);
    const again = await begin(bytes.length, { 'content-type': PIECE }, bytes);
    expect(again.headers.get('jobsight-evidence-known')).toBe('true');
    expect(again.headers.get('jobsight-evidence-id')).toBe(first.headers.get('jobsight-evidence-id'));
    expect(await evidence()).toEqual([whole]);
  });

  it('whose last answer was lost says so when asked again', async () => {
    const address = addressOf(await begin(bytes.length));
    await append(address, 0, bytes);
    restart();
    const asked = await call('Ana', 'HEAD', address);
    expect([asked.status, asked.headers.get('upload-offset')]).toEqual([200, String(bytes.length)]);
    expect(asked.headers.get('jobsight-evidence-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await evidence()).toEqual([whole]);
  });

  it.each(['before', 'after'] as const)(
    'whose server died %s the file moved to the evidence is finished when asked again',
    async (moment) => {
      const address = addressOf(await begin(bytes.length));
      await append(address, 0, bytes);
      // Back to where the process was: the note without its evidence, the row not written.
      const note = JSON.parse(readFileSync(`${fileOf(address)}.json`, 'utf8'));
      expect(note.metadata).toMatchObject({ sha256: whole.sha256 });
      delete note.metadata.evidenceId;
      writeFileSync(`${fileOf(address)}.json`, JSON.stringify(note));
      await db.evidence.deleteMany();
      if (moment === 'before') renameSync(store().pathOf(whole.sha256), fileOf(address));
      restart();
      const asked = await call('Ana', 'HEAD', address);
      expect(asked.headers.get('jobsight-evidence-known')).toBe('false');
      expect(await evidence()).toEqual([whole]);
    },
  );
});

describe('refusals', () => {
  it('of a wrong place leave the bytes as they are and say where to ask', async () => {
    const address = addressOf(await begin(bytes.length));
    await append(address, 0, bytes.subarray(0, 10));
    const wrong = await append(address, 4, bytes.subarray(4, 20));
    expect(wrong.status).toBe(409);
    expect(await wrong.json()).toMatchObject({ title: 'conflict', detail: expect.stringContaining('HEAD') });
    expect(await offsetOf(address)).toBe('10');
  });

  it('of a file for which the disk has no room come before it is sent', async () => {
    const refused = await begin(5e15);
    expect(refused.status).toBe(413);
    const { detail } = await refused.json();
    expect(detail).toMatch(/has room for [\d.]+ GB more, and this file has 5000000 GB\. Free some space/);
    expect(await listed('Ana')).toEqual([]);
  });

  it('of a size that is missing or more bytes than it say what is wrong', async () => {
    const unsized = await begin(1, { 'upload-length': 'many' });
    expect([unsized.status, (await unsized.json()).detail]).toEqual([
      400,
      expect.stringContaining('Upload-Length'),
    ]);
    const address = addressOf(await begin(10));
    expect((await append(address, 0, bytes.subarray(0, 11))).status).toBe(413);
    expect(await db.evidence.count()).toBe(0);
  });

  it('hide an upload from everybody but the one who began it, whatever the metadata says', async () => {
    const address = addressOf(await begin(bytes.length));
    expect((await call('Ben', 'HEAD', address)).status).toBe(404);
    expect((await append(address, 0, bytes, 'Ben')).status).toBe(404);
    expect((await call('Ben', 'DELETE', address)).status).toBe(404);
    expect(await listed('Ben')).toEqual([]);
    expect(await offsetOf(address)).toBe('0');
    expect((await call('Ana', 'HEAD', `${UPLOADS}/..%2F..%2Fetc`)).status).toBe(400);
  });
});

describe('unfinished uploads', () => {
  it('are listed for the one who began them, and gone when given up', async () => {
    const address = addressOf(await begin(bytes.length));
    await append(address, 0, bytes.subarray(0, 10));
    const answer = await (await call('Ana', 'GET', UPLOADS)).json();
    expect(listEndpoint.response.parse(answer)).toMatchObject({
      items: [{ url: address, name: 'logs/Ä.evtx', sizeBytes: bytes.length, receivedBytes: 10 }],
    });
    expect((await call('Ana', 'DELETE', address)).status).toBe(204);
    expect(await listed('Ana')).toEqual([]);
    expect((await append(address, 10, bytes.subarray(10))).status).toBe(404);
  });

  it('are removed after seven days', async () => {
    const old = addressOf(await begin(10));
    const longAgo = new Date(Date.now() - 7.1 * DAY_MS);
    for (const file of [fileOf(old), `${fileOf(old)}.json`]) utimesSync(file, longAgo, longAgo);
    restart();
    const young = addressOf(await begin(10));
    const kept = readdirSync(store().uploadsFolder);
    expect(kept).not.toContain(path.basename(old));
    expect(kept).toContain(path.basename(young));
  });
});

describe('known bytes', () => {
  it('are recognised by hash and size before they are sent', async () => {
    const file = exampleFile(REGISTRY);
    const sha256 = hashOf(await file.bytes());
    const known = async (sizeBytes: number) => {
      const answer = await callApi('analyst', 'POST', '/api/v1/evidence/known', {
        body: { sha256, sizeBytes },
      });
      return recogniseEvidence.response.parse(await answer.json());
    };
    expect(await known(file.size)).toEqual({ id: null, name: null });
    const { items } = await (
      await callApi('analyst', 'POST', '/api/v1/evidence', { body: formOf(file) })
    ).json();
    expect(await known(file.size)).toEqual({ id: items[0].id, name: REGISTRY });
    expect(await known(file.size + 1)).toEqual({ id: null, name: null });
  });
});
