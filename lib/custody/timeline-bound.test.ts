import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_TICKS } from '#lib/events/ticks.ts';
import { KEPT_PER_HOUR, TimelineBound } from './timeline-bound.ts';

type Event = { readonly ticks: bigint | null; readonly id: string };

const event = fc.record({
  ticks: fc.option(fc.bigInt({ min: 0n, max: 20n }), { freq: 20 }),
  id: fc.integer({ min: 0, max: 5_000 }).map((id) => String(id).padStart(4, '0')),
});

/** What the database leaves: the earliest by time and id. */
function earliest(events: readonly Event[]): string[] {
  const byKey = new Map(events.map((one) => [`${String(one.ticks).padStart(20, '0')} ${one.id}`, one]));
  const timed = [...byKey.keys()].filter((key) => byKey.get(key)?.ticks !== null).sort();
  const timeless = [...byKey.keys()].filter((key) => byKey.get(key)?.ticks === null).sort();
  return [...timed.slice(0, KEPT_PER_HOUR), ...timeless.slice(0, KEPT_PER_HOUR)];
}

const admitted = (bound: TimelineBound, events: readonly Event[]): Event[] =>
  events.filter((one) => bound.admits('host', 'lane', one.ticks, () => one.id));

describe('the bound of a timeline', () => {
  it('never refuses an event that is among the earliest of its hour, in any order', () => {
    const events = fc.array(event, { minLength: 600, maxLength: 1_500, size: 'max' });
    fc.assert(
      fc.property(events, (all) => {
        expect(earliest(admitted(new TimelineBound(), all))).toEqual(earliest(all));
      }),
      { numRuns: 30 },
    );
  });

  it('refuses what comes after the earliest of its own hour and lane, and only that', () => {
    const bound = new TimelineBound();
    const full = Array.from({ length: KEPT_PER_HOUR }, (_, index) => ({ ticks: 5n, id: `${1_000 + index}` }));
    expect(admitted(bound, full)).toHaveLength(KEPT_PER_HOUR);
    const admits = (ticks: bigint, id: string, lane = 'lane') => bound.admits('host', lane, ticks, () => id);
    expect(admits(6n, '0')).toBe(false);
    expect(admits(5n, '2000')).toBe(false);
    expect(admits(5n, '1000')).toBe(true);
    expect(admits(6n, '0', 'other')).toBe(true);
    expect(admits(6n + HOUR_TICKS, '0')).toBe(true);
    expect(admits(4n, '3000')).toBe(true);
    expect(admits(5n, '1499')).toBe(false);
  });
});
