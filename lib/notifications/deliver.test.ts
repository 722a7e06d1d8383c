import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { ANALYST, useTestInstance } from '#lib/jobs/testing.ts';
import { log } from '#lib/log.ts';
import { useTestSecret } from '#lib/sources/testing/pulling.ts';
import { startTestServer, type TestServer } from '#lib/sources/testing/server.ts';
import { changeChannel, removeChannel, resendFailed, testChannel } from './commands.ts';
import { LEASE_MS, TRIES_MAX } from './deliver.ts';
import { channelChange, newChannel } from './inputs.ts';
import { getChannel, listChannels } from './queries.ts';
import { deliverAt, enqueue, makeChannel, NOON, occurrence } from './testing/channels.ts';

useTestDatabase();
useTestInstance();
useTestSecret();

let server: TestServer;
/** Requests are not answered from this one on, counted from 0. */
let stallsAt = Number.POSITIVE_INFINITY;
let seen: string[] = [];
let stalled: (() => void) | null = null;

beforeEach(async () => {
  await db.notificationChannel.deleteMany({});
  await db.auditEntry.deleteMany({});
  stallsAt = Number.POSITIVE_INFINITY;
  seen = [];
  server = await startTestServer(({ body, response }) => {
    const { notifications } = JSON.parse(body) as { notifications: { facts: { findingNumber: number } }[] };
    seen.push(notifications.map(({ facts }) => facts.findingNumber).join(','));
    if (seen.length - 1 >= stallsAt) return stalled?.();
    response.end('ok');
  });
  return () => server.close();
});

const KEY = 'a signing key of tests';
const makeWebhook = (part: object = {}): Promise<string> =>
  makeChannel({ kind: 'webhook', settings: { url: server.url }, secrets: { signingKey: KEY }, ...part });
const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => occurrence({ findingNumber: index + 1 }));
const later = (ms: number, from = NOON) => new Date(from.getTime() + ms);
const deliveries = (channelId: string) =>
  db.notificationDelivery.findMany({ where: { channelId }, orderBy: { createdAt: 'asc' } });

describe('delivery', () => {
  it('sends few one by one in order, each once, and many together', async () => {
    const id = await makeWebhook();
    await enqueue(id, numbered(3));
    await deliverAt(NOON);
    await deliverAt(later(60_000));
    expect(seen).toEqual(['1', '2', '3']);
    await enqueue(id, numbered(6), later(60_000));
    await deliverAt(later(60_000));
    expect(seen.slice(3)).toEqual(['1,2,3,4,5,6']);
  });

  it('tries again with growing pauses, keeps the channel from asking in between, then gives up and says so', async () => {
    const id = await makeWebhook();
    await enqueue(id, numbered(2));
    server.faults.push({ kind: 'status', status: 500, times: 1_000 });
    let at = NOON;
    const pauses: number[] = [];
    for (let tries = 0; tries < 4; tries += 1) {
      expect(await deliverAt(at)).toBe(1);
      expect(await deliverAt(later(1_000, at))).toBe(0);
      const { pausedUntil } = await db.notificationChannel.findUniqueOrThrow({ where: { id } });
      pauses.push((pausedUntil?.getTime() ?? 0) - at.getTime());
      at = pausedUntil ?? at;
    }
    // The second is tried while the first pauses.
    expect(pauses).toEqual([30_000, 30_000, 60_000, 60_000]);
    expect(await getChannel(ANALYST, id)).toMatchObject({
      failingSince: NOON.toISOString(),
      failure: expect.stringContaining('HTTP 500'),
      waitingCount: 2,
    });
    for (let tries = 0; tries < 2 * TRIES_MAX; tries += 1)
      await deliverAt(later(3_600_000 * (tries + 1), at));
    expect(await deliveries(id)).toMatchObject([
      { state: 'failed', tries: TRIES_MAX, message: expect.stringContaining('HTTP 500') },
      { state: 'failed', tries: TRIES_MAX },
    ]);
    server.faults.length = 0;
    expect(await resendFailed(ANALYST, id)).toEqual({ count: 2 });
    await deliverAt(new Date(Date.now() + 1_000));
    expect(seen.toSorted()).toEqual(['1', '2']);
    expect(await getChannel(ANALYST, id)).toMatchObject({
      failingSince: null,
      failure: null,
      failedCount: 0,
    });
  });

  it('comes back when Retry-After says', async () => {
    const id = await makeWebhook();
    await enqueue(id, numbered(1));
    server.faults.push({ kind: 'status', status: 429, times: 1, retryAfter: '600' });
    await deliverAt(NOON);
    expect(await deliverAt(later(599_000))).toBe(0);
    expect(await deliverAt(later(600_000))).toBe(1);
    expect(await deliveries(id)).toMatchObject([{ state: 'sent', tries: 2 }]);
  });

  it('gives up at once what the receiver will never take, and goes on with the next', async () => {
    const id = await makeWebhook();
    await enqueue(id, numbered(2));
    server.faults.push({ kind: 'status', status: 400, times: 1 });
    await deliverAt(NOON);
    expect((await deliveries(id)).map(({ state }) => state)).toEqual(['failed', 'sent']);
    expect(seen).toEqual(['2']);
  });

  it('keeps what comes in quiet hours and sends it together afterwards; a disabled channel sends nothing', async () => {
    const id = await makeWebhook({ quietFrom: '11:00', quietTo: '13:00', zone: 'UTC' });
    await enqueue(id, numbered(2));
    expect(await deliverAt(NOON)).toBe(0);
    expect(await deliverAt(later(3_599_000))).toBe(0);
    expect((await getChannel(ANALYST, id)).deliveries.map(({ isHeld }) => isHeld)).toEqual([true, true]);
    await changeChannel(ANALYST, id, channelChange.parse({ version: 1, isEnabled: false }));
    expect(await deliverAt(later(3_600_000))).toBe(0);
    await changeChannel(ANALYST, id, channelChange.parse({ version: 2, isEnabled: true }));
    expect(await deliverAt(later(3_600_000))).toBe(1);
    expect(seen).toEqual(['1,2']);
  });

  it('of a killed worker loses nothing and sends nothing twice but what was in flight', async () => {
    const id = await makeWebhook();
    await enqueue(id, numbered(5), new Date(Date.now() - 60_000));
    const inFlight = new Promise<void>((resolve) => {
      stalled = resolve;
    });
    stallsAt = 2;
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL('testing/deliver-process.ts', import.meta.url))],
      { env: process.env, stdio: 'inherit' },
    );
    await inFlight;
    child.kill('SIGKILL');
    await once(child, 'exit');
    stallsAt = Number.POSITIVE_INFINITY;
    expect(await deliverAt(new Date())).toBe(0);
    await deliverAt(new Date(Date.now() + LEASE_MS));
    expect(seen).toEqual(['1', '2', '3', '3', '4', '5']);
    expect((await deliveries(id)).every(({ state }) => state === 'sent')).toBe(true);
  });

  it('of two workers at once sends each once', async () => {
    const id = await makeWebhook();
    await enqueue(id, numbered(5));
    await Promise.all([deliverAt(NOON), deliverAt(NOON), deliverAt(NOON)]);
    await deliverAt(NOON);
    expect(seen.toSorted()).toEqual(['1', '2', '3', '4', '5']);
  });
});

describe('secrets', () => {
  it('are in no row, no audit entry, no answer and no log, also when the receiver repeats them', async () => {
    const secret = 's3cr3t-part/of-the-address';
    const echo = await startTestServer(({ path, headers, response }) => {
      response.writeHead(403).end(`no: ${path} ${headers.authorization?.split(' ').at(-1)}`);
    });
    const slack = await makeChannel({
      kind: 'slack',
      settings: {},
      secrets: { url: `${echo.url}/${secret}` },
    });
    const hook = await makeWebhook({
      settings: { url: `${echo.url}/open` },
      secrets: { signingKey: KEY, authorization: 'Bearer t0psecret-token' },
    });
    const warn = vi.spyOn(log, 'warn');
    for (const id of [slack, hook]) {
      await enqueue(id, numbered(1));
      expect((await testChannel(ANALYST, id)).message).toContain('•••');
    }
    await deliverAt(NOON);
    const lines = warn.mock.calls.map((call) => JSON.stringify(call));
    expect(lines).toHaveLength(2);
    warn.mockRestore();
    await changeChannel(
      ANALYST,
      slack,
      channelChange.parse({ version: 1, secrets: { url: `${echo.url}/${secret}/new` } }),
    );
    const answers = [
      await listChannels(ANALYST),
      await getChannel(ANALYST, slack),
      await getChannel(ANALYST, hook),
    ];
    await removeChannel(ANALYST, slack);
    const rows = await db.$queryRaw<{ text: string }[]>`
      SELECT row_to_json(c)::text AS text FROM notification_channel c
      UNION ALL SELECT row_to_json(d)::text FROM notification_delivery d
      UNION ALL SELECT row_to_json(a)::text FROM audit_entry a`;
    const told = [...rows.map(({ text }) => text), JSON.stringify(answers), ...lines].join('\n');
    expect(told).toContain('channel.remove');
    expect(told).toContain('HTTP 403: no: ••• undefined');
    for (const part of [secret, KEY, 't0psecret-token', Buffer.from(KEY).toString('hex')])
      expect(told).not.toContain(part);
    await echo.close();
  });
});

describe('what a manager may say', () => {
  const channel = { kind: 'webhook', name: 'lab', settings: {}, wants: ['incident'] };
  it.each([
    [{ wants: [] }, 'at least one'],
    [{ wants: ['other'] }, 'Invalid'],
    [{ bodyTemplate: '$hots$' }, 'is no placeholder'],
    [{ quietFrom: '25:00' }, '22:00'],
    [{ zone: 'Mars/Base' }, 'no time zone'],
    [{ baseUrl: 'javascript:alert(1)' }, 'https://'],
    [{ baseUrl: 'https://user@jobsight.example' }, 'only the beginning'],
    [{ name: 'a\nb' }, 'line breaks'],
  ])('%j is refused with a reason', (part, reason) => {
    expect(newChannel.safeParse({ ...channel, ...part }).error?.message).toContain(reason);
  });

  it('is checked by the kind, and by version', async () => {
    await expect(
      makeChannel({ kind: 'webhook', settings: { url: 'ftp://x' }, secrets: { signingKey: KEY } }),
    ).rejects.toThrow('https://');
    await expect(makeWebhook({ secrets: {} })).rejects.toThrow('signing key');
    await expect(makeWebhook({ secrets: { signingKey: 'short' } })).rejects.toThrow('16 characters');
    await expect(makeWebhook({ quietFrom: '10:00' })).rejects.toThrow('neither');
    await expect(makeChannel({ kind: 'pigeon', settings: {} })).rejects.toThrow('no such kind');
    const mail = {
      url: 'smtp://ana:pw@mail.example',
      encryption: 'starttls',
      from: 'a@b.example',
      to: ['x@y.example'],
    };
    await expect(makeChannel({ kind: 'email', settings: mail })).rejects.toThrow('Leave the password out');
    await expect(
      makeChannel({
        kind: 'email',
        settings: { ...mail, url: 'smtp://m', to: ['x@y.example\r\nBcc: z@y.example'] },
      }),
    ).rejects.toThrow('e-mail addresses');
    const id = await makeWebhook();
    await changeChannel(ANALYST, id, channelChange.parse({ version: 1, name: 'other' }));
    await expect(
      changeChannel(ANALYST, id, channelChange.parse({ version: 1, name: 'again' })),
    ).rejects.toThrow('Somebody changed');
    await expect(listChannels({ ...ANALYST, role: 'analyst' })).rejects.toThrow('manager');
  });
});
