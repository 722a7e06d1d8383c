/** Rules as Sigma filters (Sigma specification 2.1, "Sigma Filters"), and back. */
import { Document } from 'yaml';
import { parseSigmaFilter, SigmaError } from '#lib/sigma/parse.ts';
import { wholeRegex } from '#lib/sigma/pattern.ts';
import type { FieldTest, Match, Pattern, Test } from '#lib/sigma/rule.ts';
import type { Assignment, SearchExpression } from '#lib/spl/ast.ts';
import { parseNetwork } from '#lib/spl/cidr.ts';
import { printCommand } from '#lib/spl/print.ts';
import {
  type ExportedRule,
  type ImportedRule,
  type ImportedRules,
  type ImportProblem,
  type NamedDetection,
  oneLine,
  ruleTitle,
  whyNotPlain,
} from './exchange.ts';
import { textToForm } from './form.ts';
import { matchFlag } from './match-flag.ts';
import type { FilterCondition, FilterForm } from './types.ts';

// ------------------------------------------------------------------------------------------ rules to Sigma

/** One document a rule; those that Sigma cannot say are listed in comments with the reason. */
export function rulesToSigma(rules: readonly ExportedRule[]): string {
  const left: string[] = [];
  const documents = rules.flatMap((rule) => {
    const { form, reason } = textToForm(rule.draft.text);
    const why = whyNotPlain(rule) ?? (form === null ? `no form of it: ${reason}` : null);
    if (why === null && form !== null && form.items.length > 0) return [documentOf(rule, form)];
    left.push(`# ${ruleTitle(rule)}: ${oneLine(why ?? 'covers nothing')}`);
    return [];
  });
  const header = left.length === 0 ? '' : `# Not in this file:\n${left.join('\n')}\n`;
  return header + documents.join('---\n');
}

type Selection = Record<string, string | number | boolean | readonly string[]>;

function documentOf({ id, draft }: ExportedRule, form: FilterForm): string {
  const selections: Record<string, Selection> = {};
  const items = form.items.map(({ conditions }, index) => {
    const parts = conditions.map((condition, place) => {
      const name = `item_${index + 1}_${place + 1}`;
      const { selection, isNegated } = selectionOf(condition);
      selections[name] = selection;
      if (!isNegated) return name;
      // As in a row here: a value that is not there is not another one.
      if (condition.operator === 'missing') return `not ${name}`;
      selections[`${name}_exists`] = { [`${condition.field}|exists`]: true };
      return `${name}_exists and not ${name}`;
    });
    return parts.join(' and ');
  });
  const covered = items.length === 1 ? `(${items[0]})` : `(${items.map((item) => `(${item})`).join(' or ')})`;
  const document = new Document({
    title: draft.name,
    id,
    description: draft.reason,
    logsource: { product: 'windows' },
    filter: {
      rules: draft.detectionIds.length === 0 ? 'any' : draft.detectionIds,
      ...selections,
      condition: `not ${covered}`,
    },
  });
  return document.toString({ indent: 4, lineWidth: 0, singleQuote: true });
}

/** `*`, `?` and `\` stand for themselves behind a backslash. */
const literal = (text: string): string => text.replace(/[\\*?]/g, '\\$&');
const pattern = (text: string): string => text.replace(/[\\?]/g, '\\$&');

function selectionOf({ field, operator, values }: FilterCondition): {
  readonly selection: Selection;
  readonly isNegated: boolean;
} {
  const [first = ''] = values;
  const plain = (selection: Selection) => ({ selection, isNegated: false });
  switch (operator) {
    case 'is':
      return plain({ [field]: literal(first) });
    case 'is-not':
      return { selection: { [field]: literal(first) }, isNegated: true };
    case 'one-of':
      return plain({ [field]: values.map(literal) });
    case 'none-of':
      return { selection: { [field]: values.map(literal) }, isNegated: true };
    case 'starts-with':
      return plain({ [`${field}|startswith`]: literal(first) });
    case 'ends-with':
      return plain({ [`${field}|endswith`]: literal(first) });
    case 'contains':
      return plain({ [`${field}|contains`]: literal(first) });
    case 'wildcard':
      return plain({ [field]: pattern(first) });
    case 'regex':
      return plain({ [`${field}|re`]: first });
    case 'cidr':
      return plain({ [`${field}|cidr`]: first });
    case 'exists':
      return plain({ [`${field}|exists`]: true });
    case 'missing':
      return { selection: { [`${field}|exists`]: true }, isNegated: true };
    case 'at-least':
      return plain({ [`${field}|gte`]: Number.isFinite(Number(first)) ? Number(first) : first });
    case 'at-most':
      return plain({ [`${field}|lte`]: Number.isFinite(Number(first)) ? Number(first) : first });
  }
}

// ------------------------------------------------------------------------------------------ Sigma to rules

/** Fields go by the names that the detection's rows have. */
export function readSigmaFilters(text: string, detections: readonly NamedDetection[]): ImportedRules {
  const problems: ImportProblem[] = [];
  const documents = text.split(/^---[ \t]*$/m).filter((part) => part.replace(/^\s*#.*$/gm, '').trim() !== '');
  const rules = documents.flatMap((part, index): ImportedRule[] => {
    try {
      const filter = parseSigmaFilter(part);
      const ids = (filter.rules ?? []).map(
        (rule) =>
          detections.find(
            ({ id, name, fileName }) => [id, name, fileName].includes(rule.toLowerCase()) || name === rule,
          )?.id ?? rule,
      );
      return [
        {
          name: filter.title,
          text: textOf(filter.match),
          detectionIds: ids,
          ...(filter.description === null ? {} : { reason: filter.description }),
        },
      ];
    } catch (error) {
      if (!(error instanceof SigmaError)) throw error;
      problems.push({
        place: `filter ${index + 1}, line ${error.line}, ${error.field || 'the document'}`,
        message: error.message,
      });
      return [];
    }
  });
  return { rules, problems };
}

const AT = { from: 0, to: 0 } as const;
const NO_PLACE = { line: 1, column: 1, field: 'filter' };

/** What stays, as the body of a macro. */
function textOf(match: Match): string {
  const temporaries: Assignment[] = [];
  const expression = expressionOf(match, temporaries);
  const commands = [
    ...(temporaries.length === 0 ? [] : [{ ...AT, kind: 'eval' as const, assignments: temporaries }]),
    { ...AT, kind: 'search' as const, expression },
  ];
  return commands.map(printCommand).join('\n| ');
}

function expressionOf(match: Match, temporaries: Assignment[]): SearchExpression {
  switch (match.kind) {
    case 'not':
      return { ...AT, kind: 'not', operand: expressionOf(match.operand, temporaries) };
    case 'and':
    case 'or':
      return {
        ...AT,
        kind: match.kind,
        operands: match.operands.map((operand) => expressionOf(operand, temporaries)),
      };
    case 'test':
      return testOf(match, temporaries);
  }
}

function testOf({ field, test }: FieldTest, temporaries: Assignment[]): SearchExpression {
  if (field === null) {
    throw new SigmaError('A row of results has no raw text: name a field.', NO_PLACE);
  }
  const compare = (
    operator: '=' | '<' | '<=' | '>' | '>=',
    text: string,
    name: string = field,
  ): SearchExpression => ({
    ...AT,
    kind: 'compare',
    field: name,
    operator,
    value: { ...AT, text, isCaseSensitive: false },
  });
  const matching = (regex: string): SearchExpression => {
    const name = `_match${temporaries.length + 1}`;
    temporaries.push({ ...AT, field: name, expression: matchFlag(field, regex) });
    return compare('=', '1', name);
  };
  switch (test.kind) {
    case 'pattern': {
      const text = searchText(test);
      return text === null ? matching(wholeRegex(test.pattern, test.isCased)) : compare('=', text);
    }
    case 'regex':
      return matching(test.flags === '' ? test.regex : `(?${test.flags})${test.regex}`);
    case 'network':
      return compare('=', test.network);
    case 'order':
      return compare(test.operator, test.number);
    case 'exists': {
      const exists = compare('=', '*');
      return test.isExpected ? exists : { ...AT, kind: 'not', operand: exists };
    }
    case 'same-as':
      throw new SigmaError('Comparing two fields is not supported in a filter.', NO_PLACE);
  }
}

/** The pattern as `search` writes it; null when it would match something else. */
function searchText({ pattern: parts, isCased }: Test & { readonly kind: 'pattern' }): string | null {
  const texts = (parts as Pattern).map((part) =>
    'wildcard' in part ? (part.wildcard === '*' ? '*' : null) : part.text.includes('*') ? null : part.text,
  );
  const text = texts.includes(null) ? null : texts.join('');
  return isCased || text === null || parseNetwork(text) !== null ? null : text;
}
