import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileCondition } from './condition.ts';
import { FACTOR_FIELDS } from './factors.ts';
import { calculatedScore, cappedSum, hundredths, sumOf } from './score.ts';
import type { FactorPart } from './types.ts';
import { waterfallOf } from './waterfall.ts';
import { windowsOf } from './window.ts';

const factor = (operation: FactorPart['operation'], value: number, number = 1): FactorPart => ({
  number,
  version: 1,
  name: `factor ${number}`,
  operation,
  value,
});
const anyFactor = fc
  .record({
    operation: fc.constantFrom('add' as const, 'multiply' as const),
    value: fc.integer({ min: -1_000, max: 1_000 }).map((value) => value / 100),
    number: fc.integer({ min: 1, max: 9 }),
  })
  .map(({ operation, value, number }) => factor(operation, value, number));

describe('a calculated score', () => {
  it('multiplies, then adds, never below 0, then leaves the share of filter rules', () => {
    expect(calculatedScore(40, [], 1).score).toBe(40);
    expect(calculatedScore(40, [factor('add', 10), factor('multiply', 1.5, 2)], 1).score).toBe(70);
    expect(calculatedScore(40, [factor('add', -50)], 1).score).toBe(0);
    expect(calculatedScore(40, [factor('multiply', 2)], 0.5).score).toBe(40);
  });

  it('does not depend on the order of factors, nor a sum on that of scores', () => {
    fc.assert(
      fc.property(
        fc.array(anyFactor, { maxLength: 6 }),
        fc.integer({ min: 0, max: 100 }),
        (factors, base) => {
          expect(calculatedScore(base, factors.toReversed(), 1)).toEqual(calculatedScore(base, factors, 1));
        },
      ),
    );
    expect(sumOf([0.1, 0.2, 0.3])).toBe(0.6);
  });
});

describe('the stacking cap', () => {
  it('lets a source count at most three times its highest score', () => {
    const events = [10, 40, 40, 40, 10].map((score) => ({ source: 'noisy', score }));
    expect(cappedSum(events, false)).toBe(140);
    expect(cappedSum(events, true)).toBe(120);
    expect(cappedSum([...events, { source: 'other', score: 25 }], true)).toBe(145);
  });

  it('gives in every sliding window what it gives for the events of that window alone', () => {
    const event = fc.record({
      timeTicks: fc.bigInt({ min: 0n, max: 4_000_000_000_000n }),
      score: fc.integer({ min: 0, max: 5_000 }).map((score) => score / 100),
      source: fc.constantFrom('a', 'b', 'c'),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), fc.boolean(), (events, isCapped) => {
        const ordered = events.toSorted((a, b) => (a.timeTicks < b.timeTicks ? -1 : 1));
        for (const { from, to, sum } of windowsOf(ordered, 24, isCapped))
          expect(sum).toBe(cappedSum(ordered.slice(from, to), isCapped));
      }),
    );
  });
});

describe('the waterfall', () => {
  it('adds up to the sum to the hundredth, whatever it is made of', () => {
    const event = fc.record({
      detectionId: fc.constantFrom('a', 'b'),
      baseScore: fc.integer({ min: 0, max: 10_000 }).map((score) => score / 100),
      factors: fc.uniqueArray(anyFactor, { maxLength: 3, selector: ({ number }) => number }),
      filterFactor: fc.constantFrom(0, 0.333, 0.5, 1),
      isHidden: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), fc.boolean(), (drafts, isCapped) => {
        const events = drafts.map((draft) => ({
          ...draft,
          detectionName: draft.detectionId,
          filterNumbers: draft.isHidden ? [3] : [],
          score: draft.isHidden
            ? 0
            : calculatedScore(draft.baseScore, draft.factors, draft.filterFactor).score,
        }));
        const counted = events
          .filter(({ isHidden }) => !isHidden)
          .map(({ detectionId, score }) => ({ source: detectionId, score }));
        const steps = waterfallOf(events, isCapped);
        expect(hundredths(sumOf(steps.map(({ change }) => change)))).toBe(
          hundredths(cappedSum(counted, isCapped)),
        );
      }),
    );
  });
});

describe('a condition', () => {
  const holds = (text: string, fields: Record<string, string | number | readonly string[]>): boolean =>
    compileCondition(text, FACTOR_FIELDS)({ get: (name) => fields[name] ?? null });

  it('is SPL as behind where: of the event and of its object in the lists', () => {
    expect(holds('risk_object_type="user" AND priority="critical"', { risk_object_type: 'user' })).toBe(
      false,
    );
    expect(holds('isnull(priority) AND risk_score>=40', { risk_score: 40 })).toBe(true);
    expect(
      holds('match(\'annotations.mitre_attack\', "^T1053")', { 'annotations.mitre_attack': ['T1053.002'] }),
    ).toBe(true);
    expect(holds('category="pci"', { category: ['servers', 'pci'] })).toBe(true);
    expect(holds('risk_object_priority="high"', { risk_object_priority: 'high' })).toBe(true);
  });

  it.each([
    ['priorty="high"', 'Did you mean "priority"?', 0],
    ['priority="high" | stats count', 'without further commands', 18],
    ['now() > 5', 'what time it is', 0],
    ['priority=', '', 8],
  ])('%s is refused with the place of the mistake', (text, message, from) => {
    const compile = (): unknown => compileCondition(text, FACTOR_FIELDS);
    expect(compile).toThrow(message);
    try {
      compile();
    } catch (error) {
      expect((error as { from: number }).from).toBe(from);
    }
  });
});
