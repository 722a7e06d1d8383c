import { describe, expect, it } from 'vitest';
import { formatAgo, formatSpan, formatTicks, isoTicks, knownZone } from './zone.ts';

const FIRST = 17096300421254367n;

describe('times on screen', () => {
  it('show all seven digits that Windows has', () => {
    expect(formatTicks(FIRST, 'UTC', 7)).toBe('2024-03-05 09:14:02.1254367');
    expect(formatTicks(FIRST, 'UTC', 3)).toBe('2024-03-05 09:14:02.125');
    expect(formatTicks(FIRST, 'UTC', 0)).toBe('2024-03-05 09:14:02');
    expect(isoTicks(FIRST.toString())).toBe('2024-03-05T09:14:02.1254367Z');
  });

  it('are in the zone of the user, also over a change of clocks', () => {
    expect(formatTicks(FIRST, 'Asia/Kolkata', 0)).toBe('2024-03-05 14:44:02');
    const beforeChange = BigInt(Date.UTC(2024, 2, 31, 0, 59, 59)) * 10_000n;
    expect(formatTicks(beforeChange, 'Europe/Berlin', 0)).toBe('2024-03-31 01:59:59');
    expect(formatTicks(beforeChange + 10_000_000n, 'Europe/Berlin', 0)).toBe('2024-03-31 03:00:00');
  });

  it('are right before 1970', () => {
    expect(formatTicks(-1n, 'UTC', 7)).toBe('1969-12-31 23:59:59.9999999');
    expect(formatTicks(BigInt(Date.UTC(999, 0, 1)) * 10_000n, 'UTC', 0)).toBe('0999-01-01 00:00:00');
    expect(isoTicks(-1n)).toBe('1969-12-31T23:59:59.9999999Z');
  });

  it('fall back to UTC for a zone that does not exist', () => {
    expect(knownZone('Mars/Olympus')).toBe('UTC');
    expect(knownZone('Europe/Berlin')).toBe('Europe/Berlin');
  });

  it('have spans in words', () => {
    expect(formatSpan(12_509_998n)).toBe('1.25 s');
    expect(formatSpan(1n)).toBe('0.0001 ms');
    expect(formatSpan(599_999_999n)).toBe('59.99 s');
    expect(formatSpan(3_000_000_000n)).toBe('5 min');
    expect(formatSpan(90_061n * 10_000_000n)).toBe('1 d 1 h');
    expect(formatAgo(0n, 120_000)).toBe('2 min ago');
  });
});
