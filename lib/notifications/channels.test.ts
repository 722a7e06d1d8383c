import { createHmac } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { makeSelfSigned } from '#lib/http/self-signed.ts';
import { ANALYST, useTestInstance } from '#lib/jobs/testing.ts';
import { useTestSecret } from '#lib/sources/testing/pulling.ts';
import { startTestServer, type TestServer } from '#lib/sources/testing/server.ts';
import { testChannel } from './commands.ts';
import { deliverAt, enqueue, makeChannel, NOON, occurrence } from './testing/channels.ts';
import { startMailServer, startStreamSyslog, startUdpSyslog } from './testing/receivers.ts';

useTestDatabase();
useTestInstance();
useTestSecret();

const pem = makeSelfSigned([]);
const tls = { key: pem, cert: pem };
const caCertificates = pem
  .slice(pem.indexOf('-----BEGIN CERTIFICATE'), pem.indexOf('-----END CERTIFICATE'))
  .concat('-----END CERTIFICATE-----');
const HOSTILE = {
  detection: 'x\r\nBcc: victim@example.org',
  sentence: '<img src=x onerror=alert(1)> & "quoted"',
  host: 'h=1 act=allowed\n<34>1 2026-01-01T00:00:00Z forged - - - - line',
};

beforeEach(async () => {
  await db.notificationChannel.deleteMany({});
});

const deliveries = (channelId: string) =>
  db.notificationDelivery.findMany({ where: { channelId }, orderBy: { createdAt: 'asc' } });

describe('a webhook', () => {
  let server: TestServer;
  let headers: Record<string, unknown>[] = [];
  beforeEach(async () => {
    headers = [];
    server = await startTestServer(({ headers: given, response }) => {
      headers.push(given);
      response.end('taken');
    });
    return () => server.close();
  });

  it('gets JSON with a signature that its key verifies', async () => {
    const key = 'a signing key of tests';
    const id = await makeChannel({
      kind: 'webhook',
      settings: { url: `${server.url}/hook` },
      secrets: { signingKey: key, authorization: 'Bearer t0psecret' },
    });
    await enqueue(id, [occurrence(HOSTILE)]);
    await deliverAt(NOON);
    const [delivery] = await deliveries(id);
    const [request] = server.requests;
    const body = request?.body ?? '';
    const signature = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers[0]?.['x-jobsight-signature']));
    expect(Number(signature?.[1])).toBe(NOON.getTime() / 1_000);
    expect(signature?.[2]).toBe(createHmac('sha256', key).update(`${signature?.[1]}.${body}`).digest('hex'));
    expect(headers[0]).toMatchObject({
      'content-type': 'application/json',
      'x-jobsight-delivery': delivery?.id,
      authorization: 'Bearer t0psecret',
    });
    expect(JSON.parse(body)).toMatchObject({
      version: 1,
      channel: 'lab',
      notifications: [
        { event: 'new-finding', link: 'https://jobsight.example/findings/F-12', facts: HOSTILE },
      ],
    });
    expect(delivery).toMatchObject({ state: 'sent', message: 'HTTP 200: taken', sentAt: NOON });
  });

  it('is tested at once, and the answer is shown as it came', async () => {
    const id = await makeChannel({
      kind: 'webhook',
      settings: { url: `${server.url}/hook` },
      secrets: { signingKey: 'a signing key of tests' },
    });
    expect(await testChannel(ANALYST, id)).toEqual({ isSent: true, message: 'HTTP 200: taken' });
    server.faults.push({ kind: 'status', status: 404, times: 1 });
    const refused = await testChannel(ANALYST, id);
    expect(refused.isSent).toBe(false);
    expect(refused.message).toMatch(/^The receiver answered HTTP 404/);
    expect(await deliveries(id)).toEqual([]);
  });

  it('does not lead to the credentials of a cloud machine, nor to where a redirect points', async () => {
    const secrets = { signingKey: 'a signing key of tests' };
    const metadata = await makeChannel({
      kind: 'webhook',
      settings: { url: 'http://169.254.169.254/' },
      secrets,
    });
    expect((await testChannel(ANALYST, metadata)).message).toContain('credentials');
    const other = await startTestServer(({ response }) => {
      response.writeHead(307, { location: `${server.url}/hook` }).end();
    });
    const redirected = await makeChannel({ kind: 'webhook', settings: { url: other.url }, secrets });
    expect((await testChannel(ANALYST, redirected)).message).toContain('redirects');
    await other.close();
    expect(server.requests).toEqual([]);
  });
});

describe('Slack and Teams', () => {
  it.each(['slack', 'teams'] as const)('%s gets its JSON at the secret address', async (kind) => {
    const server = await startTestServer(({ response }) => void response.end('ok'));
    const id = await makeChannel({
      kind,
      settings: {},
      secrets: { url: `${server.url}/services/T0/B0/s3cr3t` },
    });
    await enqueue(id, [occurrence()]);
    await deliverAt(NOON);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({ method: 'POST', path: '/services/T0/B0/s3cr3t' });
    expect(server.requests[0]?.body).toContain(kind === 'slack' ? '"blocks"' : '"AdaptiveCard"');
    await server.close();
  });
});

describe('e-mail', () => {
  const settings = (port: number, part: object = {}) => ({
    url: `smtp://jobsight@127.0.0.1:${port}`,
    encryption: 'starttls',
    from: 'jobsight@example.org',
    to: ['soc@example.org', 'ana@example.org'],
    caCertificates,
    ...part,
  });

  it('goes out after STARTTLS and sign-in; hostile text makes no header and no HTML', async () => {
    const server = await startMailServer(tls, 'm4ilsecret');
    const id = await makeChannel({
      kind: 'email',
      settings: settings(server.port),
      secrets: { password: 'm4ilsecret' },
    });
    await enqueue(id, [occurrence(HOSTILE)]);
    await deliverAt(NOON);
    const [delivery] = await deliveries(id);
    expect(delivery).toMatchObject({ state: 'sent', message: expect.stringMatching(/^SMTP 250 .*kept/) });
    const [mail] = server.mails;
    expect(mail).toMatchObject({
      from: 'jobsight@example.org',
      to: ['soc@example.org', 'ana@example.org'],
      isSecure: true,
    });
    const [head = ''] = mail?.raw.split('\r\n\r\n') ?? [];
    expect(head).not.toMatch(/^bcc/im);
    expect(head).toMatch(/^auto-submitted: auto-generated/im);
    expect(head).toContain(`<${delivery?.id}@example.org>`);
    expect(head).toMatch(/^content-type: multipart\/alternative/im);
    const html = (mail?.raw ?? '').replaceAll('=\r\n', '').replaceAll('=3D', '=');
    expect(html).toContain('&#60;img src=x onerror=alert(1)&#62; &#38; &#34;quoted&#34;');
    expect(html.split('text/html')[1]).not.toContain('<img');
    await server.close();
  });

  it('sends nothing without encryption, and says what the server says without the password', async () => {
    const open = await startMailServer(null);
    const plain = await makeChannel({
      kind: 'email',
      settings: settings(open.port, { url: `smtp://127.0.0.1:${open.port}` }),
    });
    expect((await testChannel(ANALYST, plain)).isSent).toBe(false);
    const unsafe = await makeChannel({
      kind: 'email',
      settings: settings(open.port, { encryption: 'none' }),
      secrets: { password: 'm4ilsecret' },
    });
    expect((await testChannel(ANALYST, unsafe)).message).toContain('only sent over an encrypted connection');
    const relay = await makeChannel({
      kind: 'email',
      settings: settings(open.port, { url: `smtp://127.0.0.1:${open.port}`, encryption: 'none' }),
    });
    expect(await testChannel(ANALYST, relay)).toMatchObject({ isSent: true });
    expect(open.mails).toHaveLength(1);
    await open.close();

    const server = await startMailServer(tls, 'another one');
    const wrong = await makeChannel({
      kind: 'email',
      settings: settings(server.port),
      secrets: { password: 'm4ilsecret' },
    });
    const { isSent, message } = await testChannel(ANALYST, wrong);
    expect([isSent, message]).toEqual([false, expect.stringContaining('Invalid password •••')]);
    const { caCertificates: _, ...withoutAuthorities } = settings(server.port);
    const untrusted = await makeChannel({
      kind: 'email',
      settings: withoutAuthorities,
      secrets: { password: 'another one' },
    });
    expect((await testChannel(ANALYST, untrusted)).message).toMatch(/certificate/i);
    expect(server.mails).toEqual([]);
    await server.close();
  });
});

describe('syslog', () => {
  it.each(['udp', 'tcp', 'tls'] as const)('arrives over %s, one message an occurrence', async (transport) => {
    const server =
      transport === 'udp'
        ? await startUdpSyslog()
        : await startStreamSyslog(transport === 'tls' ? tls : null);
    const id = await makeChannel({
      kind: 'syslog',
      settings: {
        host: '127.0.0.1',
        port: server.port,
        transport,
        facility: 16,
        ...(transport === 'tls' ? { caCertificates } : {}),
      },
    });
    await enqueue(id, [occurrence(HOSTILE), occurrence({ severity: 'critical' })]);
    expect(await deliverAt(NOON)).toBe(2);
    const messages = await server.received(2);
    expect(messages).toHaveLength(2);
    expect(messages.map((text) => text.slice(0, 32))).toEqual([
      '<131>1 2026-03-02T12:00:00.000Z ',
      '<130>1 2026-03-02T12:00:00.001Z ',
    ]);
    for (const text of messages) expect(text).not.toMatch(/\p{Cc}/u);
    expect(messages[0]).toContain('dhost=h\\=1 act\\=allowed\\n<34>1');
    await server.close();
  });

  it('says when nobody listens', async () => {
    const server = await startStreamSyslog(null);
    await server.close();
    const id = await makeChannel({
      kind: 'syslog',
      settings: { host: '127.0.0.1', port: server.port, transport: 'tcp', facility: 16 },
    });
    expect(await testChannel(ANALYST, id)).toMatchObject({
      isSent: false,
      message: expect.stringContaining('cannot be reached'),
    });
  });
});
