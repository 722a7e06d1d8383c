import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { makeRecord } from '#lib/events/testing.ts';
import {
  eventRow,
  securityEventRow,
  windowsEventRow,
} from '#lib/evidence/json/testing/write-log-analytics.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { renderEventXml } from '#lib/evidence/render.ts';
import { formatIsoTime } from '#lib/evidence/time.ts';
import { ANALYST, addAndRead, empty, POWERSHELL, REGISTRY, useTestInstance } from '#lib/jobs/testing.ts';
import { backfillSource, pullNow, testSource } from '../commands.ts';
import { getSource } from '../queries.ts';
import {
  CLIENT,
  type KustoTestServer,
  startKustoServer,
  TENANT,
  WORKSPACE,
} from '../testing/kusto-server.ts';
import { deviceRegistryRow, kustoTable } from '../testing/kusto-tables.ts';
import {
  makeSource,
  pullAndRead,
  readAll,
  runPulls,
  strictFindings,
  useTestSecret,
} from '../testing/pulling.ts';
import { storyRecords } from '../testing/story.ts';

useTestDatabase();
useTestInstance();
useTestSecret();

let server: KustoTestServer;
beforeEach(async () => {
  await db.source.deleteMany({});
  await empty();
  server = await startKustoServer();
});
afterEach(() => server.close());

/** Seconds before now, as a time of 7 digits. */
const ago = (seconds: number): string => formatIsoTime(BigInt(Date.now() - seconds * 1_000) * 10_000n);

const settings = () => ({
  tenantId: TENANT,
  clientId: CLIENT,
  cloud: 'custom',
  signInUrl: server.url,
  apiUrl: server.url,
});
const secrets = { clientSecret: 'kusto-secret' };
const workspace = (workspaceId = WORKSPACE) =>
  makeSource({ kind: 'sentinel', settings: { ...settings(), workspaceId }, secrets });
const tenant = () => makeSource({ kind: 'defender', settings: settings(), secrets });

const fill = (table: string, rows: readonly object[], ingested: string | null = ago(600)) => {
  const filled = kustoTable(table, rows, ingested);
  const before = server.tables.get(table);
  if (before) before.rows.push(...filled.rows);
  else server.tables.set(table, filled);
};
const fillStory = async (write: (record: EvidenceRecord) => object = windowsEventRow, ingested = ago(600)) =>
  fill(
    'WindowsEvent',
    (await storyRecords()).map((record) => write(record)),
    ingested,
  );

async function findingsOf(files: readonly (readonly [name: string, bytes?: Uint8Array])[]) {
  for (const [name, bytes] of files) await addAndRead(name, bytes);
  const expected = await strictFindings();
  expect(expected.findings.length).toBeGreaterThan(0);
  await empty();
  return expected;
}
const findingsOfFiles = () => findingsOf([[REGISTRY], [POWERSHELL]]);
const jsonLines = (rows: readonly object[]) =>
  Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));

/** What findings say, less what a table that does not number its events cannot give. */
const told = ({ findings }: { readonly findings: readonly object[] }) =>
  findings
    .map((finding) =>
      z
        .object({
          detectionId: z.string(),
          dest: z.string(),
          firstTicks: z.string(),
          count: z.number(),
          riskScore: z.number(),
        })
        .parse(finding),
    )
    .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));

/** Registry writes of the story as Security 4657, which the Security log has of the same. */
async function audits(): Promise<readonly EvidenceRecord[]> {
  const writes = (await storyRecords()).filter(({ system }) => system.eventId === 13);
  return writes.map(({ system, data }) => {
    const path = data.find(([name]) => name === 'TargetObject')?.[1] ?? '';
    const at = path.lastIndexOf('\\');
    return makeRecord(
      {
        computer: system.computer,
        systemTime: system.systemTime,
        recordId: system.recordId,
        processId: system.processId,
        threadId: system.threadId,
        version: '0',
        task: '12801',
        opcode: '0',
        providerName: 'Microsoft-Windows-Security-Auditing',
        channel: 'Security',
        eventId: 4657,
        level: '0',
        keywords: '0x8020000000000000',
      },
      Object.entries({
        SubjectUserSid: 'S-1-5-21-1-2-3-500',
        SubjectUserName: 'jo',
        SubjectDomainName: 'OFFSEC',
        SubjectLogonId: '0x3e7',
        ObjectName: path.slice(0, at).replace(/^HKLM/, '\\REGISTRY\\MACHINE'),
        ObjectValueName: path.slice(at + 1),
        HandleId: '0x1a4',
        OperationType: '%%1905',
        OldValueType: '%%1876',
        OldValue: '0',
        NewValueType: '%%1876',
        NewValue: '1',
        ProcessId: '0x274',
        ProcessName: 'C:\\Windows\\System32\\reg.exe',
      }),
    );
  });
}

describe('a pull from a Log Analytics workspace', () => {
  it('gives the findings that the files give, from WindowsEvent', async () => {
    const expected = await findingsOfFiles();
    await fillStory();
    const pull = await pullAndRead(await workspace());
    expect(pull).toMatchObject({ state: 'done', message: null });
    expect(await strictFindings()).toEqual(expected);
    // Rows that no detection can select stay where they are.
    expect(Number(pull.rowCount)).toBeGreaterThan(0);
    expect(Number(pull.rowCount)).toBeLessThan(server.tables.get('WindowsEvent')?.rows.length ?? 0);
    expect(pull.notes).toEqual(
      ['SecurityEvent', 'Event', 'DeviceRegistryEvents', 'DeviceEvents'].map(
        (name) => `There is no table ${name}.`,
      ),
    );
    const [kept] = await db.pulledEvidence.findMany({ include: { evidence: true } });
    expect(kept).toMatchObject({
      language: 'kql',
      query: expect.stringMatching(/^WindowsEvent\n[\s\S]*enableat/),
    });
    expect(kept?.evidence.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each(['xml', 'wrapped', 'parameters'] as const)('from Event with its values as %s', async (holds) => {
    const expected = await findingsOfFiles();
    const rows = (await storyRecords()).map((record) =>
      // The names of Sysmon's values differ by its version.
      eventRow(record, { holds: record.system.eventId === 4104 ? holds : 'xml' }),
    );
    fill('Event', rows);
    expect(await pullAndRead(await workspace())).toMatchObject({ state: 'done' });
    expect(told(await strictFindings())).toEqual(told(expected));
  });

  it.each([false, true])('from SecurityEvent (values in EventData: %s)', async (hasXml) => {
    const records = await audits();
    const xml = Buffer.from(`<Events>${records.map(renderEventXml).join('')}</Events>`);
    const expected = await findingsOf([['audit.xml', xml]]);
    fill(
      'SecurityEvent',
      records.map((record) => securityEventRow(record, hasXml)),
    );
    expect(await pullAndRead(await workspace())).toMatchObject({ state: 'done' });
    expect(await strictFindings()).toEqual(expected);
  });

  it('from Defender’s table in the workspace', async () => {
    const records = (await storyRecords()).filter(({ system }) => system.eventId === 13);
    const rows = records.map((record, index) => {
      const row = deviceRegistryRow(record, index);
      return { TimeGenerated: row.Timestamp, Type: 'DeviceRegistryEvents', ...row };
    });
    const expected = await findingsOf([['hunting.jsonl', jsonLines(rows)]]);
    fill('DeviceRegistryEvents', rows);
    expect(await pullAndRead(await workspace())).toMatchObject({ state: 'done' });
    expect(told(await strictFindings())).toEqual(told(expected));
  });

  it('finds an event of three days ago that arrives now, and nothing twice', async () => {
    const records = await storyRecords();
    const late = records.find(({ data }) => data.some(([, value]) => /Win32_ScheduledJob/i.test(value)));
    fill('WindowsEvent', records.filter((record) => record !== late).map(windowsEventRow));
    const id = await workspace();
    const first = await pullAndRead(id);
    const again = await pullAndRead(id);
    expect([Number(first.rowCount) > 0, Number(again.rowCount), again.evidence]).toEqual([true, 0, []]);
    if (late) fill('WindowsEvent', [windowsEventRow(late)], ago(5));
    expect(Number((await pullAndRead(id)).rowCount)).toBe(1);
    // It asks from where it stood, less the look back.
    const last = server.queries().findLast((query) => query.startsWith('WindowsEvent'));
    const from = Date.parse(/datetime\((.*?)\)/.exec(last ?? '')?.[1] ?? '');
    expect(Date.now() - from).toBeLessThan(3_700_000);
  });

  it('halves the time until an answer is whole', async () => {
    const expected = await findingsOfFiles();
    const records = await storyRecords();
    for (const [index, record] of records.entries())
      fill('WindowsEvent', [windowsEventRow(record)], ago(600 + index * 86_400));
    server.rowLimit = 2;
    expect(await pullAndRead(await workspace())).toMatchObject({ state: 'done', message: null });
    expect(await strictFindings()).toEqual(expected);
    expect(server.queries().filter((query) => query.startsWith('WindowsEvent')).length).toBeGreaterThan(5);
  });

  it('pulls what came in all at once, though it is more than it asks for else', async () => {
    const [script] = (await storyRecords()).filter(({ data }) =>
      data.some(([, value]) => /Win32_ScheduledJob/i.test(value)),
    );
    if (!script) throw new Error('the story has lost its script');
    const row = windowsEventRow(script);
    fill(
      'WindowsEvent',
      Array.from({ length: 2_100 }, (_, index) => ({ ...row, EventRecordId: String(index) })),
    );
    const id = await workspace();
    const { pullId } = await pullNow(ANALYST, id);
    await runPulls(id);
    const pull = await db.sourcePull.findUniqueOrThrow({ where: { id: pullId } });
    expect([pull.state, Number(pull.rowCount)]).toEqual(['done', 2_100]);
  });

  it('says when even a second has more rows than an answer', async () => {
    await fillStory();
    server.rowLimit = 1;
    const pull = await pullAndRead(await workspace());
    expect(pull).toMatchObject({ state: 'failed', message: expect.stringContaining('rows of one second') });
    // What came before is done, what did not fit is not.
    const { cursor } = await db.source.findFirstOrThrow({});
    const { tables } = z.object({ tables: z.record(z.string(), z.coerce.number()) }).parse(cursor);
    expect((tables.WindowsEvent ?? 0) / 10_000).toBeLessThanOrEqual(Date.now() - 600_000);
  });

  it('waits as long as the service says, and says so', async () => {
    await fillStory();
    server.faults.push({ kind: 'status', status: 429, times: 1, retryAfter: '0' });
    server.faults.push({ kind: 'status', status: 503, times: 2, retryAfter: '0' });
    const pull = await pullAndRead(await workspace());
    expect(pull.state).toBe('done');
    expect(pull.notes.join(' ')).toMatch(/limits how often.*busy/);
  });

  it('loses nothing when the connection breaks off in the middle', async () => {
    const expected = await findingsOfFiles();
    await fillStory();
    const id = await workspace();
    server.faults.push({ kind: 'cut', afterRows: 2 });
    expect(await pullAndRead(id)).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('broke off'),
    });
    expect(await pullAndRead(id)).toMatchObject({ state: 'done' });
    expect(await strictFindings()).toEqual(expected);
  });

  it('signs in again when the token has ended, or is about to', async () => {
    await fillStory();
    const id = await workspace();
    const signIns = () => server.requests.filter(({ path }) => path.endsWith('/token')).length;
    server.tokenSeconds = 30;
    expect(await pullAndRead(id)).toMatchObject({ state: 'done' });
    // A token that is not good for a minute is used once.
    expect(signIns()).toBe(server.queries().length);
    server.tokenSeconds = 3_599;
    const queries = server.queries().length;
    server.queriesOfToken = 1;
    expect(await pullAndRead(id)).toMatchObject({ state: 'done' });
    expect(server.requests.filter(({ status }) => status === 401).length).toBeGreaterThan(0);
    // A query whose token had ended is asked again.
    expect(new Set(server.queries().slice(queries)).size).toBe(queries);
  });

  it.each([
    ['expired', { isSecretExpired: true }, /has expired \(AADSTS7000222\).*new client secret/],
    ['wrong', { secret: 'another' }, /is wrong \(AADSTS7000215\).*not its id/],
    ['without the role', { hasRights: false }, /insufficient access.*Log Analytics Reader/],
  ])(
    'fails with what to do when the credential is %s, and goes on when it is mended',
    async (_, fault, said) => {
      await fillStory();
      const id = await workspace();
      Object.assign(server, fault);
      const pull = await pullAndRead(id);
      expect(pull.state).toBe('failed');
      expect(pull.message).toMatch(said);
      expect(pull.message).not.toContain('kusto-secret');
      Object.assign(server, { isSecretExpired: false, secret: 'kusto-secret', hasRights: true });
      expect(await pullAndRead(id)).toMatchObject({ state: 'done' });
    },
  );

  it('fails with what to do when the workspace is another, or has none of the tables', async () => {
    const wrong = await workspace('44444444-4444-4444-8444-444444444444');
    expect((await pullAndRead(wrong)).message).toMatch(/could not be found.*Check the workspace id/);
    await db.source.deleteMany({});
    expect((await pullAndRead(await workspace())).message).toMatch(
      /None of the tables SecurityEvent, .* is there/,
    );
  });

  it('says that a schema has changed', async () => {
    await fillStory();
    const table = server.tables.get('WindowsEvent');
    const { Channel: _, ...columns } = table?.columns ?? {};
    server.tables.set('WindowsEvent', { columns, rows: table?.rows ?? [] });
    expect((await pullAndRead(await workspace())).message).toMatch(
      /no column Channel any more.*schema has changed/,
    );
  });

  it('pulls months in slices of event time, and none of them twice', async () => {
    const expected = await findingsOfFiles();
    await fillStory();
    const id = await workspace();
    const times = (await storyRecords()).map(({ timeTicks }) => Number((timeTicks ?? 0n) / 10_000n));
    const from = new Date(Math.min(...times) - 86_400_000).toISOString();
    const to = new Date(Math.max(...times) + 86_400_000).toISOString();
    const { sliceCount } = await backfillSource(ANALYST, id, { from, to, sliceHours: 24 * 31 });
    await runPulls(id);
    await readAll();
    expect(await db.sourcePull.count({ where: { sourceId: id, state: 'done' } })).toBe(sliceCount);
    expect(await strictFindings()).toEqual(expected);
    await pullAndRead(id);
    expect(await strictFindings()).toEqual(expected);
  });
});

describe('a pull from advanced hunting', () => {
  const recentRows = async () => {
    const records = (await storyRecords()).filter(({ system }) => system.eventId === 13);
    return records.map((record, index) => ({
      ...deviceRegistryRow(record, index),
      Timestamp: ago(86_400 - index * 60),
    }));
  };

  it('gives the findings that its rows give as a file', async () => {
    const rows = await recentRows();
    const expected = await findingsOf([['hunting.jsonl', jsonLines(rows)]]);
    fill('DeviceRegistryEvents', rows);
    fill('DeviceEvents', []);
    const pull = await pullAndRead(await tenant());
    expect(pull).toMatchObject({ state: 'done', message: null, notes: [] });
    expect(told(await strictFindings())).toEqual(told(expected));
    expect(Number(pull.rowCount)).toBeLessThan(rows.length);
  });

  it('finds rows that do not say when they came in by their time, and says so', async () => {
    const rows = await recentRows();
    const expected = await findingsOf([['hunting.jsonl', jsonLines(rows)]]);
    fill('DeviceRegistryEvents', rows, null);
    const pull = await pullAndRead(await tenant());
    expect(told(await strictFindings())).toEqual(told(expected));
    expect(pull.notes.join(' ')).toContain('DeviceRegistryEvents does not say when rows came in');
  });

  it('halves the time where the service refuses so many rows', async () => {
    const rows = await recentRows();
    const expected = await findingsOf([['hunting.jsonl', jsonLines(rows)]]);
    for (const [index, row] of rows.entries()) fill('DeviceRegistryEvents', [row], ago(600 + index * 3_600));
    server.rowLimit = 1;
    expect(await pullAndRead(await tenant())).toMatchObject({ state: 'done', message: null });
    expect(told(await strictFindings())).toEqual(told(expected));
  });

  it('does not ask for what is older than 30 days in a back-fill, and says so', async () => {
    const rows = await recentRows();
    const expected = await findingsOf([['hunting.jsonl', jsonLines(rows)]]);
    fill('DeviceRegistryEvents', rows);
    const id = await tenant();
    const day = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
    await backfillSource(ANALYST, id, { from: day(60), to: day(0), sliceHours: 24 * 20 });
    await runPulls(id);
    await readAll();
    const pulls = await db.sourcePull.findMany({ orderBy: { fromTicks: 'asc' } });
    expect(
      pulls.map(({ state, notes }) => [state, notes.some((note) => note.includes('Nothing from before'))]),
    ).toEqual([
      ['done', true],
      ['done', true],
      ['done', false],
    ]);
    expect(told(await strictFindings())).toEqual(told(expected));
  });

  it('asks for no more than the 30 days that it has', async () => {
    fill('DeviceRegistryEvents', await recentRows());
    await pullAndRead(await tenant());
    const [query] = server.queries();
    const from = Date.parse(/datetime\((.*?)\)/.exec(query ?? '')?.[1] ?? '');
    expect(Math.round((Date.now() - from) / 86_400_000)).toBe(30);
  });

  it('covers the registry detection, and says why not the other', async () => {
    const { coverage, queries } = await getSource(ANALYST, await tenant());
    expect(coverage.map(({ isCovered }) => isCovered).sort()).toEqual([false, true]);
    expect(coverage.find(({ isCovered }) => !isCovered)?.reason).toContain('names of cmdlets');
    expect(queries.map(({ language }) => language)).toEqual(['kql', 'kql']);
  });
});

describe('the test of a connection', () => {
  const states = async (id: string) =>
    (await testSource(ANALYST, id)).map(({ step, state }) => `${step} ${state}`);

  it('says of each step that it works, and which tables there are', async () => {
    fill('DeviceRegistryEvents', [{ TimeGenerated: ago(60), Timestamp: ago(60) }]);
    fill('Event', []);
    for (const make of [workspace, tenant]) {
      const steps = await testSource(ANALYST, await make());
      const of = (name: string) => steps.filter(({ step }) => step === name).map(({ state }) => state);
      expect([of('sign-in'), of('reach'), of('tls'), of('rights'), of('clock')]).toEqual([
        ['works'],
        ['works'],
        ['warning'],
        ['works'],
        ['works'],
      ]);
      const data = steps.filter(({ step }) => step === 'data').map(({ message }) => message);
      expect(data).toContain(
        'DeviceRegistryEvents (registry writes that Defender saw) has 1 row of the last 30 days.',
      );
      expect(data).toContain('There is no table DeviceProcessEvents (processes that Defender saw).');
    }
  });

  it('says what does not, and how to mend it', async () => {
    const id = await tenant();
    expect((await states(id)).filter((state) => state.startsWith('data'))).toContain('data warning');
    server.hasRights = false;
    const steps = await testSource(ANALYST, id);
    expect(steps.at(-1)).toMatchObject({
      step: 'rights',
      state: 'fails',
      remedy: expect.stringContaining('ThreatHunting.Read.All'),
    });
    server.isSecretExpired = true;
    expect(await states(id)).toEqual(['sign-in fails']);
    await server.close();
    expect(await states(id)).toEqual(['reach fails']);
  });
});

it('the client secret stands nowhere in the database or the audit', async () => {
  await workspace();
  const dump = JSON.stringify([
    await db.source.findMany({ omit: { secrets: true } }),
    await db.auditEntry.findMany({}),
  ]);
  expect(dump).not.toContain('kusto-secret');
});
