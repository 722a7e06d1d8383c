import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rateOf, remainingWords, type Sample, withSample } from './transfer-rate.ts';

const samplesOf = (...pairs: readonly (readonly [number, number])[]) =>
  pairs.reduce<readonly Sample[]>((all, [atMs, bytes]) => withSample(all, { atMs, bytes }), []);

describe('rate of a transfer', () => {
  it('is that of the last eight seconds', () => {
    const slowThenFast = samplesOf([0, 0], [10_000, 1_000], [14_000, 401_000], [18_000, 801_000]);
    expect(rateOf(slowThenFast)).toBe(100_000);
  });

  it('is not told from one sample, from less than half a second, or when nothing moves', () => {
    expect(rateOf([])).toBeNull();
    expect(rateOf(samplesOf([0, 500]))).toBeNull();
    expect(rateOf(samplesOf([0, 0], [499, 5_000]))).toBeNull();
    expect(rateOf(samplesOf([0, 5_000], [3_000, 5_000]))).toBeNull();
  });

  it('does not count bytes that must be sent again, and is never negative', () => {
    expect(samplesOf([0, 0], [1_000, 900], [2_000, 400])).toEqual([{ atMs: 2_000, bytes: 400 }]);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5_000), fc.nat(1e9))), (steps) => {
        const samples = samplesOf(...steps.toSorted(([a], [b]) => a - b));
        expect(rateOf(samples) ?? 1).toBeGreaterThan(0);
      }),
    );
  });
});

describe('remaining time', () => {
  it('is said in the unit that matters', () => {
    expect(remainingWords(1, 1_000)).toBe('1 s left');
    expect(remainingWords(59_000, 1_000)).toBe('59 s left');
    expect(remainingWords(90_000, 1_000)).toBe('about 2 min left');
    expect(remainingWords(7_500_000, 1_000)).toBe('about 2 h 5 min left');
  });
});
