import { dataValue } from '#lib/events/sources/source.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';

/**
 * PowerShell logs a long script block in parts: several 4104 events with one ScriptBlockId, MessageNumber and MessageTotal
 * (about_Logging_Windows). A term that stands across the border of two parts is in no event, so a published search
 * cannot see it; extended evaluation joins the parts first.
 */

const SCRIPT_BLOCK_EVENT = 4104;
/** What parts may hold together, in characters; beyond it the latest are not joined (see `earliestParts`). */
export const JOINED_TEXT_MAX = 64 * 1024 * 1024;

/** A part of a script block that was logged in more than one event. */
export function isScriptBlockPart(record: EvidenceRecord): boolean {
  if (record.system.eventId !== SCRIPT_BLOCK_EVENT) return false;
  return countOf(record, 'MessageTotal') > 1 && dataValue(record, 'ScriptBlockId') !== null;
}

/** Parts of one script block that follow one another, joined. */
export type JoinedScriptBlock = {
  /** The first part with the text of all of them. */
  readonly record: EvidenceRecord;
  /** Indexes of the parts in the list given. */
  readonly parts: readonly number[];
  /** Numbers of the block's parts that are nowhere in the list, and of how many: `3, 5-7 of 9`. Null: all are there. */
  readonly missing: string | null;
};

/**
 * Joins the parts of each script block in the order of their numbers, whatever order they came in. Where a part is
 * missing, the runs before and after it are joined each for itself. A part seen twice counts once; a run may be one part.
 */
export function joinScriptBlocks(records: readonly EvidenceRecord[]): readonly JoinedScriptBlock[] {
  const blocks = new Map<string, { total: number; parts: Map<number, number> }>();
  records.forEach((record, index) => {
    if (!isScriptBlockPart(record)) return;
    const number = countOf(record, 'MessageNumber');
    const total = countOf(record, 'MessageTotal');
    if (number < 1 || number > total) return;
    const key = JSON.stringify([
      record.system.computer?.toLowerCase(),
      dataValue(record, 'ScriptBlockId')?.toLowerCase(),
      total,
    ]);
    const block = blocks.get(key) ?? { total, parts: new Map<number, number>() };
    if (!block.parts.has(number)) block.parts.set(number, index);
    blocks.set(key, block);
  });
  const joined: JoinedScriptBlock[] = [];
  for (const { total, parts } of blocks.values()) {
    const runs = consecutiveRuns([...parts.keys()]);
    const missing = missingParts(runs, total);
    for (const run of runs) {
      const indexes = run.flatMap((number) => parts.get(number) ?? []);
      const members = indexes.flatMap((index) => records[index] ?? []);
      const first = members[0];
      if (!first) continue;
      const text = members.map((member) => dataValue(member, 'ScriptBlockText') ?? '').join('');
      joined.push({
        record: withValue(first, 'ScriptBlockText', text),
        parts: indexes.toSorted((a, b) => a - b),
        missing,
      });
    }
  }
  return joined;
}

/**
 * The first parts whose texts together fit the limit, and how many were left out. Given in order of time; which are kept
 * does not depend on how the evidence was divided, because what is left out of a few is also left out of more.
 */
export function earliestParts<Part extends { readonly record: EvidenceRecord }>(
  inOrder: readonly Part[],
  maxCharacters: number = JOINED_TEXT_MAX,
): readonly Part[] {
  let size = 0;
  const end = inOrder.findIndex(({ record }) => {
    size += textSize(record);
    return size > maxCharacters;
  });
  return end < 0 ? inOrder : inOrder.slice(0, end);
}

/** How much a part counts against the limit, in characters. */
export function textSize(record: EvidenceRecord): number {
  return (dataValue(record, 'ScriptBlockText')?.length ?? 0) + 1_000;
}

/** The record with another value under a name; of several of that name each. */
export function withValue(record: EvidenceRecord, name: string, value: string): EvidenceRecord {
  return {
    form: record.form,
    place: record.place,
    timeTicks: record.timeTicks,
    system: record.system,
    userDataXml: record.userDataXml,
    data: record.data.map(([key, old]) => [key, key === name ? value : old] as const),
  };
}

function consecutiveRuns(numbers: readonly number[]): number[][] {
  const runs: number[][] = [];
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run && run.at(-1) === number - 1) run.push(number);
    else runs.push([number]);
  }
  return runs;
}

const GAPS_TOLD = 20;

function missingParts(runs: readonly (readonly number[])[], total: number): string | null {
  const gaps: string[] = [];
  let next = 1;
  for (const run of [...runs, [total + 1]]) {
    const last = (run[0] ?? next) - 1;
    if (last >= next) gaps.push(last === next ? String(next) : `${next}-${last}`);
    next = (run.at(-1) ?? last) + 1;
  }
  if (gaps.length === 0) return null;
  const told = gaps.length > GAPS_TOLD ? [...gaps.slice(0, GAPS_TOLD), '…'] : gaps;
  return `${told.join(', ')} of ${total}`;
}

/** A count as PowerShell logs it, 0 when there is none. */
function countOf(record: EvidenceRecord, name: string): number {
  const text = dataValue(record, name) ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}
