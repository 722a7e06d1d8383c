import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CollectorFront, certificateOf, startCollectorFront } from './collector-front.ts';
import { Failure } from './failure.ts';

let folder = '';
let pem = '';
let web: Server;
let front: CollectorFront;
const seen: { url: string; headers: IncomingHttpHeaders; body: string }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jobsight-front-'));
  ({ pem } = await certificateOf(undefined, folder));
  web = createServer(async (incoming, response) => {
    seen.push({ url: incoming.url ?? '', headers: incoming.headers, body: await text(incoming) });
    response.writeHead(400, { 'content-type': 'application/json' }).end('{"text":"No data","code":5}');
  });
  await new Promise<void>((done) => web.listen(0, '127.0.0.1', done));
  const address = web.address();
  const webUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  front = await startCollectorFront({ pem }, { host: '127.0.0.1', port: 0 }, webUrl);
});
afterAll(async () => {
  await front.stop();
  web.close();
  await rm(folder, { recursive: true });
});

/** Trusts the certificate of the data folder and nothing else. */
function call(path: string, body: string, options: RequestOptions = {}): Promise<[number, string]> {
  return new Promise((done, fail) => {
    const sent = request(
      { host: 'localhost', port: front.port, path, method: 'POST', ca: pem, agent: false, ...options },
      async (response) => done([response.statusCode ?? 0, await text(response)]),
    );
    sent.on('error', fail).end(body);
  });
}

describe('the TLS front of the collector', () => {
  it('passes address, headers and body on, and the answer back, under a certificate that fits its name', async () => {
    const body = '<Event/>'.repeat(100_000);
    const path =
      '/services/collector/raw/1.0?source=XmlWinEventLog%3AMicrosoft-Windows-PowerShell%2FOperational';
    const headers = { authorization: 'Splunk x', 'x-splunk-request-channel': 'c' };
    expect(await call(path, body, { headers })).toEqual([400, '{"text":"No data","code":5}']);
    expect(seen.at(-1)).toMatchObject({
      url: path,
      body,
      headers: { ...headers, 'x-forwarded-proto': 'https' },
    });
  });

  it.each([
    '/',
    '/api/v1/findings',
    '/services/collectors',
    '/services/collector/../../api/v1/findings',
    '/services/collector/%2e%2e/%2e%2e/sign-in',
    '/services/collector/..%2f..%2fsign-in',
    '/services/collector\\..\\..\\sign-in',
    'http://elsewhere.invalid/sign-in',
  ])('does not pass %s on', async (path) => {
    const before = seen.length;
    expect((await call(path, ''))[0]).toBe(404);
    expect(seen.length).toBe(before);
  });

  it('tells senders to come again while the web server is away', async () => {
    const alone = await startCollectorFront({ pem }, { host: '127.0.0.1', port: 0 }, 'http://127.0.0.1:1');
    const answer = await call('/services/collector/event', '{}', { port: alone.port });
    await alone.stop();
    expect(answer).toEqual([503, '{"text":"Server is busy","code":9}']);
  });
});

describe('the certificate', () => {
  it('is made once, signs itself and names this machine', async () => {
    expect((await certificateOf(undefined, folder)).pem).toBe(pem);
    const certificate = new X509Certificate(pem);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect([certificate.checkHost('localhost'), certificate.checkIP('127.0.0.1')]).toEqual([
      'localhost',
      '127.0.0.1',
    ]);
  });

  it('may be given, and a file without its key is refused in one sentence', async () => {
    const file = join(folder, 'given.pem');
    await writeFile(file, await readFile(join(folder, 'collector.pem')));
    expect((await certificateOf(file, folder)).pem).toBe(pem);
    await writeFile(file, pem.slice(0, pem.indexOf('-----BEGIN PRIVATE')));
    await expect(certificateOf(file, folder)).rejects.toThrow(Failure);
    await expect(certificateOf(join(folder, 'absent.pem'), folder)).rejects.toThrow('JOBSIGHT_HEC_CERT');
  });
});
