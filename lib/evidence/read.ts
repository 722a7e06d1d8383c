import { readClixml } from './clixml/reader.ts';
import { readCsv } from './csv/reader.ts';
import { readEvtx } from './evtx/reader.ts';
import { readHive } from './hive/reader.ts';
import { readJson } from './json/reader.ts';
import type { Block, ByteSource, EvidenceForm, ReadOptions } from './record.ts';
import { readRegExport } from './reg-export/reader.ts';
import { SNIFF_BYTES, sniff } from './sniff.ts';
import { readStart } from './source.ts';
import { readJob } from './task-job/reader.ts';
import { readTaskXml } from './task-xml/reader.ts';
import { readText } from './text/reader.ts';
import { readXml } from './xml/reader.ts';

type Reader = {
  /** Raised when the reader begins to give other records for the same bytes; kept with what was read. */
  readonly version: string;
  /** The reader goes from the first byte to the last, so that a beginning can be read before the rest is there. */
  readonly isInOrder: boolean;
  readonly read: (source: ByteSource, options: ReadOptions) => AsyncGenerator<Block>;
};

const READERS: Readonly<Record<EvidenceForm, Reader>> = {
  evtx: { version: 'evtx/2', isInOrder: true, read: readEvtx },
  xml: { version: 'xml/2', isInOrder: true, read: readXml },
  json: { version: 'json/5', isInOrder: true, read: readJson },
  text: { version: 'text/1', isInOrder: true, read: readText },
  csv: { version: 'csv/2', isInOrder: true, read: readCsv },
  clixml: { version: 'clixml/1', isInOrder: true, read: readClixml },
  hive: { version: 'hive/1', isInOrder: false, read: readHive },
  reg: { version: 'reg/1', isInOrder: false, read: readRegExport },
  job: { version: 'job/1', isInOrder: false, read: readJob },
  'task-xml': { version: 'task-xml/1', isInOrder: false, read: readTaskXml },
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
): Promise<{ form: EvidenceForm; version: string; isInOrder: boolean; blocks: AsyncGenerator<Block> }> {
  const sniffed = sniff(await readStart(source, SNIFF_BYTES), source.sizeBytes);
  if (sniffed.kind === 'refused') throw new EvidenceRefused(sniffed.what, sniffed.message);
  const { version, isInOrder, read } = READERS[sniffed.form];
  return { form: sniffed.form, version, isInOrder, blocks: read(source, options) };
}
