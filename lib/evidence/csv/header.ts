import type { ByteSource } from '#lib/evidence/record.ts';
import type { TextLimits } from '#lib/evidence/text/limits.ts';
import { TextWindow, type XmlEncoding } from '#lib/evidence/xml/window.ts';
import { parseRow } from './cells.ts';
import { RowScanner } from './scanner.ts';

/** Columns after these are not read: no log has so many. */
export const COLUMNS_MAX = 4_096;
const DELIMITERS = [',', ';', '\t', '|'] as const;

/** What the beginning of a table tells of its rows. */
export type Header = {
  readonly delimiter: string;
  /** Names of the columns, at most COLUMNS_MAX. */
  readonly columns: readonly string[];
  /** How many there are. */
  readonly columnCount: number;
  /** Length of the byte order mark. */
  readonly markBytes: number;
  /** Where the first row begins. */
  readonly end: number;
  /** The header's record, as TextWindow gives bytes. */
  readonly bytes: Buffer;
};

/** Where the header of a table stands in the text of its beginning: after a mark, PowerShell's type line, Excel's `sep=`. */
export function findHeader(text: string): { start: number; delimiter: string } {
  let start = text.startsWith('\ufeff') ? 1 : 0;
  let delimiter: string | null = null;
  for (;;) {
    const lineEnd = text.indexOf('\n', start);
    const line = text.slice(start, lineEnd < 0 ? text.length : lineEnd).trim();
    const separator = /^"?sep=(.)"?$/i.exec(line);
    if (separator) delimiter = separator[1] ?? null;
    const isBefore = line === '' || line.startsWith('#TYPE ') || separator !== null;
    if (!isBefore || lineEnd < 0) return { start, delimiter: delimiter ?? delimiterOf(line) };
    start = lineEnd + 1;
  }
}

/** The mark that stands most often between cells of a line; a comma when none does. */
function delimiterOf(line: string): string {
  let isQuoted = false;
  const counts = new Map<string, number>();
  for (const character of line) {
    if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted) counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  const countOf = (mark: string): number => counts.get(mark) ?? 0;
  return DELIMITERS.reduce((best, mark) => (countOf(mark) > countOf(best) ? mark : best));
}

/** Reads the header from the beginning of a table; without columns when that is longer than a record may be. */
export async function readHeader(
  source: ByteSource,
  encoding: XmlEncoding,
  limits: TextLimits,
): Promise<Header> {
  const window = new TextWindow(source, encoding, 0, limits.readBytes);
  const unit = encoding.unitBytes;
  const isWide = unit === 2;
  await window.load(limits.blockBytes);
  const decoding = isWide ? 'utf16le' : 'latin1';
  // One character for each code unit: places in it are places in the bytes.
  const text = window.bytes(0, window.end).toString(decoding);
  const markUnits = text.startsWith('\ufeff') ? 1 : text.startsWith('\xef\xbb\xbf') ? 3 : 0;
  const { start, delimiter } = findHeader(text.slice(markUnits));
  const from = (markUnits + start) * unit;
  const end = await findEnd(window, from, delimiter, limits);
  const isTooLong = end - from > limits.recordMaxBytes;
  const bytes = isTooLong ? Buffer.alloc(0) : Buffer.from(window.bytes(from, end));
  const { cells, count } = isTooLong
    ? { cells: [], count: 0 }
    : parseRow(bytes.toString(encoding.name), delimiter, COLUMNS_MAX);
  return {
    delimiter,
    columns: cells.map((name) => name.trim()),
    columnCount: count,
    markBytes: markUnits * unit,
    end,
    bytes,
  };
}

async function findEnd(
  window: TextWindow,
  from: number,
  delimiter: string,
  { recordMaxBytes }: TextLimits,
): Promise<number> {
  const scanner = new RowScanner(delimiter);
  const unit = window.encoding.unitBytes;
  for (;;) {
    const at = from + scanner.length * unit;
    const bytes = window.bytes(at, window.end);
    scanner.feed(unit === 1 ? bytes : Buffer.from(bytes.toString('utf16le'), 'latin1'));
    const end = from + scanner.length * unit;
    if (scanner.isClosed || end - from > recordMaxBytes || window.isComplete) return end;
    await window.load(window.end + unit);
  }
}
