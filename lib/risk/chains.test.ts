import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_TICKS } from '#lib/events/ticks.ts';
import { type Chain, findChains, type Switching, type Use } from './chains.ts';

const WITHIN = 24n * HOUR_TICKS;
const hours = (value: number): bigint => BigInt(Math.round(value * 3_600)) * (HOUR_TICKS / 3_600n);

const switching = (
  state: 'on' | 'off',
  at: number,
  hostId = 'srv',
  more: Partial<Switching> = {},
): Switching => ({
  eventId: `${state} ${hostId} ${at}`,
  hostId,
  timeTicks: hours(at),
  recordNumber: 0n,
  findingIds: ['switch'],
  state,
  isClear: true,
  ...more,
});
const use = (at: number, hostId = 'srv', targetHostIds: readonly string[] = [hostId]): Use => ({
  eventId: `use ${hostId} ${at}`,
  hostId,
  timeTicks: hours(at),
  recordNumber: 0n,
  findingIds: ['use'],
  targetHostIds,
});
const on = (at: number, hostId?: string) => switching('on', at, hostId);
const off = (at: number, hostId?: string) => switching('off', at, hostId);
const find = (...happenings: readonly (Switching | Use)[]): readonly Chain[] =>
  findChains(
    happenings.filter((one) => 'state' in one),
    happenings.filter((one) => 'targetHostIds' in one),
    WITHIN,
  );
/** Of each chain: opening, further, uses, closing. */
const told = (chains: readonly Chain[]) =>
  chains.map((chain) => [
    chain.opening.eventId,
    chain.further.map((one) => one.eventId),
    chain.uses.map((one) => one.eventId),
    chain.closing?.eventId ?? null,
  ]);

describe('findChains', () => {
  it('needs a switching-on and a use', () => {
    expect(find(on(1))).toEqual([]);
    expect(find(use(1))).toEqual([]);
    expect(find(off(1), use(2))).toEqual([]);
    expect(told(find(on(1), use(2)))).toEqual([['on srv 1', [], ['use srv 2'], null]]);
  });

  it('needs them in that order; at the same time counts', () => {
    expect(find(on(2), use(1))).toEqual([]);
    expect(told(find(on(2), use(2)))).toEqual([['on srv 2', [], ['use srv 2'], null]]);
  });

  it('reaches 24 hours and not a tick further', () => {
    expect(find(on(0), use(24))).toHaveLength(1);
    const late = { ...use(24), timeTicks: hours(24) + 1n };
    expect(find(on(0), late)).toEqual([]);
  });

  it('joins a use on another host to the host that it names, and to no other', () => {
    expect(told(find(on(1), use(2, 'ws', ['srv'])))).toEqual([['on srv 1', [], ['use ws 2'], null]]);
    expect(find(on(1), use(2, 'ws'))).toEqual([]);
    expect(find(on(1), use(2, 'srv', ['other']))).toEqual([]);
    expect(find(on(1, 'ws'), use(2, 'ws', ['srv']))).toEqual([]);
  });

  it('makes a chain of each switched-on host that one use names', () => {
    const chains = find(on(1, 'a'), on(2, 'b'), use(3, 'ws', ['a', 'b', 'c']));
    expect(chains.map((chain) => chain.hostId)).toEqual(['a', 'b']);
    expect(chains.map((chain) => chain.uses.map((one) => one.eventId))).toEqual([['use ws 3'], ['use ws 3']]);
  });

  it('ends when the switch is turned off', () => {
    expect(find(on(1), off(2), use(3))).toEqual([]);
    expect(told(find(on(1), use(2), off(3), use(4)))).toEqual([['on srv 1', [], ['use srv 2'], 'off srv 3']]);
    expect(find(on(1), off(2, 'another host'), use(3))).toHaveLength(1);
  });

  it('begins anew when it is turned on again after it was turned off', () => {
    expect(told(find(on(1), use(2), off(3), on(4), use(5), off(6), use(7)))).toEqual([
      ['on srv 1', [], ['use srv 2'], 'off srv 3'],
      ['on srv 4', [], ['use srv 5'], 'off srv 6'],
    ]);
  });

  it('takes what turns it on once more as a member', () => {
    expect(told(find(on(1), on(2), use(3), on(4)))).toEqual([
      ['on srv 1', ['on srv 2', 'on srv 4'], ['use srv 3'], null],
    ]);
    expect(told(find(on(0), on(20), use(30)))).toEqual([['on srv 0', ['on srv 20'], ['use srv 30'], null]]);
  });

  it('begins anew when it is turned on again after more than the time', () => {
    expect(told(find(on(0), use(1), on(48), use(49)))).toEqual([
      ['on srv 0', [], ['use srv 1'], null],
      ['on srv 48', [], ['use srv 49'], null],
    ]);
  });

  it('orders what one log wrote at one time by its record numbers', () => {
    const first = switching('off', 1, 'srv', { recordNumber: 7n });
    const second = switching('on', 1, 'srv', { recordNumber: 8n });
    expect(find(first, second, use(2))).toHaveLength(1);
    expect(find({ ...first, recordNumber: 9n }, second, use(2))).toEqual([]);
  });

  it('joins what two findings say of one event', () => {
    const [chain] = find(
      on(1),
      { ...use(2, 'ws', ['srv']), findingIds: ['b'] },
      { ...use(2, 'ws', []), findingIds: ['a'] },
    );
    expect(chain?.uses.map((one) => one.findingIds)).toEqual([['a', 'b']]);
  });

  it('gives the same chains whatever the order, and however often an event comes', () => {
    const host = fc.constantFrom('a', 'b', 'c');
    const at = fc.integer({ min: 0, max: 80 });
    const any = fc.oneof(
      fc.tuple(fc.constantFrom('on' as const, 'off' as const), at, host).map((one) => switching(...one)),
      fc.tuple(at, host, fc.array(host, { maxLength: 2 })).map((one) => use(...one)),
    );
    fc.assert(
      fc.property(
        fc
          .uniqueArray(any, { maxLength: 25, selector: (one) => one.eventId })
          .chain((all) =>
            fc.tuple(
              fc.constant(all),
              fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2, maxLength: all.length * 2 }),
            ),
          ),
        ([all, shuffled]) => {
          const chains = find(...all);
          expect(find(...shuffled)).toEqual(chains);
          for (const chain of chains) {
            for (const one of chain.uses) {
              expect(one.targetHostIds).toContain(chain.hostId);
              expect(one.timeTicks).toBeGreaterThanOrEqual(chain.opening.timeTicks);
              if (chain.closing) expect(one.timeTicks).toBeLessThan(chain.closing.timeTicks);
            }
          }
          const openings = chains.map((chain) => chain.opening.eventId);
          expect(new Set(openings).size).toBe(openings.length);
        },
      ),
    );
  });
});
