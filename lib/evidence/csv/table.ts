import { parseRow } from './cells.ts';
import { findHeader } from './header.ts';
import { RowScanner } from './scanner.ts';

/** Rows and columns that are looked at. */
const ROWS = 5;
const COLUMNS = 100;
/** Names of columns as tools write them; a sentence with commas has others. */
const COLUMN_NAME = /^[@$#_\p{L}][^\n"<>{}]{0,199}$/u;

/**
 * Whether the beginning of a text is a table that we can read: a line with names, and a row with as many cells. A table of
 * fewer than three columns is only known by Splunk's `_raw`.
 * @param isCut whether the text goes on after it
 */
export function isTable(text: string, isCut: boolean): boolean {
  const { start, delimiter } = findHeader(text);
  const [header, ...rows] = firstRows(text.slice(start), delimiter);
  if (header === undefined) return false;
  const { cells, count, isOpen } = parseRow(header, delimiter, COLUMNS);
  if (isOpen || (count < 3 && !cells.includes('_raw'))) return false;
  // The last of a header that is cut off here may be, too.
  const names = isCut && rows.length === 0 ? cells.slice(0, -1) : cells;
  if (new Set(names).size < names.length || !names.every((name) => COLUMN_NAME.test(name))) return false;
  const parsed = rows.map((row) => parseRow(row, delimiter, 0));
  return (
    parsed.some((row) => !row.isOpen && row.count === count) || (isCut && parsed.every((row) => row.isOpen))
  );
}

/** The header and the rows after it; the last may be cut. */
function firstRows(text: string, delimiter: string): readonly string[] {
  const units = Uint8Array.from({ length: text.length }, (_, at) => Math.min(text.charCodeAt(at), 0xff));
  const scanner = new RowScanner(delimiter);
  const rows: string[] = [];
  for (let at = 0; at < units.length && rows.length <= ROWS; ) {
    scanner.begin();
    scanner.feed(units.subarray(at));
    const row = text.slice(at, at + scanner.length);
    if (row.trim() !== '') rows.push(row);
    at += scanner.length;
  }
  return rows;
}
