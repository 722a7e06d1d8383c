/**
 * Reads one hostile file in a process of its own and prints what came of it and what it took, as JSON.
 * Arguments: name of the file, length of a long line in bytes.
 */
import { UnpackBudget } from '#lib/evidence/archive/entry.ts';
import { archiveKindOf, openArchive } from '#lib/evidence/archive/open.ts';
import { SalvagedBytes } from '#lib/evidence/archive/salvage.ts';
import { readEvidence } from '#lib/evidence/read.ts';
import type { ByteSource, Problem } from '#lib/evidence/record.ts';
import { HOSTILE_FILES } from './hostile.ts';

export type HostileReading = {
  readonly records: number;
  readonly problems: readonly string[];
  /** How often each byte was read, on average. */
  readonly reads: number;
  readonly peakMb: number;
};

const PROBLEMS_SHOWN = 20;

const [, , name = '', lineBytes = ''] = process.argv;
const made = await HOSTILE_FILES[name]?.(Number(lineBytes));
if (!made) throw new Error(`There is no file ${name}.`);
let bytesRead = 0;
const source: ByteSource = {
  sizeBytes: made.sizeBytes,
  async read(...place) {
    const count = await made.read(...place);
    bytesRead += count;
    return count;
  },
};
// What it took to make the file does not count.
const madeMb = process.resourceUsage().maxRSS / 1_024;
const isArchive = (await archiveKindOf(source)) !== null;
const { records, problems } = isArchive ? await unpack() : await read();
const reading: HostileReading = {
  records,
  problems: problems.slice(0, PROBLEMS_SHOWN),
  reads: bytesRead / source.sizeBytes,
  peakMb: isArchive
    ? process.resourceUsage().maxRSS / 1_024 - madeMb
    : process.resourceUsage().maxRSS / 1_024,
};
process.stdout.write(JSON.stringify(reading));

async function read() {
  const { blocks } = await readEvidence(source, {});
  const found: Problem[] = [];
  let count = 0;
  for await (const block of blocks) {
    count += block.records.length;
    found.push(...block.problems);
  }
  return { records: count, problems: found.map(({ code, message }) => `${code}: ${message}`) };
}

async function unpack() {
  const found: string[] = [];
  let count = 0;
  const budget = new UnpackBudget({ archiveBytes: source.sizeBytes });
  for await (const entry of openArchive(source, { name: 'archive', budget })) {
    if ('refused' in entry) {
      found.push(`${entry.refused}: ${entry.message}`);
      continue;
    }
    count += 1;
    try {
      for await (const _ of new SalvagedBytes(entry.stream));
    } catch (error) {
      found.push(String(error));
    }
  }
  return { records: count, problems: found };
}
