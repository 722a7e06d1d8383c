import { calculatedScore, capsOf, fromHundredths, hundredths, rounded, sumOf } from './score.ts';
import type { FactorPart, RiskStep } from './types.ts';

/** A risk event in a window, with the filter rules that hide or lower it. */
export type WaterfallEvent = {
  readonly detectionId: string;
  readonly detectionName: string;
  readonly baseScore: number;
  readonly factors: readonly FactorPart[];
  readonly filterFactor: number;
  /** What it adds; of a hidden one 0. */
  readonly score: number;
  readonly isHidden: boolean;
  readonly filterNumbers: readonly number[];
};

/**
 * The steps from the base scores of a window's risk events to their sum: base by detection, each factor, what filter rules
 * lower and hide, what the stacking cap takes off. They add up to the sum to the hundredth.
 */
export function waterfallOf(events: readonly WaterfallEvent[], isCapped: boolean): RiskStep[] {
  const steps = new Map<string, RiskStep>();
  const add = (step: Omit<RiskStep, 'eventCount'>): void => {
    if (hundredths(step.change) === 0) return;
    const key = JSON.stringify([
      step.kind,
      step.detectionId,
      step.factorNumber,
      step.filterNumber,
      step.label,
    ]);
    const known = steps.get(key);
    steps.set(key, {
      ...step,
      change: sumOf([known?.change ?? 0, step.change]),
      eventCount: (known?.eventCount ?? 0) + 1,
    });
  };
  const none = { detectionId: null, factorNumber: null, filterNumber: null };
  for (const event of events) {
    const { detectionId, detectionName: label } = event;
    add({ ...none, kind: 'base', label, change: rounded(event.baseScore), detectionId });
    addFactors(event, add);
    const factored = calculatedScore(event.baseScore, event.factors, 1).score;
    const filters = event.filterNumbers.map((number) => `R-${number}`).join(', ');
    const [filterNumber = null] = event.filterNumbers;
    const kind = event.isHidden ? ('hidden' as const) : ('lowered' as const);
    const words = event.isHidden ? 'hidden by' : 'lowered by';
    add({
      ...none,
      kind,
      label: `${words} ${filters || 'a filter rule'}`,
      change: sumOf([event.score, -factored]),
      filterNumber,
    });
  }
  if (isCapped) {
    const counted = events
      .filter(({ isHidden }) => !isHidden)
      .map(({ detectionId, score }) => ({ source: detectionId, score }));
    for (const [detectionId, { sum, counted: left }] of capsOf(counted)) {
      const name = events.find((event) => event.detectionId === detectionId)?.detectionName ?? detectionId;
      add({ ...none, kind: 'cap', label: `cap on ${name}`, change: sumOf([left, -sum]), detectionId });
    }
  }
  return [...steps.values()].sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
}

const KINDS: readonly RiskStep['kind'][] = ['base', 'factor', 'rounding', 'lowered', 'hidden', 'cap', 'sum'];

/** Multiplying factors first, one after the other, then adding ones; what the floor of 0 gives back is said as such. */
function addFactors(
  { baseScore, factors }: WaterfallEvent,
  add: (step: Omit<RiskStep, 'eventCount'>) => void,
): void {
  let running = baseScore;
  let told = hundredths(rounded(baseScore));
  const multiplying = factors.filter(({ operation }) => operation === 'multiply');
  const adding = factors.filter(({ operation }) => operation === 'add');
  for (const { number, name, operation, value } of [...multiplying, ...adding]) {
    running = operation === 'multiply' ? running * value : running + value;
    const change = fromHundredths(hundredths(running) - told);
    told = hundredths(running);
    add({
      kind: 'factor',
      label: number === 0 ? name : `RF-${number} ${name}`,
      change,
      detectionId: null,
      factorNumber: number,
      filterNumber: null,
    });
  }
  const score = hundredths(calculatedScore(baseScore, factors, 1).score);
  add({
    kind: 'rounding',
    label: 'no score is below 0',
    change: fromHundredths(score - told),
    detectionId: null,
    factorNumber: null,
    filterNumber: null,
  });
}
