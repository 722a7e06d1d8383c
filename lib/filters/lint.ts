/** Ways past a rule, or past what its author meant. Each check looks at the tree of the text. */
import type { Expression, SearchExpression, SearchValue } from '#lib/spl/ast.ts';
import { quoteForMessage } from '#lib/spl/nearest.ts';
import { printExpression, printSearchExpression } from '#lib/spl/print.ts';
import { comparisonsIn, type FilterBody, fieldUses, operandsOf, parseBody, type RowCommand } from './body.ts';
import { formToText, formToWords, textToForm } from './form.ts';
import type { FilterCondition, FilterDraft, FilterField, FilterWarning, TextRange } from './types.ts';

type Draft = Pick<FilterDraft, 'expiresAt' | 'snoozeUntil' | 'outcome'> | null;

type Lint = {
  readonly text: string;
  readonly body: FilterBody;
  readonly fields: ReadonlyMap<string, FilterField>;
  readonly draft: Draft;
};

const SEVERITY_ORDER = { high: 0, medium: 1, low: 2 } as const;
const EXAMPLES_MAX = 10;

export function lint(
  text: string,
  body: FilterBody,
  fields: readonly FilterField[],
  draft: Draft,
): readonly FilterWarning[] {
  const all: Lint = { text, body, fields: new Map(fields.map((field) => [field.name, field])), draft };
  const warnings = [
    ...body.commands.flatMap((command) => [
      ...lintSearch(command, all),
      ...lintWhere(command, all),
      ...lintPatterns(command, all),
    ]),
    ...lintItems(all),
  ];
  return warnings.sort((a, b) => SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity]);
}

/** The text with another piece at a place. */
const replaced = (text: string, { from, to }: TextRange, by: string): string =>
  text.slice(0, from) + by + text.slice(to);

// ------------------------------------------------------------------------------------------ search

function lintSearch(command: RowCommand, all: Lint): FilterWarning[] {
  if (command.kind !== 'search') return [];
  return [...lintValues(command.expression, all), ...lintNegations(command.expression, all)];
}

function lintValues(expression: SearchExpression, all: Lint): FilterWarning[] {
  return comparisonsIn(expression).flatMap((node) => {
    const values = node.kind === 'in' ? node.values : node.operator === '=' ? [node.value] : [];
    return values.flatMap((value) => lintValue(node, value, all));
  });
}

function lintValue(
  node: ReturnType<typeof comparisonsIn>[number],
  value: SearchValue,
  { text, body, fields }: Lint,
): FilterWarning[] {
  const place = body.place(value);
  const warnings: FilterWarning[] = [];
  if (value.text.startsWith('*') && !/^\*+$/.test(value.text)) {
    const real = matchingValues(value.text, fields.get(node.field));
    const better = node.kind === 'in' ? real.join(', ') : exactly(node.field, real);
    warnings.push({
      check: 'leading-wildcard',
      severity: 'high',
      message: `${quoteForMessage(value.text)} covers whatever stands before: an attacker only has to end a name like that. Write how the value begins, or the whole value.`,
      place,
      better:
        real.length === 0 ? null : replaced(text, node.kind === 'in' ? place : body.place(node), better),
    });
  }
  if (/[^\\]\\\\|^\\\\\\/.test(value.text)) {
    warnings.push({
      check: 'backslash',
      severity: 'medium',
      message: `In this value two backslashes follow each other: ${quoteForMessage(value.text)}. In a search one backslash is written \\\\.`,
      place,
      better: replaced(text, place, printValue(value.text.replace(/(?<=.)\\\\+/g, '\\'))),
    });
  }
  return warnings;
}

const printValue = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`;

/** Real values, quoted, that the pattern matches; none when there are too many to name. */
function matchingValues(pattern: string, field: FilterField | undefined): readonly string[] {
  const parts = pattern.toLowerCase().split('*');
  const matches = (value: string): boolean => {
    const lower = value.toLowerCase();
    let position = 0;
    for (const [index, part] of parts.entries()) {
      const isLast = index === parts.length - 1;
      const found = isLast ? lower.length - part.length : lower.indexOf(part, position);
      if (found < position || (isLast && !lower.endsWith(part))) return false;
      position = found + part.length;
    }
    return true;
  };
  const found = (field?.values ?? [])
    .map(({ name }) => name)
    .filter((name) => !name.includes('*') && matches(name));
  return found.length > EXAMPLES_MAX ? [] : found.map(printValue);
}

function exactly(field: string, values: readonly string[]): string {
  const name = printSearchExpression({
    kind: 'compare',
    field,
    operator: '=',
    value: STAR,
    from: 0,
    to: 0,
  }).slice(0, -'="*"'.length);
  return values.length === 1 ? `${name}=${values[0]}` : `${name} IN (${values.join(', ')})`;
}

const STAR: SearchValue = { text: '*', isCaseSensitive: false, from: 0, to: 0 };

/** What a row without the field does: `NOT f=v` keeps it, `f!=v` drops it, and what is dropped is covered. */
function lintNegations(expression: SearchExpression, all: Lint, isKept = true): FilterWarning[] {
  const { text, body } = all;
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.operands.flatMap((operand) => lintNegations(operand, all, isKept));
    case 'not':
      if (!isKept && expression.operand.kind === 'compare' && isPlainEquality(expression.operand)) {
        const { field, value } = expression.operand;
        return [
          {
            check: 'missing-field',
            severity: 'low',
            message: `NOT ${field}=… also covers findings without ${field}; ${field}!=… does not.`,
            place: body.place(expression),
            better: replaced(
              text,
              body.place(expression),
              printSearchExpression({ ...expression.operand, operator: '!=', value }),
            ),
          },
        ];
      }
      return lintNegations(expression.operand, all, !isKept);
    case 'compare':
      if (!isKept || expression.operator !== '!=') return [];
      return [
        {
          check: 'missing-field',
          severity: 'high',
          message: `${expression.field}!=… drops every row without ${expression.field}, so the rule covers those findings too. NOT ${expression.field}=… covers only those with the value.`,
          place: body.place(expression),
          better: replaced(
            text,
            body.place(expression),
            `NOT ${printSearchExpression({ ...expression, operator: '=' })}`,
          ),
        },
      ];
    default:
      return [];
  }
}

const isPlainEquality = (node: SearchExpression & { readonly kind: 'compare' }): boolean =>
  node.operator === '=' && !/^\*+$/.test(node.value.text);

// ------------------------------------------------------------------------------------------ where

function lintWhere(command: RowCommand, { text, body }: Lint): FilterWarning[] {
  if (command.kind !== 'where') return [];
  const warnings: FilterWarning[] = [];
  const asSearch = whereAsSearch(command.expression);
  const better = asSearch === null ? null : replaced(text, body.place(command), `search ${asSearch}`);
  const cased = nodesOf(command.expression).find(
    (node) =>
      (node.kind === 'compare' && (node.left.kind === 'string' || node.right.kind === 'string')) ||
      (node.kind === 'call' && (node.name === 'like' || node.name === 'in')),
  );
  if (cased !== undefined) {
    warnings.push({
      check: 'case',
      severity: 'medium',
      message: `where minds case: ${quoteForMessage(printExpression(cased))} does not cover the same name in other letters, as Windows writes it now and then. search ignores case.`,
      place: body.place(cased),
      better,
    });
  }
  const field = nodesOf(command.expression).find((node) => node.kind === 'field');
  const isGuarded = nodesOf(command.expression).some(
    (node) => node.kind === 'call' && ['isnull', 'isnotnull', 'coalesce', 'if', 'case'].includes(node.name),
  );
  if (field?.kind === 'field' && !isGuarded) {
    warnings.push({
      check: 'missing-field',
      severity: 'high',
      message: `In where a comparison with a missing field is neither true nor false, and NOT of it neither: a finding without ${field.name} is dropped, so the rule covers it.`,
      place: body.place(field),
      better,
    });
  }
  return warnings;
}

const nodesOf = (node: Expression): readonly Expression[] => [node, ...operandsOf(node).flatMap(nodesOf)];

/** A where of comparisons with texts as terms of search, which say what its author most likely means; else null. */
function whereAsSearch(node: Expression): string | null {
  const terms = searchOf(node, true);
  return terms === null ? null : printSearchExpression(terms);
}

function searchOf(node: Expression, isKept: boolean): SearchExpression | null {
  const { from, to } = node;
  switch (node.kind) {
    case 'not': {
      const operand = searchOf(node.operand, !isKept);
      return operand && { kind: 'not', operand, from, to };
    }
    case 'and':
    case 'or': {
      const operands = node.operands.map((operand) => searchOf(operand, isKept));
      const found = operands.filter((operand) => operand !== null);
      return found.length < operands.length ? null : { kind: node.kind, operands: found, from, to };
    }
    case 'compare': {
      const { left, right, operator } = node;
      if (left.kind !== 'field' || right.kind !== 'string' || right.value.includes('*')) return null;
      if (operator !== '=' && operator !== '!=') return null;
      const equality: SearchExpression = {
        kind: 'compare',
        field: left.name,
        operator: '=',
        value: { text: right.value, isCaseSensitive: false, from, to },
        from,
        to,
      };
      if (operator === '=') return equality;
      return isKept ? { kind: 'not', operand: equality, from, to } : { ...equality, operator };
    }
    default:
      return null;
  }
}

// ------------------------------------------------------------------------------------------ regular expressions

type PatternUse = {
  readonly pattern: string;
  readonly place: TextRange;
  readonly write: (pattern: string) => string;
};

function patternsIn(command: RowCommand, { body, text }: Lint): PatternUse[] {
  if (command.kind === 'regex') {
    const place = body.place(command);
    const written = text.slice(place.from, place.to);
    const start = written.search(/=/) + 1;
    return [
      {
        pattern: command.pattern,
        place: { from: place.from + start, to: place.to },
        write: (pattern) => printValue(pattern),
      },
    ];
  }
  const expressions =
    command.kind === 'where'
      ? [command.expression]
      : command.kind === 'eval'
        ? command.assignments.map(({ expression }) => expression)
        : [];
  return expressions.flatMap(nodesOf).flatMap((node): PatternUse[] => {
    const [, pattern] = node.kind === 'call' && node.name === 'match' ? node.args : [];
    if (pattern?.kind !== 'string') return [];
    return [
      {
        pattern: pattern.value,
        place: body.place(pattern),
        write: (value) => printExpression({ ...pattern, value }),
      },
    ];
  });
}

function lintPatterns(command: RowCommand, all: Lint): FilterWarning[] {
  return patternsIn(command, all).flatMap(({ pattern, place, write }): FilterWarning[] => {
    const warnings: FilterWarning[] = [];
    const bare = pattern.replace(/^\(\?[a-z]+\)/, '');
    const isOpenBefore = !/^(?:\^|\\A|\\b)/.test(bare) || /^\^\(?\.[*+]/.test(bare);
    const isOpenAfter = !/(?:\$|\\z|\\b)$/.test(bare) || /\.[*+]\)?\$$/.test(bare);
    if (isOpenBefore || isOpenAfter) {
      const flags = pattern.slice(0, pattern.length - bare.length);
      const body = bare.replace(/^\^/, '').replace(/\$$/, '');
      const anchored = `${flags}^(?:${body})$`;
      warnings.push({
        check: 'unanchored',
        severity: isOpenBefore ? 'high' : 'medium',
        message: `${quoteForMessage(pattern)} may stand anywhere in the value${isOpenBefore ? '' : ' from its beginning'}: an attacker only has to add it to a name. Anchor it with ^ and $.`,
        place,
        better: /\.[*+]/.test(bare) ? null : replaced(all.text, place, write(anchored)),
      });
    }
    if (/[\t\n\r\f\v]/.test(pattern)) {
      warnings.push({
        check: 'backslash',
        severity: 'high',
        message:
          'A backslash before t, n or r is a control character here, not a part of a path. In a pattern one backslash of a path is written \\\\\\\\.',
        place,
        better: replaced(
          all.text,
          place,
          write(pattern.replaceAll('\t', '\\\\t').replaceAll('\n', '\\\\n').replaceAll('\r', '\\\\r')),
        ),
      });
    }
    return warnings;
  });
}

// ------------------------------------------------------------------------------------------ what an item rests on

/** Items of the form, as far as the text has one. */
function lintItems(all: Lint): FilterWarning[] {
  const { text } = all;
  if (coversAll(all.body.commands)) {
    return [
      {
        check: 'covers-everything',
        severity: 'high',
        message:
          'The rule covers every finding in its scope. To pause a detection, disable it; to be rid of some, say which.',
        place: { from: 0, to: text.length },
        better: null,
      },
    ];
  }
  const { form } = textToForm(text);
  if (form === null) return [];
  if (form.items.length === 0) {
    return [
      {
        check: 'covers-nothing',
        severity: 'medium',
        message: 'The rule covers nothing: no row is dropped.',
        place: { from: 0, to: text.length },
        better: null,
      },
    ];
  }
  return form.items.flatMap((item, index) => {
    const rest = form.items.filter((_, other) => other !== index);
    const withCondition = (condition: FilterCondition): string =>
      formToText({
        items: [
          ...rest.slice(0, index),
          { conditions: [...item.conditions, condition] },
          ...rest.slice(index),
        ],
      });
    return lintItem(item.conditions, withCondition, all);
  });
}

const coversAll = (commands: readonly RowCommand[]): boolean =>
  commands.some(
    (command) =>
      command.kind === 'search' &&
      command.expression.kind === 'not' &&
      command.expression.operand.kind === 'all',
  );

function lintItem(
  conditions: readonly FilterCondition[],
  withCondition: (condition: FilterCondition) => string,
  { fields, draft }: Lint,
): FilterWarning[] {
  const words = formToWords({ items: [{ conditions }] });
  const narrowing = conditions.filter(
    ({ operator }) => !['exists', 'missing', 'is-not', 'none-of'].includes(operator),
  );
  if (narrowing.length === 0) {
    return [
      {
        check: 'lone-wildcard',
        severity: 'high',
        message: `"${words}" names no value, so nearly any finding is covered. Add a condition that says which.`,
        place: null,
        better: null,
      },
    ];
  }
  const roleOf = ({ field }: FilterCondition): string => fields.get(field)?.role ?? '';
  const isControlled = ({ field }: FilterCondition): boolean =>
    fields.get(field)?.isAttackerControlled === true;
  if (narrowing.every(isControlled)) {
    const anchor = [...fields.values()].find(({ role, values }) => role === 'host' && values.length === 1);
    const [only] = anchor?.values ?? [];
    return [
      {
        check: 'attacker-controlled',
        severity: 'high',
        message: `Whoever attacks chooses what stands in ${[...new Set(narrowing.map(({ field }) => field))].join(' and ')}, so "${words}" can be met on purpose. Add the host or the user.`,
        place: null,
        better:
          anchor && only ? withCondition({ field: anchor.name, operator: 'is', values: [only.name] }) : null,
      },
    ];
  }
  for (const role of ['host', 'user'] as const) {
    if (!narrowing.every((condition) => roleOf(condition) === role)) continue;
    const ends = draft?.expiresAt ?? (draft?.outcome === 'snooze' ? draft.snoozeUntil : null);
    return [
      {
        check: role === 'host' ? 'whole-host' : 'whole-user',
        severity: ends ? 'low' : 'high',
        message: ends
          ? `"${words}" covers everything on that ${role} until the rule ends, also a real attack. Add what the harmless activity looks like.`
          : `"${words}" covers everything on that ${role} for ever, also a real attack. Add what the harmless activity looks like, or an expiry.`,
        place: null,
        better: null,
      },
    ];
  }
  return [];
}

/** Whether an item of the rule rests on hosts alone: such a rule must end. */
export function isWholeHost(text: string, fields: readonly FilterField[]): boolean {
  const hosts = new Set(fields.filter(({ role }) => role === 'host').map(({ name }) => name));
  const { form } = textToForm(text);
  if (form === null)
    return fieldUses(parseBody(text)).every(({ name, isWritten }) => isWritten || hosts.has(name));
  return form.items.some(({ conditions }) => {
    const others = conditions.filter(({ operator }) => operator !== 'exists');
    return others.length > 0 && others.every(({ field }) => hosts.has(field));
  });
}
