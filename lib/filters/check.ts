/** Says what is wrong with the text of a rule and how one could get past it, without any data; also in the browser. */
import type { Command, Span } from '#lib/spl/ast.ts';
import { quoteForMessage, suggest } from '#lib/spl/nearest.ts';
import { type LookupTable, SplError } from '#lib/spl/types.ts';
import { type FieldUse, type FilterBody, fieldUses, parseBody, type RowCommand } from './body.ts';
import { compileFilter, type Lookups } from './compile.ts';
import { formatText, textToForm } from './form.ts';
import { lint } from './lint.ts';
import type { FilterCheck, FilterDraft, FilterField, FilterProblem } from './types.ts';

/** What is known beside the text. */
export type CheckContext = {
  /** What counts of the rule beside its text; without it, the rule is taken to have no end. */
  readonly draft?: Pick<FilterDraft, 'expiresAt' | 'snoozeUntil' | 'outcome'>;
  /** Imported lookups; without them the names that a lookup command uses are not checked. */
  readonly lookups?: Lookups;
};

/**
 * Mistakes with place and remedy, warnings, and the text as a form.
 *
 * @param fields output fields of the chosen detections; none: names are not checked
 */
export function checkText(
  text: string,
  fields: readonly FilterField[],
  context: CheckContext = {},
): FilterCheck {
  const nothing = { warnings: [], form: null, formReason: 'The text has a mistake.', formatted: null };
  try {
    const body = parseBody(text);
    compileFilter(text, context.lookups ?? assumedLookups(body.commands));
    const problems = fieldProblems(body, fields);
    const { form, reason } = textToForm(text);
    return {
      problems,
      warnings: problems.length > 0 ? [] : lint(text, body, fields, context.draft ?? null),
      form,
      formReason: reason,
      formatted: formatText(text),
    };
  } catch (error) {
    if (!(error instanceof SplError)) throw error;
    return { ...nothing, problems: [problemOf(error)] };
  }
}

/** The first sentence says what is wrong, the rest what to write. */
function problemOf({ message, from, to }: Pick<SplError, 'message' | 'from' | 'to'>): FilterProblem {
  const [, what = message, remedy = ''] = /^(.*?(?:[.?!](?=\s)|:(?=\s)))\s+(.*)$/s.exec(message) ?? [];
  return {
    from,
    to,
    message: what.endsWith(':') ? `${what.slice(0, -1)}.` : what,
    remedy: remedy === '' ? null : remedy.charAt(0).toUpperCase() + remedy.slice(1),
  };
}

/** A field that no chosen detection puts out is never there: the rule would do nothing, or too much. */
function fieldProblems(body: FilterBody, fields: readonly FilterField[]): FilterProblem[] {
  if (fields.length === 0) return [];
  const names = fields.map(({ name }) => name);
  const made = new Set<string>();
  return fieldUses(body).flatMap((use): FilterProblem[] => {
    if (use.isWritten) {
      made.add(use.name);
      return names.includes(use.name) ? [overwriting(use, body)] : [];
    }
    if (names.includes(use.name) || made.has(use.name)) return [];
    const remedy = suggest(use.name, [...names, ...made]).trim();
    return [
      {
        ...body.place(use.span),
        message: `The findings have no field ${quoteForMessage(use.name)}.`,
        remedy: remedy === '' ? `They have ${listed(names)}.` : remedy,
      },
    ];
  });
}

const LISTED_MAX = 12;
const listed = (names: readonly string[]): string =>
  names.slice(0, LISTED_MAX).join(', ') + (names.length > LISTED_MAX ? ', …' : '');

const overwriting = (use: FieldUse, body: FilterBody): FilterProblem => ({
  ...body.place(use.span),
  message: `The rule would change the column ${quoteForMessage(use.name)} of the findings.`,
  remedy: `Write to a field of another name, such as _${use.name.replace(/\W/g, '_')}.`,
});

/** Tables with just the columns that the text names. */
function assumedLookups(commands: readonly RowCommand[]): Lookups {
  const tables = new Map<string, LookupTable>();
  for (const command of commands) {
    if (command.kind !== 'lookup') continue;
    const columns = columnsOf(command);
    const known = tables.get(command.table.name)?.columns ?? [];
    tables.set(command.table.name, {
      name: command.table.name,
      columns: [...new Set([...known, ...columns])],
      rows: [],
      matchTypes: {},
      isCaseSensitive: false,
      maxMatches: 1,
      defaultMatch: null,
    });
  }
  return tables;
}

const columnsOf = (command: Command & Span & { readonly kind: 'lookup' }): readonly string[] =>
  [...command.inputs, ...(command.outputs ?? [])].map(({ field }) => field);
