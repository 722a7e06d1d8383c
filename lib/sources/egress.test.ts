import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { checkHost, type Egress, guardedLookup, isMetadataAddress, openEgress } from './egress.ts';
import { SourceError } from './types.ts';

const open: { servers: Server[]; ways: Egress[] } = { servers: [], ways: [] };
afterEach(async () => {
  for (const way of open.ways.splice(0)) await way.close();
  for (const server of open.servers.splice(0)) server.close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  open.servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function wayTo(...origins: string[]): Egress {
  const way = openEgress({ origins, caCertificates: null, proxyUrl: null, isTlsVerified: true });
  open.ways.push(way);
  return way;
}

describe('the way out', () => {
  it('leads to the configured host', async () => {
    const origin = await serve((_, response) => response.end('here'));
    const answer = await wayTo(origin).fetch(`${origin}/path`);
    expect(await answer.text()).toBe('here');
  });

  it('leads nowhere else, also not by a redirect', async () => {
    const other = await serve((_, response) => response.end('secret'));
    const origin = await serve((request, response) =>
      request.url === '/away'
        ? response.writeHead(302, { location: `${other}/` }).end()
        : request.url === '/near'
          ? response.writeHead(301, { location: '/here' }).end()
          : response.end(request.url),
    );
    const { fetch } = wayTo(origin);
    await expect(fetch(`${other}/`)).rejects.toMatchObject({ code: 'refused' });
    await expect(fetch(`${origin}/away`)).rejects.toMatchObject({ code: 'refused' });
    expect(await (await fetch(`${origin}/near`)).text()).toBe('/here');
    await expect(fetch(`${origin}/near`, { method: 'POST', body: 'x' })).rejects.toMatchObject({
      code: 'refused',
    });
  });

  it('ends a redirect that goes round', async () => {
    const origin = await serve((_, response) => response.writeHead(302, { location: '/' }).end());
    await expect(wayTo(origin).fetch(`${origin}/`)).rejects.toMatchObject({ code: 'refused' });
  });

  it.each([
    '169.254.169.254',
    '169.254.170.2',
    'fd00:ec2::254',
    '100.100.100.200',
    '168.63.129.16',
    '::ffff:169.254.169.254',
  ])('never leads to %s', (address) => {
    expect(isMetadataAddress(address)).toBe(true);
    const url = new URL(`http://${address.includes(':') ? `[${address}]` : address}/latest/meta-data`);
    expect(() => checkHost(url)).toThrow(SourceError);
  });

  it.each([
    'http://metadata.google.internal/',
    'http://METADATA.google.internal./',
    'http://2852039166/',
    'http://0xa9fea9fe/',
  ])('never leads to %s', (text) => {
    expect(() => checkHost(new URL(text))).toThrow(SourceError);
  });

  it('leads to hosts of the own network', () => {
    for (const host of ['10.0.0.5', '127.0.0.1', '192.168.1.1', 'splunk.corp.example', 'fd12:3456::1'])
      expect(isMetadataAddress(host)).toBe(false);
  });

  it('looks names up when it connects', async () => {
    const address = await new Promise((done, fail) =>
      guardedLookup('localhost', { all: true }, (error, found) => (error ? fail(error) : done(found))),
    );
    expect(JSON.stringify(address)).toMatch(/127\.0\.0\.1|::1/);
  });

  it('says what is wrong with an address that does not answer', async () => {
    const origin = await serve((_, response) => response.end());
    open.servers.splice(0).forEach((server) => {
      server.close();
    });
    const { fetch } = wayTo(origin);
    await expect(fetch(`${origin}/`)).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('ends with the signal', async () => {
    const origin = await serve(() => {});
    const { fetch } = wayTo(origin);
    const reason = new Error('stopped');
    await expect(fetch(`${origin}/`, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
