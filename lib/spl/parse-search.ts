/** Reads the expressions of `search` and of the where clause of `tstats`. */
import type { SyntaxNode } from '@lezer/common';
import type { CompareOperator, SearchExpression, SearchValue, Span } from './ast.ts';
import { quoteForMessage } from './nearest.ts';
import { childrenOf, failAt, readSearchText, type Source } from './syntax.ts';

const OPERATORS = new Set(['AND', 'OR', 'NOT', 'IN']);
const TIME_MODIFIERS = new Set(['earliest', 'latest', '_index_earliest', '_index_latest']);
const MAX_VALUE_LENGTH = 10_000;

export function parseCompareOperator(text: string, node: SyntaxNode): CompareOperator {
  const operator = text.slice(node.from, node.to);
  return operator === '==' ? '=' : (operator as CompareOperator);
}

function parseValue(text: string, node: SyntaxNode): SearchValue {
  const isWrapped = node.name === 'ExactCase' || node.name === 'ExactTerm';
  const inner = isWrapped ? (childrenOf(node)[2] ?? node) : node;
  const value = readSearchText(text, inner);
  if (value.length > MAX_VALUE_LENGTH) failAt(node, `A value may be ${MAX_VALUE_LENGTH} characters long.`);
  return { from: node.from, to: node.to, text: value, isCaseSensitive: node.name === 'ExactCase' };
}

function parseField(text: string, node: SyntaxNode): string {
  const field = readSearchText(text, node);
  if (field === '') failAt(node, 'A field name is empty.');
  if (field.includes('*')) failAt(node, `Name one field: ${quoteForMessage(field)} has a wildcard in it.`);
  if (TIME_MODIFIERS.has(field)) {
    failAt(node, `${field} is not supported in a search: choose the time range beside it, or compare _time.`);
  }
  return field;
}

function parseTerm(text: string, node: SyntaxNode): SearchExpression {
  const child = childrenOf(node)[0] ?? node;
  const value = parseValue(text, child);
  if (child.name === 'Word' && OPERATORS.has(value.text)) {
    failAt(
      child,
      `${value.text} needs a term beside it. To look for the word itself, quote it: "${value.text}".`,
    );
  }
  if (value.text === '') failAt(child, 'There is nothing to look for in "".');
  const span = { from: node.from, to: node.to };
  return /^\*+$/.test(value.text) ? { ...span, kind: 'all' } : { ...span, kind: 'term', value };
}

/** An absent expression selects everything. */
export function parseSearchExpression(
  source: Source,
  node: SyntaxNode | undefined,
  around: Span,
): SearchExpression {
  if (node === undefined) return { kind: 'all', from: around.from, to: around.to };
  const { text } = source;
  const span = { from: node.from, to: node.to };
  const children = childrenOf(node);
  const [first, second, third] = children;
  switch (node.name) {
    case 'SearchAnd':
    case 'SearchOr': {
      const operands = children.filter((child) => child.name !== 'And' && child.name !== 'Or');
      return {
        ...span,
        kind: node.name === 'SearchAnd' ? 'and' : 'or',
        operands: operands.map((child) => parseSearchExpression(source, child, span)),
      };
    }
    case 'SearchNot': {
      const operand = parseSearchExpression(source, children.at(-1), span);
      return children.length % 2 === 1 ? operand : { ...span, kind: 'not', operand };
    }
    case 'SearchParens':
      return parseSearchExpression(source, second?.name === ')' ? undefined : second, span);
    case 'Comparison': {
      if (first === undefined || second === undefined || third === undefined) break;
      const operator = parseCompareOperator(text, second);
      return {
        ...span,
        kind: 'compare',
        field: parseField(text, first),
        operator,
        value: parseValue(text, third),
      };
    }
    case 'InComparison': {
      if (first === undefined) break;
      // As in Splunk, a comma too many is no mistake.
      const values = children.slice(3, -1).filter((child) => child.name !== ',');
      if (values.length === 0) failAt(node, 'A value is missing between the parentheses.');
      return {
        ...span,
        kind: 'in',
        field: parseField(text, first),
        values: values.map((child) => parseValue(text, child)),
      };
    }
    case 'Subsearch':
      return { ...span, kind: 'subsearch', commands: source.readPipeline(node) };
    case 'Term':
      return parseTerm(text, node);
  }
  return failAt(node, 'A term is expected here, such as FIELD=VALUE.');
}
