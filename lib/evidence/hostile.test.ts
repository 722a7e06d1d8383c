import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { HOSTILE_FILES } from './testing/hostile.ts';
import type { HostileReading } from './testing/read-hostile.ts';

const READ = fileURLToPath(new URL('./testing/read-hostile.ts', import.meta.url));
const LINE_BYTES = (process.env.LONG_TESTS ? 1_024 : 64) * 1024 * 1024;
const TIMEOUT_MS = 300_000;
/** What the worker may take of any evidence. */
const PEAK_MB = 400;
/** Each byte is read, the beginning of the file for its form and layout too. */
const READS_MAX = 3;

const tooLong = /^record-too-long: The .+ that begins here is too long to be read/;
const nothingFound = /^record-content: The hive has no settings of the task scheduler/;

/** What every hostile file gives: how many records, and a problem that says what is the matter. */
const EXPECTED: Readonly<Record<keyof typeof HOSTILE_FILES, readonly [records: number, problem: RegExp]>> = {
  'a zip that unpacks to a thousand times its size': [0, /^too-large: It unpacks to more than 200 times/],
  'XML whose entities unfold to a billion': [1, /^xml-syntax: .+ that are no event stand here/],
  'XML nested 100,000 deep': [0, /^xml-syntax: .+its elements are nested too deep/],
  'JSON nested 100,000 deep': [2, /^json-syntax: .+is nested deeper than 64 levels; 400,000 bytes/],
  'a table of a million columns': [1, /^csv-syntax: The table has 1,000,000 columns/],
  'an event log whose template holds itself': [1, /^record-content: .+elements nest too deep/],
  'an event log whose records have no size': [6, /^record-header: The size of this record does not fit/],
  'an event log whose header counts with zeros': [
    50,
    /^chunk-header: The chunk header says an impossible end/,
  ],
  'a hive whose cells have no size': [0, nothingFound],
  'a hive whose bins have no size': [0, nothingFound],
  'a long line of XML': [2, tooLong],
  'a long line of JSON': [2, tooLong],
  'a long line of a table': [2, tooLong],
  'a long line of text': [2, tooLong],
  'a long line of a registry export': [1, tooLong],
};

it.each(Object.keys(HOSTILE_FILES))(
  '%s is told, takes bounded memory, and is not read again and again',
  { timeout: TIMEOUT_MS },
  async (name) => {
    const { stdout } = await promisify(execFile)(process.execPath, [READ, name, String(LINE_BYTES)]);
    const { records, problems, reads, peakMb }: HostileReading = JSON.parse(stdout);
    const [expectedRecords, problem] = EXPECTED[name] ?? [];
    expect(records).toBe(expectedRecords);
    expect(problems).toContainEqual(expect.stringMatching(problem ?? ''));
    expect(reads).toBeLessThan(READS_MAX);
    expect(peakMb).toBeLessThan(PEAK_MB);
  },
);
