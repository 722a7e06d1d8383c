import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasSharedData, readBlocks } from '#lib/evidence/evtx/testing/read-all.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { eventIdentity } from './identity.ts';
import { fromStored, type StoredRecord, toStored } from './stored.ts';
import { makeRecord, ownFiles, sharedRecords } from './testing.ts';
import { eventFromRecord } from './windows.ts';

const throughJson = (record: EvidenceRecord): EvidenceRecord =>
  fromStored(JSON.parse(JSON.stringify(toStored(record))) as StoredRecord);

const allFields = (record: EvidenceRecord) => {
  const event = eventFromRecord(record);
  return { ticks: event.timeTicks, fields: event.fieldNames().map((name) => [name, event.get(name)]) };
};

describe('a stored record', () => {
  it('gives the same fields back, with a time, NUL and lone surrogates', () => {
    const record = makeRecord({ eventId: 4104, systemTime: '2024-03-05T09:16:00.0000013Z' }, [
      ['ScriptBlockText', 'a\0b\ud800c'],
      ['', 'unnamed'],
    ]);
    expect(allFields(throughJson(record))).toEqual(allFields(record));
  });

  const expectSame = (record: EvidenceRecord): void => {
    const restored = throughJson(record);
    expect(allFields(restored)).toEqual(allFields(record));
    expect(eventIdentity(restored, 0)).toBe(eventIdentity(record, 0));
  };

  it.each(ownFiles)(
    'of an EVTX of the repository gives every field and the identity back, %s',
    async (file) => {
      const records = (await readBlocks(readFileSync(file))).flatMap((block) => block.records);
      expect(records.length).toBeGreaterThan(0);
      records.forEach(expectSame);
    },
  );

  it.skipIf(!hasSharedData).each([
    ['derived/powershell-win32-scheduledjob.evtx', 37],
    ['derived/sysmon-enableat.evtx', 6],
    ['evtx/sbousseaden/LM_ScheduledTask_ATSVC_target_host.evtx', 34],
    ['evtx/omer/2-vss_7-System.evtx', 1160],
  ])('of %s gives every field and the identity back (needs the shared evidence)', async (file, count) => {
    const records = await sharedRecords(file);
    expect(records).toHaveLength(count);
    records.forEach(expectSame);
  });
});
