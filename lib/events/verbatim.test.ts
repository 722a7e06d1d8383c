import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasSharedData, readBlocks, sharedData } from '#lib/evidence/evtx/testing/read-all.ts';
import { isVerbatim } from './verbatim.ts';
import { eventFromRecord } from './windows.ts';

describe('verbatim fields', () => {
  it('do not include what EVTX keeps as binary or what is computed', () => {
    for (const field of [
      'EventCode',
      'source',
      'sourcetype',
      '_time',
      '_raw',
      'UserID',
      'Guid',
      'ProcessGuid',
      'Keywords',
    ]) {
      expect(isVerbatim(field)).toBe(false);
    }
  });

  it
    .skipIf(!hasSharedData)
    .each([
      'derived/powershell-win32-scheduledjob.evtx',
      'derived/sysmon-enableat.evtx',
      'evtx/omer/sysmon.evtx',
      'evtx/evtx-to-mitre/ID4688-4698 Persistent scheduled task with SYSTEM privileges creation.evtx',
      'evtx/evtx-to-mitre/ID800-4103-4104-PowerShell BITS job started.evtx',
    ])('stand in the raw bytes of their chunk, in %s (needs the shared evidence)', async (file) => {
    const bytes = readFileSync(new URL(file, sharedData));
    let checked = 0;
    for (const block of await readBlocks(bytes)) {
      const raw = bytes.subarray(block.offset, block.offset + block.lengthBytes);
      for (const record of block.records) {
        const event = eventFromRecord(record);
        for (const name of event.fieldNames()) {
          const value = event.get(name);
          if (!isVerbatim(name) || typeof value !== 'string' || value === '') continue;
          const isThere =
            raw.includes(Buffer.from(value, 'utf16le')) || raw.includes(Buffer.from(value, 'latin1'));
          expect(isThere, `${name} of record ${record.system.recordId}`).toBe(true);
          checked += 1;
        }
      }
    }
    expect(checked).toBeGreaterThan(5);
  });
});
