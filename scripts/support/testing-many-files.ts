/** Many small files of every form, for tests that ingest them: real events under other hosts, damaged files, archives. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fromStored, toStored } from '#lib/events/stored.ts';
import { makeZip } from '#lib/evidence/archive/testing.ts';
import { WRITERS } from '#lib/evidence/json/testing/write-forms.ts';
import { readEvidence } from '#lib/evidence/read.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { renderEventXml } from '#lib/evidence/render.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import { mutate } from '#lib/evidence/testing/mutate.ts';
import { Random } from '#lib/evidence/testing/random.ts';
import { classicText, splunkRow, table } from '#lib/evidence/text/testing/write-text.ts';
import { ROOT } from './paths.ts';

export type TestFile = { readonly name: string; readonly bytes: Buffer };

const LOGS = ['sysmon-enableat.evtx', 'powershell-win32-scheduledjob.evtx'];
const HOSTS = 12;
/** Of the header of an event log, bytes that say nothing. */
const UNUSED_AT = 200;

/** Files that all differ, the same for the same count. */
export async function manyFiles(count: number): Promise<readonly TestFile[]> {
  const logs = LOGS.map((name) => readFileSync(join(ROOT, 'e2e', 'evidence', name)));
  const records = (await Promise.all(logs.map(recordsOf))).flat();
  const files: TestFile[] = [];
  for (let index = 0; index < count; index++) files.push(await makeFile(index, logs, records));
  return files;
}

async function makeFile(
  index: number,
  logs: readonly Buffer[],
  records: readonly EvidenceRecord[],
): Promise<TestFile> {
  const random = new Random(index);
  const host = `host-${index % HOSTS}`;
  const own = Array.from({ length: 1 + random.below(8) }, (_, at) =>
    renamed(random.pick(records), host, String(index * 100 + at)),
  );
  const xml = Buffer.from(own.map(renderEventXml).join('\n'));
  const file = (extension: string, bytes: Buffer) => ({ name: `file-${index}.${extension}`, bytes });
  switch (index % 8) {
    case 0:
      return file('evtx', tellApart(random.pick(logs), index));
    case 1:
      return file('xml', xml);
    case 2: {
      const write = random.pick(Object.values(WRITERS));
      return file('jsonl', Buffer.from(own.map((record) => JSON.stringify(write(record))).join('\n')));
    }
    case 3:
      return file('csv', Buffer.from(table(own.map((record) => splunkRow(record)))));
    case 4:
      return file('txt', Buffer.from(own.map((record) => classicText(record)).join('')));
    case 5:
      return file('xml.gz', gzipSync(xml));
    case 6:
      return file(
        'zip',
        await makeZip([
          { path: `in-${index}.xml`, bytes: xml },
          { path: 'note', bytes: Buffer.from(`${index}`) },
        ]),
      );
    default:
      return file('damaged', mutate(tellApart(random.pick(logs), index), logs, random).bytes);
  }
}

function renamed(record: EvidenceRecord, computer: string, recordId: string): EvidenceRecord {
  const plain = fromStored(toStored(record));
  return { ...plain, system: { ...plain.system, computer, recordId } };
}

function tellApart(log: Buffer, index: number): Buffer {
  const bytes = Buffer.from(log);
  bytes.writeUInt32LE(index, UNUSED_AT);
  return bytes;
}

async function recordsOf(bytes: Buffer): Promise<readonly EvidenceRecord[]> {
  const { blocks } = await readEvidence(fromBuffer(bytes), {});
  const records: EvidenceRecord[] = [];
  for await (const block of blocks) records.push(...block.records);
  return records;
}
