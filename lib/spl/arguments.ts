/** The arguments of a command that is written with names, options and calls. */
import type { SyntaxNode } from '@lezer/common';
import type { FieldName, Span } from './ast.ts';
import { quoteForMessage } from './nearest.ts';
import { childrenOf, failAt, readFieldName, readSearchText, type Source } from './syntax.ts';

export const NAMES = new Set(['Word', 'String', 'QuotedField']);
const TRUTH = new Map([
  ['true', true],
  ['t', true],
  ['1', true],
  ['false', false],
  ['f', false],
  ['0', false],
]);

/** `value` is the text of a word or string; `node` what stands there, which may also be a condition. */
export type Option = Span & { readonly name: string; readonly value: string; readonly node: SyntaxNode };

/** The arguments of one command, read from left to right. */
export class Arguments {
  readonly source: Source;
  readonly command: SyntaxNode;
  readonly #nodes: readonly SyntaxNode[];
  #index = 0;

  constructor(source: Source, command: SyntaxNode, nodes: readonly SyntaxNode[]) {
    this.source = source;
    this.command = command;
    this.#nodes = nodes;
  }

  get text(): string {
    return this.source.text;
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
    if (this.textOf(operator) !== '=') failAt(operator, 'An option is written NAME=VALUE.');
    const span = { from: node.from, to: node.to };
    const option = { ...span, name: this.textOf(name).toLowerCase(), node: value };
    return { ...option, value: readSearchText(this.text, value) };
  }

  /** All options in a row, each read by its name; others are refused. */
  takeOptions(readers: Readonly<Record<string, (option: Option) => void>>): void {
    for (let option = this.takeOption(); option !== null; option = this.takeOption()) {
      const read = Object.hasOwn(readers, option.name) ? readers[option.name] : undefined;
      if (read === undefined) refuseOption(option, option.name);
      else read(option);
    }
  }

  /** Takes a word of the command itself, such as OUTPUT, in any case. */
  takeKeyword(...keywords: readonly string[]): string | null {
    const node = this.next;
    if (node?.name !== 'Word') return null;
    const word = this.textOf(node).toLowerCase();
    if (!keywords.includes(word)) return null;
    this.#index++;
    return word;
  }

  /** The field after `as`, when there is an `as`. */
  takeAs(): FieldName | null {
    const as = this.take('As');
    return as === null ? null : (this.takeName() ?? failAt(as, 'A name must follow "as".'));
  }

  textOf(node: Span): string {
    return this.text.slice(node.from, node.to);
  }

  /** Refuses what nobody took. */
  refuse(expected: string): never {
    const node = this.next;
    if (node === undefined) return failAt(this.command, `${expected} is missing.`);
    if (node.name === 'Option') return refuseOption(node, this.textOf(node).split('=')[0] ?? '');
    return failAt(node, `${quoteForMessage(this.textOf(node))} cannot stand here: ${expected} is expected.`);
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

export function refuseOption(span: Span, name: string): never {
  return failAt(span, `The option ${quoteForMessage(name)} is not supported here: remove it.`);
}

export function parseTruth(option: Option): boolean {
  const value = TRUTH.get(option.value.toLowerCase());
  return value ?? failAt(option, `${option.name} takes true or false, not ${quoteForMessage(option.value)}.`);
}

export function parseCount(span: Span, text: string): number {
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text)) failAt(span, `${quoteForMessage(text)} is not a whole number.`);
  return value;
}
