import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasSharedData, readBlocks, sharedData } from '#lib/evidence/evtx/testing/read-all.ts';
import { DATA_MODELS } from './cim/index.ts';
import type { FieldValue } from './event.ts';
import { ownFiles } from './testing.ts';
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

  /** How many values of verbatim fields, of events and of data models, were sought in the bytes of their chunk. */
  async function countThere(bytes: Buffer): Promise<number> {
    let checked = 0;
    const check = (raw: Buffer, place: string, value: FieldValue): void => {
      // What a data model says for an absent value is in no raw text; searches know that.
      if (typeof value !== 'string' || value === 'unknown') return;
      // Literals are sought between the characters that a form may write in another way: EVTX has references too.
      for (const run of value.split(/[^ -~]|[<>&"']/)) {
        const isThere = (['utf16le', 'latin1'] as const).some((form) => raw.includes(Buffer.from(run, form)));
        expect(isThere, place).toBe(true);
        checked += run === '' ? 0 : 1;
      }
    };
    for (const block of await readBlocks(bytes)) {
      const raw = bytes.subarray(block.offset, block.offset + block.lengthBytes);
      for (const record of block.records) {
        const event = eventFromRecord(record);
        const place = `of record ${record.system.recordId}`;
        for (const name of event.fieldNames().filter(isVerbatim)) {
          check(raw, `${name} ${place}`, event.get(name));
        }
        for (const model of [...DATA_MODELS.values()].filter((one) => one.has(event))) {
          for (const name of model.fields.filter((field) => model.isVerbatim(field) === true)) {
            check(raw, `${model.name}.${name} ${place}`, model.get(event, name));
          }
        }
      }
    }
    return checked;
  }

  it.each(ownFiles)('stand in the raw bytes of their chunk, in %s', async (file) => {
    expect(await countThere(readFileSync(file))).toBeGreaterThan(1);
  });

  it.skipIf(!hasSharedData)(
    'stand there in thousands of real events of Sysmon, Security and System (needs the shared evidence)',
    async () => {
      const files = [
        'evtx/omer/sysmon.evtx',
        'evtx/sbousseaden/persistence_sysmon_11_13_1_shime_appfix.evtx',
        'evtx/sbousseaden/rundll32_cmd_schtask.evtx',
        'evtx/sbousseaden/LM_ScheduledTask_ATSVC_target_host.evtx',
        'evtx/evtx-to-mitre/ID4688-Interactive shell using AT schedule task.evtx',
        'evtx/omer/security_bad_string_cache.evtx',
        'evtx/omer/2-vss_7-System.evtx',
      ];
      const counts = await Promise.all(
        files.map((file) => countThere(readFileSync(new URL(file, sharedData)))),
      );
      expect(counts.reduce((sum, count) => sum + count)).toBeGreaterThan(2_000);
    },
  );
});
