import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { empty, useTestInstance } from '#lib/jobs/testing.ts';
import { makeSource, pullAndRead, useTestSecret } from '../testing/pulling.ts';
import { json, startTestServer, type TestServer } from '../testing/server.ts';
import { splunkEvent, storyRecords } from '../testing/story.ts';

useTestDatabase();
useTestInstance();
useTestSecret();

/** Rows of an imaginary system: raw events, numbered. */
let rows: readonly { readonly id: number; readonly seenAt: number; readonly raw: string }[] = [];
let server: TestServer;

beforeAll(async () => {
  rows = (await storyRecords()).map((record, id) => ({
    id,
    seenAt: 1_000 + id,
    raw: splunkEvent(record, 0).raw,
  }));
});
beforeEach(async () => {
  await db.source.deleteMany({});
  await empty();
  server = await startTestServer(({ path, query, headers, response }) => {
    if (headers['x-key'] !== 'secret') return json(response, 401, {});
    const since = Number(query.get('since') ?? 0);
    const wanted = rows.filter(({ seenAt }) => seenAt * 1_000 >= since);
    const size = Number(query.get('size') ?? 10);
    const from =
      path === '/page'
        ? (Number(query.get('page') ?? 1) - 1) * size
        : path === '/offset'
          ? Number(query.get('start'))
          : Number(query.get('after') ?? 0);
    const page = wanted.slice(from, from + size);
    const next = from + size < wanted.length ? from + size : null;
    if (path === '/link' && next !== null)
      response.setHeader('link', `<${server.url}/link?size=${size}&after=${next}>; rel="next"`);
    if (path === '/lines') {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.end(wanted.map((row) => `${JSON.stringify(row)}\n`).join(''));
      return;
    }
    json(response, 200, path === '/link' ? page : { data: { items: page }, meta: { next } });
  });
});
afterEach(() => server.close());

const source = (path: string, settings: object) =>
  makeSource({
    kind: 'http-json',
    settings: { url: `${server.url}${path}`, keyPath: 'id', pageSize: 7, sizeParam: 'size', ...settings },
    secrets: { header: 'X-Key: secret' },
  });

describe('a pull of JSON by HTTP', () => {
  it.each([
    ['/page', { paging: 'page', pageParam: 'page', rowsPath: 'data.items' }],
    ['/offset', { paging: 'offset', pageParam: 'start', rowsPath: 'data.items' }],
    ['/cursor', { paging: 'cursor', pageParam: 'after', nextPath: 'meta.next', rowsPath: 'data.items' }],
    ['/link', { paging: 'link' }],
    ['/lines', {}],
  ])('brings every row once from %s', async (path, settings) => {
    const id = await source(path, settings);
    const pull = await pullAndRead(id);
    expect(pull).toMatchObject({ state: 'done', rowCount: BigInt(rows.length) });
    expect((await pullAndRead(id)).rowCount).toBe(0n);
  });

  it('asks for what came in since, less the look back', async () => {
    const id = await source('/lines', { fromParam: 'since', times: 'epoch-ms' });
    await pullAndRead(id);
    await pullAndRead(id);
    const [first, second] = server.requests.map((request) => new URL(request.path, server.url).searchParams);
    expect(first?.get('since')).toBeNull();
    expect(Number(second?.get('since'))).toBeGreaterThan(Date.now() - 3_700_000);
  });

  it('says where the rows are not, and what sign-in is not accepted', async () => {
    const wrong = await pullAndRead(await source('/cursor', { rowsPath: 'data.rows' }));
    expect(wrong.message).toContain('no list at data.rows');
    const id = await makeSource({ kind: 'http-json', settings: { url: `${server.url}/lines` }, secrets: {} });
    expect((await pullAndRead(id)).message).toContain('does not accept the sign-in');
  });
});
