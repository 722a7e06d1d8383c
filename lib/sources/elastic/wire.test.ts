import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type Egress, openEgress } from '../egress.ts';
import { type Product, SETTINGS } from './settings.ts';
import { openWire, type Wire } from './wire.ts';

const open: { servers: Server[]; ways: Egress[] } = { servers: [], ways: [] };
afterEach(async () => {
  for (const way of open.ways.splice(0)) await way.close();
  for (const server of open.servers.splice(0)) server.close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer((request, response) => {
    response.setHeader('x-elastic-product', 'Elasticsearch');
    response.setHeader('content-type', 'application/json');
    listener(request, response);
  });
  open.servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function wireTo(product: Product, url: string, origins = [url]): Promise<Wire> {
  const way = openEgress({ origins, caCertificates: null, proxyUrl: null, isTlsVerified: true });
  open.ways.push(way);
  const settings = SETTINGS[product].parse({ url, indexes: ['*'], signIn: 'password', username: 'ana' });
  return openWire(
    product,
    settings,
    { password: 'a secret' },
    {
      fetch: way.fetch,
      signal: new AbortController().signal,
      tries: 1,
      sleep: (ms) => wait(ms),
      note: () => {},
    },
  );
}

describe.each(['elasticsearch', 'opensearch'] as const)('the client of %s', (product) => {
  it('goes to the configured host alone, also by a redirect', async () => {
    const other = await serve((_, response) => response.end('{}'));
    const url = await serve((_, response) => response.writeHead(302, { location: `${other}/` }).end());
    const redirected = await wireTo(product, url);
    await expect(redirected({ method: 'GET', path: '/' })).rejects.toMatchObject({ code: 'refused' });
    const elsewhere = await wireTo(product, other, ['http://127.0.0.1:1']);
    await expect(elsewhere({ method: 'GET', path: '/' })).rejects.toMatchObject({ code: 'refused' });
  });

  it('never goes where clouds keep their credentials', async () => {
    const url = 'http://169.254.169.254';
    const wire = await wireTo(product, url);
    await expect(wire({ method: 'GET', path: '/latest/meta-data' })).rejects.toMatchObject({
      code: 'refused',
    });
  });

  it('signs in, asks in plain JSON, and keeps a path before the API’s', async () => {
    const seen: Record<string, unknown>[] = [];
    const url = await serve((request, response) => {
      seen.push({ url: request.url, ...request.headers });
      response.end('{}');
    });
    const wire = await wireTo(product, `${url}/siem/`, [url]);
    await wire({ method: 'POST', path: '/_search', query: { scroll: '5m' }, body: { size: 1 } });
    expect(seen[0]).toMatchObject({
      url: '/siem/_search?scroll=5m',
      authorization: `Basic ${Buffer.from('ana:a secret').toString('base64')}`,
      'content-type': 'application/json',
    });
    expect(JSON.stringify(seen)).not.toContain('compatible-with');
  });

  it('gives documents back to the digit and the key', async () => {
    const text =
      '{"n":9007199254740993,"f":1.10,"sort":[9223372036854775807],"__proto__":{"constructor":{"prototype":1}}}';
    const wire = await wireTo(product, await serve((_, response) => response.end(text)));
    const { body } = await wire({ method: 'GET', path: '/' });
    expect(JSON.stringify(body)).toBe(text);
    expect(({} as Record<string, unknown>).n).toBeUndefined();
  });

  it('says what a web page in place of the API is, and shows no secret', async () => {
    const url = await serve((_, response) => response.end('<html>'));
    const wire = await wireTo(product, url);
    const error = await wire({ method: 'GET', path: '/' }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'schema', remedy: expect.stringContaining('web page') });
    expect(String(error)).not.toContain('secret');
  });
});
