/** Reads the commands that are written with names, options and calls. */
import type { SyntaxNode } from '@lezer/common';
import type { Aggregate, Command, FieldName, Renaming, SortKey, Span } from './ast.ts';
import { quoteForMessage } from './nearest.ts';
import { parseExpression } from './parse-expression.ts';
import { parseSearchExpression } from './parse-search.ts';
import { childrenOf, failAt, readFieldName, readSearchText } from './syntax.ts';

const DEFAULT_SORT_LIMIT = 10_000;
const DEFAULT_HEAD_LIMIT = 10;
const DEFAULT_TIME_FORMAT = '%m/%d/%Y %H:%M:%S';
const NAMES = new Set(['Word', 'String', 'QuotedField']);
const TRUTH = new Map([
  ['true', true],
  ['t', true],
  ['1', true],
  ['false', false],
  ['f', false],
  ['0', false],
]);

type Option = Span & { readonly name: string; readonly value: string };

/** The arguments of one command, read from left to right. */
class Arguments {
  readonly text: string;
  readonly command: SyntaxNode;
  readonly #nodes: readonly SyntaxNode[];
  #index = 0;

  constructor(text: string, command: SyntaxNode, nodes: readonly SyntaxNode[]) {
    this.text = text;
    this.command = command;
    this.#nodes = nodes;
  }

  get next(): SyntaxNode | undefined {
    return this.#nodes[this.#index];
  }

  /** Takes the next argument if it is of this kind. */
  take(kind: string): SyntaxNode | null {
    const node = this.next;
    if (node?.name !== kind) return null;
    this.#index++;
    return node;
  }

  takeName(): FieldName | null {
    const node = this.next;
    if (node === undefined || !NAMES.has(node.name)) return null;
    this.#index++;
    return readFieldName(this.text, node);
  }

  takeOption(): Option | null {
    const node = this.take('Option');
    if (node === null) return null;
    const [name, operator, value] = childrenOf(node);
    if (name === undefined || operator === undefined || value === undefined)
      return failAt(node, 'A value is missing.');
    if (this.source(operator) !== '=') failAt(operator, 'An option is written NAME=VALUE.');
    const span = { from: node.from, to: node.to };
    return { ...span, name: this.source(name).toLowerCase(), value: readSearchText(this.text, value) };
  }

  /** The field after `as`, when there is an `as`. */
  takeAs(): FieldName | null {
    const as = this.take('As');
    return as === null ? null : (this.takeName() ?? failAt(as, 'A name must follow "as".'));
  }

  source(node: Span): string {
    return this.text.slice(node.from, node.to);
  }

  /** Refuses what nobody took. */
  refuse(expected: string): never {
    const node = this.next;
    if (node === undefined) return failAt(this.command, `${expected} is missing.`);
    if (node.name === 'Option') return refuseOption(node, this.source(node).split('=')[0] ?? '');
    return failAt(node, `${quoteForMessage(this.source(node))} cannot stand here: ${expected} is expected.`);
  }

  /** Names in a row, with or without commas, up to the end. */
  takeNames(): FieldName[] {
    const names: FieldName[] = [];
    while (this.next !== undefined) {
      if (this.take(',') !== null) continue;
      names.push(this.takeName() ?? this.refuse('a field'));
    }
    return names;
  }
}

function refuseOption(span: Span, name: string): never {
  return failAt(span, `The option ${quoteForMessage(name)} is not supported here: remove it.`);
}

function parseTruth(option: Option): boolean {
  const value = TRUTH.get(option.value.toLowerCase());
  return value ?? failAt(option, `${option.name} takes true or false, not ${quoteForMessage(option.value)}.`);
}

function parseCount(span: Span, text: string): number {
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text)) failAt(span, `${quoteForMessage(text)} is not a whole number.`);
  return value;
}

/** `count`, `min(_time)`, `count(eval(x=1))`, each with or without `as`. */
function parseAggregate(args: Arguments): Aggregate | null {
  const call = args.take('Call');
  if (call === null) {
    const word = args.take('Word');
    if (word === null) return null;
    const func = args.source(word);
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
  const func = args.source(name);
  const as = args.takeAs();
  const base = { from: call.from, to: as?.to ?? call.to, func: func.toLowerCase() };
  if (inner.name === ')') return { ...base, argument: null, as: as?.name ?? func };
  if (inner.name === 'EvalCall') {
    const expression = childrenOf(inner)[2] ?? failAt(inner, 'An expression is missing.');
    const argument = parseExpression(args.text, expression);
    return { ...base, argument, as: as?.name ?? `${func}(${args.source(inner)})` };
  }
  const argument = readFieldName(args.text, inner);
  return { ...base, argument, as: as?.name ?? `${func}(${argument.name})` };
}

/** By-fields up to the end of the arguments. */
function parseBy(args: Arguments, by: SyntaxNode): FieldName[] {
  const fields: FieldName[] = [];
  while (args.next !== undefined) {
    if (args.take(',') !== null) continue;
    const option = args.takeOption();
    if (option?.name === 'span')
      failAt(option, 'Grouping by time spans is not supported: remove _time span=….');
    if (option !== null) refuseOption(option, option.name);
    const field = args.takeName() ?? args.refuse('a field');
    if (field.name.includes('*'))
      failAt(field, 'Name the fields after "by" one by one: wildcards cannot stand there.');
    if (!fields.some((other) => other.name === field.name)) fields.push(field);
  }
  return fields.length > 0 ? fields : failAt(by, 'A field must follow "by".');
}

function parseStats(args: Arguments, span: Span): Command {
  const aggregates: Aggregate[] = [];
  let by: FieldName[] = [];
  while (args.next !== undefined) {
    const byNode = args.take('By');
    if (byNode !== null) by = parseBy(args, byNode);
    else if (args.take(',') === null) aggregates.push(parseAggregate(args) ?? args.refuse('a function'));
  }
  if (aggregates.length === 0) failAt(span, 'A function is missing, for example count.');
  return { ...span, kind: 'stats', aggregates, by };
}

export function parseTstats(text: string, node: SyntaxNode): Command {
  const children = childrenOf(node);
  const clause = node.getChild('WhereClause');
  const args = new Arguments(
    text,
    node,
    children.slice(1).filter((child) => child.name !== 'WhereClause'),
  );
  const span = { from: node.from, to: node.to };
  const aggregates: Aggregate[] = [];
  let by: FieldName[] = [];
  let dataModel: FieldName | null = null;
  let fillNullValue: string | null = null;
  while (args.next !== undefined) {
    const option = args.takeOption();
    const byNode = option === null ? args.take('By') : null;
    if (option?.name === 'datamodel') dataModel = { name: option.value, from: option.from, to: option.to };
    else if (option?.name === 'fillnull_value') fillNullValue = option.value;
    else if (option?.name === 'prestats') {
      if (parseTruth(option))
        failAt(option, 'prestats=true is not supported: use the functions of tstats directly.');
    } else if (option?.name === 'summariesonly' || option?.name === 'allow_old_summaries') {
      // Nothing is summarised here: both read all events, whatever they say.
      parseTruth(option);
    } else if (option !== null) refuseOption(option, option.name);
    else if (byNode !== null) by = parseBy(args, byNode);
    else if (args.take(',') === null && args.take('From') === null) {
      aggregates.push(parseAggregate(args) ?? args.refuse('a function'));
    }
  }
  const clauseChildren = clause === null ? [] : childrenOf(clause);
  const byIndex = clauseChildren.findIndex((child) => child.name === 'By');
  const byNode = clauseChildren[byIndex];
  if (byNode !== undefined)
    by = parseBy(new Arguments(text, node, clauseChildren.slice(byIndex + 1)), byNode);
  const condition = byIndex === 1 ? undefined : clauseChildren[1];
  if (aggregates.length === 0) failAt(span, 'A function is missing, for example count.');
  return {
    ...span,
    kind: 'tstats',
    dataModel: dataModel ?? failAt(span, 'tstats needs a data model: from datamodel=Endpoint.Registry.'),
    aggregates,
    where: parseSearchExpression(text, condition, span),
    by,
    fillNullValue,
  };
}

function parseRename(args: Arguments, span: Span): Command {
  const renamings: Renaming[] = [];
  while (args.next !== undefined) {
    if (args.take(',') !== null) continue;
    const field = args.takeName() ?? args.refuse('a field');
    const as = args.takeAs() ?? failAt(field, `Say what to call it: rename ${field.name} as NAME.`);
    if (field.name.split('*').length !== as.name.split('*').length) {
      failAt({ from: field.from, to: as.to }, 'Both sides of "as" need the same number of wildcards.');
    }
    renamings.push({ from: field.from, to: as.to, field: field.name, as: as.name });
  }
  if (renamings.length === 0) failAt(span, 'Say what to rename: rename FIELD as NAME.');
  return { ...span, kind: 'rename', renamings };
}

function parseConvert(args: Arguments, span: Span): Command {
  const conversions: Renaming[] = [];
  let timeFormat = DEFAULT_TIME_FORMAT;
  while (args.next !== undefined) {
    if (args.take(',') !== null) continue;
    const option = args.takeOption();
    if (option !== null) {
      if (option.name !== 'timeformat') refuseOption(option, option.name);
      timeFormat = option.value;
      continue;
    }
    const call = args.take('Call') ?? args.refuse('ctime(FIELD)');
    const [name, , inner] = childrenOf(call);
    if (name === undefined || inner === undefined || args.source(name).toLowerCase() !== 'ctime') {
      return failAt(name ?? call, 'Only ctime(FIELD) is supported in convert.');
    }
    if (!NAMES.has(inner.name)) failAt(call, 'A field is missing in ctime().');
    const field = readFieldName(args.text, inner);
    const as = args.takeAs();
    if (as !== null && field.name.includes('*')) failAt(as, 'A wildcard in ctime() cannot take a new name.');
    conversions.push({ from: call.from, to: call.to, field: field.name, as: as?.name ?? field.name });
  }
  if (conversions.length === 0) failAt(span, 'Say what to convert: convert ctime(FIELD).');
  return { ...span, kind: 'convert', timeFormat, conversions };
}

function parseFillnull(args: Arguments, span: Span): Command {
  let value = '0';
  for (let option = args.takeOption(); option !== null; option = args.takeOption()) {
    if (option.name !== 'value') refuseOption(option, option.name);
    value = option.value;
  }
  return { ...span, kind: 'fillnull', value, fields: args.takeNames() };
}

function parseFields(args: Arguments, span: Span): Command {
  const first = args.next;
  const sign = first?.name === 'Word' ? args.source(first)[0] : undefined;
  const isSigned = sign === '-' || sign === '+';
  let names = args.takeNames();
  if (isSigned) {
    names = names.flatMap((name, index) => {
      if (index > 0) return [name];
      return name.name.length > 1 ? [{ ...name, name: name.name.slice(1) }] : [];
    });
  }
  if (names.length === 0) failAt(span, 'Say which fields.');
  return { ...span, kind: 'fields', isKeeping: sign !== '-', fields: names };
}

function parseSortKey(args: Arguments): SortKey {
  let sign = '';
  let node = args.next;
  if (node?.name === 'Word' && (args.source(node) === '-' || args.source(node) === '+')) {
    sign = args.source(node);
    args.take('Word');
    node = args.next;
  }
  const call = args.take('Call');
  const [nameNode, , inner] = call === null ? [] : childrenOf(call);
  let name =
    nameNode === undefined ? (args.takeName() ?? args.refuse('a field')).name : args.source(nameNode);
  if (node === undefined) return args.refuse('a field');
  if (sign === '' && node.name !== 'String' && /^[-+]/.test(name)) {
    sign = name.slice(0, 1);
    name = name.slice(1);
  }
  const span = { from: node.from, to: node.to };
  if (inner === undefined) return { ...span, field: name, isDescending: sign === '-', order: 'auto' };
  const order = name.toLowerCase();
  if (order !== 'auto' && order !== 'num' && order !== 'str') {
    return failAt(node, `sort knows auto(), num() and str(), not ${quoteForMessage(name)}.`);
  }
  if (!NAMES.has(inner.name)) failAt(node, 'A field is missing between the parentheses.');
  return { ...span, field: readFieldName(args.text, inner).name, isDescending: sign === '-', order };
}

function parseSort(args: Arguments, span: Span): Command {
  let limit = DEFAULT_SORT_LIMIT;
  const first = args.next;
  const option = args.takeOption();
  if (option !== null) {
    if (option.name !== 'limit') refuseOption(option, option.name);
    limit = parseCount(option, option.value);
  } else if (first?.name === 'Word' && /^\d+$/.test(args.source(first))) {
    args.take('Word');
    limit = parseCount(first, args.source(first));
  }
  let keys: SortKey[] = [];
  while (args.next !== undefined) {
    if (args.take(',') === null) keys.push(parseSortKey(args));
  }
  const last = keys.at(-1);
  if (keys.length > 1 && last !== undefined && ['d', 'desc'].includes(args.source(last))) {
    keys = keys.slice(0, -1).map((key) => ({ ...key, isDescending: !key.isDescending }));
  }
  if (keys.length === 0) failAt(span, 'Say what to sort by: sort FIELD, or sort -FIELD.');
  return { ...span, kind: 'sort', limit, keys };
}

function parseHead(args: Arguments, span: Span): Command {
  const option = args.takeOption();
  if (option !== null && option.name !== 'limit') refuseOption(option, option.name);
  const word = option === null ? args.take('Word') : null;
  if (args.next !== undefined) args.refuse('a number');
  if (option !== null) return { ...span, kind: 'head', limit: parseCount(option, option.value) };
  return {
    ...span,
    kind: 'head',
    limit: word === null ? DEFAULT_HEAD_LIMIT : parseCount(word, args.source(word)),
  };
}

function parseDedup(args: Arguments, span: Span): Command {
  let limit = 1;
  const first = args.next;
  if (first?.name === 'Word' && /^\d+$/.test(args.source(first))) {
    args.take('Word');
    limit = parseCount(first, args.source(first));
    if (limit === 0) failAt(first, 'dedup keeps at least one.');
  }
  const fields = args.takeNames();
  if (fields.length === 0) failAt(span, 'Say which fields: dedup FIELD.');
  return { ...span, kind: 'dedup', limit, fields };
}

type Reader = (args: Arguments, span: Span) => Command;

const READERS: Readonly<Record<string, Reader>> = {
  stats: parseStats,
  rename: parseRename,
  convert: parseConvert,
  fillnull: parseFillnull,
  fields: parseFields,
  table: (args, span) => {
    const fields = args.takeNames();
    return fields.length > 0 ? { ...span, kind: 'table', fields } : failAt(span, 'Say which fields.');
  },
  sort: parseSort,
  head: parseHead,
  dedup: parseDedup,
};

export function parsePlainCommand(text: string, node: SyntaxNode): Command {
  const [nameNode, ...rest] = childrenOf(node);
  const name = text.slice(nameNode?.from ?? node.from, nameNode?.to ?? node.from).toLowerCase();
  const read = READERS[name];
  if (read === undefined) return failAt(node, `The command ${quoteForMessage(name)} is not supported.`);
  return read(new Arguments(text, node, rest), { from: node.from, to: node.to });
}
