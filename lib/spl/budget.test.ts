import { describe, expect, it } from 'vitest';
import { findAggregate } from './aggregates.ts';
import { Budget } from './budget.ts';
import { at, compile, event, NOW_MS } from './testing.ts';
import { SplError } from './types.ts';

const SPAN = { from: 3, to: 8 };

describe('a run of a search', () => {
  it('ends with the place and a remedy when it would keep more than its memory', () => {
    const budget = new Budget(undefined, 1_000_000);
    const fill = (): void => {
      for (let count = 0; count < 10_000; count++) budget.take(100, SPAN);
    };
    expect(fill).toThrow(SplError);
    expect(fill).toThrow(/needs more than 1 MB: filter more before it, group by fewer fields/);
  });

  it('counts what values() keeps once, however often it comes', () => {
    let kept = 0;
    const values = findAggregate('values')?.create((characters) => {
      kept += characters;
    });
    for (let count = 0; count < 100; count++) values?.add(count % 2 === 0 ? 'even' : 'odd', event({}));
    expect(values?.result()).toEqual(['even', 'odd']);
    expect(kept).toBe(7);
  });

  it('can be cancelled between rows', () => {
    const events = Array.from({ length: 5_000 }, (_, index) => event({ a: String(index) }, at(index)));
    const search = compile(
      '* | eval b=a+1 | eventstats sum(b) as s by a | streamstats window=50 sum(b) as t',
    );
    const controller = new AbortController();
    const options = { mode: 'strict', nowMs: NOW_MS, signal: controller.signal } as const;
    expect(search.run(events, options)).toHaveLength(5_000);
    controller.abort(new Error('no longer wanted'));
    expect(() => search.run(events, options)).toThrow('no longer wanted');
  });
});
