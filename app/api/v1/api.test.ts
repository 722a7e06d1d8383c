import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { ENDPOINTS } from '#lib/http/endpoints.ts';
import {
  addAndRead,
  callApi,
  exampleFile,
  formOf,
  REGISTRY,
  SCRIPT_BLOCKS,
  useApi,
} from '#lib/http/testing-api.ts';

useTestDatabase();
useApi();

const HOST = 'win10-02.offsec.lan';
const USER = 'S-1-5-21-4230534742-2542757381-3142984815-1111';
let evidenceId = '';
let sourceId = '';
let channelId = '';

beforeAll(async () => {
  [evidenceId = ''] = await addAndRead(exampleFile(SCRIPT_BLOCKS), exampleFile(REGISTRY));
  const reason = 'It covers nothing that is here.';
  const draft = { name: 'Nowhere', text: 'search NOT dest="nowhere*"', reason };
  await callApi('analyst', 'POST', '/api/v1/filters', { body: { draft } });
  const idOf = async (address: string, body: object): Promise<string> =>
    (await (await callApi('manager', 'POST', address, { body })).json()).id;
  const way = { caCertificates: null, proxyUrl: null, tlsOffReason: null, cron: '*/5 * * * *' };
  const splunk = { settings: { url: 'https://splunk.example:8089' }, secrets: { token: 'x' } };
  sourceId = await idOf('/api/v1/sources', { kind: 'splunk', name: 'lab', ...splunk, ...way });
  const hook = {
    settings: { url: 'https://hook.example/' },
    secrets: { signingKey: 'a key that is long enough to sign with' },
  };
  channelId = await idOf('/api/v1/notifications/channels', {
    kind: 'webhook',
    name: 'lab',
    wants: ['incident'],
    ...hook,
  });
});

const DETECTION = '47c69803-2c09-408b-b40a-063c064cbb16';

const read = async (address: string) => (await callApi('viewer', 'GET', address)).json();

async function findingOf(count: number, user = USER): Promise<{ id: string; version: number }> {
  const { items } = await read('/api/v1/findings?mode=strict');
  const found = items.find(
    (item: { count: number; user: string }) => item.count === count && item.user === user,
  );
  return read(`/api/v1/findings/${found.id}`);
}

describe('reading', () => {
  it('gives the findings of both files with their times to the last digit', async () => {
    const { items, total } = await read('/api/v1/findings?mode=strict&sort=first&direction=asc');
    const shown = items.map((item: Record<string, unknown>) => [
      item.dest,
      item.user,
      item.count,
      item.first_time,
      item.firstTicks,
      item.riskScore,
    ]);
    expect(total).toBe(4);
    expect(shown).toEqual([
      [HOST, 'unknown', 2, '2024-03-05T09:10:11.3000123Z', '17096298113000123', 25],
      [HOST, USER, 1, '2024-03-05T09:14:02.1254367Z', '17096300421254367', 40],
      [HOST, USER, 2, '2024-03-05T09:15:40.5000001Z', '17096301405000001', 40],
      [HOST, USER, 1, '2024-03-05T09:16:00.0000013Z', '17096301600000013', 40],
    ]);
    expect(items[0].last_time).toBe('2024-03-05T09:41:00.7654321Z');
  });

  it('gives every finding once, page by page', async () => {
    const seen: number[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: { items: { number: number }[]; nextCursor: string | null } = await read(
        `/api/v1/findings?mode=strict&limit=3${cursor && `&cursor=${cursor}`}`,
      );
      seen.push(...page.items.map(({ number }) => number));
      cursor = page.nextCursor;
    }
    expect([seen.length, new Set(seen).size]).toEqual([4, 4]);
  });

  it('gives hosts and risk objects with their peak of 24 hours', async () => {
    expect((await read(`/api/v1/hosts/${HOST}`)).peakScore).toBe(145);
    const { items, total, nextCursor } = await read('/api/v1/risk/objects');
    expect([total, nextCursor]).toEqual([1, null]);
    expect(items).toMatchObject([
      { type: 'system', name: HOST, peakScore: 145, peak_start_time: '2024-03-05T09:10:11.3000123Z' },
    ]);
    expect(await read('/api/v1/risk/objects?type=user')).toMatchObject({
      items: [],
      nextCursor: null,
      total: 0,
      totalAll: 1,
    });
  });

  it('gives techniques under their tactics', async () => {
    const { tactics } = await read('/api/v1/attack');
    const found = tactics.flatMap(({ techniques }: { techniques: { id: string; findingCount: number }[] }) =>
      techniques.map(({ id, findingCount }) => `${id} ${findingCount}`),
    );
    expect(found).toEqual(expect.arrayContaining(['T1059.001 3', 'T1053.005 1']));
  });

  it('narrows a timeline to a range', async () => {
    const whole = await read(`/api/v1/hosts/${HOST}/timeline`);
    const { ticks } = whole.events[0];
    const one = await read(`/api/v1/hosts/${HOST}/timeline?from=${ticks}&to=${ticks}`);
    expect(whole.events.length).toBeGreaterThan(4);
    expect(one.events.map((event: { ticks: string }) => event.ticks)).toEqual([ticks]);
    expect(one).toMatchObject({ fromTicks: ticks, to_time: whole.events[0].time });
  });

  /** Asked about evidence of their own in mappings/route.test.ts. */
  const elsewhere = ['/api/v1/evidence/{id}/columns', '/api/v1/mappings/{key}'];
  const described = ENDPOINTS.filter(
    ({ method, path, response }) => method === 'GET' && response && !elsewhere.includes(path),
  );
  it.each(described)('$path answers as the OpenAPI document says', async ({ path, response }) => {
    const ids = {
      evidence: evidenceId,
      findings: '1',
      hosts: HOST,
      detections: DETECTION,
      filters: 'R-1',
      sources: sourceId,
      notifications: channelId,
    };
    const queries: Readonly<Record<string, string>> = {
      '/api/v1/detections/{id}/comparison': '?with=2026',
      '/api/v1/risk/object': `?type=system&name=${HOST}`,
      '/api/v1/risk/entities': '?kind=asset',
    };
    const kind = path.split('/')[3] as keyof typeof ids;
    const address = path.replace('{id}', ids[kind] ?? '').replace('{number}', '1');
    const answer = await callApi('manager', 'GET', address + (queries[path] ?? ''));
    expect(answer.status).toBe(200);
    expect(response?.safeParse(await answer.json()).error?.issues).toBeUndefined();
  });

  it('/metrics counts evidence, findings and workers', async () => {
    await db.workerHeartbeat.create({ data: { id: 'w', startedAt: new Date(), seenAt: new Date() } });
    const text = await (await callApi('viewer', 'GET', '/metrics')).text();
    expect(text).toContain('jobsight_evidence{status="ready"} 2');
    expect(text).toMatch(/^jobsight_findings\{status="new",severity="medium"\} 3$/m);
    expect(text).toContain('jobsight_workers 1');
    expect(text).toContain('process_resident_memory_bytes');
    await db.workerHeartbeat.deleteMany();
    expect(await (await callApi('viewer', 'GET', '/metrics')).text()).toContain('jobsight_workers 0');
  });
});

describe('triage', () => {
  it('takes a false positive out of the risk of its host and says who closed it', async () => {
    const { id, version } = await findingOf(2);
    const change = { version, status: 'closed', disposition: 'false_positive', reason: 'our deployment' };
    const answer = await callApi('analyst', 'PATCH', `/api/v1/findings/${id}`, { body: change });
    expect(await answer.json()).toMatchObject({
      status: 'closed',
      disposition: 'false_positive',
      version: version + 1,
      history: [{ action: 'finding.update', actorName: "the analyst's script" }],
    });
    expect((await read(`/api/v1/hosts/${HOST}`)).peakScore).toBe(105);
  });

  it('tells who was slower what stands there now, and changes nothing', async () => {
    const { id, version } = await findingOf(2, 'unknown');
    const send = (reason: string) =>
      callApi('analyst', 'PATCH', `/api/v1/findings/${id}`, { body: { version, status: 'on_hold', reason } });
    const answers = await Promise.all([send('first'), send('second')]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const bodies = await Promise.all(answers.map((answer) => answer.json()));
    const winner = bodies.find((body) => body.id === id);
    const conflict = bodies.find((body) => body.id !== id);
    expect(conflict).toMatchObject({
      title: 'conflict',
      details: { version: version + 1, status: 'on_hold', reason: winner.reason },
    });
  });

  it('needs a disposition and a reason to close', async () => {
    const { id, version } = await findingOf(2, 'unknown');
    const answer = await callApi('analyst', 'PATCH', `/api/v1/findings/${id}`, {
      body: { version, status: 'closed' },
    });
    expect([answer.status, (await answer.json()).details.field]).toEqual([400, 'disposition']);
  });

  it.each([{ status: 'gone' }, { ownerId: 'nobody' }, { ownerId: '\0' }, { version: 0 }, { id: 'x' }])(
    'refuses the change %j',
    async (change) => {
      const { version } = await read('/api/v1/findings/1');
      const body = { version, ...change };
      expect((await callApi('analyst', 'PATCH', '/api/v1/findings/1', { body })).status).toBe(400);
    },
  );

  it('keeps a note as it was written', async () => {
    const text = '<img src=x onerror=alert(1)> \u0000 \ud83d\ude00 \u202e';
    const answer = await callApi('analyst', 'POST', '/api/v1/findings/F-1/notes', { body: { text } });
    expect(answer.status).toBe(201);
    expect((await answer.json()).notes).toMatchObject([{ author: "the analyst's script", text }]);
  });
});

describe('refusals', () => {
  const calls = [
    ['PATCH', '/api/v1/findings/1', { version: 1, status: 'in_progress' }],
    ['POST', '/api/v1/findings/1/notes', { text: 'hello' }],
    ['DELETE', '/api/v1/evidence/{id}', undefined],
    ['GET', '/api/v1/evidence/{id}/content', undefined],
  ] as const;

  it.each(calls)('%s %s by a viewer or by nobody changes nothing', async (method, path, body) => {
    const everything = async () =>
      JSON.stringify(
        [
          await db.evidence.findMany(),
          await db.finding.findMany({ orderBy: { id: 'asc' } }),
          await db.findingNote.findMany(),
          await db.auditEntry.count(),
        ],
        (_, item: unknown) => (typeof item === 'bigint' ? String(item) : item),
      );
    const before = await everything();
    const address = path.replace('{id}', evidenceId);
    const statuses = [null, 'viewer' as const].map(
      async (caller) => (await callApi(caller, method, address, { body })).status,
    );
    expect(await Promise.all(statuses)).toEqual([401, 403]);
    expect(await everything()).toBe(before);
  });

  it("a viewer's upload keeps no bytes", async () => {
    const files = () => readdirSync(process.env.JOBSIGHT_DATA ?? '', { recursive: true }).length;
    const before = files();
    const body = formOf(new File(['something new'], 'new.evtx'));
    expect((await callApi('viewer', 'POST', '/api/v1/evidence', { body })).status).toBe(403);
    expect(files()).toBe(before);
  });

  it.each([
    '/api/v1/findings/0',
    '/api/v1/findings/999999999',
    '/api/v1/findings/%00',
    `/api/v1/findings/${'f'.repeat(64)}`,
    '/api/v1/hosts/%00',
    '/api/v1/hosts/nobody/timeline',
    '/api/v1/evidence/x',
    '/api/v1/evidence/00000000-0000-7000-8000-000000000000/content',
    '/api/v1/evidence/00000000-0000-7000-8000-000000000000/consequences',
  ])('%s is not found', async (address) => {
    const answer = await callApi('admin', 'GET', address);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
  });

  it.each([
    ...['limit=0', 'limit=501', 'limit=x', 'sort=x', 'severity=x', 'q=a&q=b'].map((q) => `findings?${q}`),
    ...[
      'cursor=x',
      'cursor=WyJ4IiwxXQ',
      'cursor=WzEsMS41XQ',
      'sort=dest&cursor=WyJcdTAwMDAiLDFd',
      'host=%00',
      'owner=a,%00',
    ].map((q) => `findings?${q}`),
    ...['cursor=-1', 'cursor=x', 'limit=1e9', 'sort=x'].map((q) => `hosts?${q}`),
    ...['from=x', 'from=9999999999999999999', 'to=-9999999999999999999'].map(
      (q) => `hosts/${HOST}/timeline?${q}`,
    ),
    ...['type=x', 'cursor=x', 'limit=-1'].map((q) => `risk/objects?${q}`),
  ])('%s is a wrong input, never a failure', async (address) => {
    expect((await callApi('viewer', 'GET', `/api/v1/${address}`)).status).toBe(400);
  });
});
