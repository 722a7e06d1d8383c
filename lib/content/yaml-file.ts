import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';

/** A mistake in the content: names file, line and field. */
export class ContentError extends Error {
  override readonly name = 'ContentError';
}

/** What a file holds, and where. */
export type YamlFile<T> = {
  readonly value: T;
  /** `file.yaml:12: field.name`, for saying what is wrong with a field. */
  place(field: readonly PropertyKey[]): string;
};

/** Reads a YAML file and checks it. Throws ContentError with all mistakes, one a line. */
export function readYamlFile<T>(file: string, schema: z.ZodType<T>): YamlFile<T> {
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(file, 'utf8'), { lineCounter: lines, prettyErrors: false });
  const name = path.basename(file);
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const place = (field: readonly PropertyKey[]): string => {
    const label = field.length === 0 ? 'the file' : field.map(String).join('.');
    return `${name}:${lineAt(offsetOf(document, field))}: ${label}`;
  };
  if (document.errors.length > 0) {
    throw new ContentError(
      document.errors.map(({ pos, message }) => `${name}:${lineAt(pos[0])}: ${message}`).join('\n'),
    );
  }
  const result = schema.safeParse(document.toJS());
  if (result.success) return { value: result.data, place };
  throw new ContentError(
    result.error.issues.map((issue) => `${place(fieldOf(issue))}: ${issue.message}`).join('\n'),
  );
}

/** As readYamlFile, for what has no references to check. */
export function readYaml<T>(file: string, schema: z.ZodType<T>): T {
  return readYamlFile(file, schema).value;
}

/** An unknown key is the field that is wrong, not the map that it stands in. */
function fieldOf(issue: z.core.$ZodIssue): readonly PropertyKey[] {
  return issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
}

/** Where the field stands, or the nearest one around it that there is. */
function offsetOf(document: ReturnType<typeof parseDocument>, field: readonly PropertyKey[]): number {
  for (let length = field.length; length >= 0; length -= 1) {
    const node = document.getIn(field.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
