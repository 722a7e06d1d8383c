/** Compiles the expressions of `where` and `eval`. Truth has three values: a comparison with null is null. */
import type { SearchableEvent } from '#lib/events/event.ts';
import type { ArithmeticOperator, CompareOperator, Expression } from './ast.ts';
import {
  boundText,
  FUNCTIONS,
  finite,
  type Kind,
  numberOf,
  type RunContext,
  textOf,
  type Value,
} from './functions.ts';
import { quoteForMessage, suggest } from './nearest.ts';
import { readField } from './row.ts';
import { failAt } from './syntax.ts';
import { compareNumbers, compareText, fieldValueOf, type Scalar, scalarsOf, toText } from './value.ts';

type Evaluate = (event: SearchableEvent, context: RunContext) => Value;

type CompiledExpression = {
  readonly evaluate: Evaluate;
  readonly kind: Kind;
  /** Whether the clock or the time zone of the run counts. */
  readonly usesRun: boolean;
};

type Call = Expression & { readonly kind: 'call' };

/** Fields that an expression reads. */
export function fieldsIn(node: Expression): readonly string[] {
  switch (node.kind) {
    case 'string':
    case 'number':
      return [];
    case 'field':
      return [node.name];
    case 'not':
    case 'negate':
      return fieldsIn(node.operand);
    case 'compare':
      return [...fieldsIn(node.left), ...fieldsIn(node.right)];
    case 'arithmetic':
      return [node.first, ...node.rest.map(({ operand }) => operand)].flatMap(fieldsIn);
    case 'call':
      return node.args.flatMap(fieldsIn);
    default:
      return node.operands.flatMap(fieldsIn);
  }
}

/** The event with another value in one field. */
const withValue = (event: SearchableEvent, field: string, value: Scalar): SearchableEvent => ({
  timeTicks: event.timeTicks,
  get: (name) => (name === field ? value : event.get(name)),
  fieldNames: () => event.fieldNames(),
});

/** mvfilter(match(f, "x")): the values of the one field that the condition names for which it is true. */
function compileMvfilter(node: Call): CompiledExpression {
  const [condition, ...excess] = node.args;
  if (condition === undefined || excess.length > 0) return failAt(node, 'mvfilter() takes 1 argument.');
  const { evaluate, usesRun } = compileCondition(condition);
  const [field, ...others] = new Set(fieldsIn(condition));
  if (field === undefined || others.length > 0)
    return failAt(condition, 'mvfilter() looks at exactly one field.');
  const read = readField(field);
  return {
    kind: 'value',
    usesRun,
    evaluate: (event, context) =>
      fieldValueOf(
        scalarsOf(read(event)).filter((value) => evaluate(withValue(event, field, value), context) === true),
      ),
  };
}

/** mvmap(f, f*2): the expression for each value of the field. */
function compileMvmap(node: Call): CompiledExpression {
  const [field, expression, ...excess] = node.args;
  if (expression === undefined || excess.length > 0) return failAt(node, 'mvmap() takes 2 arguments.');
  if (field?.kind !== 'field') return failAt(node, 'mvmap() takes a field and an expression.');
  const { evaluate, usesRun } = compileExpression(expression);
  const read = readField(field.name);
  return {
    kind: 'value',
    usesRun,
    evaluate: (event, context) => {
      const made = scalarsOf(read(event)).flatMap((value) => {
        const result = evaluate(withValue(event, field.name, value), context);
        return typeof result === 'boolean' ? [textOf(result) ?? ''] : scalarsOf(result);
      });
      return fieldValueOf(made);
    },
  };
}

/** Functions whose arguments are not values. */
const FORMS: Readonly<Record<string, (node: Call) => CompiledExpression>> = {
  mvfilter: compileMvfilter,
  mvmap: compileMvmap,
};

/** Every function of where and eval, for messages and completion. */
export const FUNCTION_NAMES: readonly string[] = [...Object.keys(FUNCTIONS), ...Object.keys(FORMS)].sort();

function compileFunction(node: Call): CompiledExpression {
  const form = Object.hasOwn(FORMS, node.name) ? FORMS[node.name] : undefined;
  if (form !== undefined) return form(node);
  const definition = Object.hasOwn(FUNCTIONS, node.name) ? FUNCTIONS[node.name] : undefined;
  if (definition === undefined) {
    const remedy = suggest(node.name, FUNCTION_NAMES) || ` Supported are ${FUNCTION_NAMES.join(', ')}.`;
    return failAt(node, `There is no function ${quoteForMessage(node.name)}.${remedy}`);
  }
  const { minArgs, maxArgs, call } = definition;
  if (node.args.length < minArgs || node.args.length > maxArgs) {
    const range =
      minArgs === maxArgs
        ? minArgs
        : `${minArgs} to ${maxArgs === Number.POSITIVE_INFINITY ? 'any' : maxArgs}`;
    failAt(node, `${node.name}() takes ${range} arguments, not ${node.args.length}.`);
  }
  const mistake = definition.check?.(node.args) ?? null;
  if (mistake !== null) failAt(node, mistake);
  const args = node.args.map(compileExpression);
  return {
    kind: definition.kind,
    usesRun: definition.usesRun === true || args.some((arg) => arg.usesRun),
    evaluate: (event, context) =>
      call(
        args.map((arg) => () => arg.evaluate(event, context)),
        context,
      ),
  };
}

/** Compiles what must be true or false; refuses what cannot be. */
export function compileCondition(node: Expression): CompiledExpression {
  const compiled = compileExpression(node);
  if (compiled.kind === 'value') failAt(node, 'A condition is expected here, such as FIELD="VALUE".');
  return compiled;
}

function compileLogic(node: Expression & { readonly kind: 'and' | 'or' | 'xor' }): CompiledExpression {
  const operands = node.operands.map(compileCondition);
  const usesRun = operands.some((operand) => operand.usesRun);
  const truthOf = (
    operand: CompiledExpression,
    event: SearchableEvent,
    context: RunContext,
  ): boolean | null => {
    const value = operand.evaluate(event, context);
    return typeof value === 'boolean' ? value : null;
  };
  if (node.kind === 'xor') {
    const evaluate: Evaluate = (event, context) => {
      let result = false;
      for (const operand of operands) {
        const truth = truthOf(operand, event, context);
        if (truth === null) return null;
        result = result !== truth;
      }
      return result;
    };
    return { kind: 'boolean', usesRun, evaluate };
  }
  const deciding = node.kind === 'or';
  const evaluate: Evaluate = (event, context) => {
    let result: boolean | null = !deciding;
    for (const operand of operands) {
      const truth = truthOf(operand, event, context);
      if (truth === deciding) return deciding;
      if (truth === null) result = null;
    }
    return result;
  };
  return { kind: 'boolean', usesRun, evaluate };
}

function holds(operator: CompareOperator, order: number): boolean {
  switch (operator) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function compileComparison(node: Expression & { readonly kind: 'compare' }): CompiledExpression {
  const left = compileExpression(node.left);
  const right = compileExpression(node.right);
  // A text in quotes is compared as text: "1" is not "1.0". Two fields that hold numbers are compared as numbers.
  const isText = node.left.kind === 'string' || node.right.kind === 'string';
  const compare = (a: Scalar, b: Scalar): boolean => {
    const order = (isText ? null : compareNumbers(a, b)) ?? compareText(toText(a), toText(b));
    return holds(node.operator, order);
  };
  const scalars = (value: Value): readonly Scalar[] =>
    typeof value === 'boolean' ? [value ? 'True' : 'False'] : scalarsOf(value);
  return {
    kind: 'boolean',
    usesRun: left.usesRun || right.usesRun,
    evaluate: (event, context) => {
      const a = left.evaluate(event, context);
      const b = right.evaluate(event, context);
      if (a === null || b === null) return null;
      if (
        typeof a !== 'object' &&
        typeof b !== 'object' &&
        typeof a !== 'boolean' &&
        typeof b !== 'boolean'
      ) {
        return compare(a, b);
      }
      const others = scalars(b);
      return scalars(a).some((one) => others.some((other) => compare(one, other)));
    },
  };
}

function calculate(operator: ArithmeticOperator, left: Value, right: Value): Value {
  if (left === null || right === null) return null;
  const a = numberOf(left);
  const b = numberOf(right);
  if (operator === '.' || (operator === '+' && a === null && b === null)) {
    return boundText((textOf(left) ?? '') + (textOf(right) ?? ''));
  }
  if (a === null || b === null) return null;
  switch (operator) {
    case '+':
      return finite(a + b);
    case '-':
      return finite(a - b);
    case '*':
      return finite(a * b);
    case '/':
      return b === 0 ? null : finite(a / b);
    case '%':
      return b === 0 ? null : finite(a % b);
  }
}

function compileArithmetic(node: Expression & { readonly kind: 'arithmetic' }): CompiledExpression {
  const first = compileExpression(node.first);
  const rest = node.rest.map(({ operator, operand }) => ({ operator, operand: compileExpression(operand) }));
  return {
    kind: 'value',
    usesRun: first.usesRun || rest.some(({ operand }) => operand.usesRun),
    evaluate: (event, context) => {
      let result = first.evaluate(event, context);
      for (const { operator, operand } of rest) {
        result = calculate(operator, result, operand.evaluate(event, context));
        if (result === null) return null;
      }
      return result;
    },
  };
}

export function compileExpression(node: Expression): CompiledExpression {
  switch (node.kind) {
    case 'string':
    case 'number': {
      const { value } = node;
      return { kind: 'value', usesRun: false, evaluate: () => value };
    }
    case 'field': {
      const read = readField(node.name);
      return { kind: 'value', usesRun: false, evaluate: (event) => read(event) };
    }
    case 'and':
    case 'or':
    case 'xor':
      return compileLogic(node);
    case 'not': {
      const operand = compileCondition(node.operand);
      const evaluate: Evaluate = (event, context) => {
        const value = operand.evaluate(event, context);
        return typeof value === 'boolean' ? !value : null;
      };
      return { kind: 'boolean', usesRun: operand.usesRun, evaluate };
    }
    case 'negate': {
      const operand = compileExpression(node.operand);
      const evaluate: Evaluate = (event, context) => {
        const value = numberOf(operand.evaluate(event, context));
        return value === null ? null : 0 - value;
      };
      return { kind: 'value', usesRun: operand.usesRun, evaluate };
    }
    case 'compare':
      return compileComparison(node);
    case 'arithmetic':
      return compileArithmetic(node);
    case 'call':
      return compileFunction(node);
  }
}
