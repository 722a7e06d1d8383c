import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from 'vitest';
import { deleteEvidence } from '#lib/custody/commands.ts';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { hostName } from '#lib/events/names.ts';
import { Occurrences } from '#lib/events/occurrences.ts';
import { readEvidence } from '#lib/evidence/read.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { renderEventXml } from '#lib/evidence/render.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import {
  ANALYST,
  addAndRead,
  evidenceFile,
  POWERSHELL,
  REGISTRY,
  useTestInstance,
} from '#lib/jobs/testing.ts';
import { spreadEvtx } from '../../bench/spread.ts';
import { surroundingsQuery } from './inputs.ts';
import { getSurroundingEvents } from './surroundings.ts';

useTestDatabase();
useTestInstance();

const HOST = 'win10-02.offsec.lan';
const SHORT = 'win10-02';
const MINUTE = 600_000_000n;

type Known = { readonly id: string; readonly ticks: bigint; readonly host: string; readonly raw: string };
/** What every file has, read from the first byte to the last: id, time, host, XML. */
let known: readonly Known[] = [];

async function recordsOf(bytes: Uint8Array): Promise<EvidenceRecord[]> {
  const records: EvidenceRecord[] = [];
  const { blocks } = await readEvidence(fromBuffer(bytes), {});
  for await (const block of blocks) records.push(...block.records);
  return records;
}

async function knownOf(bytes: Uint8Array): Promise<Known[]> {
  const occurrences = new Occurrences();
  return (await recordsOf(bytes)).flatMap((record) => {
    const id = occurrences.identify(record);
    if (record.timeTicks === null) return [];
    const host = hostName(record.system.computer);
    return [{ id, ticks: record.timeTicks, host, raw: renderEventXml(record) }];
  });
}

const xmlFile = (events: readonly string[]): Buffer =>
  Buffer.from(`<Events>\n${events.join('\n')}\n</Events>\n`);

/** Events of a host between two times, each once, by time and id. */
function bruteForce(from: bigint, to: bigint, hosts = [HOST, SHORT]): string[] {
  const inRange = known
    .filter(({ ticks, host }) => ticks >= from && ticks <= to && hosts.includes(host))
    .toSorted((a, b) => (a.ticks < b.ticks ? -1 : a.ticks > b.ticks ? 1 : a.id < b.id ? -1 : 1));
  return [...new Set(inRange.map(({ id }) => id))];
}

const ask = (query: Record<string, string | number>) =>
  getSurroundingEvents(ANALYST, HOST, surroundingsQuery.parse(query));

beforeAll(async () => {
  const powershell = evidenceFile(POWERSHELL);
  const registry = evidenceFile(REGISTRY);
  // The same events again as XML with times cut to milliseconds, some under the short name of the host, and 400 of another.
  const [sample] = await recordsOf(registry);
  if (!sample) throw new Error('no record to copy');
  const template = renderEventXml(sample);
  const again = (await recordsOf(powershell)).map((record) =>
    renderEventXml(record).replace(/(SystemTime='[^']*\.\d{3})\d{4}Z/, '$1Z'),
  );
  const start = Date.parse('2024-03-05T09:10:00Z');
  const others = Array.from({ length: 6_000 }, (_, index) =>
    template
      .replace(/<Computer>[^<]*</, `<Computer>${index % 3 === 0 ? SHORT : 'other.offsec.lan'}<`)
      .replace(/<EventRecordID>\d+</, `<EventRecordID>${100_000 + index}<`)
      .replace(/SystemTime='[^']*'/, `SystemTime='${new Date(start + index * 1_000).toISOString()}'`),
  );
  const noIds = [1, 2, 3].map(() =>
    template
      .replace(/<EventRecordID>\d+<\/EventRecordID>/, '')
      .replace(/SystemTime='[^']*'/, "SystemTime='2024-03-05T09:20:00.5Z'"),
  );
  const files = [powershell, registry, xmlFile(again), xmlFile([...others, ...noIds])];
  for (const [index, bytes] of files.entries()) await addAndRead(`file-${index}`, bytes);
  known = (await Promise.all(files.map(knownOf))).flat();
});

describe('all events of a host around a time', () => {
  it('are those that reading every record gives, at every time and width', async () => {
    const times = known.filter(({ host }) => host === HOST).map(({ ticks }) => ticks);
    expect(times.length).toBeGreaterThan(50);
    for (const around of times.filter((_, index) => index % 20 === 0)) {
      for (const minutes of [0, 1, 15, 300]) {
        const span = BigInt(minutes) * MINUTE;
        const { items, nextCursor } = await ask({ around: around.toString(), minutes, limit: 5_000 });
        expect(items.map(({ id }) => id)).toEqual(bruteForce(around - span, around + span));
        expect(nextCursor).toBeNull();
      }
    }
  });

  it('have the first and the last tick of the range, and none beyond', async () => {
    const around = 17_096_298_113_000_123n + 15n * MINUTE;
    const { items, fromTicks } = await ask({ around: around.toString() });
    expect([items[0]?.ticks, fromTicks]).toEqual(['17096298113000123', '17096298113000123']);
    const later = await ask({ around: (around + 1n).toString() });
    expect(BigInt(later.items[0]?.ticks ?? 0)).toBeGreaterThan(17_096_298_113_000_123n);
    const last = await ask({ around: (17_096_298_113_000_123n - 15n * MINUTE).toString() });
    expect(last.items.at(-1)?.ticks).toBe('17096298113000123');
  });

  it('come page by page, each once and in one order, whatever the length of a page', async () => {
    const around = known.find(({ host }) => host === SHORT)?.ticks ?? 0n;
    const expected = bruteForce(around - 60n * MINUTE, around + 60n * MINUTE);
    expect(expected.length).toBeGreaterThan(1_000);
    for (const limit of [97, 1_000]) {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page = await ask({
          around: around.toString(),
          minutes: 60,
          limit,
          ...(cursor === null ? {} : { cursor }),
        });
        expect(page.items.length).toBeLessThanOrEqual(limit);
        seen.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor;
      } while (cursor !== null);
      expect(seen).toEqual(expected);
    }
  });

  it('are all reached when one request may not read all of their blocks', async () => {
    const around = known.find(({ host }) => host === SHORT)?.ticks ?? 0n;
    const seen: string[] = [];
    const left: number[] = [];
    let cursor: string | undefined;
    let requests = 0;
    do {
      const query = surroundingsQuery.parse({
        around: around.toString(),
        minutes: 120,
        limit: 5_000,
        cursor,
      });
      const page = await getSurroundingEvents(ANALYST, HOST, query, undefined, 1);
      expect(page.isCutShort).toBe(false);
      expect(page.leftBlocks === 0).toBe(page.leftBytes === 0);
      left.push(page.leftBlocks);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
      requests += 1;
    } while (cursor !== undefined);
    expect(seen).toEqual(bruteForce(around - 120n * MINUTE, around + 120n * MINUTE));
    expect(requests).toBeGreaterThan(1);
    expect(left[0]).toBeGreaterThan(0);
    expect(left).toEqual(left.toSorted((a, b) => b - a));
    expect(left.at(-1)).toBe(0);
  });

  it('read only the blocks that cover the range', async () => {
    const [{ size } = { size: 0n }] = await db.$queryRaw<{ size: bigint }[]>`
      SELECT sum(size_bytes)::bigint AS size FROM evidence`;
    const first = known.filter(({ host }) => host === SHORT)[0]?.ticks ?? 0n;
    const narrow = await ask({ around: first.toString(), minutes: 0 });
    expect(narrow.items.length).toBeGreaterThan(0);
    expect(narrow.readBytes).toBeLessThan(Number(size) / 2);
    const none = await ask({ around: '10000000', minutes: 1 });
    expect([none.items, none.readBytes, none.nextCursor]).toEqual([[], 0, null]);
  });

  it('say what they are in a line, and are there as XML when asked for', async () => {
    const { ticks, id, raw } = known.find(({ host }) => host === HOST) ?? { ticks: 0n, id: '', raw: '' };
    const without = await ask({ around: ticks.toString(), minutes: 0 });
    expect(without.items.every((item) => item.summary.length > 0 && item.raw === null)).toBe(true);
    const { items } = await ask({ around: ticks.toString(), minutes: 0, raw: 'true' });
    expect(items.find((item) => item.id === id)?.raw).toBe(raw);
  });

  it('without a time, are around the first finding of the host', async () => {
    expect((await ask({})).aroundTicks).toBe('17096298113000123');
  });

  it('stop when the request is aborted', async () => {
    const stopped = getSurroundingEvents(ANALYST, HOST, surroundingsQuery.parse({}), AbortSignal.abort());
    await expect(stopped).rejects.toThrow();
  });

  it('of evidence with times that no date has are left out, up to the last that PostgreSQL can hold', async () => {
    const file = path.resolve(import.meta.dirname, '../../e2e/evidence', POWERSHELL);
    const last = 2n ** 63n - 1n;
    const spread = { startTicks: last - 10n, stepTicks: 1_000n };
    const id = await addAndRead('far.evtx', await buffer(Readable.from(spreadEvtx([file], 65_536, spread))));
    expect((await db.evidence.findUniqueOrThrow({ where: { id } })).status).toBe('ready');
    const query = surroundingsQuery.parse({ around: last.toString(), minutes: 1 });
    const { items } = await getSurroundingEvents(ANALYST, HOST, query);
    expect(items.map(({ ticks }) => ticks)).toEqual([(last - 10n).toString()]);
    await deleteEvidence(ANALYST, id);
  });

  it('say so when more blocks hold one time than one request may read', async () => {
    const ticks = known.find(({ host }) => host === HOST)?.ticks ?? 0n;
    const query = surroundingsQuery.parse({ around: ticks.toString(), minutes: 0 });
    const whole = await getSurroundingEvents(ANALYST, HOST, query);
    await db.evidenceBlock.updateMany({ data: { lengthBytes: 5_000_000 } });
    const cut = await getSurroundingEvents(ANALYST, HOST, query, undefined, 1);
    expect([whole.isCutShort, cut.isCutShort, cut.nextCursor]).toEqual([false, true, null]);
  });

  it('go with their evidence, and so does its index', async () => {
    const { id } = await db.evidence.findFirstOrThrow({ where: { name: 'file-3' } });
    expect(await db.evidenceBlock.count({ where: { evidenceId: id } })).toBeGreaterThan(1);
    await deleteEvidence(ANALYST, id);
    expect(await db.evidenceBlock.count({ where: { evidenceId: id } })).toBe(0);
    expect(await db.evidenceLog.count({ where: { evidenceId: id } })).toBe(0);
    const rest = (await ask({ minutes: 300, limit: 5_000 })).items;
    expect(rest.some((item) => item.host === SHORT)).toBe(false);
    expect(rest.length).toBeGreaterThan(0);
  });
});
