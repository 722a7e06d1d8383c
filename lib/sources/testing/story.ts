import { readEvidence } from '#lib/evidence/read.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { renderEventXml } from '#lib/evidence/render.ts';
import { fromBuffer } from '#lib/evidence/source.ts';
import { evidenceFile, POWERSHELL, REGISTRY } from '#lib/jobs/testing.ts';
import type { SplunkEvent } from './splunk-server.ts';

/** The records of the two evidence files of the end-to-end tests: EnableAt, script blocks, and decoys. */
export async function storyRecords(): Promise<readonly EvidenceRecord[]> {
  const records: EvidenceRecord[] = [];
  for (const name of [REGISTRY, POWERSHELL]) {
    const { blocks } = await readEvidence(fromBuffer(evidenceFile(name)), {});
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
