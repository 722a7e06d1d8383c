import { readClixml } from './clixml/reader.ts';
import { readCsv } from './csv/reader.ts';
import { readEvtx } from './evtx/reader.ts';
import { readHive } from './hive/reader.ts';
import { readJson } from './json/reader.ts';
import type { Block, ByteSource, EvidenceForm, ReadOptions } from './record.ts';
import { readRegExport } from './reg-export/reader.ts';
import { SNIFF_BYTES, sniff } from './sniff.ts';
import { readJob } from './task-job/reader.ts';
import { readTaskXml } from './task-xml/reader.ts';
import { readText } from './text/reader.ts';
import { readXml } from './xml/reader.ts';

/** Raised when a reader begins to give other records for the same bytes; kept with what was read. */
const READERS: Readonly<
  Record<
    EvidenceForm,
    { version: string; read: (source: ByteSource, options: ReadOptions) => AsyncGenerator<Block> }
  >
> = {
  evtx: { version: 'evtx/1', read: readEvtx },
  xml: { version: 'xml/1', read: readXml },
  json: { version: 'json/3', read: readJson },
  text: { version: 'text/1', read: readText },
  csv: { version: 'csv/2', read: readCsv },
  clixml: { version: 'clixml/1', read: readClixml },
  hive: { version: 'hive/1', read: readHive },
  reg: { version: 'reg/1', read: readRegExport },
  job: { version: 'job/1', read: readJob },
  'task-xml': { version: 'task-xml/1', read: readTaskXml },
};

/** The bytes are no evidence that we read; the message says what they are and what to do. */
export class EvidenceRefused extends Error {
  override readonly name = 'EvidenceRefused';
  /** What the file is, for example "a PDF". */
  readonly what: string;
  constructor(what: string, message: string) {
    super(message);
    this.what = what;
  }
}

/** Chooses the reader by content, never by name. Throws EvidenceRefused. */
export async function readEvidence(
  source: ByteSource,
  options: ReadOptions,
): Promise<{ form: EvidenceForm; version: string; blocks: AsyncGenerator<Block> }> {
  const head = new Uint8Array(Math.min(SNIFF_BYTES, source.sizeBytes));
  let length = 0;
  while (length < head.length) {
    const count = await source.read(head, length, head.length - length, length);
    if (count === 0) break;
    length += count;
  }
  const sniffed = sniff(head.subarray(0, length), source.sizeBytes);
  if (sniffed.kind === 'refused') throw new EvidenceRefused(sniffed.what, sniffed.message);
  const { version, read } = READERS[sniffed.form];
  return { form: sniffed.form, version, blocks: read(source, options) };
}
