import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeRecord } from '#lib/events/testing.ts';
import type { SelectedEvent } from './detect.ts';
import { PartStore } from './part-store.ts';

const part = (second: number, size = 1_000): SelectedEvent => ({
  id: String(second),
  record: makeRecord({ eventId: 4104, systemTime: `2024-03-05T09:00:${String(second).padStart(2, '0')}Z` }, [
    ['ScriptBlockText', 'x'.repeat(size)],
  ]),
});
const idsOf = (store: PartStore) => store.parts.map(({ id }) => id);

describe('the store of parts', () => {
  it('keeps all while they fit, each once, in order of time', () => {
    const store = new PartStore(100_000);
    for (const second of [3, 1, 2, 1]) expect(store.add(part(second))).toEqual([]);
    expect(store.trim()).toEqual([]);
    expect(idsOf(store)).toEqual(['1', '2', '3']);
    expect(store.leftOut).toBe(0);
  });

  it('keeps the same, earliest ones whatever order they come in, and never more than twice its limit', () => {
    const parts = Array.from({ length: 30 }, (_, second) => part(second));
    fc.assert(
      fc.property(fc.shuffledSubarray(parts, { minLength: parts.length }), (order) => {
        const store = new PartStore(10_000);
        for (const one of order) {
          store.add(one);
          expect(idsOf(store).length).toBeLessThanOrEqual(10);
        }
        store.trim();
        expect(idsOf(store)).toEqual(['0', '1', '2', '3', '4']);
        expect(store.leftOut).toBe(25);
      }),
      { numRuns: 30 },
    );
  });

  it('names the parts that it let go', () => {
    const store = new PartStore(4_000);
    for (const second of [1, 2, 3, 4]) expect(store.add(part(second))).toEqual([]);
    expect(store.add(part(0))).toEqual(['2', '3', '4']);
    expect(idsOf(store)).toEqual(['0', '1']);
  });
});
