/** Evidence of every form that is large enough to be read while it arrives, with findings at its beginning and its end. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { evtxDumpInside } from '#lib/evidence/json/testing/write-forms.ts';
import { readEvidence } from '#lib/evidence/read.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { renderEventXml } from '#lib/evidence/render.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import { classicText, splunkRow, table } from '#lib/evidence/text/testing/write-text.ts';
import { makeEvtx } from '../../bench/evidence.ts';
import { evidenceFile, POWERSHELL, REGISTRY } from './testing.ts';

const FOLDER = fileURLToPath(new URL('../../e2e/evidence/', import.meta.url));
const QUIET_RECORDS = 5_000;
const SIZE_BYTES = 9_500_000;

async function recordsOf(bytes: Uint8Array): Promise<EvidenceRecord[]> {
  const records: EvidenceRecord[] = [];
  const { blocks } = await readEvidence(fromBuffer(bytes), {});
  for await (const block of blocks) records.push(...block.records);
  return records;
}

const xmlFile = (records: readonly EvidenceRecord[]): Buffer =>
  Buffer.from(`<Events>\n${records.map(renderEventXml).join('\n')}\n</Events>\n`);

/** As plain objects, which can be copied. */
const plainRecordsOf = async (name: string) => recordsOf(xmlFile(await recordsOf(evidenceFile(name))));

const withRecordId = (record: EvidenceRecord, recordId: string | null): EvidenceRecord => ({
  form: record.form,
  place: record.place,
  timeTicks: record.timeTicks,
  data: record.data,
  userDataXml: record.userDataXml,
  system: { ...record.system, recordId },
});

/** Records with their own number, between those of the two real files. */
async function manyRecords(): Promise<EvidenceRecord[]> {
  const [first, last] = await Promise.all([plainRecordsOf(POWERSHELL), plainRecordsOf(REGISTRY)]);
  const example = first.find(({ system }) => system.eventId === 4104);
  if (!example) throw new Error('no record to repeat');
  const quiet = Array.from({ length: QUIET_RECORDS }, (_, index): EvidenceRecord => {
    const script = `Get-Date # ${String(index).repeat(300)}`.slice(0, 1_500).padEnd(1_500, '.');
    return {
      ...withRecordId(example, String(1_000_000 + index)),
      data: example.data.map(([name, value]) => [name, name === 'ScriptBlockText' ? script : value]),
    };
  });
  return [...first, ...quiet, ...last];
}

/** By form, the bytes of one file. */
export async function largeEvidence(): Promise<Readonly<Record<string, Buffer>>> {
  const records = await manyRecords();
  const objects = records.map((record) => JSON.stringify(evtxDumpInside(record)));
  // Every seventh comes twice, so that equal ones are told apart.
  const unnumbered = records.flatMap((record, index) =>
    Array.from({ length: index % 7 === 0 ? 2 : 1 }, () => withRecordId(record, null)),
  );
  return {
    evtx: await largeEvtx(),
    xml: xmlFile(records),
    'json array': Buffer.from(`[${objects.join(',\n')}]`),
    'json lines without record ids': Buffer.from(
      unnumbered.map((record) => `${JSON.stringify(evtxDumpInside(record))}\n`).join(''),
    ),
    csv: Buffer.from(table(records.map((record) => splunkRow(record)))),
    text: Buffer.from(records.map((record) => classicText(record)).join('\r\n')),
  };
}

/** Real chunks, repeated. */
export async function largeEvtx(sizeBytes = SIZE_BYTES): Promise<Buffer<ArrayBuffer>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'jobsight-large-'));
  try {
    const file = path.join(folder, 'large.evtx');
    await makeEvtx([path.join(FOLDER, POWERSHELL), path.join(FOLDER, REGISTRY)], file, sizeBytes);
    return Buffer.from(await readFile(file));
  } finally {
    await rm(folder, { recursive: true });
  }
}
