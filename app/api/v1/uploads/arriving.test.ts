import { utimes } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EvidenceStore } from '#lib/custody/store.ts';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { addAndRead, callApi, useApi } from '#lib/http/testing-api.ts';
import { beginUpload, giveUp, restartServer, sendPiece, work } from '#lib/http/testing-uploads.ts';
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

/** Sends all of the file in these pieces, and reads after each what there is. */
async function sendInPieces(
  address: string,
  bytes: Buffer,
  pieceBytes: readonly number[],
): Promise<Response> {
  let offset = 0;
  for (let index = 0; ; index += 1) {
    const to = Math.min(bytes.length, offset + (pieceBytes[index % pieceBytes.length] ?? MIB));
    const answer = await sendPiece(address, bytes, offset, to);
    expect(answer.status).toBe(204);
    if (to === bytes.length) return answer;
    offset = to;
    await work();
  }
}

/** What the file leaves that is sent by a form and read then. */
async function undisturbed(bytes: Buffer): Promise<unknown> {
  const [id = ''] = await addAndRead(new File([Uint8Array.from(bytes)], 'whole'));
  const tables = await tablesOf(id);
  await callApi('manager', 'DELETE', `/api/v1/evidence/${id}`);
  await db.$executeRaw`DELETE FROM pgboss.job`;
  await empty();
  return tables;
}

describe('an upload that is read while it arrives', () => {
  it.each(FORMS)('%s: shows findings before its last byte and ends as if it had been whole', async (form) => {
    const bytes = fileOf(form);
    const expected = await undisturbed(bytes);
    const address = await beginUpload('large', bytes.length);

    await sendPiece(address, bytes, 0, 3 * MIB);
    await work();
    const early = await only();
    expect([early.status, early.sha256]).toEqual(['arriving', null]);
    expect(early.recordCount).toBeGreaterThan(0n);
    expect(await strictCount()).toBeGreaterThan(0);
    const shown = await (await callApi('viewer', 'GET', `/api/v1/evidence/${early.id}`)).json();
    expect(shown).toMatchObject({
      status: 'arriving',
      receivedBytes: 3 * MIB,
      sizeBytes: bytes.length,
      hints: { counts: [] },
    });
    expect(shown.findingCount).toBeGreaterThan(0);

    const sizes = [1_000_003, 2_500_001, 777_777];
    let offset = 3 * MIB;
    for (let index = 0; offset < bytes.length; index += 1) {
      const to = Math.min(bytes.length, offset + (sizes[index % sizes.length] ?? MIB));
      await sendPiece(address, bytes, offset, to);
      await work();
      offset = to;
    }
    const { id, status } = await only();
    expect([id, status]).toEqual([early.id, 'ready']);
    expect(await tablesOf(id)).toEqual(expected);
  });
});
