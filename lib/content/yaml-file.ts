import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';

/** A mistake in the content: names file, line and field. */
export class ContentError extends Error {
  override readonly name = 'ContentError';
}

/** Reads a YAML file and checks it. Throws ContentError with all mistakes. */
export function readYaml<T>(file: string, schema: z.ZodType<T>): T {
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(file, 'utf8'), { lineCounter: lines, prettyErrors: false });
  const name = path.basename(file);
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const [syntax] = document.errors;
  if (syntax) throw new ContentError(`${name}:${lineAt(syntax.pos[0])}: ${syntax.message}`);
  const result = schema.safeParse(document.toJS());
  if (result.success) return result.data;
  throw new ContentError(
    result.error.issues
      .map((issue) => {
        const field = issue.path.map(String).join('.');
        return `${name}:${lineAt(offsetOf(document, issue.path))}: ${field === '' ? 'the file' : field}: ${issue.message}`;
      })
      .join('\n'),
  );
}

/** Where the field stands, or the nearest one around it that there is. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
