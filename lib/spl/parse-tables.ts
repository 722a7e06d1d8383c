/** Reads the commands that bring rows together: lookups, subsearches, transactions. */
import type { SyntaxNode } from '@lezer/common';
import { Arguments, type Option, parseCount, parseTruth, refuseOption } from './arguments.ts';
import type { Command, FieldName, Pipeline, Renaming, RowCondition, Span } from './ast.ts';
import { quoteForMessage } from './nearest.ts';
import { parseExpression } from './parse-expression.ts';
import { parseSearchExpression } from './parse-search.ts';
import { parser } from './parser.ts';
import { childrenOf, failAt, type Source } from './syntax.ts';

/** Fields with new names, up to the end or to one of the keywords. */
function takeRenamings(args: Arguments, ...until: readonly string[]): Renaming[] {
  const renamings: Renaming[] = [];
  while (args.next !== undefined) {
    if (args.take(',') !== null) continue;
    if (args.next.name === 'Word' && until.includes(args.textOf(args.next).toLowerCase())) break;
    const field = args.takeName() ?? args.refuse('a field');
    const as = args.takeAs();
    renamings.push({
      from: field.from,
      to: as?.to ?? field.to,
      field: field.name,
      as: as?.name ?? field.name,
    });
  }
  return renamings;
}

export function parseLookup(args: Arguments, span: Span): Command {
  args.takeOptions({ local: parseTruth, update: parseTruth });
  const table = args.takeName() ?? args.refuse('the name of a lookup');
  const inputs = takeRenamings(args, 'output', 'outputnew');
  if (inputs.length === 0) failAt(span, 'Say what to look up: lookup TABLE COLUMN as FIELD OUTPUT COLUMN.');
  const keyword = args.takeKeyword('output', 'outputnew');
  const outputs = keyword === null ? null : takeRenamings(args);
  if (outputs?.length === 0) failAt(span, `A column must follow ${keyword?.toUpperCase()}.`);
  return { ...span, kind: 'lookup', table, inputs, outputs, isOverwriting: keyword !== 'outputnew' };
}

export function parseInputlookup(source: Source, node: SyntaxNode): Command {
  const children = childrenOf(node);
  const clause = children.find((child) => child.name === 'WhereClause');
  const args = new Arguments(
    source,
    node,
    children.slice(1).filter((child) => child !== clause),
  );
  const span = { from: node.from, to: node.to };
  let isAppending = false;
  let start = 0;
  let max = 0;
  const options = {
    append: (option: Option) => {
      isAppending = parseTruth(option);
    },
    start: (option: Option) => {
      start = parseCount(option, option.value);
    },
    max: (option: Option) => {
      max = parseCount(option, option.value);
    },
  };
  args.takeOptions(options);
  const table = args.takeName() ?? args.refuse('the name of a lookup');
  args.takeOptions(options);
  if (args.next !== undefined) args.refuse('"where" or the end of the command');
  const condition = clause === undefined ? undefined : childrenOf(clause)[1];
  const where = parseSearchExpression(source, condition, span);
  return { ...span, kind: 'inputlookup', table, isAppending, where, start, max };
}

function takeSubsearch(args: Arguments, span: Span): Pipeline {
  const node = args.take('Subsearch') ?? failAt(span, 'A search in brackets is missing: [search …].');
  if (args.next !== undefined) args.refuse('the end of the command');
  return args.source.readPipeline(node);
}

export function parseJoin(args: Arguments, span: Span): Command {
  let isOuter = false;
  let max = 1;
  let isOverwriting = true;
  const options = {
    type: (option: Option) => {
      const type = option.value.toLowerCase();
      if (!['inner', 'outer', 'left'].includes(type)) {
        failAt(option, `join knows the types inner, left and outer, not ${quoteForMessage(type)}.`);
      }
      isOuter = type !== 'inner';
    },
    max: (option: Option) => {
      max = parseCount(option, option.value);
    },
    overwrite: (option: Option) => {
      isOverwriting = parseTruth(option);
    },
    usetime: (option: Option) => {
      if (parseTruth(option))
        failAt(option, 'usetime=true is not supported: partners are taken in their order.');
    },
  };
  const fields: FieldName[] = [];
  while (args.next !== undefined && args.next.name !== 'Subsearch') {
    args.takeOptions(options);
    if (args.take(',') !== null || args.next === undefined || args.next.name === 'Subsearch') continue;
    fields.push(args.takeName() ?? args.refuse('a field or a search in brackets'));
  }
  const subsearch = takeSubsearch(args, span);
  return { ...span, kind: 'join', isOuter, fields, max, isOverwriting, subsearch };
}

export function parseAppend(args: Arguments, span: Span): Command {
  return { ...span, kind: 'append', subsearch: takeSubsearch(args, span) };
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of `30s`, `5m`, `1h`; null for -1, which means no limit. */
function parseDuration(option: Option): number | null {
  if (option.value === '-1') return null;
  const [, digits = '', unit = ''] = /^(\d{1,9})(s|m|h|d|)$/.exec(option.value.toLowerCase()) ?? [];
  const seconds = UNIT_SECONDS[unit];
  if (digits === '' || seconds === undefined) {
    return failAt(option, `${quoteForMessage(option.value)} is no duration: write 30s, 5m, 1h or 1d.`);
  }
  return Number(digits) * seconds;
}

/** `startswith=(EventCode=4698)`, `startswith="EventCode=4698"`, `startswith=eval(x>1)`. */
function parseCondition(source: Source, option: Option): RowCondition {
  const { node } = option;
  if (node.name === 'EvalCall') {
    const expression = childrenOf(node)[2] ?? failAt(node, 'An expression is missing.');
    return { kind: 'expression', expression: parseExpression(source.text, expression) };
  }
  if (node.name === 'OptionSearch') {
    return { kind: 'terms', expression: parseSearchExpression(source, childrenOf(node)[1], node) };
  }
  // The text in quotes is a search of its own; blanks in front keep its positions where they are in the whole.
  const offset = node.from + (node.name === 'String' ? 1 : 0);
  const length = node.to - offset - (node.name === 'String' ? 1 : 0);
  const text = ' '.repeat(offset) + source.text.slice(offset, offset + length).replaceAll('\\"', ' "');
  const start = childrenOf(parser.parse(text).topNode)[0];
  const isWhole = start?.name === 'ImplicitSearch' && !hasError(start) && start.nextSibling === null;
  if (!isWhole)
    return failAt(node, 'Terms of a search are expected, for example startswith=(EventCode=4698).');
  return {
    kind: 'terms',
    expression: parseSearchExpression({ ...source, text }, childrenOf(start)[0], node),
  };
}

function hasError(node: SyntaxNode): boolean {
  const cursor = node.cursor();
  do {
    if (cursor.type.isError) return true;
  } while (cursor.next() && cursor.from < node.to);
  return false;
}

export function parseTransaction(args: Arguments, span: Span): Command {
  let startsWith: RowCondition | null = null;
  let endsWith: RowCondition | null = null;
  let maxSpanSeconds: number | null = null;
  let maxPauseSeconds: number | null = null;
  let maxEvents = 1_000;
  let isKeepingEvicted = false;
  let isConnected = true;
  const fields: FieldName[] = [];
  while (args.next !== undefined) {
    args.takeOptions({
      startswith: (option) => {
        startsWith = parseCondition(args.source, option);
      },
      endswith: (option) => {
        endsWith = parseCondition(args.source, option);
      },
      maxspan: (option) => {
        maxSpanSeconds = parseDuration(option);
      },
      maxpause: (option) => {
        maxPauseSeconds = parseDuration(option);
      },
      maxevents: (option) => {
        maxEvents = option.value === '-1' ? 0 : parseCount(option, option.value);
      },
      keepevicted: (option) => {
        isKeepingEvicted = parseTruth(option);
      },
      connected: (option) => {
        isConnected = parseTruth(option);
      },
      fields: (option) => {
        fields.push({ name: option.value, from: option.from, to: option.to });
      },
    });
    if (args.next === undefined || args.take(',') !== null) continue;
    fields.push(args.takeName() ?? args.refuse('a field'));
  }
  return {
    ...span,
    kind: 'transaction',
    fields,
    startsWith,
    endsWith,
    maxSpanSeconds,
    maxPauseSeconds,
    maxEvents,
    isKeepingEvicted,
    isConnected,
  };
}

export function parseMakeresults(args: Arguments, span: Span): Command {
  const option = args.takeOption();
  if (option !== null && option.name !== 'count') refuseOption(option, option.name);
  if (args.next !== undefined) args.refuse('the end of the command');
  const count = option === null ? 1 : parseCount(option, option.value);
  if (count > 100_000) failAt(span, 'makeresults makes at most 100000 rows.');
  return { ...span, kind: 'makeresults', count };
}
