import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { CHUNK_BYTES, FILE_HEADER_BYTES } from '#lib/evidence/evtx/header.ts';
import { readEvidence } from '#lib/evidence/read.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { renderEventXml } from '#lib/evidence/render.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import {
  ANALYST,
  add,
  addAndRead,
  empty,
  evidenceFile,
  ingest,
  POWERSHELL,
  useTestInstance,
} from '#lib/jobs/testing.ts';
import { getHostTimeline } from '#lib/timeline/queries.ts';
import { deleteEvidence } from './commands.ts';
import { getEvidence } from './queries.ts';

useTestDatabase();
useTestInstance();
beforeEach(empty);

const HOST = 'win10-02.offsec.lan';
const CHUNKED = fileURLToPath(
  new URL('../../../shared/data/evtx/hayabusa-sample/many-events-application.evtx', import.meta.url),
);

const SYSTEM =
  "<Provider Name='Microsoft-Windows-Eventlog'/><EventID>ID</EventID><TimeCreated SystemTime='TIME'/>" +
  '<EventRecordID>RECORD</EventRecordID><Channel>CHANNEL</Channel><Computer>WIN10-02.offsec.lan</Computer>';

function event(recordId: number, minute: number, id = 6005, channel = 'System', inside = ''): string {
  const time = new Date(Date.parse('2024-03-05T09:00:00Z') + minute * 60_000).toISOString();
  const system = SYSTEM.replace('ID<', `${id}<`)
    .replace('TIME', time)
    .replace('RECORD', String(recordId))
    .replace('CHANNEL', channel);
  return `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>${system}</System>${inside}</Event>`;
}

const xml = (events: readonly string[]): Buffer => Buffer.from(`<Events>\n${events.join('\n')}\n</Events>\n`);

const hintsOf = async (id: string) => (await getEvidence(ANALYST, id)).hints;

async function recordsOf(bytes: Uint8Array): Promise<EvidenceRecord[]> {
  const records: EvidenceRecord[] = [];
  const { blocks } = await readEvidence(fromBuffer(bytes), {});
  for await (const block of blocks) records.push(...block.records);
  return records;
}

describe('tamper hints', () => {
  it('name the records that are missing, on the file and on the timeline of the host', async () => {
    const id = await addAndRead('cut.xml', xml([1, 2, 3, 9, 10, 12].map((number) => event(number, number))));
    const { items, counts, missingRecords } = await hintsOf(id);
    expect(counts).toEqual([{ kind: 'record-gap', count: 2 }]);
    expect(missingRecords).toBe(6);
    expect(items.map(({ message, channel, hostName }) => [message, channel, hostName])).toEqual([
      ['5 records are missing: 4 to 8.', 'System', HOST],
      ['Record 11 is missing.', 'System', HOST],
    ]);
    const { hints } = await getHostTimeline(ANALYST, HOST, {
      from: '17096292000000000',
      to: '17096296000000000',
    });
    expect(hints.map(({ message }) => message)).toEqual(['5 records are missing: 4 to 8.']);
    // What another file of the host has is not missing on the host.
    await addAndRead('rest.xml', xml([4, 5, 6, 7, 8].map((number) => event(number, number))));
    expect((await hintsOf(id)).missingRecords).toBe(6);
    const after = await getHostTimeline(ANALYST, HOST, { from: '0', to: '27096296000000000' });
    expect(after.hints.map(({ message }) => message)).toEqual(['Record 11 is missing.']);
  });

  it.skipIf(!existsSync(CHUNKED))('name the records of a chunk that was cut out of a log', async () => {
    const whole = readFileSync(CHUNKED);
    const before = await hintsOf(await addAndRead('whole.evtx', whole));
    await empty();
    const at = FILE_HEADER_BYTES + 3 * CHUNK_BYTES;
    const inChunk = await recordsOf(
      Buffer.concat([whole.subarray(0, FILE_HEADER_BYTES), whole.subarray(at, at + CHUNK_BYTES)]),
    );
    expect(inChunk.length).toBeGreaterThan(1);
    const id = await addAndRead(
      'cut.evtx',
      Buffer.concat([whole.subarray(0, at), whole.subarray(at + CHUNK_BYTES)]),
    );
    const cut = await hintsOf(id);
    expect(cut.missingRecords - before.missingRecords).toBe(inChunk.length);
    expect(cut.items.map(({ recordId }) => recordId)).toContain(inChunk[0]?.system.recordId);
  });

  it('say which log was cleared, by whom and when', async () => {
    const user = '<SubjectUserName>mallory</SubjectUserName><SubjectDomainName>OFFSEC</SubjectDomainName>';
    const id = await addAndRead(
      'cleared.xml',
      xml([
        event(
          1,
          1,
          1102,
          'Security',
          `<UserData><LogFileCleared xmlns='x'>${user}</LogFileCleared></UserData>`,
        ),
        event(
          2,
          2,
          104,
          'System',
          `<UserData><LogFileCleared xmlns='x'><Channel>Setup</Channel></LogFileCleared></UserData>`,
        ),
      ]),
    );
    const { items } = await hintsOf(id);
    expect(
      items.map(({ kind, message, recordId, fromTicks }) => [kind, message, recordId, fromTicks]),
    ).toEqual([
      ['log-cleared', 'The log Security was cleared by OFFSEC\\mallory.', '1', '17096292600000000'],
      ['log-cleared', 'The log Setup was cleared.', '2', '17096293200000000'],
    ]);
    const { hints } = await getHostTimeline(ANALYST, HOST, {});
    expect(hints.map(({ kind }) => kind)).toEqual(['log-cleared', 'log-cleared']);
  });

  it('say where time goes backwards, in a file in either order, also over a gap', async () => {
    const minutes = [0, 10, 20, 5, 6, 7, 2];
    const numbers = [1, 2, 3, 4, 5, 6, 9];
    const events = numbers.map((number, index) => event(number, minutes[index] ?? 0));
    for (const given of [events, events.toReversed()]) {
      const { items, counts } = await hintsOf(await addAndRead('clock.xml', xml(given)));
      expect(counts).toContainEqual({ kind: 'time-backwards', count: 2 });
      expect(items.filter(({ kind }) => kind === 'time-backwards').map(({ message }) => message)).toEqual([
        'Record 4 is 15 minutes older than the record before it.',
        'Record 9 is 5 minutes older than the record before it.',
      ]);
    }
  });

  it('say that a log was not closed, once, and that a checksum is wrong', async () => {
    const bytes = evidenceFile(POWERSHELL);
    expect((await hintsOf(await addAndRead('clean.evtx', bytes))).counts).toEqual([]);
    const dirty = Buffer.from(bytes);
    dirty.writeUInt32LE(1, 120);
    dirty.writeUInt32LE(crc32(dirty.subarray(0, 120)), 124);
    dirty[FILE_HEADER_BYTES + 52] = (dirty[FILE_HEADER_BYTES + 52] ?? 0) ^ 0xff;
    const id = await add('dirty.evtx', dirty);
    await expect(ingest(id, AbortSignal.abort())).rejects.toThrow();
    await ingest(id);
    const { counts, items } = await hintsOf(id);
    expect(counts).toContainEqual({ kind: 'dirty-file', count: 1 });
    expect(items.find(({ kind }) => kind === 'chunk-checksum')?.offset).toBe(FILE_HEADER_BYTES);
  });

  it('of scattered numbers are not told, but that they are scattered is', async () => {
    const id = await addAndRead(
      'chosen.xml',
      xml(Array.from({ length: 5_100 }, (_, index) => event(index * 2, index / 100))),
    );
    expect(await hintsOf(id)).toEqual({ items: [], counts: [], missingRecords: 0, scatteredLogs: 1 });
  });

  it('are all counted, and kept up to a thousand', async () => {
    const id = await addAndRead(
      'clock.xml',
      xml(Array.from({ length: 2_400 }, (_, index) => event(index, (index % 2) * 10))),
    );
    const { items, counts } = await hintsOf(id);
    expect(counts).toEqual([{ kind: 'time-backwards', count: 1_199 }]);
    expect(items).toHaveLength(1_000);
    await deleteEvidence(ANALYST, id);
    expect([
      await db.evidenceHint.count(),
      await db.evidenceHintCount.count(),
      await db.evidenceLog.count(),
    ]).toEqual([0, 0, 0]);
  });
});

describe('the records of a file', () => {
  it('are its events, what is bad and what came again, together', async () => {
    const events = (await recordsOf(evidenceFile(POWERSHELL))).map(renderEventXml);
    const id = await addAndRead(
      'sum.xml',
      xml([...events, ...events.slice(0, 5), '<Event><System></Broken></Event>', ...events.slice(3, 4)]),
    );
    const { recordCount, lossCount, duplicateCount } = await getEvidence(ANALYST, id);
    expect([recordCount, lossCount, duplicateCount]).toEqual([events.length + 6, 1, 6]);
  });
});
