import type { Expression } from '#lib/spl/ast.ts';

const AT = { from: 0, to: 0 } as const;

/** `if(match(field, "pattern"), 1, 0)`: a field of the row that a search can ask; 0 without the field, or negated. */
export function matchFlag(field: string, pattern: string, isNegated = false): Expression {
  const match: Expression = {
    ...AT,
    kind: 'call',
    name: 'match',
    args: [
      { ...AT, kind: 'field', name: field },
      { ...AT, kind: 'string', value: pattern },
    ],
  };
  const condition: Expression = isNegated ? { ...AT, kind: 'not', operand: match } : match;
  const number = (value: number): Expression => ({ ...AT, kind: 'number', value });
  return { ...AT, kind: 'call', name: 'if', args: [condition, number(1), number(0)] };
}
