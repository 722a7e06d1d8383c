/** Reads the expressions of `where` and `eval`. */
import type { SyntaxNode } from '@lezer/common';
import type { ArithmeticOperator, Assignment, Expression } from './ast.ts';
import { parseCompareOperator } from './parse-search.ts';
import { childrenOf, failAt, readFieldName } from './syntax.ts';

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', '"': '"', '\\': '\\' };

/** In eval, unlike in search, \t \n \r are control characters. Other sequences stay, so that regular expressions can be written. */
function readString(raw: string): string {
  return raw.slice(1, -1).replace(/\\([tnr"\\])/g, (_, letter: string) => ESCAPES[letter] ?? letter);
}

export function parseAssignment(text: string, node: SyntaxNode): Assignment {
  const [field, operator, expression] = childrenOf(node);
  if (field === undefined || operator === undefined || expression === undefined) {
    return failAt(node, 'An assignment is written FIELD = EXPRESSION.');
  }
  if (text.slice(operator.from, operator.to) !== '=') failAt(operator, 'Assign with a single "=".');
  const { name } = readFieldName(text, field);
  return { from: node.from, to: node.to, field: name, expression: parseExpression(text, expression) };
}

export function parseExpression(text: string, node: SyntaxNode): Expression {
  const span = { from: node.from, to: node.to };
  const children = childrenOf(node);
  const source = (child: SyntaxNode): string => text.slice(child.from, child.to);
  const [first, second, third] = children;
  switch (node.name) {
    case 'Number':
      return { ...span, kind: 'number', value: Number(source(node)) };
    case 'String':
      return { ...span, kind: 'string', value: readString(source(node)) };
    case 'Identifier': {
      const name = source(node);
      // true and false are words of the language only as functions; unquoted they name fields, as in Splunk.
      return { ...span, kind: 'field', name };
    }
    case 'QuotedField':
      return { ...span, kind: 'field', name: source(node).slice(1, -1) };
    case 'EvalParens':
      return parseExpression(text, second ?? node);
    case 'EvalAnd':
    case 'EvalOr':
    case 'EvalXor': {
      const operands = children.filter((_, index) => index % 2 === 0);
      const kind = node.name === 'EvalAnd' ? 'and' : node.name === 'EvalOr' ? 'or' : 'xor';
      return { ...span, kind, operands: operands.map((child) => parseExpression(text, child)) };
    }
    case 'EvalNot': {
      const operand = parseExpression(text, children.at(-1) ?? node);
      // NOT NOT x is kept as one NOT of NOT x: it makes a truth value of x.
      const not: Expression = { ...span, kind: 'not', operand };
      return children.length % 2 === 0 ? not : { ...span, kind: 'not', operand: not };
    }
    case 'EvalSigned': {
      const operand = parseExpression(text, children.at(-1) ?? node);
      const minuses = children.filter((child) => child.name === 'SumOp' && source(child) === '-').length;
      const wrong = children.find((child) => child.name === 'SumOp' && source(child) === '.');
      if (wrong !== undefined) failAt(wrong, '"." joins two texts: something is missing before it.');
      const negated: Expression = { ...span, kind: 'negate', operand };
      return minuses % 2 === 1 ? negated : { ...span, kind: 'negate', operand: negated };
    }
    case 'EvalCompare':
      if (first === undefined || second === undefined || third === undefined) break;
      return {
        ...span,
        kind: 'compare',
        operator: parseCompareOperator(text, second),
        left: parseExpression(text, first),
        right: parseExpression(text, third),
      };
    case 'EvalLike':
      if (first === undefined || third === undefined) break;
      return {
        ...span,
        kind: 'call',
        name: 'like',
        args: [parseExpression(text, first), parseExpression(text, third)],
      };
    case 'EvalIn': {
      const operands = children.filter((child) => !['Not', 'In', '(', ')', ','].includes(child.name));
      const call: Expression = {
        ...span,
        kind: 'call',
        name: 'in',
        args: operands.map((child) => parseExpression(text, child)),
      };
      return second?.name === 'Not' ? { ...span, kind: 'not', operand: call } : call;
    }
    case 'EvalSum':
    case 'EvalProduct': {
      if (first === undefined) break;
      const rest = [];
      for (let index = 1; index + 1 < children.length; index += 2) {
        const [operator, operand] = children.slice(index, index + 2);
        if (operator === undefined || operand === undefined) break;
        rest.push({
          operator: source(operator) as ArithmeticOperator,
          operand: parseExpression(text, operand),
        });
      }
      return { ...span, kind: 'arithmetic', first: parseExpression(text, first), rest };
    }
    case 'FunctionCall': {
      if (first === undefined) break;
      const args = children.slice(2).filter((child) => child.name !== ',' && child.name !== ')');
      return {
        ...span,
        kind: 'call',
        name: source(first).toLowerCase(),
        args: args.map((a) => parseExpression(text, a)),
      };
    }
  }
  return failAt(node, 'An expression is expected here.');
}
