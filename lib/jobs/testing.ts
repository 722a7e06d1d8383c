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
  await db.incident.deleteMany({});
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

/** What kind of thing a row is known by, and when and by whom it was made, which differs from one ingest to the next. */
const OWN_COLUMNS = [
  'id',
  'evidence_id',
  'investigation_id',
  'name',
  'created_at',
  'started_at',
  'finished_at',
  'uploaded_by_id',
  'epoch',
  'attempts',
];

/** All rows of all tables that belong to an evidence, hosts by name, and what findings and risk say. */
export async function tablesOf(evidenceId: string): Promise<Readonly<Record<string, unknown>>> {
  const tables = await db.$queryRaw<{ name: string }[]>`
    SELECT table_name::text AS name FROM information_schema.columns
    WHERE table_schema = 'public' AND column_name = 'evidence_id' ORDER BY table_name`;
  const hosts = new Map((await db.host.findMany()).map(({ id, name }) => [id, name]));
  const named = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(named).sort();
    return typeof value === 'string' ? (hosts.get(value) ?? value) : value;
  };
  const result: Record<string, unknown> = { findings: await stateOf() };
  for (const { name } of [{ name: 'evidence' }, ...tables]) {
    const key = name === 'evidence' ? 'id' : 'evidence_id';
    const rows = await db.$queryRawUnsafe<{ row: Record<string, unknown> }[]>(
      `SELECT to_jsonb(t) AS row FROM "${name}" t WHERE ${key} = $1::uuid`,
      evidenceId,
    );
    result[name] = rows
      .map(({ row }) =>
        JSON.stringify(
          Object.entries(row)
            .filter(([column]) => !OWN_COLUMNS.includes(column))
            .map(([column, value]) => [column, column === 'runs' ? value : named(value)]),
        ),
      )
      .sort();
  }
  return result;
}
