/** Conditions and values of a search as written, told in terms. */
import type { ArithmeticOperator, Expression, Pipeline, SearchExpression } from '#lib/spl/ast.ts';
import { type Scalar, toNumber, toText } from '#lib/spl/value.ts';
import { calculate } from './arithmetic.ts';
import type { Fields } from './fields.ts';
import {
  and,
  type Branch,
  type Condition,
  constant,
  isPresent,
  NULL,
  not,
  OPAQUE,
  type Term,
  TRUE,
} from './term.ts';
import {
  anyOf,
  likeTest,
  mirrored,
  networkTest,
  ordering,
  regexTest,
  searchEquality,
  whereComparison,
} from './tests-of.ts';

/** What a subsearch in brackets asks of the rows. */
export type OnSubsearch = (commands: Pipeline) => Condition;

export function searchCondition(
  expression: SearchExpression,
  fields: Fields,
  onSubsearch: OnSubsearch = () => OPAQUE,
): Condition {
  const condition = (one: SearchExpression): Condition => searchCondition(one, fields, onSubsearch);
  switch (expression.kind) {
    case 'and':
      return { kind: 'and', operands: expression.operands.map(condition) };
    case 'or':
      return joinSameField(expression.operands.map(condition));
    case 'not':
      return not(condition(expression.operand));
    case 'all':
      return TRUE;
    case 'term': {
      const { text, isCaseSensitive } = expression.value;
      const { matches } = searchEquality({ ...expression.value, text: `*${text}*`, isCaseSensitive });
      // A word of its own: TERM() and words without wildcards ask for breaks around it.
      const test = { shapes: [['', ` ${text.replaceAll('*', 'x')} `, '']], matches };
      return { kind: 'test', term: fields.get('_raw'), test };
    }
    case 'in':
      return {
        kind: 'test',
        term: fields.get(expression.field),
        test: anyOf(expression.values.map(searchEquality)),
      };
    case 'compare': {
      const { field, operator, value } = expression;
      const term = fields.get(field);
      if (operator === '=') return { kind: 'test', term, test: searchEquality(value) };
      if (operator === '!=') {
        return {
          kind: 'and',
          operands: [not({ kind: 'test', term, test: searchEquality(value) }), isPresent(term)],
        };
      }
      return { kind: 'test', term, test: ordering(operator, value.text) };
    }
    case 'subsearch':
      return onSubsearch(expression.commands);
  }
}

/** `f=a OR f=b` is one test of f, so that several events may take turns. */
function joinSameField(operands: readonly Condition[]): Condition {
  const [first] = operands;
  if (first?.kind !== 'test' || first.term.kind !== 'field') return { kind: 'or', operands };
  const { stream, name } = first.term;
  const tests = operands.flatMap((one) =>
    one.kind === 'test' && one.term.kind === 'field' && one.term.stream === stream && one.term.name === name
      ? [one.test]
      : [],
  );
  if (tests.length < operands.length) return { kind: 'or', operands };
  return { kind: 'test', term: first.term, test: anyOf(tests) };
}

const constantOf = (term: Term): Scalar | null => (term.kind === 'constant' ? term.value : null);

export function whereCondition(expression: Expression, fields: Fields): Condition {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return {
        kind: expression.kind,
        operands: expression.operands.map((one) => whereCondition(one, fields)),
      };
    case 'xor': {
      const [first, second] = expression.operands;
      if (first === undefined || second === undefined) return OPAQUE;
      return { kind: 'and', operands: [whereCondition(first, fields), not(whereCondition(second, fields))] };
    }
    case 'not':
      return not(whereCondition(expression.operand, fields));
    case 'compare': {
      const left = toTerm(expression.left, fields);
      const right = toTerm(expression.right, fields);
      if (constantOf(right) !== null) return compareWith(left, expression.operator, constantOf(right) ?? '');
      if (constantOf(left) !== null) {
        return compareWith(right, mirrored(expression.operator), constantOf(left) ?? '');
      }
      return expression.operator === '=' ? { kind: 'same', left, right } : OPAQUE;
    }
    case 'call':
      return callCondition(expression.name, expression.args, fields);
    default:
      return OPAQUE;
  }
}

function compareWith(term: Term, operator: '=' | '!=' | '<' | '<=' | '>' | '>=', limit: Scalar): Condition {
  const { test, isNegated } = whereComparison(operator, limit);
  const condition: Condition = { kind: 'test', term, test };
  return isNegated ? { kind: 'and', operands: [not(condition), isPresent(term)] } : condition;
}

function callCondition(name: string, args: readonly Expression[], fields: Fields): Condition {
  const terms = args.map((arg) => toTerm(arg, fields));
  const [first = NULL, second = NULL] = terms;
  const text = constantOf(second) === null ? null : toText(constantOf(second) ?? '');
  // A pattern made of a field, such as "%".b."%", is met by the field itself.
  const ofField: Condition = { kind: 'same', left: first, right: second };
  switch (name) {
    case 'true':
    case 'false':
      return { kind: 'truth', value: name === 'true' };
    case 'isnull':
      return { kind: 'null', term: first };
    case 'isnotnull':
      return isPresent(first);
    case 'like':
      return text === null ? ofField : { kind: 'test', term: first, test: likeTest(text) };
    case 'match':
      return text === null ? ofField : { kind: 'test', term: first, test: regexTest(text) };
    case 'in': {
      const tests = terms.slice(1).flatMap((term) => {
        const value = constantOf(term);
        return value === null ? [] : [whereComparison('=', value).test];
      });
      return { kind: 'test', term: first, test: anyOf(tests) };
    }
    case 'cidrmatch': {
      const network = constantOf(first);
      return network === null ? OPAQUE : { kind: 'test', term: second, test: networkTest(toText(network)) };
    }
    default:
      return OPAQUE;
  }
}

/** Truth values, which eval cannot keep but if() and case() can test. */
const isTruth = (expression: Expression): boolean =>
  ['and', 'or', 'xor', 'not', 'compare'].includes(expression.kind);

export function toTerm(expression: Expression, fields: Fields): Term {
  switch (expression.kind) {
    case 'string':
    case 'number':
      return constant(expression.value);
    case 'field':
      return fields.get(expression.name);
    case 'negate': {
      const value = constantOf(toTerm(expression.operand, fields));
      const number = value === null ? null : toNumber(value);
      return number === null ? OPAQUE : constant(-number);
    }
    case 'call':
      return callTerm(expression.name, expression.args, fields);
    case 'arithmetic': {
      let left = toTerm(expression.first, fields);
      for (const { operator, operand } of expression.rest)
        left = arithmetic(operator, left, toTerm(operand, fields));
      return left;
    }
    default:
      return OPAQUE;
  }
}

function arithmetic(operator: ArithmeticOperator, left: Term, right: Term): Term {
  const a = constantOf(left);
  const b = constantOf(right);
  if (a !== null && b !== null) {
    if (operator === '.') return constant(toText(a) + toText(b));
    const number = calculate(operator, toNumber(a) ?? Number.NaN, toNumber(b) ?? Number.NaN);
    return Number.isFinite(number) ? constant(number) : NULL;
  }
  return { kind: 'arithmetic', operator, left, right };
}

function callTerm(name: string, args: readonly Expression[], fields: Fields): Term {
  const choice = (branches: readonly Branch[]): Term => ({ kind: 'choice', branches: () => branches });
  switch (name) {
    case 'null':
      return NULL;
    case 'if': {
      const [test, yes, no] = args;
      if (test === undefined || yes === undefined || no === undefined) return OPAQUE;
      const when = whereCondition(test, fields);
      return choice([
        { when, value: toTerm(yes, fields) },
        { when: not(when), value: toTerm(no, fields) },
      ]);
    }
    case 'case': {
      const before: Condition[] = [];
      const branches: Branch[] = [];
      for (let index = 0; index + 1 < args.length; index += 2) {
        const [test, value] = args.slice(index, index + 2);
        if (test === undefined || value === undefined) break;
        const when = whereCondition(test, fields);
        branches.push({ when: and([...before, when]), value: toTerm(value, fields) });
        before.push(not(when));
      }
      return choice(branches);
    }
    case 'coalesce': {
      const terms = args.map((arg) => toTerm(arg, fields));
      return choice(
        terms.map((value, index) => ({
          when: {
            kind: 'and',
            operands: [
              ...terms.slice(0, index).map((term): Condition => ({ kind: 'null', term })),
              isPresent(value),
            ],
          },
          value,
        })),
      );
    }
    default:
      return { kind: 'call', name, args: args.map((arg) => (isTruth(arg) ? OPAQUE : toTerm(arg, fields))) };
  }
}
