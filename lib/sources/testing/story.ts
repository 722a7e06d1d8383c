import { readFileSync } from 'node:fs';
import { readEvidence } from '#lib/evidence/read.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { renderEventXml } from '#lib/evidence/render.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import type { SplunkEvent } from './splunk-server.ts';

const EVIDENCE = new URL('../../../e2e/evidence/', import.meta.url);
const FILES = ['sysmon-enableat.evtx', 'powershell-win32-scheduledjob.evtx'];

/** The records of the two evidence files of the end-to-end tests: EnableAt, script blocks, and decoys. */
export async function storyRecords(): Promise<readonly EvidenceRecord[]> {
  const records: EvidenceRecord[] = [];
  for (const name of FILES) {
    const { blocks } = await readEvidence(fromBuffer(readFileSync(new URL(name, EVIDENCE))), {});
    for await (const block of blocks) records.push(...block.records);
  }
  return records;
}

const TICKS = 10_000_000n;

/** A record as Splunk keeps it: raw XML under the names that its add-on gives. */
export function splunkEvent(record: EvidenceRecord, indexTime: number): SplunkEvent {
  const { channel, computer } = record.system;
  return {
    raw: renderEventXml(record),
    index: 'wineventlog',
    sourcetype: 'XmlWinEventLog',
    source: `XmlWinEventLog:${channel ?? ''}`,
    host: computer ?? 'unknown',
    time: Number((record.timeTicks ?? 0n) / TICKS),
    indexTime,
  };
}
