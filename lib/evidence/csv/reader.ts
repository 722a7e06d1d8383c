import type { ToolAlert } from '#lib/evidence/alerts/alert.ts';
import { alertOf, isAlertTable } from '#lib/evidence/alerts/index.ts';
import type { RecordForm } from '#lib/evidence/forms.ts';
import type { ShapedRecord } from '#lib/evidence/json/shapes/shape.ts';
import type { JsonObject } from '#lib/evidence/json/values.ts';
import { shapeOf, withoutNeedles } from '#lib/evidence/mapping/mapped.ts';
import type { Block, ByteSource, Problem, ReadOptions } from '#lib/evidence/record.ts';
import type { TextForm } from '#lib/evidence/text/block.ts';
import { encodingOf } from '#lib/evidence/text/encoding.ts';
import { TEXT_LIMITS, type TextLimits } from '#lib/evidence/text/limits.ts';
import { readRecords } from '#lib/evidence/text/reader.ts';
import { createTimeReader } from '#lib/evidence/text/times.ts';
import { parseRow } from './cells.ts';
import { COLUMNS_MAX, type Header, readHeader } from './header.ts';
import { RowSplitter } from './splitter.ts';

/**
 * Reads a table whose first line names its columns: Splunk's export, Get-WinEvent | Export-Csv, Defender's advanced hunting,
 * or any other, whose columns are fields. Cells may be quoted and hold line breaks; the delimiter is a comma, a semicolon, a
 * tab or a bar. UTF-8, UTF-16, or Latin-1 where it is no UTF-8. A block is about 1 MiB, cut after a row, and depends on
 * the header alone; rows of a table of alerts become alerts, all of them, whatever is searched for. Where the end of a quoted cell was sought in vain a block may have the length of a record's limit.
 *
 * Throws what the source throws, the signal's reason when aborted, and RangeError for a zone that there is not.
 */
export async function* readCsv(
  source: ByteSource,
  options: ReadOptions = {},
  limits: TextLimits = TEXT_LIMITS,
): AsyncGenerator<Block> {
  const encoding = await encodingOf(source);
  const header = await readHeader(source, encoding, limits);
  const times = createTimeReader(options.timeZone);
  const isAlerts = isAlertTable(header.columns);
  const shape = shapeOf(options.mapping);
  const readAlert = (row: JsonObject) => alertOf(row, times) ?? 'names no rule that said something';
  const form: TextForm = {
    code: 'csv-syntax',
    what: 'row',
    times,
    shape: (text) => shapeRow(text, header, isAlerts ? readAlert : (row, own) => shape(row, own, times)),
  };
  const reading = readRecords(source, isAlerts ? { ...options, needles: [] } : withoutNeedles(options), {
    encoding,
    limits,
    form,
    open: (window, start) => new RowSplitter(window, start, limits, header),
  });
  for await (const block of reading) {
    yield block.offset === 0 && header.columnCount > COLUMNS_MAX
      ? { ...block, problems: [columnsNote(header), ...block.problems] }
      : block;
  }
}

function columnsNote({ columnCount, markBytes }: Header): Problem {
  const counted = columnCount.toLocaleString('en');
  return {
    place: { offset: markBytes, line: 1 },
    skippedBytes: 0,
    code: 'csv-syntax',
    message: `The table has ${counted} columns; those after the first ${COLUMNS_MAX.toLocaleString('en')} were left out.`,
    isLoss: false,
  };
}

/** Forms of tables that JSON has under another name. */
const TABLE_FORMS: ReadonlyMap<RecordForm, RecordForm> = new Map([
  ['get-winevent', 'get-winevent-csv'],
  ['defender', 'defender-csv'],
]);

/** The record or alert of a row, or what is wrong with it. */
function shapeRow(
  text: string,
  header: Header,
  shape: (row: JsonObject, text: string) => ShapedRecord | ToolAlert | string,
): ShapedRecord | ToolAlert | string {
  const { cells, count, isOpen, hasStrayQuote } = parseRow(text, header.delimiter, header.columns.length);
  if (isOpen) return 'has a quote without its end';
  if (hasStrayQuote) return 'has a quote that is not doubled';
  if (header.columnCount === 0) return 'belongs to a table whose header cannot be read';
  if (count !== header.columnCount) {
    return `has ${count.toLocaleString('en')} cells in a table of ${header.columnCount.toLocaleString('en')} columns`;
  }
  const row: Record<string, string> = {};
  for (const [index, cell] of cells.entries()) {
    const name = header.columns[index] ?? '';
    // A table has every column in every row; an empty cell is none.
    if (cell === '') continue;
    if (name === '__proto__') Object.defineProperty(row, name, { value: cell, enumerable: true });
    else row[name] = cell;
  }
  const shaped = shape(row, text.trimEnd());
  if (typeof shaped === 'string' || !('form' in shaped)) return shaped;
  const form = TABLE_FORMS.get(shaped.form);
  return form === undefined ? shaped : { ...shaped, form };
}
