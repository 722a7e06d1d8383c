/** Finds events that meet the demands of a search: one assignment after another, each a guess that a run has to confirm. */
import { toText } from '#lib/spl/value.ts';
import { operandTests } from './arithmetic.ts';
import { lengthTest, looser, partCountTest, partTest, substringTest } from './calls.ts';
import type { ValueTest } from './shape.ts';
import {
  addNeed,
  addRex,
  addTest,
  captureKey,
  fieldKey,
  keyOf,
  MAX_EVENTS,
  type Solution,
  streamOf,
  TRANSPARENT,
} from './solution.ts';
import { and, type Branch, type Condition, not, type Term } from './term.ts';
import { ANYTHING } from './tests-of.ts';

const MAX_DEPTH = 60;
/** Steps of one search for solutions. */
const MAX_STEPS = 20_000;
/** Each operand is a level of recursion. */
const MAX_OPERANDS = 1_000;

export class Solver {
  #steps = 0;

  /** All ways to meet all of the conditions, as far as they are understood. */
  *meet(conditions: readonly Condition[], solution: Solution): Generator<Solution> {
    const [first, ...rest] = conditions;
    if (first === undefined) {
      yield solution;
      return;
    }
    for (const next of this.#hold(first, true, solution, 0)) yield* this.meet(rest, next);
  }

  *#hold(condition: Condition, truth: boolean, solution: Solution, depth: number): Generator<Solution> {
    if (++this.#steps > MAX_STEPS || depth > MAX_DEPTH) return;
    switch (condition.kind) {
      case 'truth':
        if (condition.value === truth) yield solution;
        return;
      case 'opaque':
        yield solution;
        return;
      case 'not':
        yield* this.#hold(condition.operand, !truth, solution, depth + 1);
        return;
      case 'and':
      case 'or':
        if ((condition.kind === 'and') === truth)
          yield* this.#holdAll(condition.operands, truth, solution, depth);
        else for (const operand of condition.operands) yield* this.#hold(operand, truth, solution, depth + 1);
        return;
      case 'null':
        yield* this.#holdNull(condition.term, truth, solution, depth + 1);
        return;
      case 'same':
        yield* this.#holdSame(condition.left, condition.right, truth, solution);
        return;
      case 'test':
        yield* this.#holdTest(condition.term, condition.test, truth, solution, depth + 1);
        return;
    }
  }

  *#holdAll(
    operands: readonly Condition[],
    truth: boolean,
    solution: Solution,
    depth: number,
  ): Generator<Solution> {
    const [first, ...rest] = operands;
    if (operands.length > MAX_OPERANDS) return;
    if (first === undefined) {
      yield solution;
      return;
    }
    for (const next of this.#hold(first, truth, solution, depth + 1)) {
      yield* this.#holdAll(rest, truth, next, depth);
    }
  }

  *#holdNull(term: Term, truth: boolean, solution: Solution, depth: number): Generator<Solution> {
    switch (term.kind) {
      case 'constant':
        if ((term.value === null) === truth) yield solution;
        return;
      case 'field': {
        const key = fieldKey(term.stream, term.name);
        if (truth) yield* addNeed(solution, key, (need) => ({ ...need, isAbsent: true }));
        else yield* addNeed(solution, key, (need) => ({ ...need, wanted: [...need.wanted, ANYTHING] }));
        return;
      }
      case 'choice':
        yield* this.#branches(term.branches(), solution, depth, (value) => {
          const condition: Condition = { kind: 'null', term: value };
          return truth ? condition : not(condition);
        });
        return;
      case 'capture':
        yield truth ? solution : addRex(solution, term.rex);
        return;
      case 'arithmetic':
        yield solution;
        return;
      case 'call':
        if (TRANSPARENT.has(term.name) && term.args[0] !== undefined) {
          yield* this.#holdNull(term.args[0], truth, solution, depth + 1);
        } else yield solution;
        return;
      case 'count':
        if (!truth) yield solution;
        return;
      case 'opaque':
        yield solution;
        return;
    }
  }

  *#branches(
    branches: Iterable<Branch>,
    solution: Solution,
    depth: number,
    demand: (value: Term) => Condition,
  ): Generator<Solution> {
    for (const { when, value } of branches) {
      if (this.#steps > MAX_STEPS) return;
      yield* this.#hold(and([when, demand(value)]), true, solution, depth + 1);
    }
  }

  *#holdSame(left: Term, right: Term, truth: boolean, solution: Solution): Generator<Solution> {
    const a = keyOf(left);
    const b = keyOf(right);
    if (a !== null && b !== null && a !== b && truth) yield { ...solution, same: [...solution.same, [a, b]] };
    else if (a !== b || truth || a === null) yield solution;
  }

  *#holdTest(
    term: Term,
    test: ValueTest,
    truth: boolean,
    solution: Solution,
    depth: number,
  ): Generator<Solution> {
    if (++this.#steps > MAX_STEPS || depth > MAX_DEPTH) return;
    switch (term.kind) {
      case 'constant':
        if ((term.value !== null && test.matches(toText(term.value))) === truth) yield solution;
        return;
      case 'opaque':
        yield solution;
        return;
      case 'field':
        yield* addTest(solution, fieldKey(term.stream, term.name), test, truth);
        return;
      case 'capture':
        for (const next of addTest(solution, captureKey(term.rex, term.group), test, truth)) {
          yield addRex(next, term.rex);
        }
        return;
      case 'choice':
        yield* this.#branches(term.branches(), solution, depth, (value) => {
          const condition: Condition = { kind: 'test', term: value, test };
          return truth ? condition : not(condition);
        });
        return;
      case 'count':
        yield* this.#holdCount(term, test, truth, solution, depth);
        return;
      case 'call':
        yield* this.#holdCall(term, test, truth, solution, depth);
        return;
      case 'arithmetic': {
        const operands = operandTests(term, test);
        if (operands.length === 0) yield solution;
        for (const operand of operands) {
          yield* this.#holdTest(operand.term, operand.test, truth, solution, depth + 1);
        }
        return;
      }
    }
  }

  *#holdCount(
    term: Term & { readonly kind: 'count' },
    test: ValueTest,
    truth: boolean,
    solution: Solution,
    depth: number,
  ): Generator<Solution> {
    const { stream, distinct, when } = term;
    const least = leastCount(test, truth);
    if (least === null) return;
    const counted: Solution = {
      ...solution,
      counts: new Map(solution.counts).set(stream, Math.max(least, solution.counts.get(stream) ?? 1)),
    };
    const start = when === null ? [counted] : this.#hold(when, true, counted, depth + 1);
    for (const next of start) {
      if (distinct === null || least === 1) yield next;
      else {
        for (const one of distinct) {
          const key = keyOf(one);
          if (key === null) continue;
          const varied = { ...next, varied: new Set(next.varied).add(key) };
          yield one.kind === 'capture' ? addRex(varied, one.rex) : varied;
        }
      }
    }
  }

  *#holdCall(
    term: Term & { readonly kind: 'call' },
    test: ValueTest,
    truth: boolean,
    solution: Solution,
    depth: number,
  ): Generator<Solution> {
    const [first, second, third] = term.args;
    if (first === undefined) {
      yield solution;
      return;
    }
    const separator = first.kind === 'call' && first.name === 'split' ? constantText(first.args[1]) : null;
    const whole = first.kind === 'call' ? first.args[0] : undefined;
    if (term.name === 'mvcount') {
      if (separator !== null && whole !== undefined) {
        yield* this.#holdTest(whole, partCountTest(test, separator), truth, solution, depth);
        return;
      }
      const key = keyOf(first);
      const stream = streamOf(first);
      if (key === null || stream === null) yield solution;
      else {
        const count: Term = { kind: 'count', stream, distinct: [first], when: null };
        yield* this.#holdTest(count, test, truth, solution, depth);
      }
      return;
    }
    const index = term.name === 'mvindex' ? Number(constantText(second)) : Number.NaN;
    if (separator !== null && whole !== undefined && third === undefined && Number.isInteger(index)) {
      yield* this.#holdTest(whole, partTest(test, separator, index), truth, solution, depth);
      return;
    }
    if (term.name === 'len') {
      yield* this.#holdTest(first, lengthTest(test), truth, solution, depth);
      return;
    }
    if (term.name === 'substr') {
      const cut = substringTest(test, constantText(second), constantText(third));
      yield* this.#holdTest(first, cut, truth, solution, depth);
      return;
    }
    if (TRANSPARENT.has(term.name))
      yield* this.#holdTest(first, looser(test, term.name), truth, solution, depth);
    else yield solution;
  }
}

function leastCount(test: ValueTest, truth: boolean): number | null {
  const passes = (count: number): boolean => test.matches(String(count)) === truth;
  for (let count = 1; count <= 50; count++) if (passes(count)) return count;
  for (const shape of test.shapes) {
    const count = Number(shape[0]);
    if (shape.length === 1 && Number.isInteger(count) && count > 0 && count <= MAX_EVENTS && passes(count))
      return count;
  }
  return null;
}

function constantText(term: Term | undefined): string | null {
  return term?.kind === 'constant' && term.value !== null ? toText(term.value) : null;
}
