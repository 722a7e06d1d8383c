/** CSV as Splunk keeps lookup tables: RFC 4180, first line the columns, lines may end in LF. */

const MAX_CELLS = 5_000_000;

export type Csv = {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Of each row the line that it begins in, from 1. */
  readonly lines: readonly number[];
};

/** Short rows are filled with empty texts, what is beyond the header is dropped. Linear in the text. */
export function parseCsv(source: string): Csv | { readonly line: number; readonly message: string } {
  const text = source.startsWith('\uFEFF') ? source.slice(1) : source;
  let header: readonly string[] | null = null;
  const rows: (readonly string[])[] = [];
  const lines: number[] = [];
  let cells: string[] = [];
  let cellCount = 0;
  let line = 1;
  let rowLine = 1;
  let index = 0;

  const endRow = (): void => {
    const isBlank = cells.length === 1 && cells[0] === '';
    const row = cells;
    cells = [];
    if (isBlank) return;
    if (header === null) header = row.map((cell) => cell.trim());
    else {
      rows.push(header.map((_, column) => row[column] ?? ''));
      lines.push(rowLine);
    }
  };

  while (index < text.length) {
    if (++cellCount > MAX_CELLS) return { line, message: `a table may have ${MAX_CELLS} cells` };
    let cell = '';
    if (cells.length === 0) rowLine = line;
    if (text[index] === '"') {
      const startLine = line;
      for (index++; ; ) {
        const end = text.indexOf('"', index);
        if (end < 0) return { line: startLine, message: 'this quotation mark is not closed: add "' };
        const part = text.slice(index, end);
        cell += part;
        line += countLines(part);
        index = end + 1;
        if (text[index] !== '"') break;
        cell += '"';
        index++;
      }
    }
    let end = index;
    while (end < text.length && text[end] !== ',' && text[end] !== '\n') end++;
    cell += text.slice(index, end).replace(/\r$/, '');
    cells.push(cell);
    index = end + 1;
    if (text[end] === ',') {
      // A comma at the very end has an empty cell after it.
      if (index >= text.length) cells.push('');
      continue;
    }
    line++;
    endRow();
  }
  if (cells.length > 0) endRow();
  if (header === null) return { line: 1, message: 'the table is empty: its first line names the columns' };
  return { header, rows, lines };
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
