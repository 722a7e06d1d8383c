import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_TICKS } from '#lib/events/ticks.ts';
import { episodesOf, peakWindow } from './window.ts';

const at = (hours: number): bigint => BigInt(hours) * 36_000_000_000n;

describe('peakWindow', () => {
  it('has no window without events', () => {
    expect(peakWindow([])).toBeNull();
  });

  it('sums what falls within 24 h and names the first and last event of it', () => {
    const events = [
      { timeTicks: at(0), score: 40, source: 's' },
      { timeTicks: at(30), score: 25, source: 's' },
      { timeTicks: at(31), score: 40, source: 's' },
      { timeTicks: at(53), score: 40, source: 's' },
      { timeTicks: at(54), score: 40, source: 's' },
    ];
    expect(peakWindow(events)).toEqual({ score: 120, uncapped: 120, startTicks: at(31), endTicks: at(54) });
  });

  it('ends a window before the same time a day later', () => {
    const events = [
      { timeTicks: 0n, score: 40, source: 's' },
      { timeTicks: DAY_TICKS, score: 40, source: 's' },
    ];
    expect(peakWindow(events)?.score).toBe(40);
    expect(
      peakWindow([
        events[0] ?? { timeTicks: 0n, score: 0, source: 's' },
        { timeTicks: DAY_TICKS - 1n, score: 40, source: 's' },
      ])?.score,
    ).toBe(80);
  });

  it('equals the highest sum over all windows, whatever the order of events', () => {
    const event = fc.record({
      timeTicks: fc.bigInt({ min: 0n, max: 5n * DAY_TICKS }),
      score: fc.integer({ min: 1, max: 100 }),
      source: fc.constantFrom('a', 'b'),
    });
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 30 }), (events) => {
        const sums = events.map((first) =>
          events
            .filter((one) => one.timeTicks >= first.timeTicks && one.timeTicks < first.timeTicks + DAY_TICKS)
            .reduce((sum, one) => sum + one.score, 0),
        );
        expect(peakWindow(events)?.score).toBe(Math.max(...sums));
        expect(peakWindow(events.toReversed())).toEqual(peakWindow(events));
      }),
    );
  });
});

describe('episodesOf', () => {
  it('begins an episode with an event more than 24 h after the start of the current one', () => {
    const times = [at(0), at(20), DAY_TICKS, DAY_TICKS + 1n];
    expect(episodesOf(times)).toEqual([
      { startTicks: 0n, endTicks: DAY_TICKS, count: 3 },
      { startTicks: DAY_TICKS + 1n, endTicks: DAY_TICKS + 1n, count: 1 },
    ]);
  });

  it('does not depend on the order of events', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 0n, max: 9n * DAY_TICKS })), (times) => {
        expect(episodesOf(times.toReversed())).toEqual(episodesOf(times));
      }),
    );
  });
});
