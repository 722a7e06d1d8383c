import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { appendFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { EvidenceStore } from '#lib/custody/store.ts';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { STORY } from '#lib/detection/testing-story.ts';
import { env } from '#lib/env.ts';
import { AppError } from '#lib/errors.ts';
import { readEvidence } from '#lib/evidence/read.ts';
import { renderEventXml } from '#lib/evidence/render.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import { classicText } from '#lib/evidence/text/testing/write-text.ts';
import {
  ANALYST,
  addAndRead,
  empty,
  evidenceFile,
  ingest,
  POWERSHELL,
  REGISTRY,
  stateOf,
  useTestInstance,
} from '#lib/jobs/testing.ts';
import { BODY_MAX_BYTES } from './body.ts';
import type { NewCollectorToken } from './inputs.ts';
import { answerAcks, answerHealth, IN_FLIGHT_MAX, receiveEvents, receiveRaw } from './receive.ts';
import { appendToSegment, sealSegments } from './segments.ts';
import {
  addCollectorToken,
  changeCollectorToken,
  findCollectorToken,
  listCollectorTokens,
} from './tokens.ts';

useTestDatabase();
useTestInstance();
beforeEach(async () => {
  await db.collectorSegment.deleteMany({});
  await rm(openFolder(), { recursive: true, force: true });
  await empty();
});

const ORIGIN = 'http://localhost:3000';
const openFolder = () => path.join(env().JOBSIGHT_DATA, 'collector');

async function makeToken(settings: Partial<NewCollectorToken> = {}): Promise<string> {
  const off = { isAckEnabled: false, isQueryAllowed: false };
  const none = { source: null, sourcetype: null, index: null, host: null };
  return (await addCollectorToken(ANALYST, { name: 'lab', ...off, ...none, ...settings })).token;
}

type Sent = {
  readonly headers?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly body?: BodyInit;
};

function request(address: string, token: string | null, { headers, query, body }: Sent): Request {
  const url = new URL(`/services/collector${address}`, ORIGIN);
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
  return new Request(url, {
    method: 'POST',
    headers: { ...(token === null ? {} : { authorization: `Splunk ${token}` }), ...headers },
    body,
    duplex: 'half',
  } as RequestInit);
}

async function answerOf(response: Promise<Response>): Promise<[status: number, body: unknown]> {
  const { status, ...rest } = await response.then(async (given) => ({
    status: given.status,
    body: await given.json(),
  }));
  return [status, rest.body];
}

const sendEvents = (token: string | null, sent: Sent) =>
  answerOf(receiveEvents(request('/event', token, sent)));
const sendRaw = (token: string | null, sent: Sent) => answerOf(receiveRaw(request('/raw', token, sent)));
const askAcks = (token: string | null, sent: Sent) => answerOf(answerAcks(request('/ack', token, sent)));

const refusal = (status: number, code: number, text: string, eventNumber?: number) => [
  status,
  { text, code, ...(eventNumber === undefined ? {} : { 'invalid-event-number': eventNumber }) },
];
const SUCCESS = [200, { text: 'Success', code: 0 }];

async function eventsOf(name: string): Promise<readonly string[]> {
  const { blocks } = await readEvidence(fromBuffer(evidenceFile(name)), {});
  const events: string[] = [];
  for await (const block of blocks) events.push(...block.records.map(renderEventXml));
  return events;
}

async function readAll(): Promise<void> {
  for (const { id } of await db.evidence.findMany({ orderBy: { createdAt: 'asc' } })) await ingest(id);
}

async function keptBytes(): Promise<readonly string[]> {
  const store = new EvidenceStore(env().JOBSIGHT_DATA);
  const rows = await db.evidence.findMany({ orderBy: { createdAt: 'asc' } });
  return rows.map(({ sha256 }) => readFileSync(store.pathOf(sha256 ?? ''), 'utf8'));
}

/** What stateOf says but for the form that the stored events were read from. */
async function findings(): Promise<object> {
  const { events, ...state } = z
    .object({
      findings: z.array(z.unknown()).min(1),
      objects: z.unknown(),
      events: z.array(z.unknown()).min(1),
    })
    .parse(await stateOf());
  return { ...state, eventCount: events.length };
}

describe('a replayed data set', () => {
  /** What replay.py and the test runner of contentctl send: form-encoded query, both headers, no Content-Type. */
  async function replay(token: string, body: Buffer, channel = randomUUID()) {
    const url = `${ORIGIN}/services/collector/raw?index=attack_data&source=XmlWinEventLog%3AMicrosoft-Windows-PowerShell%2FOperational&sourcetype=XmlWinEventLog&host=0f4e1c1e-4b2b-4d8e-9a53-0c4c0f6ff1f4`;
    const headers = { authorization: `Splunk ${token}`, 'x-splunk-request-channel': channel };
    const sent = new Request(url, { method: 'POST', headers, body: new Uint8Array(body) });
    return answerOf(receiveRaw(sent));
  }

  it('is acknowledged with an id that polling finds durable, and gives the findings of the file', async () => {
    for (const name of [POWERSHELL, REGISTRY]) await addAndRead(name);
    const expected = await findings();
    await empty();

    const token = await makeToken({ isAckEnabled: true });
    const channel = randomUUID();
    for (const [index, name] of [POWERSHELL, REGISTRY].entries()) {
      const body = Buffer.from((await eventsOf(name)).join('\n'));
      expect(await replay(token, body, channel)).toEqual([200, { text: 'Success', code: 0, ackId: index }]);
    }
    const poll = { headers: { 'x-splunk-request-channel': channel }, body: '{"acks": [0, 1, 2]}' };
    expect(await askAcks(token, poll)).toEqual([200, { acks: { 0: true, 1: true, 2: false } }]);

    await readAll();
    expect(await findings()).toEqual(expected);
  });

  it('is kept as it came, under the name of its token, source and sender, and known when it comes again', async () => {
    const token = await makeToken({ name: 'lab/replay' });
    const body = Buffer.from((await eventsOf(REGISTRY)).join('\r\n'));
    expect([await replay(token, body), await replay(token, body)]).toEqual([SUCCESS, SUCCESS]);
    const rows = await db.evidence.findMany({ include: { uploadedBy: true } });
    expect(rows).toHaveLength(1);
    expect(rows[0]?.uploadedBy?.name).toBe('lab/replay');
    expect(rows[0]?.name).toMatch(
      /^HEC lab-replay XmlWinEventLog:Microsoft-Windows-PowerShell-Operational from 0f4e1c1e-\S+ 20\d\d-\S+Z$/,
    );
    expect(await keptBytes()).toEqual([body.toString()]);
  });
});

describe('events', () => {
  const at = (event: unknown, more: object = {}) => JSON.stringify({ event, ...more });

  it('as JSON objects without commas give the findings of the file, whole, in pieces and packed', async () => {
    for (const name of [POWERSHELL, REGISTRY]) await addAndRead(name);
    const expected = await findings();
    const events = (await Promise.all([POWERSHELL, REGISTRY].map(eventsOf))).flat();
    const objects = events.map((event, index) =>
      at(event, index % 2 ? { time: 1_700_000_000.123, host: 'wec' } : {}),
    );
    const token = await makeToken();
    const bodies: Record<string, readonly Sent[]> = {
      whole: [{ body: objects.join('') }],
      pieces: objects.map((body) => ({ body: ` ${body}\n` })),
      packed: [{ body: gzipSync(objects.join('\n')), headers: { 'content-encoding': 'gzip' } }],
      large: [{ body: objects.join('') + at('x'.repeat(100_000)).repeat(30) }],
    };
    for (const [name, all] of Object.entries(bodies)) {
      await empty();
      for (const sent of all) expect(await sendEvents(token, sent), name).toEqual(SUCCESS);
      await sealSegments(new Date());
      expect(await db.evidence.count(), name).toBe(1);
      await readAll();
      expect(await findings(), name).toEqual(expected);
    }
  });

  it('are kept verbatim, with what the request or the token says for those that do not say it', async () => {
    const token = await makeToken({ host: 'of-token', index: 'main' });
    const body =
      '{"time":1700000000.1234567,"event":{"n":12345678901234567890,"a":"\\u00e9"}}{"event":"b","host":"own","source":"s"}';
    await sendEvents(token, { body, query: { sourcetype: 'st' } });
    await sealSegments(new Date());
    const [text] = await keptBytes();
    const [first = '', second = ''] = text?.split('\n') ?? [];
    expect(first).toBe(
      '{"host":"of-token","source":"http:lab","sourcetype":"st","index":"main",' +
        '"time":1700000000.1234567,"event":{"n":12345678901234567890,"a":"\\u00e9"}}',
    );
    expect(JSON.parse(second)).toMatchObject({
      host: 'own',
      source: 's',
      sourcetype: 'st',
      index: 'main',
      event: 'b',
    });
    expect(JSON.parse(second).received).toBeCloseTo(Date.now() / 1_000, -2);
  });

  it('are read without a question: times without a zone as UTC, which is said, and columns as they are', async () => {
    const token = await makeToken();
    const text = STORY.map((record) => classicText(record)).join('\n');
    expect(await sendRaw(token, { body: text })).toEqual(SUCCESS);
    const odd = { When: '2024-03-05 09:14:02', Machine: 'h', 'Script Text': 'Get-Date' };
    expect(await sendRaw(token, { body: JSON.stringify(odd) })).toEqual(SUCCESS);
    await readAll();
    const rows = await db.evidence.findMany({ orderBy: { createdAt: 'asc' }, include: { problems: true } });
    expect(rows.map(({ status, timeZone, mapping }) => [status, timeZone, mapping])).toEqual([
      ['ready', 'UTC', 'as-is'],
      ['ready', 'UTC', 'as-is'],
    ]);
    expect(rows[0]?.problems.map(({ message }) => message)).toEqual([
      'Times without a zone were read as UTC.',
    ]);
  });

  it('wait in one segment a stream, sealed when it is full or old', async () => {
    const token = await findCollectorToken(await makeToken());
    if (!token) throw new Error('no token');
    const origin = { source: 's', sourcetype: 'st', index: null, host: null };
    const line = (text: string) => Buffer.from(`${at(text, origin)}\n`);
    await appendToSegment(token, origin, line('a'), 200);
    await appendToSegment(token, { ...origin, source: 'other' }, line('b'), 200);
    await sealSegments();
    expect([await db.evidence.count(), await db.collectorSegment.count()]).toEqual([0, 2]);
    await appendToSegment(token, origin, line('c'.repeat(200)), 200);
    expect([await db.evidence.count(), await db.collectorSegment.count()]).toEqual([1, 1]);
    await db.collectorSegment.updateMany({ data: { openedAt: new Date(Date.now() - 301_000) } });
    await sealSegments();
    expect([await db.evidence.count(), await db.collectorSegment.count()]).toEqual([2, 0]);
    expect(readdirSync(openFolder())).toEqual([]);
  });

  it('sent at once by many all stand in the segment, each whole', async () => {
    const token = await makeToken();
    const numbers = Array.from({ length: 20 }, (_, number) => number);
    await Promise.all(numbers.map((number) => sendEvents(token, { body: at({ number }) })));
    await Promise.all([sealSegments(new Date()), sealSegments(new Date())]);
    const [text = ''] = await keptBytes();
    const got = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).event.number);
    expect(got.toSorted((a, b) => a - b)).toEqual(numbers);
    expect(await db.evidence.count()).toBe(1);
  });
});

describe('after a kill', () => {
  const ONE = '{"event":"one"}';

  it('what was acknowledged is sealed at the next start, what was half written is not', async () => {
    const token = await makeToken();
    await sendEvents(token, { body: ONE });
    const [file = ''] = readdirSync(openFolder());
    await appendFile(path.join(openFolder(), file), '{"event":"torn');
    await sealSegments(new Date());
    const [text] = await keptBytes();
    expect(text).toMatch(/^\{.*"event":"one"\}\n$/);
  });

  it('the next request overwrites what was half written', async () => {
    const token = await makeToken();
    await sendEvents(token, { body: ONE });
    const [file = ''] = readdirSync(openFolder());
    await appendFile(path.join(openFolder(), file), '{"event":"torn');
    await sendEvents(token, { body: '{"event":"two"}' });
    await sealSegments(new Date());
    const [text = ''] = await keptBytes();
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).event),
    ).toEqual(['one', 'two']);
  });

  it('between evidence and removal, it is the same evidence', async () => {
    const token = await makeToken();
    await sendEvents(token, { body: ONE });
    const row = await db.collectorSegment.findFirstOrThrow();
    const bytes = readFileSync(path.join(openFolder(), row.id));
    await sealSegments(new Date());
    await db.collectorSegment.create({ data: { ...row, streamKey: null } });
    await writeFile(path.join(openFolder(), row.id), bytes);
    await sealSegments();
    expect([await db.evidence.count(), await db.collectorSegment.count()]).toEqual([1, 0]);
  });
});

describe('a request is refused, and nothing of it kept,', () => {
  const nothingKept = async () =>
    expect([await db.evidence.count(), await db.collectorSegment.count()]).toEqual([0, 0]);

  it.each([
    ['that is not JSON', 'abc', refusal(400, 6, 'Invalid data format', 0)],
    ['that is a list', '[{"event":"a"}]', refusal(400, 6, 'Invalid data format', 0)],
    ['with a comma between events', '{"event":"a"},{"event":"b"}', refusal(400, 6, 'Invalid data format', 1)],
    ['whose second event is no JSON', '{"event":"a"}{"event":a}', refusal(400, 6, 'Invalid data format', 1)],
    ['that is cut in an event', '{"event":"a"}{"event":"b', refusal(400, 6, 'Invalid data format', 1)],
    ['nested too deep', `{"event":${'['.repeat(100_000)}`, refusal(400, 6, 'Invalid data format', 0)],
    ['whose time is none', '{"event":"a","time":"noon"}', refusal(400, 6, 'Invalid data format', 0)],
    ['whose host is no text', '{"event":"a","host":1}', refusal(400, 6, 'Invalid data format', 0)],
    ['with an index that cannot be', '{"event":"a","index":"_Bad"}', refusal(400, 7, 'Incorrect index', 0)],
    ['without an event', '{"event":"a"}{"evnt":"b"}', refusal(400, 12, 'Event field is required', 1)],
    ['with a blank event', '{"event":"a"} {"event":" "}', refusal(400, 13, 'Event field cannot be blank', 1)],
    [
      'with nested fields',
      '{"event":"a","fields":{"b":{}}}',
      refusal(400, 15, 'Error in handling indexed fields', 0),
    ],
    ['that is empty', '', refusal(400, 5, 'No data')],
    ['of blanks', ' \n', refusal(400, 5, 'No data')],
  ])('%s', async (_, body, expected) => {
    expect(await sendEvents(await makeToken(), { body })).toEqual(expected);
    await nothingKept();
  });

  it('whose last event is wrong after more than fits a small request', async () => {
    const body = `${'{"event":"abcdefgh"}'.repeat(100_000)}{"event":""}`;
    expect(await sendEvents(await makeToken(), { body })).toEqual(
      refusal(400, 13, 'Event field cannot be blank', 100_000),
    );
    await nothingKept();
  });

  it('when it breaks off', async () => {
    const token = await makeToken();
    const broken = (start: string) =>
      new ReadableStream({
        start: (controller) => controller.enqueue(Buffer.from(start)),
        pull: (controller) => controller.error(new Error('the connection was closed')),
      });
    expect(await sendRaw(token, { body: broken('<Event>') })).toEqual(refusal(400, 6, 'Invalid data format'));
    expect(await sendEvents(token, { body: broken('{"event":"a"}{"ev') })).toEqual(
      refusal(400, 6, 'Invalid data format', 1),
    );
    const short = { body: new Blob(['<Event>']).stream(), headers: { 'content-length': '8' } };
    expect(await sendRaw(token, short)).toEqual(refusal(400, 6, 'Invalid data format'));
    await nothingKept();
  });

  it('when it is not packed as it says', async () => {
    const token = await makeToken();
    const packed = gzipSync('<Event></Event>'.repeat(100));
    const headers = { 'content-encoding': 'gzip' };
    for (const body of ['<Event>', packed.subarray(0, packed.length - 9)]) {
      expect(await sendRaw(token, { body, headers })).toEqual(refusal(400, 6, 'Invalid data format'));
    }
    expect(await sendRaw(token, { body: 'a', headers: { 'content-encoding': 'br' } })).toEqual(
      refusal(400, 6, 'Invalid data format'),
    );
    await nothingKept();
  });

  it('when it is too large', async () => {
    const headers = { 'content-length': String(BODY_MAX_BYTES + 1) };
    expect(await sendRaw(await makeToken(), { body: 'a', headers })).toEqual(
      refusal(413, 27, 'Request entity too large'),
    );
    const event = `{"event":"${'x'.repeat(9 * 1024 * 1024)}"}`;
    expect(await sendEvents(await makeToken(), { body: event })).toEqual(
      refusal(413, 27, 'Request entity too large'),
    );
    await nothingKept();
  });

  it('when too many are received already', async () => {
    const token = await makeToken();
    const held = Array.from({ length: IN_FLIGHT_MAX }, () => {
      const { readable, writable } = new TransformStream();
      return { reply: sendRaw(token, { body: readable }), writer: writable.getWriter() };
    });
    const health = () => answerOf(answerHealth(new Request(ORIGIN)));
    const busy = refusal(503, 9, 'Server is busy');
    expect(await sendRaw(token, { body: 'a' })).toEqual(busy);
    expect(await health()).toEqual(busy);
    for (const { writer } of held) void writer.close();
    expect(new Set((await Promise.all(held.map(({ reply }) => reply))).map(([status]) => status))).toEqual(
      new Set([400]),
    );
    expect(await health()).toEqual([200, { text: 'HEC is healthy', code: 17 }]);
    expect(await sendRaw(token, { body: '<Event/>' })).toEqual(SUCCESS);
  });
});

describe('a token', () => {
  const body = '{"event":"a"}';

  it('is asked for in the header, or in the address where it may stand there', async () => {
    const token = await makeToken();
    const open = await makeToken({ isQueryAllowed: true });
    const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
    expect(await sendEvents(null, { body })).toEqual(refusal(401, 2, 'Token is required'));
    for (const authorization of ['Splunk', 'Bearer x', `Splunk ${token} x`, 'Basic eA==']) {
      expect(await sendEvents(null, { body, headers: { authorization } })).toEqual(
        refusal(401, 3, 'Invalid authorization'),
      );
    }
    expect(await sendEvents(randomUUID(), { body })).toEqual(refusal(403, 4, 'Invalid token'));
    expect(await sendEvents(null, { body, headers: basic(`x:${token}`) })).toEqual(SUCCESS);
    expect(await sendEvents(null, { body, query: { token } })).toEqual(
      refusal(400, 16, 'Query string authorization is not enabled'),
    );
    expect(await sendEvents(null, { body, query: { token: open } })).toEqual(SUCCESS);
  });

  it('is told that it was disabled, until it is enabled again', async () => {
    const token = await makeToken();
    const { id = '' } = (await findCollectorToken(token)) ?? {};
    await changeCollectorToken(ANALYST, { id, isEnabled: false });
    expect(await sendRaw(token, { body })).toEqual(refusal(403, 1, 'Token disabled'));
    await changeCollectorToken(ANALYST, { id, isEnabled: true });
    expect(await sendEvents(token, { body })).toEqual(SUCCESS);
    const entries = await db.auditEntry.findMany({ where: { objectId: id }, orderBy: { at: 'asc' } });
    expect(entries.map(({ action }) => action)).toEqual(['token.add', 'token.revoke', 'token.add']);
  });

  it('is nowhere kept, and is a manager’s to make', async () => {
    const token = await makeToken();
    await sendEvents(token, { body });
    const kept = JSON.stringify([
      await db.collectorToken.findMany(),
      await db.user.findMany(),
      await db.auditEntry.findMany(),
      await listCollectorTokens(ANALYST),
    ]);
    expect(kept).not.toContain(token);
    const analyst = { ...ANALYST, role: 'analyst' } as const;
    await expect(listCollectorTokens(analyst)).rejects.toThrow(AppError);
    await expect(changeCollectorToken(analyst, { id: randomUUID(), isEnabled: false })).rejects.toThrow(
      AppError,
    );
  });

  it('that acknowledges wants a channel; one that does not gives no ids', async () => {
    const acking = await makeToken({ isAckEnabled: true });
    const plain = await makeToken();
    const channel = { 'x-splunk-request-channel': randomUUID() };
    const missing = refusal(400, 10, 'Data channel is missing');
    const invalid = refusal(400, 11, 'Invalid data channel');
    expect(await sendEvents(acking, { body })).toEqual(missing);
    expect(await sendRaw(acking, { body })).toEqual(missing);
    expect(await askAcks(acking, { body: '{"acks":[0]}' })).toEqual(missing);
    expect(await sendRaw(acking, { body, query: { channel: 'x' } })).toEqual(invalid);
    expect(await sendEvents(plain, { body, headers: { 'x-splunk-request-channel': 'x' } })).toEqual(invalid);
    expect(await sendEvents(plain, { body, headers: channel })).toEqual(SUCCESS);
    expect(await askAcks(plain, { body: '{"acks":[0]}', headers: channel })).toEqual(
      refusal(400, 14, 'ACK is disabled'),
    );
    expect(await askAcks(acking, { body: '{"acks":"0"}', headers: channel })).toEqual(
      refusal(400, 6, 'Invalid data format'),
    );
    expect(await askAcks(acking, { headers: channel })).toEqual(refusal(400, 5, 'No data'));
    const query = { channel: channel['x-splunk-request-channel'].toUpperCase() };
    expect(await sendEvents(acking, { body, query })).toEqual([200, { text: 'Success', code: 0, ackId: 0 }]);
    expect(await askAcks(acking, { body: '{"acks":[0,1]}', headers: channel })).toEqual([
      200,
      { acks: { 0: true, 1: false } },
    ]);
  });

  it('refuses an index in the address that cannot be', async () => {
    expect(await sendRaw(await makeToken(), { body, query: { index: 'A b' } })).toEqual(
      refusal(400, 7, 'Incorrect index'),
    );
  });
});
