import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { ANALYST, addAndRead, empty, POWERSHELL, REGISTRY, useTestInstance } from '#lib/jobs/testing.ts';
import { backfillSource, testSource } from '../commands.ts';
import {
  makeSource,
  pullAndRead,
  readAll,
  runPulls,
  strictFindings,
  useTestSecret,
} from '../testing/pulling.ts';
import { type SplunkTestServer, startSplunkServer } from '../testing/splunk-server.ts';
import { splunkEvent, storyRecords } from '../testing/story.ts';

useTestDatabase();
useTestInstance();
useTestSecret();

let server: SplunkTestServer;
beforeEach(async () => {
  await db.source.deleteMany({});
  await empty();
  server = await startSplunkServer();
});
afterEach(() => server.close());

const nowSec = (): number => Math.floor(Date.now() / 1_000);

async function fill(indexTime = nowSec() - 600): Promise<void> {
  for (const record of await storyRecords()) server.events.push(splunkEvent(record, indexTime));
}

const tokenSource = () =>
  makeSource({ kind: 'splunk', settings: { url: server.url }, secrets: { token: 'splunk-token' } });

async function findingsOfFiles() {
  for (const name of [REGISTRY, POWERSHELL]) await addAndRead(name);
  const expected = await strictFindings();
  expect(expected.findings.length).toBeGreaterThan(3);
  await empty();
  return expected;
}

describe('a pull from Splunk', () => {
  it('gives the findings that the files give, by one search with all conditions', async () => {
    const expected = await findingsOfFiles();
    await fill();
    const pull = await pullAndRead(await tokenSource());
    expect(pull).toMatchObject({ state: 'done', message: null });
    expect(await strictFindings()).toEqual(expected);
    const searches = server.requests.filter(({ path }) => path.endsWith('/export'));
    expect(searches.map(({ form }) => form.search)).toEqual([
      'search index=* ((currentversion schedule configuration* enableat) OR (4104 *win32 scheduledjob*)) | eval _indextime=_indextime | fields _time _raw host source sourcetype index _indextime _cd _bkt splunk_server',
    ]);
    // Rows that no detection can select stay where they are.
    expect(Number(pull.rowCount)).toBeLessThan(server.events.length);
    expect(Number(pull.rowCount)).toBeGreaterThan(0);
  });

  it('keeps hash, pull and query of what it pulled', async () => {
    await fill();
    const pull = await pullAndRead(await tokenSource());
    const [kept] = await db.pulledEvidence.findMany({ include: { evidence: true } });
    expect(kept?.query).toContain('enableat');
    expect(kept?.evidence.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(kept?.evidence.status).toBe('ready');
    expect(kept?.pullId).toBe(pull.id);
    expect(kept?.rowCount).toBe(Number(pull.rowCount));
  });

  it('finds an event of three days ago that arrives now, and nothing twice', async () => {
    const records = await storyRecords();
    const late = records.find(({ data }) => data.some(([, value]) => /Win32_ScheduledJob/i.test(value)));
    const early = records.filter((record) => record !== late);
    for (const record of early) server.events.push(splunkEvent(record, nowSec() - 600));
    const id = await tokenSource();
    const first = await pullAndRead(id);
    const again = await pullAndRead(id);
    expect(Number(again.rowCount)).toBe(0);
    expect(again.evidence).toEqual([]);
    if (late) server.events.push(splunkEvent(late, nowSec() - 5));
    const next = await pullAndRead(id);
    expect([Number(first.rowCount) > 0, Number(next.rowCount)]).toEqual([true, 1]);
    // It asks from where it stood, less the look back.
    const last = server.requests.findLast(({ path }) => path.endsWith('/export'));
    expect(Number(last?.form.index_earliest)).toBeGreaterThan(nowSec() - 3_700);
    expect(last?.form.earliest_time).toBe('0');
  });

  it('waits as long as Splunk says, and says so', async () => {
    await fill();
    const id = await tokenSource();
    server.faults.push({ kind: 'status', status: 429, times: 1, retryAfter: '0' });
    server.faults.push({ kind: 'status', status: 503, times: 2, retryAfter: '0' });
    const pull = await pullAndRead(id);
    expect(pull.state).toBe('done');
    expect(pull.notes.join(' ')).toMatch(/limits how often.*busy/);
  });

  it('loses nothing when the connection breaks off in the middle', async () => {
    const expected = await findingsOfFiles();
    await fill();
    const id = await tokenSource();
    server.faults.push({ kind: 'cut', afterRows: 2 });
    const broken = await pullAndRead(id);
    expect(broken.state).toBe('failed');
    expect(await db.source.findUniqueOrThrow({ where: { id } })).toMatchObject({
      cursor: null,
      failure: expect.stringContaining('broke off'),
    });
    const mended = await pullAndRead(id);
    expect(mended.state).toBe('done');
    expect(await strictFindings()).toEqual(expected);
    expect(await db.source.findUniqueOrThrow({ where: { id } })).toMatchObject({
      failingSince: null,
      failure: null,
    });
  });

  it('opens its session again when it has ended', async () => {
    await fill();
    const id = await makeSource({
      kind: 'splunk',
      settings: { url: server.url, signIn: 'password', username: 'jobsight' },
      secrets: { password: 'splunk-password' },
    });
    expect((await pullAndRead(id)).state).toBe('done');
    server.endSessions();
    expect((await pullAndRead(id)).state).toBe('done');
  });

  it('fails with what to do when the credential is wrong, and goes on when it is mended', async () => {
    await fill();
    const id = await tokenSource();
    server.token = 'another';
    const pull = await pullAndRead(id);
    expect(pull).toMatchObject({ state: 'failed' });
    expect(pull.message).toMatch(/does not accept the sign-in.*Enter the token/);
    expect(JSON.stringify(pull.message)).not.toContain('splunk-token');
    server.token = 'splunk-token';
    expect(await pullAndRead(id)).toMatchObject({ state: 'done' });
  });

  it('pulls months in slices of event time, and none of them twice', async () => {
    const expected = await findingsOfFiles();
    await fill();
    const id = await tokenSource();
    const times = server.events.map(({ time }) => time);
    const from = new Date((Math.min(...times) - 86_400) * 1_000).toISOString();
    const to = new Date((Math.max(...times) + 86_400) * 1_000).toISOString();
    const { sliceCount } = await backfillSource(ANALYST, id, { from, to, sliceHours: 24 * 31 });
    await runPulls(id);
    await readAll();
    expect(await db.sourcePull.count({ where: { sourceId: id, state: 'done' } })).toBe(sliceCount);
    expect(await strictFindings()).toEqual(expected);
  });
});

describe('the test of a connection', () => {
  const states = async (id: string) =>
    Object.fromEntries((await testSource(ANALYST, id)).map(({ step, state }) => [step, state]));

  it('says of each step that it works', async () => {
    await fill();
    const id = await tokenSource();
    expect(await states(id)).toMatchObject({
      reach: 'works',
      'sign-in': 'works',
      rights: 'works',
      clock: 'works',
    });
    expect((await db.source.findUniqueOrThrow({ where: { id } })).testedAt).not.toBeNull();
  });

  it('says what does not, and how to mend it', async () => {
    const id = await tokenSource();
    server.capabilities.splice(0, server.capabilities.length, 'list_inputs');
    expect(await states(id)).toMatchObject({ rights: 'fails', data: 'warning' });
    server.token = 'another';
    const [step] = await testSource(ANALYST, id);
    expect(step).toMatchObject({ step: 'sign-in', state: 'fails', remedy: expect.stringContaining('again') });
    await server.close();
    const [unreachable] = await testSource(ANALYST, id);
    expect(unreachable).toMatchObject({
      step: 'reach',
      state: 'fails',
      remedy: expect.stringContaining('firewall'),
    });
  });
});

describe('a secret', () => {
  it('stands nowhere in the database or the audit', async () => {
    await tokenSource();
    const dump = JSON.stringify([
      await db.source.findMany({ omit: { secrets: true } }),
      await db.auditEntry.findMany({}),
    ]);
    expect(dump).not.toContain('splunk-token');
    const [{ secrets } = { secrets: null }] = await db.source.findMany({});
    expect(Buffer.from(secrets ?? []).includes('splunk-token')).toBe(false);
  });
});
