import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTime } from './time-format.ts';
import { compareNumbers, compareText, isNumeral, secondsToTicks, ticksToSeconds } from './value.ts';

describe('numbers', () => {
  it('are compared exactly, beyond the precision of a double', () => {
    const decimals = fc.tuple(fc.bigInt(-(10n ** 20n), 10n ** 20n), fc.bigInt(-3n, 3n));
    fc.assert(
      fc.property(decimals, ([ticks, difference]) => {
        const left = ticksToSeconds(ticks);
        const right = ticksToSeconds(ticks + difference);
        expect(Math.sign(compareNumbers(right, left) ?? Number.NaN)).toBe(Math.sign(Number(difference)));
      }),
    );
    expect(compareNumbers('01.50', '1.5')).toBe(0);
    expect(compareNumbers('1e3', '1000')).toBe(0);
    expect(compareNumbers('x', '1')).toBeNull();
  });

  it('are told from text as Number() does for plain decimals', () => {
    const text = fc.string({
      unit: fc.constantFrom('0', '7', '.', '-', '+', 'e', ' ', 'x'),
      minLength: 1,
      maxLength: 7,
    });
    fc.assert(
      fc.property(text, (candidate) => {
        const isPlain = !/[ x]/.test(candidate) && !Number.isNaN(Number(candidate));
        expect(isNumeral(candidate)).toBe(isPlain);
      }),
    );
  });
});

describe('times', () => {
  it('keep their ticks as decimal seconds', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 19n), 10n ** 19n), (ticks) => {
        expect(secondsToTicks(ticksToSeconds(ticks))).toBe(ticks);
      }),
    );
    expect(ticksToSeconds(17_096_300_421_254_367n)).toBe('1709630042.1254367');
    expect(secondsToTicks('-0.00000001')).toBe(-1n);
  });

  it('are formatted as Date does', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-01'), max: new Date('9999-01-01'), noInvalidDate: true }),
        (date) => {
          const ticks = BigInt(date.getTime()) * 10_000n;
          expect(formatTime(ticks, '%Y-%m-%dT%H:%M:%S.%3NZ', 'UTC')).toBe(date.toISOString());
        },
      ),
    );
  });

  it('follow the zone over its changes, and are nothing beyond the calendar', () => {
    const summer = BigInt(Date.UTC(2024, 6, 1)) * 10_000n;
    const winter = BigInt(Date.UTC(2024, 0, 1)) * 10_000n;
    expect(formatTime(summer, '%H %z %:z', 'Europe/Berlin')).toBe('02 +0200 +02:00');
    expect(formatTime(winter, '%H %z', 'America/New_York')).toBe('19 -0500');
    expect(formatTime(10n ** 30n, '%Y', 'UTC')).toBeNull();
  });
});

describe('texts', () => {
  it('are ordered as their UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (left, right) => {
        const bytes = Buffer.compare(Buffer.from(left), Buffer.from(right));
        expect(Math.sign(compareText(left, right))).toBe(bytes);
      }),
    );
  });
});
