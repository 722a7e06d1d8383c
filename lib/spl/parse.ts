/**
 * Reads a search (after macro expansion) into its tree. Throws SplError with the place of the first mistake, what
 * stands there, and how the command is written.
 */
import type { SyntaxNode, Tree } from '@lezer/common';
import type { Command, Pipeline } from './ast.ts';
import { quoteForMessage, suggest } from './nearest.ts';
import { parsePlainCommand } from './parse-commands.ts';
import { parseAssignment, parseExpression } from './parse-expression.ts';
import { parseSearchExpression } from './parse-search.ts';
import { parseTstats } from './parse-stats.ts';
import { parseInputlookup } from './parse-tables.ts';
import { parser } from './parser.ts';
import { childrenOf, failAt, type Source } from './syntax.ts';
import { COMMAND_NAMES } from './tokens.ts';
import { SplError } from './types.ts';

const MAX_NESTING = 200;
const PUNCTUATION = new Set(['|', '[', ']']);

/** How each command is written, for messages. */
const USAGE: Readonly<Record<string, string>> = {
  ImplicitSearch: 'FIELD=VALUE, FIELD IN (VALUE, …), words and "phrases", with NOT, OR, AND and parentheses',
  SearchCommand: 'search FIELD=VALUE FIELD IN (VALUE, …) … with NOT, OR, AND and parentheses',
  WhereCommand: 'where EXPRESSION, for example where count > 3 AND like(user, "adm%")',
  EvalCommand: 'eval FIELD = EXPRESSION, FIELD = EXPRESSION …',
  TstatsCommand:
    'tstats FUNCTION(Object.field) [as NAME] … from datamodel=MODEL.OBJECT [where …] [by Object.field …]',
  InputlookupCommand: 'inputlookup [append=true] [start=NUMBER] [max=NUMBER] TABLE [where …]',
  AppendpipeCommand: 'appendpipe [COMMAND | COMMAND …]',
  stats: 'stats FUNCTION(FIELD) [as NAME] … [by FIELD …]',
  eventstats: 'eventstats FUNCTION(FIELD) [as NAME] … [by FIELD …]',
  streamstats: 'streamstats [current=false] [window=NUMBER] FUNCTION(FIELD) [as NAME] … [by FIELD …]',
  rename: 'rename FIELD as NAME, "prefix.*" as * …',
  convert: 'convert [timeformat="…"] ctime(FIELD) [as NAME] …',
  fillnull: 'fillnull [value=TEXT] [FIELD …]',
  fields: 'fields [+|-] FIELD …',
  table: 'table FIELD …',
  sort: 'sort [LIMIT] [+|-]FIELD …',
  head: 'head [NUMBER]',
  reverse: 'reverse',
  tail: 'tail [NUMBER]',
  dedup: 'dedup [NUMBER] FIELD … [keepempty=true] [consecutive=true] [sortby FIELD …]',
  rex: 'rex [field=FIELD] [max_match=NUMBER] "…(?<NAME>…)…", or rex [field=FIELD] mode=sed "s/…/…/g"',
  regex: 'regex FIELD="PATTERN", or regex FIELD!="PATTERN"',
  replace: 'replace "OLD" with "NEW" … in FIELD …',
  bin: 'bin FIELD span=… [as NAME]',
  bucket: 'bucket FIELD span=… [as NAME]',
  makemv: 'makemv [delim="…"] [tokenizer="…"] [allowempty=true] FIELD',
  mvexpand: 'mvexpand FIELD [limit=NUMBER]',
  lookup: 'lookup TABLE COLUMN [as FIELD] … [OUTPUT COLUMN [as FIELD] …]',
  join: 'join [type=left] [max=NUMBER] FIELD … [search …]',
  append: 'append [search …]',
  spath: 'spath [input=FIELD] [output=FIELD] [path=PATH]',
  xmlkv: 'xmlkv [FIELD]',
  transaction: 'transaction FIELD … [maxspan=5m] [maxpause=30s] [startswith=(…)] [endswith=(…)]',
  makeresults: 'makeresults [count=NUMBER]',
};

/** Refuses deep nesting before the parser recurses over it, and finds the parenthesis or bracket without a partner. */
function checkParentheses(text: string): { readonly unmatched: number | null } {
  const open: number[] = [];
  let isQuoted = false;
  let unmatched: number | null = null;
  for (let index = 0; index < text.length; index++) {
    const char = text[index];
    if (char === '\\') index++;
    else if (char === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (char === '(' || char === '[') {
      open.push(index);
      if (open.length > MAX_NESTING) {
        throw new SplError(`Parentheses and brackets may nest ${MAX_NESTING} deep.`, index, index + 1);
      }
    } else if (char === ')' || char === ']') {
      const opening = open.pop();
      if (opening === undefined) unmatched ??= index;
      else if ((text[opening] === '(') !== (char === ')')) unmatched ??= opening;
    }
  }
  return { unmatched: unmatched ?? open.at(-1) ?? null };
}

function usageAt(tree: Tree, text: string, position: number): string {
  let node: SyntaxNode | null = tree.resolveInner(position, -1);
  while (node !== null) {
    const name = node.getChild('CommandName');
    const usage = USAGE[name === null ? node.name : text.slice(name.from, name.to).toLowerCase()];
    if (usage !== undefined) return ` It is written: ${usage}.`;
    node = node.parent;
  }
  return '';
}

function describeMistake(text: string, tree: Tree, errorFrom: number, unmatched: number | null): SplError {
  let from = errorFrom;
  while (/\s/.test(text[from] ?? '')) from++;
  const usage = usageAt(tree, text, errorFrom);
  if (unmatched !== null) {
    const char = text[unmatched] ?? '';
    const what = '[]'.includes(char) ? 'bracket' : 'parenthesis';
    const message = '(['.includes(char)
      ? `This ${what} is not closed: add "${char === '(' ? ')' : ']'}".`
      : `This ${what} closes none: remove it or add "${char === ')' ? '(' : '['}" before.`;
    return new SplError(message, unmatched, unmatched + 1);
  }
  if (from >= text.length) {
    const message =
      text.trim() === '' ? 'The search is empty: write * for all events.' : 'The search ends too early.';
    return new SplError(
      message + (text.trim() === '' ? '' : usage),
      Math.max(0, text.length - 1),
      text.length,
    );
  }
  const char = text[from];
  if (char === '"') {
    return new SplError(
      'This quotation mark is not closed: add ", or write \\" inside a value.',
      from,
      text.length,
    );
  }
  if (char === "'") return new SplError("This field name is not closed: add '.", from, text.length);
  if (char === '[' || char === ']') {
    return new SplError(
      'A search in brackets cannot stand here: quote the value if it is text.',
      from,
      from + 1,
    );
  }
  const word = /^(?:[^\s"(),=<>|[\]`!]+|[!=<>]+|[\s\S])/.exec(text.slice(from, from + 200))?.[0] ?? '';
  return new SplError(`${quoteForMessage(word)} cannot stand here.${usage}`, from, from + word.length);
}

function findError(tree: Tree): number | null {
  const cursor = tree.cursor();
  do {
    if (cursor.type.isError) return cursor.from;
  } while (cursor.next());
  return null;
}

function parseCommand(source: Source, node: SyntaxNode): Command {
  const { text } = source;
  const span = { from: node.from, to: node.to };
  const children = childrenOf(node);
  switch (node.name) {
    case 'ImplicitSearch':
      return { ...span, kind: 'search', expression: parseSearchExpression(source, children[0], span) };
    case 'SearchCommand':
      return { ...span, kind: 'search', expression: parseSearchExpression(source, children[1], span) };
    case 'WhereCommand':
      return { ...span, kind: 'where', expression: parseExpression(text, children[1] ?? node) };
    case 'EvalCommand': {
      const assignments = children.filter((child) => child.name === 'Assignment');
      return { ...span, kind: 'eval', assignments: assignments.map((child) => parseAssignment(text, child)) };
    }
    case 'TstatsCommand':
      return parseTstats(source, node);
    case 'InputlookupCommand':
      return parseInputlookup(source, node);
    case 'AppendpipeCommand': {
      const subpipeline = children[1] ?? failAt(node, 'Commands in brackets are missing.');
      return { ...span, kind: 'appendpipe', commands: source.readPipeline(subpipeline) };
    }
    case 'PlainCommand':
      return parsePlainCommand(source, node);
    case 'UnknownCommand': {
      const nameNode = children[0] ?? node;
      const name = text.slice(nameNode.from, nameNode.to);
      const remedy = suggest(name, COMMAND_NAMES) || ` Supported are ${COMMAND_NAMES.join(', ')}.`;
      return failAt(nameNode, `The command ${quoteForMessage(name)} is not supported.${remedy}`);
    }
    default:
      return failAt(node, 'A command is expected here.');
  }
}

function readPipeline(source: Source, node: SyntaxNode): Pipeline {
  const commands = childrenOf(node).filter(({ name }) => !PUNCTUATION.has(name));
  return commands.map((command) => parseCommand(source, command));
}

/** The first command that does not exist, if it comes before any mistake: what follows it may be written in its own way. */
function findUnknown(tree: Tree): SyntaxNode | null {
  const cursor = tree.cursor();
  do {
    if (cursor.type.isError) return null;
    if (cursor.name === 'UnknownCommand') return cursor.node;
  } while (cursor.next());
  return null;
}

export function parseSearch(text: string): Pipeline {
  const { unmatched } = checkParentheses(text);
  const tree = parser.parse(text);
  const source: Source = { text, readPipeline: (node) => readPipeline(source, node) };
  const unknown = findUnknown(tree);
  if (unknown !== null) parseCommand(source, unknown);
  const errorFrom = findError(tree);
  if (errorFrom !== null) throw describeMistake(text, tree, errorFrom, unmatched);
  return readPipeline(source, tree.topNode);
}
