import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BACKWARDS_TOLERANCE_TICKS, RecordRuns, RUNS_MAX, recordNumber } from './runs.ts';

const HOUR = 36_000_000_000n;
const timeOf = (id: number): bigint => BigInt(id) * 10_000_000n;

function runsOf(ids: readonly number[]): RecordRuns {
  const runs = new RecordRuns();
  for (const id of ids) runs.add(id, timeOf(id));
  return runs;
}

describe('record numbers of a log', () => {
  it('have the same runs, gaps and doubles in any order and any partition, as counting each number gives', () => {
    const ids = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(fc.array(ids, { minLength: 1, maxLength: 5 }), (parts) => {
        const merged = new RecordRuns();
        for (const part of parts) merged.merge(runsOf(part));
        const all = parts.flat();
        const sorted = [...new Set(all)].sort((a, b) => a - b);
        const missing = sorted.flatMap((id, index) => {
          const next = sorted[index + 1] ?? id + 1;
          return Array.from({ length: next - id - 1 }, (_, step) => id + 1 + step);
        });
        const told = merged
          .gaps()
          .flatMap((gap) =>
            Array.from({ length: gap.lastId - gap.firstId + 1 }, (_, step) => gap.firstId + step),
          );
        expect(told).toEqual(missing);
        expect([merged.distinctCount, merged.recordCount]).toEqual([sorted.length, all.length]);
        expect(merged.toStored()).toEqual(runsOf(all.toReversed()).toStored());
        expect(RecordRuns.from(merged.toStored()).toStored()).toEqual(merged.toStored());
      }),
    );
  });

  it('tell each step back once, whatever order and however often records come', () => {
    const ids = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
    fc.assert(
      fc.property(
        fc.array(ids, { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 41, maxLength: 41 }),
        (parts, hours) => {
          const at = (id: number): bigint => HOUR * BigInt(hours[id] ?? 0);
          const sorted = [...new Set(parts.flat())].sort((a, b) => a - b);
          const expected = sorted.filter((id, index) => {
            const before = sorted[index - 1];
            return before !== undefined && at(before) > at(id);
          });
          const merged = new RecordRuns();
          for (const part of parts) {
            const runs = new RecordRuns();
            for (const id of part) runs.add(id, at(id));
            merged.merge(runs);
          }
          const told = [...merged.steps, ...merged.stepsBetween()].map((step) => step.recordId);
          expect(told.toSorted((a, b) => a - b)).toEqual(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('do not mind a clock that is set back by a minute', () => {
    const runs = new RecordRuns();
    runs.add(1, HOUR);
    runs.add(2, HOUR - BACKWARDS_TOLERANCE_TICKS);
    runs.add(3, HOUR - 2n * BACKWARDS_TOLERANCE_TICKS - 1n);
    expect(runs.steps).toEqual([
      {
        recordId: 3,
        beforeTicks: HOUR - BACKWARDS_TOLERANCE_TICKS,
        afterTicks: HOUR - 2n * BACKWARDS_TOLERANCE_TICKS - 1n,
      },
    ]);
  });

  it('are called scattered when there are too many runs, and take no more memory', () => {
    const runs = new RecordRuns();
    for (let id = 0; id < RUNS_MAX * 6; id += 2) runs.add(id, null);
    expect([runs.isScattered, runs.distinctCount, runs.gaps()]).toEqual([true, null, []]);
    expect(runs.toStored().runs).toEqual([[0, RUNS_MAX * 6 - 2, null, null]]);
  });

  it('are read from text only when a log can have them', () => {
    expect(['12', null, '', 'x', '-1', '1.5', '9'.repeat(300)].map(recordNumber)).toEqual([
      12,
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});
