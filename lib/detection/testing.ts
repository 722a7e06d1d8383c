import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadContent } from '#lib/content/load.ts';
import { Occurrences } from '#lib/events/occurrences.ts';
import { EvidenceRefused, readEvidence } from '#lib/evidence/read.ts';
import type { EvidenceRecord, ReadOptions } from '#lib/evidence/record.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import { formatIsoTime } from '#lib/evidence/time.ts';
import type { Result, SelectedEvent } from './detect.ts';
import type { DetectionRule } from './rule.ts';
import { compileKnowledge } from './rules.ts';
import { Scan, type ScanOptions, type ScanReport } from './scan.ts';

export const EVIDENCE = fileURLToPath(new URL('../../e2e/evidence/', import.meta.url));
export const POWERSHELL_HITS = 'powershell-win32-scheduledjob.evtx';
export const REGISTRY_HITS = 'sysmon-enableat.evtx';

/** The rules of the content, TTP (script blocks) first. */
export function rulesOf(
  variant?: string,
  folder?: string,
): { script: DetectionRule; registry: DetectionRule } {
  const { rules } = compileKnowledge(loadContent(folder), variant);
  const script = rules.find((rule) => rule.type === 'TTP');
  const registry = rules.find((rule) => rule.type === 'Anomaly');
  if (!script || !registry) throw new Error('the content has lost a detection');
  return { script, registry };
}

export type TestFile = { readonly name: string; readonly bytes: Buffer };

/** Every file of a folder, by its path in it. */
export function filesIn(folder: string): TestFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({ name: path.relative(folder, file), bytes: readFileSync(file) }));
}

export async function scanFiles(
  files: readonly TestFile[],
  rules: readonly DetectionRule[],
  { mapping, timeZone, ...options }: Partial<ScanOptions> & Pick<ReadOptions, 'mapping' | 'timeZone'> = {},
): Promise<ScanReport> {
  const scan = new Scan(rules, {
    lenient: false,
    extended: false,
    verify: false,
    explain: false,
    ...options,
  });
  for (const { name, bytes } of files) {
    scan.startFile(bytes.length);
    try {
      const { blocks } = await readEvidence(fromBuffer(bytes), {
        needles: scan.needles,
        mapping,
        timeZone,
      });
      for await (const block of blocks) scan.add(name, block);
    } catch (error) {
      if (!(error instanceof EvidenceRefused)) throw error;
    }
  }
  return scan.finish(0);
}

/** All records of a file as events with their identity, selected or not. */
export async function eventsOf(name: string): Promise<readonly SelectedEvent[]> {
  const occurrences = new Occurrences();
  const records: EvidenceRecord[] = [];
  const { blocks } = await readEvidence(fromBuffer(readFileSync(path.join(EVIDENCE, name))), {});
  for await (const block of blocks) records.push(...block.records);
  return records.map((record) => ({ id: occurrences.identify(record), record }));
}

/** What a result says, as plain values. */
export function plainResult(result: Result): Record<string, unknown> {
  return {
    detection: result.rule.name,
    mode: result.mode,
    row: Object.fromEntries(result.row),
    key: result.key,
    filled: result.filled,
    events: result.events.map(({ id }) => id),
    records: result.events.map(({ record }) => record.system.recordId),
    first: result.firstTicks === null ? null : formatIsoTime(result.firstTicks),
    last: result.lastTicks === null ? null : formatIsoTime(result.lastTicks),
    dest: result.dest,
    user: result.user,
    sentence: result.sentence,
    explain: result.explain,
  };
}
