import { isNode, LineCounter, parseDocument } from 'yaml';

/** Longer than any published file of this kind (below 50,000). */
const MAX_YAML_LENGTH = 1_000_000;
const MAX_ALIASES = 100;

export type YamlText = {
  readonly value: unknown;
  /** The line, from 1, of a field, or of the nearest one around it that there is. */
  lineOf(field: readonly PropertyKey[]): number;
};
export type YamlMistake = { readonly line: number; readonly message: string };

/** Reads untrusted YAML: never throws, and is bounded in size, nesting and aliases. */
export function parseYamlText(text: string): YamlText | { readonly mistakes: readonly YamlMistake[] } {
  if (text.length > MAX_YAML_LENGTH) {
    const message = `a file may have ${MAX_YAML_LENGTH} characters: split it`;
    return { mistakes: [{ line: 1, message }] };
  }
  const result = parseStrictly(text);
  if (!('mistakes' in result)) return result;
  const repaired = parseStrictly(indentContinuations(text));
  return 'mistakes' in repaired ? result : repaired;
}

/**
 * Some published files let a quoted text go on in the first column, which YAML does not allow and the reader that they were made
 * with does: such lines are moved in by one.
 */
function indentContinuations(text: string): string {
  return text.replace(/^(?![\w-]+:|[-#\s]|\.\.\.)(?=.)/gm, ' ');
}

function parseStrictly(text: string): YamlText | { readonly mistakes: readonly YamlMistake[] } {
  const lines = new LineCounter();
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
    const [mistake] = document.errors;
    if (mistake !== undefined) {
      // What the parser says after the first mistake mostly follows from it.
      return { mistakes: [{ line: lineAt(mistake.pos[0]), message: mistake.message }] };
    }
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return {
      value,
      lineOf: (field) => {
        for (let length = field.length; length >= 0; length--) {
          const node = document.getIn(field.slice(0, length), true);
          if (isNode(node) && node.range) return lineAt(node.range[0]);
        }
        return 1;
      },
    };
  } catch (error) {
    // Too many aliases, or nested so deeply that the parser's recursion ends.
    const message =
      error instanceof RangeError
        ? 'this is nested too deeply'
        : error instanceof Error
          ? error.message
          : String(error);
    return { mistakes: [{ line: 1, message }] };
  }
}
