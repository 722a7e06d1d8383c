/** The comparisons of both languages as tests of a text, with shapes that pass them. */
import type { CompareOperator, SearchValue } from '#lib/spl/ast.ts';
import { parseNetwork } from '#lib/spl/cidr.ts';
import { Pattern } from '#lib/spl/pattern.ts';
import { likeToRegex, matchesRegex } from '#lib/spl/regex.ts';
import { compareScalars, type Scalar, toNumber, toText } from '#lib/spl/value.ts';
import { sampleRegex } from './regex-sample.ts';
import type { Shape, ValueTest } from './shape.ts';

const SAMPLE_VARIANTS = 6;

/** `=` of `search`: the whole text, with `*` for any text, in any case; or a network. */
export function searchEquality({ text, isCaseSensitive }: SearchValue): ValueTest {
  const pattern = new Pattern(text, isCaseSensitive);
  const contains = parseNetwork(text);
  return {
    shapes: [text.split('*')],
    matches: (value) => pattern.matches(value) || (contains?.(value) ?? false),
  };
}

export function anyOf(tests: readonly ValueTest[]): ValueTest {
  return {
    shapes: tests.flatMap(({ shapes }) => shapes),
    matches: (value) => tests.some(({ matches }) => matches(value)),
  };
}

/** `=` of `where`: case counts, and numbers are compared as numbers. */
function whereEquality(wanted: Scalar): ValueTest {
  const number = toNumber(wanted);
  const text = toText(wanted);
  return {
    shapes: [[text]],
    matches: (value) => value === text || (number !== null && toNumber(value) === number),
  };
}

const ORDERS: Readonly<Record<'<' | '<=' | '>' | '>=', (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

/** `<` and the like: numbers as numbers, else as texts. */
export function ordering(operator: '<' | '<=' | '>' | '>=', limit: Scalar): ValueTest {
  const number = toNumber(limit);
  const isPassing = ORDERS[operator];
  const near = number === null ? [] : [number + 1, number, number - 1, number * 2 + 10, 0];
  const texts = number === null ? [`${toText(limit)}x`, toText(limit), ''] : near.map(String);
  const matches = (value: string): boolean => isPassing(compareScalars(value, limit));
  return { shapes: texts.filter(matches).map((text) => [text]), matches };
}

export function whereComparison(
  operator: CompareOperator,
  limit: Scalar,
): { readonly test: ValueTest; readonly isNegated: boolean } {
  if (operator === '=' || operator === '!=') {
    return { test: whereEquality(limit), isNegated: operator === '!=' };
  }
  return { test: ordering(operator, limit), isNegated: false };
}

/** `limit < field` is `field > limit`. */
export function mirrored(operator: CompareOperator): CompareOperator {
  const flips: Readonly<Record<string, CompareOperator>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };
  return flips[operator] ?? operator;
}

export function likeTest(pattern: string): ValueTest {
  const regex = likeToRegex(pattern);
  return {
    shapes: [pattern.replaceAll('_', 'x').split('%')],
    matches: (value) => matchesRegex(value, regex) ?? false,
  };
}

/** @param groups texts that named groups shall have */
export function regexTest(pattern: string, groups?: ReadonlyMap<string, string>): ValueTest {
  const shapes: Shape[] = [];
  for (let variant = 0; variant < SAMPLE_VARIANTS; variant++) {
    const shape = sampleRegex(pattern, variant, groups);
    if (shape !== null) shapes.push(shape);
  }
  return { shapes, matches: (value) => matchesRegex(value, pattern) ?? false };
}

export function networkTest(network: string): ValueTest {
  const contains = parseNetwork(network);
  return {
    shapes: [[network.slice(0, Math.max(0, network.lastIndexOf('/')))]],
    matches: (value) => contains?.(value) ?? false,
  };
}

export const ANYTHING: ValueTest = { shapes: [['', '']], matches: () => true };
