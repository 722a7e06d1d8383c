import { describe, expect, it } from 'vitest';
import type { ChainRule } from '#lib/detection/rule.ts';
import { type ChainFinding, findChain } from './chains.ts';

const HOUR = 36_000_000_000n;
const chain: ChainRule = {
  id: 'switched-on-then-used',
  name: 'Switched on, then used',
  withinHours: 24,
  steps: [
    { detectionId: 'switch', label: 'switched on' },
    { detectionId: 'use', label: 'used' },
  ],
  severity: 'high',
  confirmedBy: [],
  confirmedSeverity: 'critical',
};
const finding = (id: string, detectionId: string, hours: number, lastHours = hours): ChainFinding => ({
  id,
  detectionId,
  firstTicks: BigInt(hours) * HOUR,
  lastTicks: BigInt(lastHours) * HOUR,
});

describe('findChain', () => {
  it('needs every step', () => {
    expect(findChain(chain, [finding('a', 'use', 1)])).toBeNull();
    expect(findChain(chain, [finding('a', 'switch', 1)])).toBeNull();
  });

  it('needs the steps in order of time', () => {
    expect(findChain(chain, [finding('a', 'switch', 5), finding('b', 'use', 1)])).toBeNull();
    expect(findChain(chain, [finding('a', 'switch', 1), finding('b', 'use', 5)])?.findingIds).toEqual([
      'a',
      'b',
    ]);
  });

  it('needs them within the hours of the chain', () => {
    expect(findChain(chain, [finding('a', 'switch', 0), finding('b', 'use', 24)])).not.toBeNull();
    expect(findChain(chain, [finding('a', 'switch', 0), finding('b', 'use', 25)])).toBeNull();
  });

  it('holds every finding of the later step, with the span of all', () => {
    const found = findChain(chain, [
      finding('c', 'use', 4),
      finding('a', 'switch', 1, 3),
      finding('b', 'use', 2, 9),
      finding('other', 'something', 2),
    ]);
    expect(new Set(found?.findingIds)).toEqual(new Set(['a', 'b', 'c']));
    expect([found?.firstTicks, found?.lastTicks]).toEqual([HOUR, 9n * HOUR]);
  });
});
