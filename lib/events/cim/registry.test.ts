import { describe, expect, it } from 'vitest';
import { hasSharedData } from '#lib/evidence/evtx/testing/read-all.ts';
import { makeRecord, sharedRecords, sysmonRecord } from '../testing.ts';
import { eventFromRecord } from '../windows.ts';
import { DATA_MODELS } from './index.ts';
import { registry } from './registry.ts';

const has = (record: Parameters<typeof eventFromRecord>[0]) => registry.has(eventFromRecord(record));

/** Its fields but those of asset and identity lists and of every object. */
const OWN_FIELDS = registry.fields.filter(
  (field) => !/^(dest|user)_|^(tag|nodename|cim_entity_zone)$/.test(field),
);

describe('Endpoint.Registry', () => {
  it('is found under its name', () => {
    expect(DATA_MODELS.get('Endpoint.Registry')).toBe(registry);
  });

  it('has Sysmon 12, 13, 14 and Security 4657, and nothing else', () => {
    for (const eventId of [12, 13, 14]) expect(has(sysmonRecord(eventId, {}))).toBe(true);
    expect(has(makeRecord({ channel: 'security', eventId: 4657 }))).toBe(true);
    for (const eventId of [1, 11, 15, 4657]) expect(has(sysmonRecord(eventId, {}))).toBe(false);
    // Event 12 and 13 of System are the start and stop of Windows.
    expect(has(makeRecord({ channel: 'System', eventId: 13 }))).toBe(false);
    expect(has(makeRecord({ channel: null, eventId: 13 }))).toBe(false);
    expect(has(makeRecord({}))).toBe(false);
  });

  it('says unknown for absent and empty fields that the model defaults, and leaves the others null', () => {
    const event = eventFromRecord(
      makeRecord({ channel: 'Security', eventId: 4657 }, [['SubjectUserName', '']]),
    );
    const values = Object.fromEntries(OWN_FIELDS.map((field) => [field, registry.get(event, field)]));
    expect(values).toEqual({
      action: 'unknown',
      dest: 'unknown',
      process_guid: null,
      process_id: null,
      registry_hive: null,
      registry_key_name: 'unknown',
      registry_path: 'unknown',
      registry_value_data: 'unknown',
      registry_value_name: 'unknown',
      registry_value_text: null,
      registry_value_type: 'unknown',
      status: 'success',
      user: 'unknown',
      vendor_product: 'Microsoft Windows',
    });
  });

  it.skipIf(!hasSharedData)(
    'gives verbatim fields only values that stand in the event (needs the shared evidence)',
    async () => {
      const records = [
        ...(await sharedRecords('evtx/evtx-to-mitre/ID12-13 SIP provider registration.evtx')),
        ...(await sharedRecords('derived/sysmon-enableat.evtx')),
        ...(await sharedRecords('evtx/omer/sysmon.evtx')),
      ];
      const events = records.map(eventFromRecord).filter((event) => registry.has(event));
      expect(events.length).toBeGreaterThan(50);
      const verbatim = registry.fields.filter((field) => registry.isVerbatim(field));
      expect(verbatim).toContain('registry_value_name');
      for (const event of events) {
        const target = event.get('TargetObject');
        for (const field of verbatim) {
          const value = registry.get(event, field);
          if (value !== 'unknown') expect(target).toContain(value);
        }
      }
    },
  );
});
