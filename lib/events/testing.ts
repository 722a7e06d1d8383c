import { readdirSync, readFileSync } from 'node:fs';
import { readBlocks, sharedData } from '#lib/evidence/evtx/testing/read-all.ts';
import type { DataItem, EvidenceRecord, SystemValues } from '#lib/evidence/record.ts';
import { NO_SYSTEM_VALUES } from '#lib/evidence/system-values.ts';
import { parseIsoTime } from '#lib/evidence/time.ts';

/** Made records and real ones, for tests. */

/** A record of the values given; its time is that of `systemTime`. */
export function makeRecord(system: Partial<SystemValues>, data: readonly DataItem[] = []): EvidenceRecord {
  return {
    form: 'xml',
    place: { offset: 0, line: 1 },
    timeTicks: system.systemTime ? parseIsoTime(system.systemTime) : null,
    system: { ...NO_SYSTEM_VALUES, ...system },
    data,
    userDataXml: null,
  };
}

export const SYSMON = 'Microsoft-Windows-Sysmon/Operational';
export const POWERSHELL = 'Microsoft-Windows-PowerShell/Operational';

export function sysmonRecord(
  eventId: number,
  values: Readonly<Record<string, string>>,
  system: Partial<SystemValues> = {},
): EvidenceRecord {
  return makeRecord(
    {
      providerName: 'Microsoft-Windows-Sysmon',
      channel: SYSMON,
      eventId,
      computer: 'win10-02.offsec.lan',
      userId: 'S-1-5-18',
      keywords: '0x8000000000000000',
      ...system,
    },
    Object.entries(values),
  );
}

/** Every record of an EVTX file of the shared evidence. */
export async function sharedRecords(file: string): Promise<readonly EvidenceRecord[]> {
  const blocks = await readBlocks(readFileSync(new URL(file, sharedData)));
  return blocks.flatMap((block) => block.records);
}

const OWN_EVIDENCE = new URL('../../e2e/evidence/', import.meta.url);

/** The EVTX files of the repository. */
export const ownFiles: readonly URL[] = readdirSync(OWN_EVIDENCE)
  .filter((name) => name.endsWith('.evtx'))
  .map((name) => new URL(encodeURIComponent(name), OWN_EVIDENCE));
