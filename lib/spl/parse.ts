/**
 * Reads a search (after macro expansion) into its tree. Throws SplError with the place of the first mistake, what
 * stands there, and how the command is written.
 */
import type { SyntaxNode, Tree } from '@lezer/common';
import type { Command } from './ast.ts';
import { quoteForMessage, suggest } from './nearest.ts';
import { parsePlainCommand, parseTstats } from './parse-commands.ts';
import { parseAssignment, parseExpression } from './parse-expression.ts';
import { parseSearchExpression } from './parse-search.ts';
import { parser } from './parser.ts';
import { childrenOf, failAt } from './syntax.ts';
import { COMMAND_NAMES } from './tokens.ts';
import { SplError } from './types.ts';

const MAX_NESTING = 200;

/** How each command is written, for messages. */
const USAGE: Readonly<Record<string, string>> = {
  ImplicitSearch: 'FIELD=VALUE, FIELD IN (VALUE, …), words and "phrases", with NOT, OR, AND and parentheses',
  SearchCommand: 'search FIELD=VALUE FIELD IN (VALUE, …) … with NOT, OR, AND and parentheses',
  WhereCommand: 'where EXPRESSION, for example where count > 3 AND like(user, "adm%")',
  EvalCommand: 'eval FIELD = EXPRESSION, FIELD = EXPRESSION …',
  TstatsCommand:
    'tstats FUNCTION(Object.field) [as NAME] … from datamodel=MODEL.OBJECT [where …] [by Object.field …]',
  stats: 'stats FUNCTION(FIELD) [as NAME] … [by FIELD …]',
  rename: 'rename FIELD as NAME, "prefix.*" as * …',
  convert: 'convert [timeformat="…"] ctime(FIELD) [as NAME] …',
  fillnull: 'fillnull [value=TEXT] [FIELD …]',
  fields: 'fields [+|-] FIELD …',
  table: 'table FIELD …',
  sort: 'sort [LIMIT] [+|-]FIELD …',
  head: 'head [NUMBER]',
  dedup: 'dedup [NUMBER] FIELD …',
};

/** Refuses deep nesting before the parser recurses over it, and finds the parenthesis that has no partner. */
function checkParentheses(text: string): { readonly unmatched: number | null } {
  const open: number[] = [];
  let isQuoted = false;
  let unmatched: number | null = null;
  for (let index = 0; index < text.length; index++) {
    const char = text[index];
    if (char === '\\') index++;
    else if (char === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (char === '(') {
      open.push(index);
      if (open.length > MAX_NESTING) {
        throw new SplError(`Parentheses may nest ${MAX_NESTING} deep.`, index, index + 1);
      }
    } else if (char === ')' && open.pop() === undefined) unmatched ??= index;
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
    const message =
      text[unmatched] === '('
        ? 'This parenthesis is not closed: add ")".'
        : 'This parenthesis closes none: remove it or add "(" before.';
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
      'Subsearches in brackets are not supported: quote the value if it is text.',
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

function parseCommand(text: string, node: SyntaxNode): Command {
  const span = { from: node.from, to: node.to };
  const children = childrenOf(node);
  switch (node.name) {
    case 'ImplicitSearch':
      return { ...span, kind: 'search', expression: parseSearchExpression(text, children[0], span) };
    case 'SearchCommand':
      return { ...span, kind: 'search', expression: parseSearchExpression(text, children[1], span) };
    case 'WhereCommand':
      return { ...span, kind: 'where', expression: parseExpression(text, children[1] ?? node) };
    case 'EvalCommand': {
      const assignments = children.filter((child) => child.name === 'Assignment');
      return { ...span, kind: 'eval', assignments: assignments.map((child) => parseAssignment(text, child)) };
    }
    case 'TstatsCommand':
      return parseTstats(text, node);
    case 'PlainCommand':
      return parsePlainCommand(text, node);
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

export function parseSearch(text: string): readonly Command[] {
  const { unmatched } = checkParentheses(text);
  const tree = parser.parse(text);
  // An unknown command comes first: what follows it may be written in its own way.
  for (const node of childrenOf(tree.topNode)) {
    if (node.name === 'UnknownCommand') parseCommand(text, node);
    if (node.type.isError) break;
  }
  const errorFrom = findError(tree);
  if (errorFrom !== null) throw describeMistake(text, tree, errorFrom, unmatched);
  const commands = childrenOf(tree.topNode).filter((node) => node.name !== '|');
  return commands.map((node) => parseCommand(text, node));
}
