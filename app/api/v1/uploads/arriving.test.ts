import { rm, utimes } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { restReading } from '#lib/custody/arriving.ts';
import { EvidenceStore } from '#lib/custody/store.ts';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { softwareHive } from '#lib/evidence/hive/testing/write-hive.ts';
import { getEvidence } from '#lib/http/endpoints.ts';
import { addAndRead, callApi, useApi } from '#lib/http/testing-api.ts';
import { beginUpload, giveUp, restartServer, sendPiece, work } from '#lib/http/testing-uploads.ts';
import { ingestEvidence } from '#lib/jobs/ingest.ts';
import { empty, tablesOf } from '#lib/jobs/testing.ts';
import { largeEvidence } from '#lib/jobs/testing-evidence.ts';

useTestDatabase();
useApi();

const MIB = 1024 * 1024;
const DAY_MS = 24 * 3_600_000;
const FORMS = ['evtx', 'xml', 'json array', 'json lines without record ids', 'csv', 'text'] as const;
type Form = (typeof FORMS)[number];

let files: Readonly<Record<string, Buffer>> = {};
beforeAll(async () => {
  files = await largeEvidence();
}, 60_000);
const fileOf = (form: Form): Buffer => files[form] ?? Buffer.alloc(0);

afterEach(async () => {
  restartServer();
  const { items } = await (await callApi('analyst', 'GET', '/api/v1/uploads')).json();
  for (const { url } of items) await giveUp(url);
  await work();
  for (const { id } of await db.evidence.findMany()) {
    await callApi('manager', 'DELETE', `/api/v1/evidence/${id}`);
  }
  await empty();
});

const only = () => db.evidence.findFirstOrThrow({ orderBy: { createdAt: 'desc' } });
const strictCount = () => db.finding.count({ where: { mode: 'strict', state: 'active' } });

/** Sends the rest of a file in pieces of uneven size, and reads after each what there is to read. */
async function sendRest(address: string, bytes: Buffer, from: number): Promise<Response> {
  const sizes = [1_000_003, 2_500_001, 777_777];
  for (let offset = from, index = 0; ; index += 1) {
    const to = Math.min(bytes.length, offset + (sizes[index % sizes.length] ?? 0));
    const answer = await sendPiece(address, bytes, offset, to);
    expect(answer.status).toBe(204);
    await work();
    if (to === bytes.length) return answer;
    offset = to;
  }
}

/** Sends a beginning and reads it: the evidence that it is by then. */
async function arrive(
  bytes: Buffer,
  sentBytes: number,
  timeZone = '',
): Promise<{ address: string; id: string }> {
  const address = await beginUpload('large', bytes.length, timeZone);
  await sendPiece(address, bytes, 0, sentBytes);
  await work();
  return { address, id: (await only()).id };
}

/** Answers what the evidence waits for, and reads on. */
async function sayZone(id: string): Promise<void> {
  await callApi('analyst', 'PATCH', `/api/v1/evidence/${id}`, { body: { timeZone: 'UTC' } });
  await work();
}

const wholeStates = new Map<Buffer, unknown>();

/** What the file leaves that is sent by a form and read then. */
async function undisturbed(bytes: Buffer): Promise<unknown> {
  const known = wholeStates.get(bytes);
  if (known !== undefined) return known;
  const [id = ''] = await addAndRead(new File([Uint8Array.from(bytes)], 'whole'));
  if ((await only()).question === 'time_zone') await sayZone(id);
  const tables = await tablesOf(id);
  wholeStates.set(bytes, tables);
  await callApi('manager', 'DELETE', `/api/v1/evidence/${id}`);
  await db.$executeRaw`DELETE FROM pgboss.job`;
  await empty();
  return tables;
}

const storeOf = () => new EvidenceStore(process.env.JOBSIGHT_DATA ?? '');
const uploadIdOf = (address: string) => path.basename(address);

describe('an upload that is read while it arrives', () => {
  it.each(FORMS)('%s: shows findings before its last byte and ends as if it had been whole', async (form) => {
    const bytes = fileOf(form);
    const expected = await undisturbed(bytes);
    const { address, id } = await arrive(bytes, 3 * MIB, form === 'text' ? 'UTC' : '');
    const early = await only();
    expect([early.status, early.sha256]).toEqual(['arriving', null]);
    expect(early.recordCount).toBeGreaterThan(0n);
    expect(await strictCount()).toBeGreaterThan(0);
    const shown = await (await callApi('viewer', 'GET', `/api/v1/evidence/${id}`)).json();
    expect(getEvidence.response.parse(shown)).toMatchObject({
      status: 'arriving',
      receivedBytes: 3 * MIB,
      sizeBytes: bytes.length,
    });
    expect(shown.findingCount).toBeGreaterThan(0);
    const last = await sendRest(address, bytes, 3 * MIB);
    expect(last.headers.get('jobsight-evidence-id')).toBe(id);
    expect((await only()).status).toBe('ready');
    expect(await tablesOf(id)).toEqual(expected);
    expect(await db.auditEntry.findMany({ where: { objectId: id }, orderBy: { at: 'asc' } })).toMatchObject([
      { action: 'evidence.arrive', after: { name: 'large', sizeBytes: bytes.length } },
      { action: 'evidence.add', after: { sha256: (await only()).sha256 } },
    ]);
  });

  it('asks for its zone when it is whole, and then ends as if it had been said at first', async () => {
    const bytes = fileOf('text');
    const expected = await undisturbed(bytes);
    const { address, id } = await arrive(bytes, 3 * MIB);
    expect(await only()).toMatchObject({ status: 'arriving', question: null, recordCount: 0n });
    const early = await callApi('analyst', 'PATCH', `/api/v1/evidence/${id}`, { body: { timeZone: 'UTC' } });
    expect(early.status).toBe(409);
    await sendRest(address, bytes, 3 * MIB);
    expect(await only()).toMatchObject({ status: 'asking', question: 'time_zone', recordCount: 0n });
    await sayZone(id);
    expect((await only()).status).toBe('ready');
    expect(await tablesOf(id)).toEqual(expected);
  });

  it('and rests for days has nothing in the queue, and goes on when bytes come, with another server', async () => {
    const bytes = fileOf('xml');
    const expected = await undisturbed(bytes);
    const { address, id } = await arrive(bytes, 3 * MIB);
    await db.$executeRaw`UPDATE pgboss.job SET completed_on = now() - interval '6 days'`;
    expect(await work()).toBe(0);
    restartServer();
    await sendRest(address, bytes, 3 * MIB);
    expect(await tablesOf(id)).toEqual(expected);
  });

  it('is not given up however often it is taken and rests', async () => {
    const bytes = fileOf('evtx');
    const { id } = await arrive(bytes, 2 * MIB);
    for (let turn = 0; turn < 10; turn += 1) await ingestEvidence(id, { db, store: storeOf() });
    expect(await only()).toMatchObject({ status: 'arriving', attempts: 0 });
  });

  it('is read on when bytes came between the end of reading and its rest', async () => {
    const bytes = fileOf('evtx');
    const { id, address } = await arrive(bytes, 7 * MIB);
    const row = await db.evidence.findUniqueOrThrow({ where: { id } });
    const lease = { ...row, evidenceId: id, sizeBytes: bytes.length };
    // As of a worker that saw the end at two MiB.
    expect(await restReading(storeOf(), lease, 2 * MIB)).toBe('arriving');
    expect(await work()).toBe(1);
    await sendRest(address, bytes, 7 * MIB);
    expect((await only()).status).toBe('ready');
  });

  it('tells of tamper hints when it is whole', async () => {
    const bytes = Buffer.from(fileOf('evtx'));
    // Not closed; the checksum does not cover it.
    bytes.writeUInt32LE(1, 120);
    const { address, id } = await arrive(bytes, 3 * MIB);
    const hintsOf = async () =>
      getEvidence.response.parse(await (await callApi('viewer', 'GET', `/api/v1/evidence/${id}`)).json())
        .hints;
    expect(await hintsOf()).toEqual({ items: [], counts: [], missingRecords: 0, scatteredLogs: 0 });
    await sendRest(address, bytes, 3 * MIB);
    expect((await hintsOf()).counts).toContainEqual({ kind: 'dirty-file', count: 1 });
  });

  it('cannot be downloaded before it is whole, and says so', async () => {
    const { id } = await arrive(fileOf('evtx'), 3 * MIB);
    const refused = await callApi('analyst', 'GET', `/api/v1/evidence/${id}/content`);
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({
      detail: expect.stringContaining('upload of this file still runs'),
    });
  });
});

describe('what only the whole file can tell', () => {
  const hive = Buffer.concat([
    softwareHive({ lastWritten: 133_541_036_421_254_367n }),
    Buffer.alloc(9 * MIB),
  ]);
  const wholes: readonly [string, () => Buffer][] = [
    ['a compressed file', () => gzipSync(fileOf('evtx'), { level: 0 })],
    ['a registry hive', () => hive],
    ['a PDF', () => Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(9 * MIB)])],
  ];

  it.each(wholes)('waits for the last byte: %s', async (_, make) => {
    const bytes = make();
    const expected = await undisturbed(bytes);
    const { address, id } = await arrive(bytes, 3 * MIB);
    expect(await only()).toMatchObject({ status: 'arriving', recordCount: 0n, message: null });
    // More bytes alone do not have it taken again.
    await sendPiece(address, bytes, 3 * MIB, bytes.length - 1);
    expect(await work()).toBe(0);
    await sendPiece(address, bytes, bytes.length - 1, bytes.length);
    await ingestEvidence(id, { db, store: storeOf() });
    expect(await tablesOf(id)).toEqual(expected);
  });
});

describe('an arriving evidence', () => {
  async function nothingIsLeft(address: string): Promise<void> {
    expect(await storeOf().receivedBytes(uploadIdOf(address))).toBeNull();
    const rows = [
      db.evidence.count(),
      db.event.count(),
      db.sighting.count(),
      db.eventCount.count(),
      db.riskEvent.count(),
    ];
    expect(await Promise.all(rows)).toEqual([0, 0, 0, 0, 0]);
    expect(await db.host.count({ where: { findings: { none: {} } } })).toBe(0);
  }

  it('goes with an upload that is cancelled; findings that somebody touched say so', async () => {
    const { address, id } = await arrive(fileOf('xml'), 3 * MIB);
    const [touched] = await db.finding.findMany({ where: { mode: 'strict' } });
    const noted = await callApi('analyst', 'POST', `/api/v1/findings/${touched?.id}/notes`, {
      body: { text: 'Look.' },
    });
    expect(noted.ok).toBe(true);
    expect((await giveUp(address)).status).toBe(204);
    await nothingIsLeft(address);
    expect(await db.finding.findMany()).toMatchObject([
      { id: touched?.id, state: 'evidence_deleted', count: 0 },
    ]);
    const entries = await db.auditEntry.findMany({ where: { objectId: id, action: 'evidence.withdraw' } });
    expect(entries).toMatchObject([{ before: { reason: 'given up' }, actorName: "the analyst's script" }]);
    expect(await work()).toBe(0);
  });

  it.each(['expired', 'lost from the disk'])('goes with an upload that is %s', async (how) => {
    const { address, id } = await arrive(fileOf('xml'), 3 * MIB);
    const file = storeOf().uploadPath(uploadIdOf(address));
    const longAgo = new Date(Date.now() - 7.1 * DAY_MS);
    for (const one of [file, `${file}.json`]) {
      if (how === 'expired') await utimes(one, longAgo, longAgo);
      else await rm(one);
    }
    restartServer();
    await callApi('analyst', 'GET', '/api/v1/uploads');
    await nothingIsLeft(address);
    expect(await db.finding.count()).toBe(0);
    const entries = await db.auditEntry.findMany({ where: { objectId: id, action: 'evidence.withdraw' } });
    expect(entries).toMatchObject([{ before: { reason: 'expired' }, actorId: null }]);
  });

  it('takes the upload with it when it is deleted', async () => {
    const bytes = fileOf('xml');
    const { address, id } = await arrive(bytes, 3 * MIB);
    expect((await callApi('manager', 'DELETE', `/api/v1/evidence/${id}`)).status).toBe(204);
    await nothingIsLeft(address);
    expect((await sendPiece(address, bytes, 3 * MIB, 5 * MIB)).status).toBe(404);
    expect(await db.evidence.count()).toBe(0);
  });

  it('is dropped when its bytes turn out to be known, and nothing counts twice', async () => {
    const bytes = fileOf('json lines without record ids');
    const [known = ''] = await addAndRead(new File([Uint8Array.from(bytes)], 'known'));
    const expected = await tablesOf(known);
    const { address, id } = await arrive(bytes, 3 * MIB);
    expect(id).not.toBe(known);
    const last = await sendRest(address, bytes, 3 * MIB);
    expect([last.headers.get('jobsight-evidence-known'), last.headers.get('jobsight-evidence-id')]).toEqual([
      'true',
      known,
    ]);
    expect(await db.evidence.count()).toBe(1);
    expect(await tablesOf(known)).toEqual(expected);
  });

  it('comes twice at once: the first to be whole stays', async () => {
    const bytes = fileOf('xml');
    const expected = await undisturbed(bytes);
    const first = await arrive(bytes, 3 * MIB);
    const second = await arrive(bytes, 5 * MIB);
    expect(await db.evidence.count({ where: { status: 'arriving' } })).toBe(2);
    const [one, other] = await Promise.all([
      sendPiece(first.address, bytes, 3 * MIB, bytes.length),
      sendPiece(second.address, bytes, 5 * MIB, bytes.length),
    ]);
    await work();
    const known = [one, other].map((answer) => answer.headers.get('jobsight-evidence-known'));
    expect(known.toSorted()).toEqual(['false', 'true']);
    const kept = await db.evidence.findFirstOrThrow();
    expect(await db.evidence.count()).toBe(1);
    expect(await tablesOf(kept.id)).toEqual(expected);
  });
});
