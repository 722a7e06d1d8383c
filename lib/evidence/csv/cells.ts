const QUOTE = '"';

export type Row = {
  /** The first cells, up to the number asked for. */
  readonly cells: readonly string[];
  /** How many there are. */
  readonly count: number;
  /** Whether a quoted cell has no end. */
  readonly isOpen: boolean;
  /** Whether a quoted cell holds a quote that is not doubled: this may be parts of two records. */
  readonly hasStrayQuote: boolean;
};

/**
 * The cells of one record of a table (RFC 4180). A quote ends a quoted cell only before a delimiter or the end of the
 * line, so that after a lost quote cells are soon found again. Linear in the text.
 */
export function parseRow(text: string, delimiter: string, cellsMax: number): Row {
  const line = withoutLineEnd(text);
  const cells: string[] = [];
  let count = 0;
  let hasStrayQuote = false;
  for (let at = 0; ; ) {
    const isQuoted = line[at] === QUOTE;
    const quoted = isQuoted ? quotedCell(line, at + 1, delimiter) : null;
    if (isQuoted && quoted === null) return { cells, count: count + 1, isOpen: true, hasStrayQuote };
    hasStrayQuote ||= quoted?.isStray ?? false;
    const found = quoted?.end ?? line.indexOf(delimiter, at);
    const end = found < 0 ? line.length : found;
    if (count < cellsMax) cells.push(quoted?.text ?? line.slice(at, end));
    count += 1;
    if (end >= line.length) return { cells, count, isOpen: false, hasStrayQuote };
    at = end + 1;
  }
}

/** Without the line feed, carriage return or both that end the record. */
function withoutLineEnd(text: string): string {
  const end = text.endsWith('\n') ? text.length - 1 : text.length;
  return text.slice(0, text[end - 1] === '\r' ? end - 1 : end);
}

/** The text of the quoted cell whose inside begins at `from`, and where its delimiter or the line's end stands. */
function quotedCell(
  line: string,
  from: number,
  delimiter: string,
): { text: string; end: number; isStray: boolean } | null {
  let hasDoubled = false;
  let isStray = false;
  for (let at = line.indexOf(QUOTE, from); at >= 0; at = line.indexOf(QUOTE, at)) {
    const next = line[at + 1];
    if (next === QUOTE) {
      hasDoubled = true;
      at += 2;
    } else if (next === undefined || next === delimiter) {
      const text = line.slice(from, at);
      return { text: hasDoubled ? text.replaceAll('""', QUOTE) : text, end: at + 1, isStray };
    } else {
      isStray = true;
      at += 1;
    }
  }
  return null;
}
