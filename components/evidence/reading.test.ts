import { describe, expect, it } from 'vitest';
import { formatSeconds, readingOf } from './reading.ts';

const START = '2024-03-05T09:00:00.000Z';
const secondsIn = (seconds: number): number => Date.parse(START) + seconds * 1_000;

describe('the progress of a reading', () => {
  it('tells rate and time left from what was read since it began', () => {
    const item = { startedAt: START, readBytes: 600, sizeBytes: 1_000 };
    expect(readingOf(item, secondsIn(30))).toEqual({ stage: 'reading', bytesPerSecond: 20, secondsLeft: 20 });
  });

  it('promises nothing before there is something to tell from', () => {
    const nothing = { stage: 'reading', bytesPerSecond: null, secondsLeft: null };
    expect(readingOf({ startedAt: START, readBytes: 0, sizeBytes: 1_000 }, secondsIn(30))).toEqual(nothing);
    expect(readingOf({ startedAt: START, readBytes: 600, sizeBytes: 1_000 }, secondsIn(1))).toEqual(nothing);
    expect(readingOf({ startedAt: null, readBytes: 600, sizeBytes: 1_000 }, secondsIn(30))).toEqual(nothing);
  });

  it('says that findings are made when all bytes are read', () => {
    const item = { startedAt: START, readBytes: 1_000, sizeBytes: 1_000 };
    expect(readingOf(item, secondsIn(30)).stage).toBe('finding');
  });

  it('shows times in the unit that fits', () => {
    expect([0.2, 89, 90, 5_000, 7_200].map(formatSeconds)).toEqual([
      '1 s',
      '89 s',
      '2 min',
      '83 min',
      '2.0 h',
    ]);
  });
});
