import { describe, expect, it } from 'vitest';
import type { SystemValues } from '#lib/evidence/record.ts';
import { eventIdentity } from './identity.ts';
import { Occurrences } from './occurrences.ts';
import { makeRecord } from './testing.ts';

const WITH_ID: Partial<SystemValues> = {
  computer: 'WIN10-02.offsec.lan',
  channel: 'Security',
  eventId: 4657,
  recordId: '139',
  systemTime: '2024-03-05T09:14:02.1254367Z',
};
/** SHA-256 of `["record-id","win10-02.offsec.lan","security",4657,"139","1709630042"]`. */
const PINNED = '880b6f2366f2d1062d41acff950651c96d046c3725de7b496820409c48c6292e';
const id = (system: Partial<SystemValues>, data: readonly (readonly [string, string])[] = []) =>
  eventIdentity(makeRecord(system, data), 0);

describe('the identity of an event', () => {
  it('is a SHA-256 that stays the same from version to version', () => {
    expect(id(WITH_ID)).toBe(PINNED);
  });

  it('does not depend on the form, the precision of the time, the values read or the case of names', () => {
    const record = makeRecord(WITH_ID);
    expect(eventIdentity({ ...record, form: 'evtx' }, 3)).toBe(id(WITH_ID));
    expect(id({ ...WITH_ID, systemTime: '2024-03-05T09:14:02Z' })).toBe(id(WITH_ID));
    expect(id({ ...WITH_ID, computer: 'win10-02.OFFSEC.lan', channel: 'security' })).toBe(id(WITH_ID));
    expect(id(WITH_ID, [['ObjectName', 'x']])).toBe(id(WITH_ID));
  });

  it('tells apart hosts, channels, event codes, record ids and seconds', () => {
    const others: Partial<SystemValues>[] = [
      { computer: 'win10-03.offsec.lan' },
      { computer: null },
      { channel: 'System' },
      { eventId: 4656 },
      { recordId: '140' },
      { systemTime: '2024-03-05T09:14:03.1254367Z' },
      { systemTime: null },
    ];
    const ids = [WITH_ID, ...others.map((other) => ({ ...WITH_ID, ...other }))].map((system) => id(system));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is not the same for values that only look alike when joined', () => {
    expect(id({ ...WITH_ID, computer: 'a","b', channel: 'c' })).not.toBe(
      id({ ...WITH_ID, computer: 'a', channel: 'b","c' }),
    );
    expect(id({ ...WITH_ID, computer: 'null' })).not.toBe(id({ ...WITH_ID, computer: null }));
  });

  it('takes the second below for times before 1970', () => {
    const at = (systemTime: string) => id({ ...WITH_ID, systemTime });
    expect(at('1969-12-31T23:59:59.5Z')).not.toBe(at('1970-01-01T00:00:00.5Z'));
    expect(at('1969-12-31T23:59:59.5Z')).toBe(at('1969-12-31T23:59:59.9Z'));
  });
});

describe('without a record id', () => {
  const bare: Partial<SystemValues> = { ...WITH_ID, recordId: null };

  it('the values and the time as given tell events apart, down to the last lone surrogate', () => {
    const ids = [
      id(bare, [['a', 'x\ud800']]),
      id(bare, [['a', 'x\udfff']]),
      id(bare, [['a', 'x\ufffd']]),
      id(bare, [['ax', '']]),
      id({ ...bare, systemTime: '2024-03-05T09:14:02.1254368Z' }, [['a', 'x\ud800']]),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('equal records of one evidence are as many events, and the same ones each time it is read', () => {
    const read = () => {
      const occurrences = new Occurrences();
      return [bare, bare, WITH_ID, WITH_ID, bare].map((system) => occurrences.identify(makeRecord(system)));
    };
    const ids = read();
    expect(new Set(ids).size).toBe(4);
    expect(ids[2]).toBe(ids[3]);
    expect(read()).toEqual(ids);
  });

  it('goes on counting after what an earlier run took', () => {
    const first = new Occurrences().identify(makeRecord(bare));
    const resumed = new Occurrences(new Set([first])).identify(makeRecord(bare));
    expect(resumed).toBe(eventIdentity(makeRecord(bare), 1));
  });
});
