/**
 * The two faces of a rule: form and text. Form to text to form gives the same form (in its canonical writing); text to form to
 * text keeps what the text means, or the form is refused with a reason and the text stays text.
 */
import type { Assignment, Command, SearchExpression, SearchValue } from '#lib/spl/ast.ts';
import { parseNetwork } from '#lib/spl/cidr.ts';
import { quoteForMessage } from '#lib/spl/nearest.ts';
import { printCommand } from '#lib/spl/print.ts';
import { SplError } from '#lib/spl/types.ts';
import { parseBody, type RowCommand } from './body.ts';
import { literalPattern, ownPattern, readLiteralPattern, readOwnPattern } from './literal-pattern.ts';
import { matchFlag } from './match-flag.ts';
import type { FilterCondition, FilterForm, FilterOperator } from './types.ts';

const AT = { from: 0, to: 0 } as const;
/** A form with more is no longer read by anybody. */
const MAX_ITEMS = 200;
const MULTIPLE: readonly FilterOperator[] = ['one-of', 'none-of'];
const VALUELESS: readonly FilterOperator[] = ['exists', 'missing'];

/** What `field="text"` asks for. */
function operatorOf(text: string): Pick<FilterCondition, 'operator' | 'values'> {
  if (!text.includes('*')) return { operator: parseNetwork(text) ? 'cidr' : 'is', values: [text] };
  if (/^\*+$/.test(text)) return { operator: 'exists', values: [] };
  const [, before = '', body = '', after = ''] = /^(\*?)([^*]+)(\*?)$/s.exec(text) ?? [];
  if (body === '') return { operator: 'wildcard', values: [text] };
  const operator = before === '' ? 'starts-with' : after === '' ? 'ends-with' : 'contains';
  return { operator, values: [body] };
}

function canonicalCondition({ field, operator, values }: FilterCondition): FilterCondition {
  const [first = ''] = values;
  if (VALUELESS.includes(operator)) return { field, operator, values: [] };
  if (MULTIPLE.includes(operator)) return { field, operator, values: values.length === 0 ? [''] : values };
  if (operator === 'wildcard' || operator === 'cidr') return { field, ...operatorOf(first) };
  return { field, operator, values: [first] };
}

/** The one way to write a form: without empty items, and each condition under its most telling operator. */
export function canonicalForm(form: FilterForm): FilterForm {
  return {
    items: form.items
      .filter(({ conditions }) => conditions.length > 0)
      .map(({ conditions }) => ({ conditions: conditions.map(canonicalCondition) })),
  };
}

// ------------------------------------------------------------------------------------------ form to text

const searchValue = (text: string): SearchValue => ({ ...AT, text, isCaseSensitive: false });
const compare = (field: string, operator: '=' | '!=' | '<=' | '>=', text: string): SearchExpression => ({
  ...AT,
  kind: 'compare',
  field,
  operator,
  value: searchValue(text),
});
const oneOf = (field: string, values: readonly string[]): SearchExpression => ({
  ...AT,
  kind: 'in',
  field,
  values: values.map(searchValue),
});
const not = (operand: SearchExpression): SearchExpression => ({ ...AT, kind: 'not', operand });

/** Whether `search` compares the text as it is. */
const isPlain = (text: string): boolean => !text.includes('*') && parseNetwork(text) === null;

/** Terms of a condition; what `search` cannot say is asked in a temporary field before. */
class Writer {
  readonly temporaries: Assignment[] = [];

  terms(condition: FilterCondition): readonly SearchExpression[] {
    const { field, operator, values } = condition;
    const [first = ''] = values;
    switch (operator) {
      case 'is':
        return isPlain(first) ? [compare(field, '=', first)] : [this.#matching('is', condition)];
      case 'is-not':
        return isPlain(first) ? [compare(field, '!=', first)] : [this.#matching('is', condition, true)];
      case 'one-of':
        return values.every(isPlain) ? [oneOf(field, values)] : [this.#matching('one-of', condition)];
      case 'none-of':
        return values.every(isPlain)
          ? [compare(field, '=', '*'), not(oneOf(field, values))]
          : [this.#matching('one-of', condition, true)];
      case 'starts-with':
        return isAffix(first) ? [compare(field, '=', `${first}*`)] : [this.#matching(operator, condition)];
      case 'ends-with':
        return isAffix(first) ? [compare(field, '=', `*${first}`)] : [this.#matching(operator, condition)];
      case 'contains':
        return isAffix(first) ? [compare(field, '=', `*${first}*`)] : [this.#matching(operator, condition)];
      case 'wildcard':
      case 'cidr':
        return [compare(field, '=', first)];
      case 'regex':
        return [this.#temporary(field, ownPattern(first), false)];
      case 'exists':
        return [compare(field, '=', '*')];
      case 'missing':
        return [not(compare(field, '=', '*'))];
      case 'at-least':
        return [compare(field, '>=', first)];
      case 'at-most':
        return [compare(field, '<=', first)];
    }
  }

  #matching(
    operator: Parameters<typeof literalPattern>[0],
    { field, values }: FilterCondition,
    isNegated = false,
  ): SearchExpression {
    return this.#temporary(field, literalPattern(operator, values), isNegated);
  }

  /** `_match1=if(match(field, "pattern"), 1, 0)`, which is 0 without the field. */
  #temporary(field: string, pattern: string, isNegated: boolean): SearchExpression {
    const name = `_match${this.temporaries.length + 1}`;
    this.temporaries.push({ ...AT, field: name, expression: matchFlag(field, pattern, isNegated) });
    return compare(name, '=', '1');
  }
}

const isAffix = (text: string): boolean => text !== '' && !text.includes('*');

const group = (kind: 'and' | 'or', operands: readonly SearchExpression[]): SearchExpression => {
  const [only] = operands;
  return only !== undefined && operands.length === 1 ? only : { ...AT, kind, operands };
};

/** The text of a form; of one without conditions a text that covers nothing. */
export function formToText(form: FilterForm): string {
  const { items } = canonicalForm(form);
  if (items.length === 0) return printBody([{ ...AT, kind: 'search', expression: { ...AT, kind: 'all' } }]);
  const [only] = items[0]?.conditions ?? [];
  if (items.length === 1 && items[0]?.conditions.length === 1 && only?.operator === 'regex') {
    const { field, values } = only;
    return printBody([{ ...AT, kind: 'regex', field, isNegated: true, pattern: values[0] ?? '' }]);
  }
  const writer = new Writer();
  const alternatives = items.map(({ conditions }) =>
    group(
      'and',
      conditions.flatMap((condition) => writer.terms(condition)),
    ),
  );
  const { temporaries } = writer;
  return printBody([
    ...(temporaries.length === 0 ? [] : [{ ...AT, kind: 'eval' as const, assignments: temporaries }]),
    { ...AT, kind: 'search', expression: not(group('or', alternatives)) },
  ]);
}

const printBody = (commands: readonly Command[]): string => commands.map(printCommand).join('\n| ');

/** The text in its one way of writing; null when it cannot be read. */
export function formatText(text: string): string | null {
  try {
    return printBody(parseBody(text).commands);
  } catch (error) {
    if (error instanceof SplError) return null;
    throw error;
  }
}

// ------------------------------------------------------------------------------------------ text to form

/** Why a form cannot show a text. */
class Refusal extends Error {}
const refuse = (reason: string): never => {
  throw new Refusal(reason);
};

type Items = readonly (readonly FilterCondition[])[];

/** The text as a form that covers the same rows; null, and why, where a form cannot say it. */
export function textToForm(text: string): {
  readonly form: FilterForm | null;
  readonly reason: string | null;
} {
  try {
    const items = itemsOf(parseBody(text).commands);
    return { form: { items: items.map((conditions) => ({ conditions })) }, reason: null };
  } catch (error) {
    if (error instanceof Refusal || error instanceof SplError) return { form: null, reason: error.message };
    throw error;
  }
}

/** A row is covered when one of the commands drops it. */
function itemsOf(commands: readonly RowCommand[]): Items {
  const temporaries = new Map<string, FilterCondition>();
  const droppedBy = (command: RowCommand): Items => {
    switch (command.kind) {
      case 'search':
        return dropped(command.expression, temporaries);
      case 'regex':
        return command.isNegated
          ? [[{ field: command.field, operator: 'regex', values: [command.pattern] }]]
          : refuse(
              `regex ${command.field}="…" also drops rows without ${command.field}; the form shows regex ${command.field}!="…" only.`,
            );
      case 'eval':
        for (const assignment of command.assignments) {
          temporaries.set(assignment.field, conditionOf(assignment));
        }
        return [];
      case 'where':
        return refuse(
          'where minds case and drops rows that lack a field; the form has no conditions of that kind. Write search NOT (…) to see it as a form.',
        );
      case 'lookup':
        return refuse('lookup asks a list; the form compares with values that stand in it.');
    }
  };
  return limited(commands.flatMap(droppedBy));
}

function conditionOf({ field: name, expression }: Assignment): FilterCondition {
  const other = (): never =>
    refuse(
      `eval computes ${quoteForMessage(name)}; the form shows only fields of the finding and if(match(FIELD, "…"), 1, 0).`,
    );
  if (expression.kind !== 'call' || expression.name !== 'if') return other();
  const [test, one, zero] = expression.args;
  if (one?.kind !== 'number' || one.value !== 1 || zero?.kind !== 'number' || zero.value !== 0)
    return other();
  const isNegated = test?.kind === 'not';
  const match = isNegated ? test.operand : test;
  if (match?.kind !== 'call' || match.name !== 'match') return other();
  const [field, pattern] = match.args;
  if (field?.kind !== 'field' || pattern?.kind !== 'string') return other();
  const literal = readLiteralPattern(pattern.value);
  if (literal === null) {
    return isNegated
      ? other()
      : { field: field.name, operator: 'regex', values: [readOwnPattern(pattern.value)] };
  }
  const { operator, values } = literal;
  if (!isNegated) return { field: field.name, operator, values };
  if (operator !== 'is' && operator !== 'one-of') return other();
  return { field: field.name, operator: operator === 'is' ? 'is-not' : 'none-of', values };
}

type Temporaries = ReadonlyMap<string, FilterCondition>;

const limited = (items: Items): Items =>
  items.length > MAX_ITEMS ? refuse(`The form shows at most ${MAX_ITEMS} alternatives.`) : items;

function product(factors: readonly Items[]): Items {
  return factors.reduce<Items>(
    (all, items) => limited(all.flatMap((left) => items.map((right) => [...left, ...right]))),
    [[]],
  );
}

/** What a row is like that the terms do not keep. */
function dropped(node: SearchExpression, temporaries: Temporaries): Items {
  switch (node.kind) {
    case 'not':
      return kept(node.operand, temporaries);
    case 'and':
      return limited(node.operands.flatMap((operand) => dropped(operand, temporaries)));
    case 'or':
      return product(node.operands.map((operand) => dropped(operand, temporaries)));
    case 'all':
      return [];
    case 'compare':
      if (node.operator === '=' && /^\*+$/.test(node.value.text)) {
        return [[{ field: node.field, operator: 'missing', values: [] }]];
      }
      return refuse(
        `Rows without ${node.field} count as different here; the form has no such condition. Write ${node.field}!="…" for rows that have the field.`,
      );
    default:
      return refuse(
        'Rows without the field count as different here; the form has no such condition. Write FIELD=* NOT FIELD IN (…) for rows that have it.',
      );
  }
}

/** What a row is like that the terms keep. */
function kept(node: SearchExpression, temporaries: Temporaries): Items {
  switch (node.kind) {
    case 'not':
      return dropped(node.operand, temporaries);
    case 'or':
      return limited(node.operands.flatMap((operand) => kept(operand, temporaries)));
    case 'and':
      return keptByAll(flatten(node), temporaries);
    case 'all':
      return refuse('The rule covers every row; the form needs a condition.');
    case 'compare':
      return [[comparison(node, temporaries)]];
    case 'in':
      if (node.values.some(({ isCaseSensitive }) => isCaseSensitive)) return refuse(CASED);
      if (temporaries.has(node.field)) return refuse(TEMPORARY);
      if (node.values.every(({ text }) => isPlain(text))) {
        return [[{ field: node.field, operator: 'one-of', values: node.values.map(({ text }) => text) }]];
      }
      return limited(node.values.map(({ text }) => [{ field: node.field, ...operatorOf(text) }]));
    default:
      return refuse('The form compares fields with values only.');
  }
}

const flatten = (node: SearchExpression): readonly SearchExpression[] =>
  node.kind === 'and' ? node.operands.flatMap(flatten) : [node];

/** `f=* NOT f IN (…)` is one condition. */
function keptByAll(operands: readonly SearchExpression[], temporaries: Temporaries): Items {
  const factors: Items[] = [];
  for (let index = 0; index < operands.length; index++) {
    const [node, next] = operands.slice(index, index + 2);
    if (node === undefined) break;
    const none = noneOf(node, next, temporaries);
    if (none !== null) index++;
    factors.push(none === null ? kept(node, temporaries) : [[none]]);
  }
  return product(factors);
}

function noneOf(
  node: SearchExpression,
  next: SearchExpression | undefined,
  temporaries: Temporaries,
): FilterCondition | null {
  if (node.kind !== 'compare' || node.operator !== '=' || !/^\*+$/.test(node.value.text)) return null;
  if (next?.kind !== 'not' || next.operand.kind !== 'in' || next.operand.field !== node.field) return null;
  const { field, values } = next.operand;
  if (temporaries.has(field) || values.some(({ text, isCaseSensitive }) => isCaseSensitive || !isPlain(text)))
    return null;
  return { field, operator: 'none-of', values: values.map(({ text }) => text) };
}

const CASED = 'CASE(…) minds case; conditions of the form do not.';
const TEMPORARY = 'A temporary field of eval is compared in another way than =1.';

function comparison(
  { field, operator, value }: SearchExpression & { readonly kind: 'compare' },
  temporaries: Temporaries,
): FilterCondition {
  const { text, isCaseSensitive } = value;
  if (isCaseSensitive) return refuse(CASED);
  const temporary = temporaries.get(field);
  if (temporary !== undefined) return operator === '=' && text === '1' ? temporary : refuse(TEMPORARY);
  switch (operator) {
    case '=':
      return { field, ...operatorOf(text) };
    case '!=':
      return isPlain(text)
        ? { field, operator: 'is-not', values: [text] }
        : refuse(
            `${field}!=${quoteForMessage(text)} has a wildcard or a network; the form shows "is not" for one value.`,
          );
    case '>=':
      return { field, operator: 'at-least', values: [text] };
    case '<=':
      return { field, operator: 'at-most', values: [text] };
    default:
      return refuse(`The form has "at least" and "at most", not ${operator}.`);
  }
}

// ------------------------------------------------------------------------------------------ words

const WORDS: Readonly<Record<FilterOperator, string>> = {
  is: 'is',
  'is-not': 'is not',
  'one-of': 'is one of',
  'none-of': 'is none of',
  'starts-with': 'starts with',
  'ends-with': 'ends with',
  contains: 'contains',
  wildcard: 'is like',
  regex: 'matches',
  cidr: 'is in the network',
  exists: 'exists',
  missing: 'is missing',
  'at-least': 'is at least',
  'at-most': 'is at most',
};

const VALUE_SHOWN = 60;

/** The form as a sentence: `user is svc-backup and dest is win10-02`. */
export function formToWords(form: FilterForm): string {
  const shorten = (value: string): string =>
    value.length > VALUE_SHOWN ? `${value.slice(0, VALUE_SHOWN)}…` : value;
  const items = form.items.map(({ conditions }) =>
    conditions
      .map(({ field, operator, values }) =>
        [field, WORDS[operator], values.map(shorten).join(', ')].filter((part) => part !== '').join(' '),
      )
      .join(' and '),
  );
  return items.length === 1 ? (items[0] ?? '') : items.map((item) => `(${item})`).join(' or ');
}
