import { describe, expect, it } from 'vitest';
import { formatIsoTime } from '#lib/evidence/time.ts';
import { createTimeReader } from './times.ts';

const read = (text: string, zone?: string): string | null => {
  const time = createTimeReader(zone).parse(text);
  return time === null ? null : `${formatIsoTime(time.ticks)}${time.isLocal ? ' local' : ''}`;
};

describe('times without a zone', () => {
  it.each([
    ['12/09/2020 06:41:32 PM', '2020-12-09T18:41:32.0000000Z'],
    ['12/09/2020 12:41:32.1234567 AM', '2020-12-09T00:41:32.1234567Z'],
    ['3/5/2024 9:14:02 AM', '2024-03-05T09:14:02.0000000Z'],
    ['25/3/2024 9:14:02 AM', '2024-03-25T09:14:02.0000000Z'],
    ['05/03/2024 09:14:02', '2024-03-05T09:14:02.0000000Z'],
    ['03/25/2024 09:14:02', '2024-03-25T09:14:02.0000000Z'],
    ['05.03.2024 09:14:02', '2024-03-05T09:14:02.0000000Z'],
    ['2024/03/05 9:14:02', '2024-03-05T09:14:02.0000000Z'],
    ['2024-03-05 09:14:02', '2024-03-05T09:14:02.0000000Z'],
    ['2024-03-05T09:14:02.1254367', '2024-03-05T09:14:02.1254367Z'],
    ['Mar 5, 2024 9:14:02.125 PM', '2024-03-05T21:14:02.1250000Z'],
    ['Mar 5, 2024 @ 09:14:02.125', '2024-03-05T09:14:02.1250000Z'],
  ])('%s is read as UTC', (text, expected) => {
    expect(read(text)).toBe(`${expected} local`);
  });

  it.each([
    ['Europe/Berlin', '2024-01-15 09:00:00', '2024-01-15T08:00:00.0000000Z'],
    ['Europe/Berlin', '2024-07-15 09:00:00', '2024-07-15T07:00:00.0000000Z'],
    ['Europe/Berlin', '2024-10-27 01:59:59', '2024-10-26T23:59:59.0000000Z'],
    // Twice: the first is meant. Never: as if the clock had not been changed yet.
    ['Europe/Berlin', '2024-10-27 02:30:00', '2024-10-27T00:30:00.0000000Z'],
    ['Europe/Berlin', '2024-10-27 03:00:00', '2024-10-27T02:00:00.0000000Z'],
    ['Europe/Berlin', '2024-03-31 02:30:00', '2024-03-31T01:30:00.0000000Z'],
    ['America/New_York', '2024-03-10 03:00:00', '2024-03-10T07:00:00.0000000Z'],
    ['Asia/Kathmandu', '03/05/2024 09:14:02 AM', '2024-03-05T03:29:02.0000000Z'],
    ['Pacific/Apia', '2011-12-31 00:30:00.0000001', '2011-12-30T10:30:00.0000001Z'],
  ])('in %s %s is %s', (zone, text, expected) => {
    expect(read(text, zone)).toBe(`${expected} local`);
  });
});

it('a time with a zone is that whatever the zone given', () => {
  for (const text of [
    '2024-03-05T09:14:02Z',
    '2024-03-05T10:14:02.000+0100',
    '1709630042',
    '2024-03-05 09:14:02.000 UTC',
  ]) {
    expect(read(text, 'Asia/Tokyo')).toBe('2024-03-05T09:14:02.0000000Z');
  }
});

it.each([
  '',
  'x',
  '13/13/2024 09:14:02',
  '12/09/2020 13:41:32 PM',
  '12/09/2020 00:41:32 AM',
  '99/99/9999 99:99:99 AM',
  '1/2/3 4:05:06',
  'Foo 5, 2024 9:14:02',
  '0'.repeat(100_000),
])('%j is no time', (text) => {
  expect(read(text, 'Europe/Berlin')).toBeNull();
});

it('a zone that there is not is an error', () => {
  expect(() => createTimeReader('Mars/Base')).toThrow(RangeError);
});
