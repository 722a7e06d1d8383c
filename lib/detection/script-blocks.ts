import type { EvidenceRecord } from '#lib/evidence/record.ts';

/**
 * PowerShell logs a long script block in parts: several 4104 events with one ScriptBlockId, MessageNumber and MessageTotal
 * (about_Logging_Windows). A term that stands across the border of two parts is in no event, so a published search
 * cannot see it; extended evaluation joins the parts first.
 */

const SCRIPT_BLOCK_EVENT = 4104;

/** A part of a script block that was logged in more than one event. */
export function isScriptBlockPart(record: EvidenceRecord): boolean {
  if (record.system.eventId !== SCRIPT_BLOCK_EVENT) return false;
  return countOf(record, 'MessageTotal') > 1 && dataValue(record, 'ScriptBlockId') !== null;
}

export type JoinedScriptBlock = {
  /** The first part with the text of all of them. */
  readonly record: EvidenceRecord;
  /** Indexes of the parts in the list given. */
  readonly parts: readonly number[];
};

/**
 * Joins the parts of each script block in the order of their numbers. Where a part is missing, the runs before and after
 * it are joined each for itself. A part seen twice counts once. Blocks of which one part only is there are left out.
 */
export function joinScriptBlocks(records: readonly EvidenceRecord[]): readonly JoinedScriptBlock[] {
  const blocks = new Map<string, Map<number, number>>();
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
    const parts = blocks.get(key) ?? new Map<number, number>();
    if (!parts.has(number)) parts.set(number, index);
    blocks.set(key, parts);
  });
  const joined: JoinedScriptBlock[] = [];
  for (const parts of blocks.values()) {
    for (const run of consecutiveRuns([...parts.keys()])) {
      if (run.length < 2) continue;
      const indexes = run.flatMap((number) => parts.get(number) ?? []);
      const members = indexes.flatMap((index) => records[index] ?? []);
      const first = members[0];
      if (first) joined.push({ record: withText(first, members), parts: indexes.toSorted((a, b) => a - b) });
    }
  }
  return joined;
}

function withText(first: EvidenceRecord, members: readonly EvidenceRecord[]): EvidenceRecord {
  const text = members.map((member) => dataValue(member, 'ScriptBlockText') ?? '').join('');
  return {
    form: first.form,
    place: first.place,
    timeTicks: first.timeTicks,
    system: first.system,
    userDataXml: first.userDataXml,
    data: first.data.map(([name, value]) => [name, name === 'ScriptBlockText' ? text : value] as const),
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

/** A count as PowerShell logs it, 0 when there is none. */
function countOf(record: EvidenceRecord, name: string): number {
  const text = dataValue(record, name) ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}

function dataValue(record: EvidenceRecord, name: string): string | null {
  for (const [key, value] of record.data) if (key === name) return value;
  return null;
}
