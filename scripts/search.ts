import { parseArgs } from 'node:util';
import Papa from 'papaparse';
import { searchEnvironment } from '#lib/content/environment.ts';
import { loadContent } from '#lib/content/load.ts';
import { Hunt, TooManyEvents } from '#lib/detection/hunt.ts';
import type { FieldValue } from '#lib/events/event.ts';
import { printableText } from '#lib/evidence/printable.ts';
import { createTimeReader } from '#lib/evidence/text/times.ts';
import { compileSearch } from '#lib/spl/compile.ts';
import { describePlace } from '#lib/spl/place.ts';
import { type CompiledSearch, type Row, SplError } from '#lib/spl/types.ts';
import { readAll } from './support/evidence-files.ts';
import { loadMappings } from './support/mappings.ts';

const USAGE = `usage: npm run -s search -- [--format table|jsonl|csv] [--strict|--lenient] [--time-zone ZONE] [--password TEXT] [--evidence-zone ZONE]
       [--mapping FILE]... 'SPL' PATH...
PATH is a file, a folder (read with all its folders) or - for standard input; archives are opened, encrypted ones with --password.
Times in the evidence that have no zone are of --evidence-zone, else UTC. Columns that no known form claims are read by the
--mapping for their header, as the mapping screen exports it.`;

type Options = {
  readonly format: 'table' | 'jsonl' | 'csv';
  readonly mode: 'strict' | 'lenient';
  readonly timeZone: string;
  readonly password: string | undefined;
  /** IANA zone of times in the evidence that have none. */
  readonly evidenceZone: string | undefined;
  /** Files with mappings of columns. */
  readonly mappings: readonly string[];
  readonly text: string;
  readonly paths: readonly string[];
};

/** Exit codes: 0 done, also without rows or with bad records; 2 the search or an argument is wrong, or a path cannot be read. */
async function main(): Promise<number> {
  const options = readArguments();
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n${USAGE}\n`);
    return 2;
  }
  const mappings = await loadMappings(options.mappings);
  if (typeof mappings === 'string') {
    process.stderr.write(`${printableText(mappings)}\n`);
    return 2;
  }
  const { text, mode, timeZone } = options;
  try {
    const search = compileSearch(text, searchEnvironment(loadContent()));
    const startMs = performance.now();
    const hunt = new Hunt(search);
    const unreadable = await readAll(options.paths, {
      password: options.password,
      timeZone: options.evidenceZone,
      mappings,
      needles: () => hunt.needles,
      startFile: (sizeBytes) => hunt.startFile(sizeBytes),
      add: (file, block) => hunt.add(file, block),
    });
    const rows = hunt.finish({ mode, nowMs: Date.now(), timeZone });
    print(rows, search, options.format);
    const { files, bytes, events, badRecords } = hunt.totals;
    const seconds = (performance.now() - startMs) / 1_000;
    for (const line of unreadable) process.stderr.write(`${line}\n`);
    process.stderr.write(
      `searched ${files} files, ${bytes} bytes, ${events} events, ${badRecords} bad records, ${rows.length} rows in ${seconds.toFixed(3)} s\n`,
    );
    return unreadable.length > 0 ? 2 : 0;
  } catch (error) {
    if (error instanceof SplError) process.stderr.write(describePlace(error, text));
    else if (error instanceof TooManyEvents) process.stderr.write(`${error.message}\n`);
    else throw error;
    return 2;
  }
}

function readArguments(): Options | string {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        format: { type: 'string', default: process.stdout.isTTY ? 'table' : 'jsonl' },
        strict: { type: 'boolean', default: false },
        lenient: { type: 'boolean', default: false },
        'time-zone': { type: 'string', default: 'UTC' },
        password: { type: 'string' },
        'evidence-zone': { type: 'string' },
        mapping: { type: 'string', multiple: true, default: [] },
      },
    });
    const { format } = values;
    if (format !== 'table' && format !== 'jsonl' && format !== 'csv')
      return '--format is table, jsonl or csv';
    if (values.strict && values.lenient) return '--strict and --lenient exclude each other';
    const [text, ...paths] = positionals;
    if (text === undefined) return 'no search was given';
    if (paths.length === 0) return 'no PATH was given';
    // Throws when there is no such zone.
    createTimeReader(values['evidence-zone']);
    return {
      format,
      mode: values.lenient ? 'lenient' : 'strict',
      timeZone: values['time-zone'],
      password: values.password,
      evidenceZone: values['evidence-zone'],
      mappings: values.mapping,
      text,
      paths,
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function columnsOf(rows: readonly Row[], search: CompiledSearch): readonly string[] {
  const columns = search.columns ?? [...new Set(rows.flatMap((row) => [...row.fields.keys()]))];
  return rows.some(({ filled }) => filled.length > 0) ? [...columns, FILLED] : columns;
}

/** Column of lenient rows: the fields that only lenient null handling filled. */
const FILLED = '_filled';

function cellOf(row: Row, column: string): FieldValue {
  if (column === FILLED) return row.filled.length === 0 ? null : row.filled;
  return row.fields.get(column) ?? null;
}

const textOf = (value: FieldValue): string =>
  value === null ? '' : typeof value === 'object' ? value.join('\n') : String(value);

function print(rows: readonly Row[], search: CompiledSearch, format: Options['format']): void {
  const columns = columnsOf(rows, search);
  switch (format) {
    case 'jsonl':
      for (const row of rows) process.stdout.write(`${jsonLine(row, columns)}\n`);
      break;
    case 'csv': {
      const cells = rows.map((row) => columns.map((column) => textOf(cellOf(row, column))));
      // A spreadsheet must not take a value of the evidence for a formula.
      process.stdout.write(
        `${Papa.unparse({ fields: [...columns], data: cells }, { escapeFormulae: true, newline: '\n' })}\n`,
      );
      break;
    }
    case 'table':
      printTable(rows, columns);
  }
}

function jsonLine(row: Row, columns: readonly string[]): string {
  const entries = columns.flatMap((column) => {
    const value = cellOf(row, column);
    return value === null ? [] : [[column, value] as const];
  });
  return JSON.stringify(Object.fromEntries(entries));
}

const CELL_WIDTH = 60;

function printTable(rows: readonly Row[], columns: readonly string[]): void {
  if (rows.length === 0) {
    process.stdout.write('No rows.\n');
    return;
  }
  const shown = rows.map((row) =>
    columns.map((column) => {
      const text = printableText(textOf(cellOf(row, column)).replaceAll('\n', ' · '));
      return text.length > CELL_WIDTH ? `${text.slice(0, CELL_WIDTH - 1)}…` : text;
    }),
  );
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...shown.map((cells) => cells[index]?.length ?? 0)),
  );
  for (const cells of [columns.map((column) => printableText(column)), ...shown]) {
    const line = cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ');
    process.stdout.write(`${line.trimEnd()}\n`);
  }
}

process.exitCode = await main();
