/** Tests of what a calculation gives, as tests of what goes into it. */
import type { ArithmeticOperator } from '#lib/spl/ast.ts';
import { toNumber, toText } from '#lib/spl/value.ts';
import type { Shape, ValueTest } from './shape.ts';
import type { Term } from './term.ts';

export function calculate(operator: ArithmeticOperator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    case '.':
      return Number.NaN;
  }
}

type Operand = { readonly term: Term; readonly test: ValueTest };

/**
 * The operands through which a test can be met, each with the test that it then has to pass. Of two unknown operands the other is
 * taken to add nothing, which the run decides.
 */
export function operandTests(
  { operator, left, right }: Term & { readonly kind: 'arithmetic' },
  test: ValueTest,
): readonly Operand[] {
  if (operator === '.') return concatenationTests(left, right, test);
  const a = left.kind === 'constant' ? toNumber(left.value ?? '') : null;
  const b = right.kind === 'constant' ? toNumber(right.value ?? '') : null;
  if (b !== null) return [{ term: left, test: numberTest(test, (value) => calculate(operator, value, b)) }];
  if (a !== null) return [{ term: right, test: numberTest(test, (value) => calculate(operator, a, value)) }];
  if (operator !== '+') return [];
  return [
    { term: left, test },
    { term: right, test },
  ];
}

/** Numbers to try: small ones, and those near what the test asks for. */
function numberTest(test: ValueTest, compute: (value: number) => number): ValueTest {
  const matches = (text: string): boolean => {
    const number = toNumber(text);
    return number !== null && test.matches(String(compute(number)));
  };
  const goals = test.shapes.flatMap((shape) => (shape.length === 1 ? [toNumber(shape[0] ?? '') ?? 0] : []));
  const near = goals.flatMap((goal) => [
    goal,
    goal + 1,
    goal - 1,
    2 * goal,
    goal / 1024,
    goal * 1024,
    goal + 100,
  ]);
  const shapes = [...new Set([...near, ...Array.from({ length: 20 }, (_, index) => index)])]
    .map(String)
    .filter(matches)
    .map((text): Shape => [text]);
  return { shapes, matches };
}

function concatenationTests(left: Term, right: Term, test: ValueTest): readonly Operand[] {
  const before = left.kind === 'constant' ? toText(left.value ?? '') : null;
  const after = right.kind === 'constant' ? toText(right.value ?? '') : null;
  if (before !== null) {
    const shapes = test.shapes.map(
      (shape): Shape => [withoutStart(shape[0] ?? '', before), ...shape.slice(1)],
    );
    return [{ term: right, test: { shapes, matches: (text) => test.matches(before + text) } }];
  }
  if (after !== null) {
    const shapes = test.shapes.map(
      (shape): Shape => [...shape.slice(0, -1), withoutEnd(shape.at(-1) ?? '', after)],
    );
    return [{ term: left, test: { shapes, matches: (text) => test.matches(text + after) } }];
  }
  return [];
}

const withoutStart = (text: string, start: string): string =>
  text.startsWith(start) ? text.slice(start.length) : text;
const withoutEnd = (text: string, end: string): string =>
  text.endsWith(end) ? text.slice(0, text.length - end.length) : text;
