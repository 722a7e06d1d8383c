import type { FactorPart } from './types.ts';

/**
 * Scores are sums of hundredths: added up as whole numbers, they are the same in any order and equal their parts to the
 * last digit.
 */
const UNIT = 100;

export type CalculatedScore = {
  /** Product of the factors that multiply, sum of those that add. */
  readonly multiplier: number;
  readonly addend: number;
  readonly score: number;
};

/**
 * Splunk's calculated risk score: base × multiplying factors + adding factors, never below 0; of that the share that filter
 * rules leave. Factors work in any order.
 */
export function calculatedScore(
  base: number,
  factors: readonly FactorPart[],
  filterFactor: number,
): CalculatedScore {
  const values = (operation: FactorPart['operation']): number[] =>
    factors
      .filter((factor) => factor.operation === operation)
      .map(({ value }) => value)
      .sort((a, b) => a - b);
  const multiplier = values('multiply').reduce((product, value) => product * value, 1);
  const addend = values('add').reduce((sum, value) => sum + value, 0);
  return { multiplier, addend, score: rounded(Math.max(0, base * multiplier + addend) * filterFactor) };
}

export function rounded(score: number): number {
  return hundredths(score) / UNIT;
}

export function hundredths(score: number): number {
  return Math.round(score * UNIT);
}

export function fromHundredths(sum: number): number {
  return sum / UNIT;
}

export function sumOf(scores: readonly number[]): number {
  return fromHundredths(scores.reduce((sum, score) => sum + hundredths(score), 0));
}

/** Of splunk/rba, "Limit score stacking", method I: what one source adds is at most this many times its highest score. */
export const CAP_TIMES = 3;

export type FromSource = { readonly source: string; readonly score: number };

/** Sum of scores of one object; with the cap, each source counts at most CAP_TIMES its highest score. */
export function cappedSum(events: readonly FromSource[], isCapped: boolean): number {
  if (!isCapped) return sumOf(events.map(({ score }) => score));
  return sumOf([...capsOf(events).values()].map(({ counted }) => counted));
}

/** For each source its sum and what of that counts with the cap. */
export function capsOf(
  events: readonly FromSource[],
): ReadonlyMap<string, { readonly sum: number; readonly counted: number }> {
  const bySource = Map.groupBy(events, ({ source }) => source);
  return new Map(
    [...bySource].map(([source, own]) => {
      const sum = sumOf(own.map(({ score }) => score));
      const highest = own.reduce((max, { score }) => Math.max(max, score), 0);
      return [source, { sum, counted: rounded(Math.min(sum, CAP_TIMES * highest)) }];
    }),
  );
}
