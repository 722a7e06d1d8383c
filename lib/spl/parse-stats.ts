/** Reads stats and its kin: functions, by-fields, and the options of each. */
import type { SyntaxNode } from '@lezer/common';
import { Arguments, type Option, parseCount, parseTruth, refuseOption } from './arguments.ts';
import type { Aggregate, ByField, Command, FieldName, Span } from './ast.ts';
import { parseBucketSize } from './bucket.ts';
import { parseExpression } from './parse-expression.ts';
import { parseSearchExpression } from './parse-search.ts';
import { childrenOf, failAt, readFieldName, type Source } from './syntax.ts';

/** `count`, `min(_time)`, `count(eval(x=1))`, each with or without `as`. */
function parseAggregate(args: Arguments): Aggregate | null {
  const call = args.take('Call');
  if (call === null) {
    const word = args.take('Word');
    if (word === null) return null;
    const func = args.textOf(word);
    const as = args.takeAs();
    return {
      from: word.from,
      to: as?.to ?? word.to,
      func: func.toLowerCase(),
      argument: null,
      as: as?.name ?? func,
    };
  }
  const [name, , inner] = childrenOf(call);
  if (name === undefined || inner === undefined)
    return failAt(call, 'A field is missing between the parentheses.');
  const func = args.textOf(name);
  const as = args.takeAs();
  const base = { from: call.from, to: as?.to ?? call.to, func: func.toLowerCase() };
  if (inner.name === ')') return { ...base, argument: null, as: as?.name ?? func };
  if (inner.name === 'EvalCall') {
    const expression = childrenOf(inner)[2] ?? failAt(inner, 'An expression is missing.');
    const argument = parseExpression(args.text, expression);
    return { ...base, argument, as: as?.name ?? `${func}(${args.textOf(inner)})` };
  }
  const argument = readFieldName(args.text, inner);
  return { ...base, argument, as: as?.name ?? `${func}(${argument.name})` };
}

/** By-fields up to the end of the arguments. */
function parseBy(args: Arguments, by: SyntaxNode): ByField[] {
  const fields: ByField[] = [];
  while (args.next !== undefined) {
    if (args.take(',') !== null) continue;
    const option = args.takeOption();
    if (option !== null) {
      const last = fields.pop();
      if (option.name !== 'span') refuseOption(option, option.name);
      if (last?.name !== '_time') failAt(option, 'A span belongs to _time: by _time span=1h.');
      fields.push({ ...last, bucket: parseBucketSize(option) });
      continue;
    }
    const field = args.takeName() ?? args.refuse('a field');
    if (field.name.includes('*'))
      failAt(field, 'Name the fields after "by" one by one: wildcards cannot stand there.');
    if (!fields.some((other) => other.name === field.name)) fields.push({ ...field, bucket: null });
  }
  return fields.length > 0 ? fields : failAt(by, 'A field must follow "by".');
}

type Grouping = { readonly aggregates: readonly Aggregate[]; readonly by: readonly ByField[] };
type OptionReaders = Readonly<Record<string, (option: Option) => void>>;

function parseGrouping(args: Arguments, span: Span, options: OptionReaders): Grouping {
  const aggregates: Aggregate[] = [];
  let by: ByField[] = [];
  while (args.next !== undefined) {
    args.takeOptions(options);
    const byNode = args.take('By');
    if (byNode !== null) by = parseBy(args, byNode);
    else if (args.take(',') === null && args.next !== undefined) {
      aggregates.push(parseAggregate(args) ?? args.refuse('a function'));
    }
  }
  if (aggregates.length === 0) failAt(span, 'A function is missing, for example count.');
  return { aggregates, by };
}

/** Says what Splunk does by default, so it may be written and changes nothing. */
function onlyFalse(why: string): (option: Option) => void {
  return (option) => {
    if (parseTruth(option)) failAt(option, `${option.name}=true is not supported: ${why}`);
  };
}

const STATS_OPTIONS: OptionReaders = {
  allnum: onlyFalse('functions here always leave out what is no number.'),
  dedup_splitvals: onlyFalse('a value that a field has twice counts twice.'),
};

export function parseStats(args: Arguments, span: Span): Command {
  return { ...span, kind: 'stats', ...parseGrouping(args, span, STATS_OPTIONS) };
}

export function parseEventstats(args: Arguments, span: Span): Command {
  const grouping = parseGrouping(args, span, { allnum: STATS_OPTIONS.allnum ?? onlyFalse('') });
  return { ...span, kind: 'eventstats', ...refuseBuckets(grouping) };
}

export function parseStreamstats(args: Arguments, span: Span): Command {
  let isCurrent = true;
  let isGlobal = true;
  let isResetOnChange = false;
  let window = 0;
  const grouping = parseGrouping(args, span, {
    allnum: STATS_OPTIONS.allnum ?? onlyFalse(''),
    current: (option) => {
      isCurrent = parseTruth(option);
    },
    global: (option) => {
      isGlobal = parseTruth(option);
    },
    reset_on_change: (option) => {
      isResetOnChange = parseTruth(option);
    },
    window: (option) => {
      window = parseCount(option, option.value);
      if (window > 10_000) failAt(option, 'A window may have 10000 rows.');
    },
  });
  return {
    ...span,
    kind: 'streamstats',
    isCurrent,
    window,
    isGlobal,
    isResetOnChange,
    ...refuseBuckets(grouping),
  };
}

function refuseBuckets(grouping: Grouping): Grouping {
  const field = grouping.by.find(({ bucket }) => bucket !== null);
  if (field !== undefined) failAt(field, 'A span cannot stand here: put bin _time span=… before it.');
  return grouping;
}

export function parseTstats(source: Source, node: SyntaxNode): Command {
  const children = childrenOf(node);
  const clause = node.getChild('WhereClause');
  const args = new Arguments(
    source,
    node,
    children.slice(1).filter((child) => child.name !== 'WhereClause'),
  );
  const span = { from: node.from, to: node.to };
  const aggregates: Aggregate[] = [];
  let by: ByField[] = [];
  let dataModel: FieldName | null = null;
  let fillNullValue: string | null = null;
  const options: OptionReaders = {
    datamodel: ({ value, from, to }) => {
      dataModel = { name: value, from, to };
    },
    fillnull_value: ({ value }) => {
      fillNullValue = value;
    },
    prestats: onlyFalse('use the functions of tstats directly.'),
    append: onlyFalse('use append [| tstats …].'),
    // Nothing is summarised here: both read all events, whatever they say.
    summariesonly: parseTruth,
    allow_old_summaries: parseTruth,
  };
  while (args.next !== undefined) {
    args.takeOptions(options);
    const byNode = args.take('By');
    if (byNode !== null) by = parseBy(args, byNode);
    else if (args.take(',') === null && args.take('From') === null && args.next !== undefined) {
      aggregates.push(parseAggregate(args) ?? args.refuse('a function'));
    }
  }
  const clauseChildren = clause === null ? [] : childrenOf(clause);
  const byIndex = clauseChildren.findIndex((child) => child.name === 'By');
  const byNode = clauseChildren[byIndex];
  if (byNode !== undefined)
    by = parseBy(new Arguments(source, node, clauseChildren.slice(byIndex + 1)), byNode);
  const condition = byIndex === 1 ? undefined : clauseChildren[1];
  if (aggregates.length === 0) failAt(span, 'A function is missing, for example count.');
  const wildcard = aggregates.find(({ as }) => as.includes('*'));
  if (wildcard !== undefined)
    failAt(wildcard, 'tstats takes one field a function: wildcards cannot stand there.');
  const where = parseSearchExpression(source, condition, span);
  return { ...span, kind: 'tstats', dataModel, aggregates, where, by, fillNullValue };
}
