/** Helpers to read a syntax tree. */
import type { SyntaxNode } from '@lezer/common';
import type { FieldName, Pipeline, Span } from './ast.ts';
import { SplError } from './types.ts';

/** What is read: the text, and how to read a search inside it. */
export type Source = { readonly text: string; readonly readPipeline: (subsearch: SyntaxNode) => Pipeline };

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'Comment') children.push(child);
  }
  return children;
}

export function failAt(span: Span, message: string): never {
  throw new SplError(message, span.from, span.to);
}

/** Text of a word or a double-quoted value of a search: \" \| and \\ stand for the second character, all else for itself. */
export function readSearchText(text: string, node: Span): string {
  const raw = text.slice(node.from, node.to);
  const inner = raw.startsWith('"') ? raw.slice(1, -1) : raw;
  return inner.replace(/\\(["|\\])/g, '$1');
}

/** A field named by a word, or in single or double quotes. */
export function readFieldName(text: string, node: SyntaxNode): FieldName {
  const { from, to } = node;
  const name = node.name === 'QuotedField' ? text.slice(from + 1, to - 1) : readSearchText(text, node);
  if (name === '') failAt(node, 'A field name is empty.');
  return { name, from, to };
}
