/** Reads the commands that arrange rows and fields, and finds the reader of every plain command. */
import type { SyntaxNode } from '@lezer/common';
import { Arguments, NAMES, parseCount, parseTruth, refuseOption } from './arguments.ts';
import type { Command, Renaming, SortKey, Span } from './ast.ts';
import { quoteForMessage } from './nearest.ts';
import { parseEventstats, parseStats, parseStreamstats } from './parse-stats.ts';
import { parseAppend, parseJoin, parseLookup, parseMakeresults, parseTransaction } from './parse-tables.ts';
import {
  parseBin,
  parseMakemv,
  parseMvexpand,
  parseRegex,
  parseReplace,
  parseRex,
  parseSpath,
  parseXmlkv,
} from './parse-values.ts';
import { childrenOf, failAt, readFieldName, type Source } from './syntax.ts';

const DEFAULT_SORT_LIMIT = 10_000;
const DEFAULT_HEAD_LIMIT = 10;
const DEFAULT_TIME_FORMAT = '%m/%d/%Y %H:%M:%S';

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
    if (name === undefined || inner === undefined || args.textOf(name).toLowerCase() !== 'ctime') {
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
  args.takeOptions({
    value: (option) => {
      value = option.value;
    },
  });
  return { ...span, kind: 'fillnull', value, fields: args.takeNames() };
}

function parseFields(args: Arguments, span: Span): Command {
  const first = args.next;
  const sign = first?.name === 'Word' ? args.textOf(first)[0] : undefined;
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
  if (node?.name === 'Word' && (args.textOf(node) === '-' || args.textOf(node) === '+')) {
    sign = args.textOf(node);
    args.take('Word');
    node = args.next;
  }
  const call = args.take('Call');
  const [nameNode, , inner] = call === null ? [] : childrenOf(call);
  let name =
    nameNode === undefined ? (args.takeName() ?? args.refuse('a field')).name : args.textOf(nameNode);
  if (node === undefined) return args.refuse('a field');
  if (sign === '' && node.name !== 'String' && /^[-+]/.test(name)) {
    sign = name.slice(0, 1);
    name = name.slice(1);
  }
  const span = { from: node.from, to: node.to };
  if (inner === undefined) return { ...span, field: name, isDescending: sign === '-', order: 'auto' };
  const order = name.toLowerCase();
  if (order !== 'auto' && order !== 'num' && order !== 'str' && order !== 'ip') {
    return failAt(node, `sort knows auto(), num(), str() and ip(), not ${quoteForMessage(name)}.`);
  }
  if (!NAMES.has(inner.name)) failAt(node, 'A field is missing between the parentheses.');
  return { ...span, field: readFieldName(args.text, inner).name, isDescending: sign === '-', order };
}

function parseSortKeys(args: Arguments, span: Span): readonly SortKey[] {
  const keys: SortKey[] = [];
  while (args.next !== undefined) {
    if (args.take(',') === null) keys.push(parseSortKey(args));
  }
  if (keys.length === 0) failAt(span, 'Say what to sort by: sort FIELD, or sort -FIELD.');
  const last = keys.at(-1);
  if (keys.length === 1 || last === undefined || !['d', 'desc'].includes(args.textOf(last))) return keys;
  return keys.slice(0, -1).map((key) => ({ ...key, isDescending: !key.isDescending }));
}

function parseSort(args: Arguments, span: Span): Command {
  let limit = DEFAULT_SORT_LIMIT;
  const first = args.next;
  const option = args.takeOption();
  if (option !== null) {
    if (option.name !== 'limit') refuseOption(option, option.name);
    limit = parseCount(option, option.value);
  } else if (first?.name === 'Word' && /^\d+$/.test(args.textOf(first))) {
    args.take('Word');
    limit = parseCount(first, args.textOf(first));
  }
  return { ...span, kind: 'sort', limit, keys: parseSortKeys(args, span) };
}

function parseHead(kind: 'head' | 'tail'): Reader {
  return (args, span) => {
    const option = kind === 'head' ? args.takeOption() : null;
    if (option !== null && option.name !== 'limit') refuseOption(option, option.name);
    const word = option === null ? args.take('Word') : null;
    if (args.next !== undefined) args.refuse('a number');
    if (option !== null) return { ...span, kind, limit: parseCount(option, option.value) };
    return { ...span, kind, limit: word === null ? DEFAULT_HEAD_LIMIT : parseCount(word, args.textOf(word)) };
  };
}

function parseDedup(args: Arguments, span: Span): Command {
  let limit = 1;
  let isKeepingEmpty = false;
  let isConsecutive = false;
  const options = {
    keepempty: (option: Parameters<typeof parseTruth>[0]) => {
      isKeepingEmpty = parseTruth(option);
    },
    consecutive: (option: Parameters<typeof parseTruth>[0]) => {
      isConsecutive = parseTruth(option);
    },
  };
  const first = args.next;
  if (first?.name === 'Word' && /^\d+$/.test(args.textOf(first))) {
    args.take('Word');
    limit = parseCount(first, args.textOf(first));
    if (limit === 0) failAt(first, 'dedup keeps at least one.');
  }
  const fields = [];
  let sortBy: readonly SortKey[] = [];
  while (args.next !== undefined) {
    args.takeOptions(options);
    if (args.takeKeyword('sortby') !== null) sortBy = parseSortKeys(args, span);
    else if (args.take(',') === null && args.next !== undefined) {
      fields.push(args.takeName() ?? args.refuse('a field'));
    }
  }
  if (fields.length === 0) failAt(span, 'Say which fields: dedup FIELD.');
  return { ...span, kind: 'dedup', limit, fields, isKeepingEmpty, isConsecutive, sortBy };
}

type Reader = (args: Arguments, span: Span) => Command;

const READERS: Readonly<Record<string, Reader>> = {
  stats: parseStats,
  eventstats: parseEventstats,
  streamstats: parseStreamstats,
  rename: parseRename,
  convert: parseConvert,
  fillnull: parseFillnull,
  fields: parseFields,
  table: (args, span) => {
    const fields = args.takeNames();
    return fields.length > 0 ? { ...span, kind: 'table', fields } : failAt(span, 'Say which fields.');
  },
  sort: parseSort,
  reverse: (args, span) =>
    args.next === undefined ? { ...span, kind: 'reverse' } : args.refuse('the end of the command'),
  head: parseHead('head'),
  tail: parseHead('tail'),
  dedup: parseDedup,
  rex: parseRex,
  regex: parseRegex,
  replace: parseReplace,
  bin: parseBin,
  bucket: parseBin,
  makemv: parseMakemv,
  mvexpand: parseMvexpand,
  lookup: parseLookup,
  join: parseJoin,
  append: parseAppend,
  spath: parseSpath,
  xmlkv: parseXmlkv,
  transaction: parseTransaction,
  makeresults: parseMakeresults,
};

export function parsePlainCommand(source: Source, node: SyntaxNode): Command {
  const [nameNode, ...rest] = childrenOf(node);
  const name = source.text.slice(nameNode?.from ?? node.from, nameNode?.to ?? node.from).toLowerCase();
  const read = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
  if (read === undefined) return failAt(node, `The command ${quoteForMessage(name)} is not supported.`);
  return read(new Arguments(source, node, rest), { from: node.from, to: node.to });
}
