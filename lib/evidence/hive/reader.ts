import { artefactBlock, artefactRecord, loss, note } from '#lib/evidence/artefact.ts';
import type { Block, ByteSource, EvidenceRecord, Problem, ReadOptions } from '#lib/evidence/record.ts';
import { readStart } from '#lib/evidence/source.ts';
import { filetimeToTicks } from '#lib/evidence/time.ts';
import { BASE_BLOCK_BYTES, HEADER_BYTES, parseBaseBlock } from './base-block.ts';
import { Cells, TooManyCells } from './cells.ts';
import { findSubkey, type HiveKey, readKey, subkeysOf, valuesOf } from './keys.ts';
import { AT_TASK, SCHEDULER_KEY, SETTINGS_KEY, SETTINGS_MAX, TASKS_KEY } from './scheduler.ts';
import { registryData } from './value.ts';

/** The hive begins below HKLM\SOFTWARE, what `reg save` writes of a part of it further down. */
const HIVE_AT = 2;
const NOTHING_HERE =
  'The hive has no settings of the task scheduler. They stand in the hive SOFTWARE (Windows\\System32\\config).';
/** FILETIME is signed where Windows computes with it. */
const FILETIME_END = 2n ** 63n;
const AT_TASKS_MAX = 10_000;

/**
 * Reads what a registry hive says about the task scheduler: the values of its settings, and the keys of tasks that are called
 * At1, At2 and so on. Their time is when the key was last written. One block; cells are read as they are asked for, so that a
 * hive of any size takes the same memory.
 *
 * Throws what the source throws, and the signal's reason when aborted.
 */
export async function* readHive(source: ByteSource, options: ReadOptions = {}): AsyncGenerator<Block> {
  if ((options.startOffset ?? 0) >= source.sizeBytes) return;
  options.signal?.throwIfAborted();
  const extent = { index: options.startIndex ?? 0, offset: 0, end: source.sizeBytes };
  const head = await readStart(source, HEADER_BYTES);
  if (head.length < HEADER_BYTES) {
    yield artefactBlock(extent, [], [loss(0, 'truncated', 'The hive ends within its first block.')]);
    return;
  }
  const base = parseBaseBlock(head);
  const problems: Problem[] = [];
  if (!base.isChecksumRight) {
    problems.push(note(0, 'file-header', "The checksum of the hive's first block does not fit."));
  }
  if (base.isDirty) {
    problems.push(
      note(
        0,
        'file-header',
        'The hive was not written to the end: its newest changes may stand only in the log files beside it (.LOG1, .LOG2), which are not read.',
      ),
    );
  }
  if (BASE_BLOCK_BYTES + base.binsBytes > source.sizeBytes) {
    problems.push(note(source.sizeBytes, 'truncated', 'The hive is cut off: keys may be missing.'));
  }
  const cells = new Cells(source, base.binsBytes);
  const records: EvidenceRecord[] = [];
  try {
    const root = await readKey(cells, base.rootCell);
    const schedule = root && (await findSchedule(cells, root, options.signal));
    if (schedule) {
      for await (const record of artefactsOf(cells, schedule, base.minorVersion, problems))
        records.push(record);
    }
    if (records.length === 0) problems.push(note(0, 'record-content', NOTHING_HERE));
  } catch (error) {
    if (!(error instanceof TooManyCells)) throw error;
    problems.push(loss(0, 'record-content', 'The lists of this hive never end: it was not read to the end.'));
  }
  const [damaged] = cells.damaged;
  if (damaged !== undefined) {
    const count = cells.damaged.length;
    const cellsWere = count === 1 ? 'cell of the hive is' : 'cells of the hive are';
    const message = `${count.toLocaleString('en')} ${cellsWere} damaged or missing; what hangs on them was left out.`;
    problems.push(loss(damaged, 'record-content', message));
  }
  yield artefactBlock(extent, records, problems);
}

type Found = { readonly key: HiveKey; readonly path: string };

/** The scheduler's key in a hive that begins anywhere above it; from the longest way down, so that none is found by chance. */
async function findSchedule(
  cells: Cells,
  root: HiveKey,
  signal: AbortSignal | undefined,
): Promise<Found | null> {
  for (let from = HIVE_AT; from < SCHEDULER_KEY.length; from++) {
    signal?.throwIfAborted();
    const found = await descend(
      cells,
      { key: root, path: SCHEDULER_KEY.slice(0, from).join('\\') },
      SCHEDULER_KEY.slice(from),
    );
    if (found) return found;
  }
  return null;
}

async function descend(cells: Cells, start: Found, names: readonly string[]): Promise<Found | null> {
  let at = start;
  for (const name of names) {
    const key = await findSubkey(cells, at.key, name);
    if (!key) return null;
    at = { key, path: `${at.path}\\${key.name}` };
  }
  return at;
}

async function* artefactsOf(
  cells: Cells,
  schedule: Found,
  minorVersion: number,
  problems: Problem[],
): AsyncGenerator<EvidenceRecord> {
  const settings = await descend(cells, schedule, [SETTINGS_KEY]);
  if (settings) yield* settingsOf(cells, settings, minorVersion, problems);
  const tree = await descend(cells, schedule, TASKS_KEY);
  if (!tree) return;
  let count = 0;
  for await (const key of subkeysOf(cells, tree.key)) {
    if (!AT_TASK.test(key.name)) continue;
    if (count === AT_TASKS_MAX) {
      problems.push(tooMany(key.cell));
      return;
    }
    yield recordOf(key.cell, key, {
      path: `${tree.path}\\${key.name}`,
      keyName: key.name,
      taskName: `\\${key.name}`,
    });
    count += 1;
  }
}

async function* settingsOf(
  cells: Cells,
  { key, path }: Found,
  minorVersion: number,
  problems: Problem[],
): AsyncGenerator<EvidenceRecord> {
  let count = 0;
  for await (const value of valuesOf(cells, key, minorVersion)) {
    if (count === SETTINGS_MAX) {
      problems.push(tooMany(value.cell));
      return;
    }
    const valueName = value.name;
    yield recordOf(value.cell, key, { path: `${path}\\${valueName}`, keyName: key.name, valueName, value });
    count += 1;
  }
}

function tooMany(cell: number): Problem {
  const message = 'The hive has more of these than any real one; from here on they were left out.';
  return loss(BASE_BLOCK_BYTES + cell, 'record-content', message);
}

function recordOf(cell: number, key: HiveKey, fact: Parameters<typeof registryData>[0]): EvidenceRecord {
  const isTime = key.lastWritten > 0n && key.lastWritten < FILETIME_END;
  const time = isTime ? filetimeToTicks(key.lastWritten) : null;
  return artefactRecord('hive', BASE_BLOCK_BYTES + cell, time, registryData(fact));
}
