import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import type { Actor } from '#lib/auth/actor.ts';
import { addEvidence } from '#lib/custody/commands.ts';
import { EvidenceStore } from '#lib/custody/store.ts';
import { db } from '#lib/db/client.ts';
import { env } from '#lib/env.ts';
import { ingestEvidence } from './ingest.ts';
import { closeSendingQueue } from './queue.ts';

const EVIDENCE = fileURLToPath(new URL('../../e2e/evidence/', import.meta.url));
export const POWERSHELL = 'powershell-win32-scheduledjob.evtx';
export const REGISTRY = 'sysmon-enableat.evtx';

export const ANALYST: Actor = {
  id: 'ana',
  name: 'Ana',
  email: 'ana@example.org',
  role: 'manager',
  via: 'session',
};

/** A data folder of this test file alone, and the user that acts in it; call after useTestDatabase(). */
export function useTestInstance(): void {
  let folder = '';
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'jobsight-test-'));
    process.env.JOBSIGHT_DATA = folder;
    await db.user.create({
      data: { id: ANALYST.id, name: ANALYST.name, email: ANALYST.email, role: ANALYST.role },
    });
  });
  afterAll(async () => {
    await closeSendingQueue();
    rmSync(folder, { recursive: true, force: true });
  });
}

export function evidenceFile(name: string): Buffer {
  return readFileSync(path.join(EVIDENCE, name));
}

/** Adds bytes as evidence without reading them. */
export async function add(name: string, bytes: Uint8Array): Promise<string> {
  return (await addEvidence(ANALYST, name, Readable.from([Buffer.from(bytes)]))).id;
}

/** Reads an evidence as a worker does. */
export async function ingest(id: string, signal?: AbortSignal): Promise<void> {
  const store = new EvidenceStore(env().JOBSIGHT_DATA);
  await ingestEvidence(id, { db, store, signal });
}

export async function addAndRead(name: string, bytes: Uint8Array = evidenceFile(name)): Promise<string> {
  const id = await add(name, bytes);
  await ingest(id);
  return id;
}

/** Takes everything away, so that each test begins with an empty investigation. */
export async function empty(): Promise<void> {
  await db.finding.deleteMany({});
  await db.evidence.deleteMany({});
  await db.event.deleteMany({});
  await db.longText.deleteMany({});
  await db.host.deleteMany({});
  await db.riskObject.deleteMany({});
}

/** All that findings and risk say, without what tells only when or in which order they came. */
export async function stateOf(): Promise<unknown> {
  const [findings, objects, events] = await Promise.all([
    db.finding.findMany({
      orderBy: { id: 'asc' },
      include: {
        episodes: { orderBy: { number: 'asc' } },
        events: { orderBy: { eventId: 'asc' }, select: { eventId: true } },
        riskEvents: { orderBy: [{ objectType: 'asc' }, { objectName: 'asc' }], omit: { hostId: true } },
        host: { select: { name: true } },
      },
      omit: { number: true, createdAt: true, updatedAt: true, hostId: true },
    }),
    db.riskObject.findMany({
      orderBy: [{ objectType: 'asc' }, { objectName: 'asc' }],
      omit: { hostId: true },
    }),
    db.event.findMany({ orderBy: { id: 'asc' }, omit: { hostId: true } }),
  ]);
  return JSON.parse(
    JSON.stringify({ findings, objects, events }, (_, value: unknown) =>
      typeof value === 'bigint' ? value.toString() : value,
    ),
  );
}
