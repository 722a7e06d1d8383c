/**
 * The text of a filter rule is the body of a filter macro, as `definition` in macros.conf: commands that look at one row at a
 * time, with or without a leading pipe. Reads it and says what it looks at.
 */
import type { Command, Expression, SearchExpression, Span } from '#lib/spl/ast.ts';
import { expandMacros } from '#lib/spl/expand.ts';
import { parseSearch } from '#lib/spl/parse.ts';
import { failAt } from '#lib/spl/syntax.ts';
import { SplError } from '#lib/spl/types.ts';
import { FILTER_LIMITS } from './limits.ts';
import type { TextRange } from './types.ts';

const ROW_COMMANDS = ['search', 'where', 'regex', 'eval', 'lookup'] as const;
export type RowCommand = Command & { readonly kind: (typeof ROW_COMMANDS)[number] };

export type FilterBody = {
  /** As parsed: with a pipe before the first command. Spans of the commands count in it. */
  readonly source: string;
  readonly commands: readonly RowCommand[];
  /** The place of a span in the text as written. */
  readonly place: (span: Span) => TextRange;
};

/** Functions whose result changes with the clock. */
const CLOCK_FUNCTIONS = new Set(['now', 'time']);

/** Why a command cannot stand in a rule; what is not listed changes rows beyond repair. */
const REFUSALS: Partial<Record<Command['kind'], string>> = {
  stats: 'it joins rows to new ones',
  eventstats: 'it needs all rows',
  streamstats: 'it needs all rows',
  tstats: 'it makes rows of its own',
  rename: 'it renames columns of the findings',
  fields: 'it takes columns of the findings away',
  table: 'it takes columns of the findings away',
  sort: 'it needs all rows',
  head: 'it needs all rows',
  tail: 'it needs all rows',
  reverse: 'it needs all rows',
  dedup: 'it needs all rows',
  join: 'it needs other rows',
  append: 'it adds rows',
  appendpipe: 'it adds rows',
  inputlookup: 'it makes rows of its own',
  makeresults: 'it makes rows of its own',
  transaction: 'it needs all rows',
  mvexpand: 'it makes several rows of one',
};

const isRowCommand = (command: Command): command is RowCommand =>
  (ROW_COMMANDS as readonly string[]).includes(command.kind);

/** Throws SplError, with positions in the text as written, for what is wrong or cannot stand in a rule. */
export function parseBody(text: string): FilterBody {
  const offset = /^\s*\|/.test(text) ? 0 : 1;
  const place = ({ from, to }: Span): TextRange => ({
    from: Math.max(0, Math.min(from - offset, text.length)),
    to: Math.max(0, Math.min(to - offset, text.length)),
  });
  if (text.length > FILTER_LIMITS.textLength) {
    throw new SplError(
      `The text of a rule may be ${FILTER_LIMITS.textLength} characters long; this one has ${text.length}. Put long lists into a CSV lookup.`,
      FILTER_LIMITS.textLength,
      text.length,
    );
  }
  if (text.trim() === '') throw new SplError('The rule is empty: write search NOT FIELD="VALUE".', 0, 0);
  const source = offset === 0 ? text : `|${text}`;
  return inPlace(place, () => {
    // Refuses macros: a rule must not change when somebody changes a macro.
    expandMacros(source, new Map());
    const parsed = parseSearch(source);
    const excess = parsed[FILTER_LIMITS.commands];
    if (excess !== undefined) failAt(excess, `A rule may have ${FILTER_LIMITS.commands} commands.`);
    const commands = parsed.map(checkCommand);
    const terms = commands.reduce((sum, command) => sum + countTerms(command), 0);
    if (terms > FILTER_LIMITS.terms) {
      throw new SplError(
        `A rule may have ${FILTER_LIMITS.terms} terms; this one has ${terms}. Put long lists into a CSV lookup.`,
        0,
        source.length,
      );
    }
    return { source, commands, place };
  });
}

/** Runs what may throw SplError with positions in the source; throws it with positions in the text. */
export function inPlace<T>(place: FilterBody['place'], work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SplError)) throw error;
    const { from, to } = place(error);
    throw new SplError(error.message, from, to);
  }
}

function checkCommand(command: Command): RowCommand {
  if (!isRowCommand(command)) {
    const reason = REFUSALS[command.kind] ?? 'it changes columns of the findings';
    return failAt(
      command,
      `${command.kind} cannot stand in a filter rule: ${reason}. Use ${ROW_COMMANDS.join(', ')}, which look at one row at a time.`,
    );
  }
  if (command.kind === 'search') checkSearch(command.expression);
  if (command.kind === 'where') checkExpression(command.expression);
  if (command.kind === 'eval') for (const { expression } of command.assignments) checkExpression(expression);
  return command;
}

function checkSearch(node: SearchExpression): void {
  if (node.kind === 'term') {
    failAt(node, 'A row of results has no raw text to look in: name the field, such as FIELD="VALUE".');
  }
  if (node.kind === 'subsearch') {
    failAt(node, 'A search in brackets cannot stand in a filter rule: it needs other rows.');
  }
  if ((node.kind === 'compare' || node.kind === 'in') && node.field === 'index') {
    failAt(node, 'A row of results has no index: leave this term out.');
  }
  if (node.kind === 'not') checkSearch(node.operand);
  if (node.kind === 'and' || node.kind === 'or') for (const operand of node.operands) checkSearch(operand);
}

function checkExpression(node: Expression): void {
  if (node.kind === 'call' && CLOCK_FUNCTIONS.has(node.name)) {
    failAt(
      node,
      `${node.name}() cannot stand in a filter rule: what it covers would change by itself. Use an expiry or a window.`,
    );
  }
  for (const operand of operandsOf(node)) checkExpression(operand);
}

export function operandsOf(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case 'string':
    case 'number':
    case 'field':
      return [];
    case 'not':
    case 'negate':
      return [node.operand];
    case 'compare':
      return [node.left, node.right];
    case 'arithmetic':
      return [node.first, ...node.rest.map(({ operand }) => operand)];
    case 'call':
      return node.args;
    default:
      return node.operands;
  }
}

function countTerms(command: RowCommand): number {
  switch (command.kind) {
    case 'search':
      return countSearch(command.expression);
    case 'where':
      return countExpression(command.expression);
    case 'eval':
      return command.assignments.reduce((sum, { expression }) => sum + countExpression(expression), 0);
    case 'regex':
    case 'lookup':
      return 1;
  }
}

function countSearch(node: SearchExpression): number {
  if (node.kind === 'not') return countSearch(node.operand);
  if (node.kind === 'in') return node.values.length;
  if (node.kind !== 'and' && node.kind !== 'or') return 1;
  return node.operands.reduce((sum, operand) => sum + countSearch(operand), 0);
}

function countExpression(node: Expression): number {
  const operands = operandsOf(node);
  return operands.length === 0 ? 1 : operands.reduce((sum, operand) => sum + countExpression(operand), 0);
}

/** A field that the text names, where, and whether it is read or given a value. */
export type FieldUse = { readonly name: string; readonly span: Span; readonly isWritten: boolean };

/** Every field that the commands name, in order. */
export function fieldUses({ source, commands }: Pick<FilterBody, 'source' | 'commands'>): FieldUse[] {
  const read = (name: string, span: Span): FieldUse => ({ name, span, isWritten: false });
  const written = (name: string, span: Span): FieldUse => ({ name, span, isWritten: true });
  const usesOf = (command: RowCommand): FieldUse[] => {
    switch (command.kind) {
      case 'search':
        return comparisonsIn(command.expression).map((node) => read(node.field, fieldSpan(node, source)));
      case 'where':
        return fieldNodes(command.expression).map((node) => read(node.name, node));
      case 'eval':
        return command.assignments.flatMap(({ field, expression, from }) => [
          ...fieldNodes(expression).map((node) => read(node.name, node)),
          written(field, { from, to: from + field.length }),
        ]);
      case 'regex':
        return [read(command.field, command)];
      case 'lookup':
        return [
          ...command.inputs.map(({ as, from, to }) => read(as, { from, to })),
          ...(command.outputs ?? []).map(({ as, from, to }) => written(as, { from, to })),
        ];
    }
  };
  return commands.flatMap(usesOf);
}

export type Comparison = SearchExpression & { readonly kind: 'compare' | 'in' };

export function comparisonsIn(node: SearchExpression): readonly Comparison[] {
  switch (node.kind) {
    case 'compare':
    case 'in':
      return [node];
    case 'not':
      return comparisonsIn(node.operand);
    case 'and':
    case 'or':
      return node.operands.flatMap(comparisonsIn);
    default:
      return [];
  }
}

function fieldNodes(node: Expression): readonly (Expression & { readonly kind: 'field' })[] {
  return node.kind === 'field' ? [node] : operandsOf(node).flatMap(fieldNodes);
}

/** A comparison begins with its field. */
function fieldSpan({ from, to }: Span, source: string): Span {
  const written = /^(?:"(?:[^"\\]|\\.)*"|[^\s=!<>]+)/s.exec(source.slice(from, to))?.[0] ?? '';
  return { from, to: from + written.length };
}
