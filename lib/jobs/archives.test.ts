import { stat } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { deleteEvidence } from '#lib/custody/commands.ts';
import { deletionConsequences, getEvidence, listEvidence } from '#lib/custody/queries.ts';
import { EvidenceStore } from '#lib/custody/store.ts';
import { unlockArchive } from '#lib/custody/unlock.ts';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { env } from '#lib/env.ts';
import { makeTar, makeZip } from '#lib/evidence/archive/testing.ts';
import { reprocessEvidence } from './reprocess.ts';
import {
  ANALYST,
  add,
  addAndRead,
  empty,
  evidenceFile,
  ingest,
  POWERSHELL,
  REGISTRY,
  stateOf,
  useTestInstance,
} from './testing.ts';

useTestDatabase();
useTestInstance();
beforeEach(empty);

const file = (path: string, bytes: Uint8Array = evidenceFile(path)) => ({ path, bytes });
const bothFiles = () => [file(POWERSHELL), file(REGISTRY)];

/** Adds a file and reads it with all that comes out of it, as a worker does. */
async function addAndReadAll(name: string, bytes: Uint8Array): Promise<string> {
  const id = await addAndRead(name, bytes);
  for (;;) {
    const waiting = await db.evidence.findMany({ where: { status: 'waiting' } });
    if (waiting.length === 0) return id;
    for (const one of waiting) await ingest(one.id);
  }
}

async function stateOfFiles(): Promise<unknown> {
  for (const one of bothFiles()) await addAndRead(one.path, one.bytes);
  const state = await stateOf();
  await empty();
  return state;
}

const memberOf = (path: string) =>
  db.archiveMember.findFirstOrThrow({ where: { path }, include: { evidence: true } });

describe('an archive as evidence', () => {
  it('gives the same findings as the files alone, as zip, tar.gz, and zip in zip', async () => {
    const expected = await stateOfFiles();
    const zip = await makeZip([...bothFiles(), file('read.me', Buffer.from('no events'))]);
    const archives = {
      'a.zip': zip,
      'a.tar.gz': gzipSync(await makeTar(bothFiles())),
      'a.zip.zip': await makeZip([file('a.zip', zip)]),
    };
    for (const [name, bytes] of Object.entries(archives)) {
      await addAndReadAll(name, bytes);
      expect(await stateOf()).toEqual(expected);
      await empty();
    }
  });

  it('says what is in it, and of each member where it came from', async () => {
    const id = await addAndReadAll(
      'collected.zip',
      await makeZip([
        file(`C/logs/${POWERSHELL}`, evidenceFile(POWERSHELL)),
        file('../out.evtx', evidenceFile(REGISTRY)),
        file('read.me', Buffer.from('no events')),
      ]),
    );
    const archive = await getEvidence(ANALYST, id);
    expect(archive).toMatchObject({
      form: 'archive',
      status: 'ready',
      message: '3 files, 2 read as evidence, 1 refused',
      recordCount: 0,
    });
    expect(archive.members).toMatchObject({
      total: 3,
      lockedCount: 0,
      items: [
        { path: `C/logs/${POWERSHELL}`, refused: null, evidence: { status: 'ready', isElsewhere: false } },
        { path: '../out.evtx', refused: null, message: expect.stringContaining('leads out') },
        { path: 'read.me', refused: 'not-evidence', evidence: null },
      ],
    });
    const { items } = await listEvidence(ANALYST);
    expect(items.find((item) => item.name === POWERSHELL)?.archive).toEqual({
      id,
      name: 'collected.zip',
      path: `C/logs/${POWERSHELL}`,
    });
    expect(items.map((item) => item.name)).toContain('out.evtx');
  });

  it('links what is evidence already instead of reading it twice', async () => {
    const alone = await addAndRead(POWERSHELL);
    const before = await db.evidence.findUniqueOrThrow({ where: { id: alone } });
    const id = await addAndReadAll('a.zip', await makeZip(bothFiles()));
    expect(await db.evidence.findUniqueOrThrow({ where: { id: alone } })).toEqual(before);
    const { members } = await getEvidence(ANALYST, id);
    expect(members?.items.map(({ evidence }) => evidence?.isElsewhere)).toEqual([true, false]);
  });

  it('opens archives in archives three deep and says so of the fourth', async () => {
    const third = await makeZip([file('4.zip', await makeZip(bothFiles()))]);
    await addAndReadAll('1.zip', await makeZip([file('2.zip', await makeZip([file('3.zip', third)]))]));
    expect(await memberOf('3.zip')).toMatchObject({ evidence: { status: 'ready' } });
    expect(await memberOf('4.zip')).toMatchObject({ refused: 'too-deep', evidence: null });
  });

  it('keeps half a log of a compressed file that is cut off, with a note', async () => {
    const packed = gzipSync(evidenceFile(POWERSHELL), { level: 0 });
    await addAndReadAll(`${POWERSHELL}.gz`, packed.subarray(0, packed.length - 2_000));
    const { evidence, message } = await memberOf(POWERSHELL);
    expect(message).toContain('cut off');
    expect(evidence).toMatchObject({ status: 'ready' });
  });

  it('refuses what cannot be opened at all, in words', async () => {
    const zip = await makeZip(bothFiles());
    const id = await addAndReadAll('a.zip', zip.subarray(0, 10_000));
    const { status, message } = await getEvidence(ANALYST, id);
    expect(status).toBe('refused');
    expect(message).toContain('cut off or damaged');
  });

  it('goes on after it was stopped, and changes nothing when it is opened again', async () => {
    const expected = await stateOfFiles();
    const id = await add('a.zip', await makeZip(bothFiles()));
    const stop = new AbortController();
    stop.abort();
    await expect(ingest(id, stop.signal)).rejects.toThrow();
    await ingest(id);
    await db.evidence.update({ where: { id }, data: { status: 'reading' } });
    await addAndReadAll('a.zip', await makeZip([]));
    await ingest(id);
    expect(await stateOf()).toEqual(expected);
    expect(await db.archiveMember.count({ where: { archiveId: id } })).toBe(2);
  });
});

describe('rules that come later', () => {
  it('are read for in the members and not held up by the archive', async () => {
    const id = await addAndReadAll('a.zip', await makeZip(bothFiles()));
    await db.evidenceRule.deleteMany({ where: { evidenceId: id } });
    await db.reprocess.create({ data: { evidenceId: id, ruleKeys: [] } });
    await reprocessEvidence(id, { db, store: new EvidenceStore(env().JOBSIGHT_DATA) });
    const { finishedAt, message } = await db.reprocess.findUniqueOrThrow({ where: { evidenceId: id } });
    expect([finishedAt === null, message]).toEqual([false, null]);
  });
});

describe('an encrypted archive', () => {
  const locked = async () =>
    makeZip(
      bothFiles().map((one) => ({ ...one, zip: { password: 'infected', encryptionStrength: 3 as const } })),
    );

  it('waits for its password, tells a wrong one, and keeps it nowhere', async () => {
    const expected = await stateOfFiles();
    const id = await addAndReadAll('a.zip', await locked());
    expect((await getEvidence(ANALYST, id)).message).toBe(
      '2 files, 0 read as evidence, 2 wait for a password',
    );
    await expect(unlockArchive(ANALYST, id, 'wrong')).rejects.toMatchObject({ code: 'invalid-input' });
    expect((await getEvidence(ANALYST, id)).members?.lockedCount).toBe(2);
    expect(await unlockArchive(ANALYST, id, 'infected')).toEqual({ unlockedCount: 2, stillLockedCount: 0 });
    await addAndReadAll('nothing.zip', await makeZip([]));
    expect(await stateOf()).toEqual(expected);
    await expect(unlockArchive(ANALYST, id, 'infected')).rejects.toMatchObject({ code: 'conflict' });
    const [dump] = await db.$queryRaw<{ text: string }[]>`
      SELECT (SELECT json_agg(a)::text FROM audit_entry a) || (SELECT json_agg(j)::text FROM pgboss.job j)
        || (SELECT json_agg(m)::text FROM archive_member m) AS text`;
    expect(dump?.text).toContain('evidence.unlock');
    expect(dump?.text).not.toContain('infected');
  });

  it('is not for viewers, nor for what is no archive', async () => {
    const id = await addAndReadAll('a.zip', await locked());
    const viewer = { ...ANALYST, role: 'viewer' as const };
    await expect(unlockArchive(viewer, id, 'infected')).rejects.toMatchObject({ code: 'forbidden' });
    const alone = await addAndRead(REGISTRY);
    await expect(unlockArchive(ANALYST, alone, 'infected')).rejects.toMatchObject({ code: 'conflict' });
    await expect(unlockArchive(ANALYST, 'no-id', 'infected')).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('deleting an archive', () => {
  const isKept = (sha256: string) =>
    stat(new EvidenceStore(env().JOBSIGHT_DATA).pathOf(sha256)).then(
      () => true,
      () => false,
    );

  it('takes its members with it, also those of archives in it, with their bytes, and says so before', async () => {
    await addAndRead('Application_no_crc32.evtx');
    const before = await stateOf();
    const inner = await makeZip([file(REGISTRY)]);
    const id = await addAndReadAll('a.zip', await makeZip([file(POWERSHELL), file('inner.zip', inner)]));
    const members = await db.evidence.findMany({ where: { parentId: { not: null } } });
    expect(members).toHaveLength(3);
    const consequences = await deletionConsequences(ANALYST, id);
    expect(consequences.memberCount).toBe(3);
    expect(consequences.eventCount).toBeGreaterThan(0);
    await deleteEvidence(ANALYST, id);
    expect(await stateOf()).toEqual(before);
    expect(await db.evidence.count()).toBe(1);
    expect(await Promise.all(members.map(({ sha256 }) => isKept(sha256 ?? '')))).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('leaves what another archive holds too, and gives it to that one', async () => {
    const first = await addAndReadAll('1.zip', await makeZip(bothFiles()));
    const second = await addAndReadAll('2.zip', await makeZip([file(REGISTRY), file('x', Buffer.from('x'))]));
    expect((await deletionConsequences(ANALYST, first)).memberCount).toBe(1);
    await deleteEvidence(ANALYST, first);
    const left = await db.evidence.findMany({ where: { parentId: { not: null } } });
    expect(left.map(({ name, parentId }) => [name, parentId])).toEqual([[REGISTRY, second]]);
    expect(await isKept(left[0]?.sha256 ?? '')).toBe(true);
  });

  it('leaves what was also added by itself', async () => {
    const id = await addAndReadAll('a.zip', await makeZip(bothFiles()));
    await add(REGISTRY, evidenceFile(REGISTRY));
    await deleteEvidence(ANALYST, id);
    expect((await db.evidence.findMany()).map(({ name }) => name)).toEqual([REGISTRY]);
  });

  it('says of a member that was deleted alone that it is gone', async () => {
    const id = await addAndReadAll('a.zip', await makeZip(bothFiles()));
    const { evidenceId } = await memberOf(REGISTRY);
    await deleteEvidence(ANALYST, evidenceId ?? '');
    const { members } = await getEvidence(ANALYST, id);
    expect(members?.items.map(({ refused, evidence }) => [refused, evidence === null])).toEqual([
      [null, false],
      [null, true],
    ]);
  });
});
