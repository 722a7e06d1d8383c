import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { winlogbeat } from '#lib/evidence/json/testing/write-forms.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { ANALYST, addAndRead, empty, POWERSHELL, REGISTRY, useTestInstance } from '#lib/jobs/testing.ts';
import { backfillSource, testSource } from '../commands.ts';
import { documentOf, LAYOUTS, type Layout, type LayoutName } from '../testing/elastic-layouts.ts';
import { basic, type ElasticTestServer, startElasticServer } from '../testing/elastic-server.ts';
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

let server: ElasticTestServer;
let records: readonly EvidenceRecord[];
beforeAll(async () => {
  records = await storyRecords();
});
beforeEach(async () => {
  await db.source.deleteMany({});
  await empty();
  server = await startElasticServer('elasticsearch');
});
afterEach(() => server.close());

const names = Object.keys(LAYOUTS) as LayoutName[];
const isNeedle = ({ data }: EvidenceRecord) =>
  data.some(([, value]) => /win32_scheduledjob|enableat/i.test(value));
/** Long enough ago that the look back does not reach it. */
const EARLIER_MS = 2 * 3_600_000;

function put(layout: Layout, some: readonly EvidenceRecord[], ingestedMs: number | null): void {
  server.indexes.set(layout.index, layout.setup);
  for (const [at, record] of some.entries()) {
    const document = documentOf(layout, record, `${server.documents.length}-${at}`, ingestedMs);
    if (document) server.documents.push(document);
  }
}

const fill = (name: LayoutName, ingestedMs: number | null = Date.now() - EARLIER_MS): void =>
  put(LAYOUTS[name], records, ingestedMs);

const elastic = (indexes = ['*']) =>
  makeSource({
    kind: 'elasticsearch',
    settings: { url: server.url, indexes },
    secrets: { apiKey: 'elastic-key' },
  });

const searches = () =>
  server.requests.filter(({ path, body }) => path.includes('_search') && body.includes('"sort"'));

/** What the same documents give when they come as a file of hits. */
async function findingsOfFile() {
  const lines = server.documents.map(({ index, id, source }) =>
    JSON.stringify({ _index: index, _id: id, _source: source }),
  );
  await addAndRead('hits.jsonl', Buffer.from(lines.join('\n')));
  const expected = await strictFindings();
  expect(expected.findings.length).toBeGreaterThan(1);
  await empty();
  return expected;
}

/** Winlogbeat keeps at most 1024 characters of a value in its index. */
const WITH_LONG_SCRIPTS: Layout = {
  ...LAYOUTS.winlogbeat,
  write: (record) => {
    const values = record.data.map(([name, value]) => [
      name,
      name === 'ScriptBlockText' ? `${'#'.repeat(2_000)}\n${value}` : value,
    ]);
    const { winlog, ...rest } = winlogbeat(record) as { winlog: object };
    return { ...rest, winlog: { ...winlog, event_data: Object.fromEntries(values) } };
  },
};

const WITHOUT_INGESTED: Layout = {
  ...LAYOUTS['raw text'],
  setup: { mappings: { properties: { '@timestamp': { type: 'date' }, message: { type: 'text' } } } },
};

describe.each(names)('a pull of documents in the layout of %s', (name) => {
  it('gives the findings that a file of them gives, by one search with all conditions', async () => {
    fill(name);
    const expected = await findingsOfFile();
    const pull = await pullAndRead(await elastic());
    expect(pull).toMatchObject({ state: 'done', message: null });
    expect(await strictFindings()).toEqual(expected);
    expect(searches()).toHaveLength(1);
    expect(searches()[0]?.body).toMatch(/scheduledjob.*enableat|enableat.*scheduledjob/);
    // Documents that no detection can select stay where they are.
    expect(Number(pull.rowCount)).toBeLessThan(server.documents.length);
    expect(server.open.size).toBe(0);
  });
});

describe('a pull from Elasticsearch', () => {
  it('gives all layouts at once, each by its own mapping', async () => {
    for (const name of names) fill(name);
    const expected = await findingsOfFile();
    expect((await pullAndRead(await elastic())).state).toBe('done');
    expect(await strictFindings()).toEqual(expected);
  });

  it('gives from raw text what the event logs themselves give', async () => {
    for (const name of [REGISTRY, POWERSHELL]) await addAndRead(name);
    const expected = await strictFindings();
    expect(expected.findings.length).toBeGreaterThan(3);
    await empty();
    fill('raw text');
    await pullAndRead(await elastic());
    expect(await strictFindings()).toEqual(expected);
  });

  it('keeps hash, pull and query, and the hit as it came', async () => {
    fill('winlogbeat');
    const pull = await pullAndRead(await elastic());
    const [kept] = await db.pulledEvidence.findMany({ include: { evidence: true } });
    expect(kept).toMatchObject({ language: 'dsl', pullId: pull.id, rowCount: Number(pull.rowCount) });
    expect(kept?.query).toContain('EnableAt');
    expect(kept?.evidence).toMatchObject({
      status: 'ready',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('finds an event of years ago that arrives now, and nothing twice', async () => {
    const late = records.filter(isNeedle).slice(0, 1);
    put(
      LAYOUTS.winlogbeat,
      records.filter((record) => !late.includes(record)),
      Date.now() - EARLIER_MS,
    );
    const id = await elastic();
    const first = await pullAndRead(id);
    const again = await pullAndRead(id);
    expect(Number(again.rowCount)).toBe(0);
    expect(again.evidence).toEqual([]);
    put(LAYOUTS.winlogbeat, late, Date.now() - 5_000);
    const next = await pullAndRead(id);
    expect([Number(first.rowCount) > 0, Number(next.rowCount)]).toEqual([true, 1]);
    // What came before the look back is not asked for again.
    const range = /"event.ingested":\{"gte":"([^"]*)"/.exec(searches().at(-1)?.body ?? '')?.[1] ?? '';
    expect(Date.parse(range)).toBeGreaterThan(Date.now() - 3_700_000);
  });

  it('says where late events are not found, and finds what the look back reaches', async () => {
    put(WITHOUT_INGESTED, records, null);
    const expected = await findingsOfFile();
    const id = await elastic();
    const pull = await pullAndRead(id);
    expect(pull.notes.join(' ')).toContain('syslog-2026: without event.ingested');
    expect(await strictFindings()).toEqual(expected);
    expect(Number((await pullAndRead(id)).rowCount)).toBe(0);
  });

  it('takes documents whose field the index left out for its length', async () => {
    for (const product of ['elasticsearch', 'opensearch'] as const) {
      await server.close();
      server = await startElasticServer(product);
      await empty();
      put(WITH_LONG_SCRIPTS, records.filter(isNeedle), Date.now() - EARLIER_MS);
      const expected = await findingsOfFile();
      const id = product === 'elasticsearch' ? await elastic() : await openSearch();
      await pullAndRead(id);
      expect(await strictFindings()).toEqual(expected);
    }
  });

  it('reads more than a page, with nothing lost where times are the same', async () => {
    const selected = records.filter(({ data }) =>
      data.some(([, value]) => /win32_scheduledjob|Schedule\\Configuration\\EnableAt$/i.test(value)),
    );
    for (let copy = 0; copy < 250; copy += 1) put(LAYOUTS.winlogbeat, selected, Date.now() - EARLIER_MS);
    const pull = await pullAndRead(await elastic());
    expect(server.documents.length).toBeGreaterThan(1_000);
    expect(Number(pull.rowCount)).toBe(server.documents.length);
    expect(searches().length).toBeGreaterThan(1);
  });

  it('waits as long as the cluster says, and says so', async () => {
    fill('winlogbeat');
    const id = await elastic();
    server.faults.push({ kind: 'status', status: 429, times: 1, retryAfter: '0' });
    server.faults.push({ kind: 'status', status: 503, times: 2, retryAfter: '0' });
    const pull = await pullAndRead(id);
    expect(pull.state).toBe('done');
    expect(pull.notes.join(' ')).toMatch(/limits how often.*busy/);
  });

  it('loses nothing when the connection breaks off in the middle', async () => {
    fill('winlogbeat');
    const expected = await findingsOfFile();
    const id = await elastic();
    server.faults.push({ kind: 'cut', afterRows: 2 });
    const broken = await pullAndRead(id);
    expect(broken).toMatchObject({ state: 'failed', message: expect.stringContaining('broke off') });
    expect((await pullAndRead(id)).state).toBe('done');
    expect(await strictFindings()).toEqual(expected);
  });

  it('fails with what to do when the key has expired, and goes on when it is mended', async () => {
    fill('winlogbeat');
    const id = await elastic();
    server.authorization = 'ApiKey another';
    const pull = await pullAndRead(id);
    expect(pull.state).toBe('failed');
    expect(pull.message).toMatch(/does not accept the sign-in.*a key may have expired/);
    expect(pull.message).not.toContain('elastic-key');
    server.authorization = 'ApiKey elastic-key';
    expect((await pullAndRead(id)).state).toBe('done');
  });

  it('says which index is missing', async () => {
    fill('winlogbeat');
    const named = await pullAndRead(await elastic(['winlogbeat-7']));
    expect(named.message).toMatch(/no such index: no such index \[winlogbeat-7\].*_cat\/indices/);
    const pattern = await pullAndRead(await elastic(['nothing-*']));
    expect(pattern.message).toMatch(/No index fits/);
  });

  it('follows a mapping that changes, and says so', async () => {
    fill('winlogbeat');
    const id = await elastic();
    await pullAndRead(id);
    fill('Elastic Agent', Date.now() - 5_000);
    const pull = await pullAndRead(id);
    expect(pull.notes.join(' ')).toContain('The mapping of the indexes is another');
    expect(Number(pull.rowCount)).toBeGreaterThan(0);
  });

  it('asks for the right to see mappings, without which it might miss', async () => {
    fill('Elastic Agent');
    server.mayView = false;
    const pull = await pullAndRead(await elastic());
    expect(pull).toMatchObject({ state: 'failed', message: expect.stringContaining('view_index_metadata') });
  });

  it('pulls months in slices of event time, and none of them twice', async () => {
    fill('winlogbeat');
    const expected = await findingsOfFile();
    const id = await elastic();
    const times = records.map(({ timeTicks }) => Number((timeTicks ?? 0n) / 10_000n));
    const { sliceCount } = await backfillSource(ANALYST, id, {
      from: new Date(Math.min(...times) - 86_400_000).toISOString(),
      to: new Date(Math.max(...times) + 86_400_000).toISOString(),
      sliceHours: 24 * 31,
    });
    await runPulls(id);
    await readAll();
    expect(await db.sourcePull.count({ where: { sourceId: id, state: 'done' } })).toBe(sliceCount);
    expect(await strictFindings()).toEqual(expected);
  });
});

const openSearch = () =>
  makeSource({
    kind: 'opensearch',
    settings: { url: server.url, indexes: ['*'], username: 'jobsight' },
    secrets: { password: 'opensearch-password' },
  });

describe('a pull from OpenSearch', () => {
  it.each(['3.3.0', '2.19.1'])('of version %s gives the same', async (version) => {
    await server.close();
    server = await startElasticServer('opensearch');
    server.version = version;
    for (const name of names) fill(name);
    const expected = await findingsOfFile();
    const pull = await pullAndRead(await openSearch());
    expect(pull).toMatchObject({ state: 'done', message: null });
    expect(await strictFindings()).toEqual(expected);
    expect(searches()[0]?.path.includes('scroll')).toBe(version === '2.19.1');
    expect(server.open.size).toBe(0);
  });
});

describe('the test of a connection', () => {
  it('says of each step that it works, and which layouts are there', async () => {
    fill('winlogbeat');
    const recent = new Date().toISOString();
    for (const document of server.documents) Object.assign(document.source, { '@timestamp': recent });
    const steps = await testSource(ANALYST, await elastic());
    expect(steps.map(({ step, state }) => `${step} ${state}`)).toEqual([
      'reach works',
      'tls warning',
      'sign-in works',
      'rights works',
      'data works',
      'data works',
      'clock works',
    ]);
    expect(steps.find(({ step }) => step === 'data')?.message).toContain('winlog.event_data.ScriptBlockText');
  });

  it('knows events in raw text by their words', async () => {
    fill('raw text');
    for (const document of server.documents)
      Object.assign(document.source, { '@timestamp': new Date().toISOString() });
    const steps = await testSource(ANALYST, await elastic());
    expect(steps.filter(({ step }) => step === 'data').map(({ message }) => message)).toEqual([
      'There are PowerShell script blocks (event 4104), in message.',
      'There are registry writes (Sysmon 13, Security 4657 or Elastic Defend), in message.',
    ]);
  });

  it('says what does not, and how to mend it', async () => {
    const id = await elastic();
    put(WITHOUT_INGESTED, [], null);
    expect(await testSource(ANALYST, id)).toContainEqual(
      expect.objectContaining({
        step: 'data',
        state: 'warning',
        remedy: expect.stringContaining('event.ingested'),
      }),
    );
    server.mayView = false;
    expect((await testSource(ANALYST, id)).at(-1)).toMatchObject({
      step: 'rights',
      state: 'fails',
      remedy: expect.stringContaining('view_index_metadata'),
    });
    server.authorization = basic('a', 'b');
    expect((await testSource(ANALYST, id))[0]).toMatchObject({ step: 'sign-in', state: 'fails' });
    await server.close();
    expect((await testSource(ANALYST, id))[0]).toMatchObject({ step: 'reach', state: 'fails' });
  });

  it('tells OpenSearch from Elasticsearch', async () => {
    await server.close();
    server = await startElasticServer('opensearch');
    server.authorization = 'ApiKey elastic-key';
    const [step] = await testSource(ANALYST, await elastic());
    expect(step).toMatchObject({ state: 'fails', remedy: expect.stringContaining('OpenSearch') });
  });
});
