import { readClixml } from '#lib/evidence/clixml/reader.ts';
import { readCsv } from '#lib/evidence/csv/reader.ts';
import { readEvtx } from '#lib/evidence/evtx/reader.ts';
import { readHive } from '#lib/evidence/hive/reader.ts';
import { JSON_LIMITS } from '#lib/evidence/json/limits.ts';
import { readJson } from '#lib/evidence/json/reader.ts';
import type { EvidenceForm } from '#lib/evidence/record.ts';
import { readRegExport } from '#lib/evidence/reg-export/reader.ts';
import { readJob } from '#lib/evidence/task-job/reader.ts';
import { readTaskXml } from '#lib/evidence/task-xml/reader.ts';
import { TEXT_LIMITS } from '#lib/evidence/text/limits.ts';
import { readText } from '#lib/evidence/text/reader.ts';
import { XML_LIMITS } from '#lib/evidence/xml/limits.ts';
import { readXml } from '#lib/evidence/xml/reader.ts';
import type { ReaderCase } from './check-reading.ts';

const EVTX_HEADER_BYTES = 4_096;
const CHUNK_BYTES = 65_536;

/** Nothing is promised of a damaged file of this form but that reading it ends well. */
const nothing: Pick<ReaderCase, 'firstBlockOffset' | 'neededFor' | 'isReadableAt'> = {
  firstBlockOffset: 0,
  neededFor: () => null,
  isReadableAt: () => false,
};

/** Text is picked up again at the next record: what a record needs reaches from the one before to the one after. */
const text: typeof nothing = {
  firstBlockOffset: 0,
  neededFor: ({ start, end }, original) => {
    const length = end - start;
    return { start: Math.max(0, start - length), end: Math.min(original.length, end + length) };
  },
  // The first bytes tell the encoding; in two bytes a character, an odd shift makes another text.
  isReadableAt: ({ from, to }, mutant, original) =>
    mutant.bytes.subarray(0, 16).equals(original.subarray(0, 16)) &&
    (!isWide(original) || (to - from) % 2 === 0),
};

const isWide = (bytes: Buffer): boolean => bytes.includes(0);
const hasQuotes = (bytes: Buffer): boolean => bytes.includes('"');

/**
 * An object further to the right may be a part of the one before, so that foreign objects can hide those of a pretty list
 * after them.
 */
const objects: typeof nothing = {
  ...text,
  isReadableAt: (place, mutant, original) =>
    text.isReadableAt(place, mutant, original) &&
    (place.to < (mutant.pieces[0]?.bytes.length ?? 0) ||
      mutant.pieces.every(({ at, bytes }) => at !== null || !bytes.includes('{'))),
};

/** A quote more or less moves the ends of all rows after it, up to where it can only be a mistake. */
const table: typeof nothing = {
  ...text,
  neededFor: (row, original) => {
    const needed = text.neededFor(row, original);
    return needed && hasQuotes(original) ? { ...needed, start: 0 } : needed;
  },
  isReadableAt: (place, mutant, original) => {
    const header = original.indexOf('\n') + 2;
    return (
      text.isReadableAt(place, mutant, original) &&
      mutant.bytes.subarray(0, header).equals(original.subarray(0, header)) &&
      (hasQuotes(original) || !hasQuotes(mutant.bytes))
    );
  },
};

/** Every reader, and what it promises of damaged files. */
export const READER_CASES: Readonly<Record<EvidenceForm, ReaderCase>> = {
  evtx: {
    read: readEvtx,
    firstBlockOffset: EVTX_HEADER_BYTES,
    // A record uses what stands before it in its chunk: names and templates.
    neededFor: ({ start, end }) => ({
      start: start - ((start - EVTX_HEADER_BYTES) % CHUNK_BYTES),
      end: Math.min(end, start + CHUNK_BYTES - ((start - EVTX_HEADER_BYTES) % CHUNK_BYTES)),
    }),
    isReadableAt: ({ to }) => to >= EVTX_HEADER_BYTES && (to - EVTX_HEADER_BYTES) % CHUNK_BYTES === 0,
  },
  xml: { ...text, read: (source, options, sizes) => readXml(source, options, { ...XML_LIMITS, ...sizes }) },
  json: {
    ...objects,
    read: (source, options, sizes) => readJson(source, options, { ...JSON_LIMITS, ...sizes }),
  },
  text: {
    ...text,
    read: (source, options, sizes) => readText(source, options, { ...TEXT_LIMITS, ...sizes }),
  },
  csv: { ...table, read: (source, options, sizes) => readCsv(source, options, { ...TEXT_LIMITS, ...sizes }) },
  clixml: {
    ...text,
    read: (source, options, sizes) => readClixml(source, options, { ...TEXT_LIMITS, ...sizes }),
  },
  hive: { ...nothing, read: readHive },
  reg: { ...nothing, read: readRegExport },
  job: { ...nothing, read: readJob },
  'task-xml': { ...nothing, read: readTaskXml },
};
