import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filetimeToTicks, formatIsoTime, parseIsoTime, ticksToFiletime } from '#lib/evidence/time.ts';

const SECOND = 10_000_000n;

describe('ISO text to ticks', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0n],
    ['1970-01-01T00:00:00.0000001Z', 1n],
    ['1969-12-31T23:59:59.9999999Z', -1n],
    ['2024-03-05T09:14:02.1254367Z', 17_096_300_421_254_367n],
    ['2000-02-29T00:00:00Z', 951_782_400n * SECOND],
    ['1601-01-01T00:00:00Z', -11_644_473_600n * SECOND],
    ['9999-12-31T23:59:59.9999999Z', 253_402_300_800n * SECOND - 1n],
    ['0000-01-01T00:00:00Z', -62_167_219_200n * SECOND],
    ['0099-12-31T00:00:00Z', -59_011_545_600n * SECOND],
    ['2023-02-06 22:07:30.404066', 16_757_212_504_040_660n],
  ])('reads %s exactly', (text, ticks) => {
    expect(parseIsoTime(text)).toBe(ticks);
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])('keeps %i fractional digits, the first seven at most', (count) => {
    const digits = '123456789'.slice(0, count);
    const text = `2024-03-05T09:14:02${count > 0 ? '.' : ''}${digits}Z`;
    const expected = BigInt(digits.padEnd(7, '0').slice(0, 7));
    expect(parseIsoTime(text)).toBe(1_709_630_042n * SECOND + expected);
  });

  it.each([
    ['2024-03-05T09:14:02.5+09:00', '2024-03-05T00:14:02.5000000Z'],
    ['2024-03-05T09:14:02+0900', '2024-03-05T00:14:02.0000000Z'],
    ['2024-12-31T23:30:00-01:30', '2025-01-01T01:00:00.0000000Z'],
    ['2024-03-05T09:14:02-00:00', '2024-03-05T09:14:02.0000000Z'],
  ])('takes the offset of %s away', (text, utc) => {
    const ticks = parseIsoTime(text);
    expect(ticks === null ? null : formatIsoTime(ticks)).toBe(utc);
  });

  it.each([
    '',
    '2023-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2024-13-01T00:00:00Z',
    '2024-00-01T00:00:00Z',
    '2024-01-00T00:00:00Z',
    '2024-04-31T00:00:00Z',
    '2024-01-01T24:00:00Z',
    '2024-01-01T00:60:00Z',
    '2024-01-01T00:00:60Z',
    '2024-01-01T00:00:00.Z',
    '2024-01-01T00:00:00.1234567891Z',
    '2024-01-01T00:00:00+9:00',
    '2024-01-01T00:00:00+24:00',
    '2024-01-01T00:00:00+09:0',
    '2024-01-01T00:00:00Zulu',
    '2024-01-01T00:00:00+09:00x',
    '2024-01-01',
    '20240101T000000Z',
    '-024-01-01T00:00:00Z',
    '٢٠٢٤-01-01T00:00:00Z',
  ])('says null for %j, which is no time', (text) => {
    expect(parseIsoTime(text)).toBeNull();
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789-:.TZ+ ') }), (text) => {
        const ticks = parseIsoTime(text);
        expect(ticks === null || typeof ticks === 'bigint').toBe(true);
      }),
    );
  });
});

describe('ticks to text and FILETIME', () => {
  const first = -62_167_219_200n * SECOND;
  const last = 253_402_300_800n * SECOND - 1n;

  it('gives back every tick of the years 0 to 9999', () => {
    fc.assert(
      fc.property(fc.bigInt(first, last), (ticks) => {
        expect(parseIsoTime(formatIsoTime(ticks))).toBe(ticks);
      }),
    );
  });

  it('agrees with Date to the millisecond', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (date) => {
        const expected = date.toISOString().replace('Z', '0000Z');
        expect(formatIsoTime(BigInt(date.getTime()) * 10_000n)).toBe(expected);
      }),
    );
  });

  it('formats every FILETIME and gives it back', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 0xffff_ffff_ffff_ffffn), (filetime) => {
        const ticks = filetimeToTicks(filetime);
        expect(formatIsoTime(ticks)).toMatch(/\.\d{7}Z$/);
        expect(ticksToFiletime(ticks)).toBe(filetime);
      }),
    );
  });

  it('knows the FILETIME of a date that Windows prints', () => {
    expect(filetimeToTicks(0n)).toBe(parseIsoTime('1601-01-01T00:00:00Z'));
    expect(filetimeToTicks(116_444_736_000_000_000n)).toBe(0n);
  });

  it('has no FILETIME before 1601 or after its 64 bits', () => {
    expect(ticksToFiletime(filetimeToTicks(0n) - 1n)).toBeNull();
    expect(ticksToFiletime(filetimeToTicks(0xffff_ffff_ffff_ffffn) + 1n)).toBeNull();
  });
});
