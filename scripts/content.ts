import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Coverage, coverageOf, refusalCounts, unreadable } from '#lib/content/check/coverage.ts';
import { datasetPath, selectEvents } from '#lib/content/check/test-data.ts';
import { searchEnvironment } from '#lib/content/environment.ts';
import { importEnvironment } from '#lib/content/import/environment.ts';
import { linkLookups } from '#lib/content/import/lookup.ts';
import { readPublished } from '#lib/content/import/read.ts';
import type { ImportedContent, ImportedDetection } from '#lib/content/import/types.ts';
import { loadContent } from '#lib/content/load.ts';
import type { SearchableEvent } from '#lib/events/event.ts';
import { printableText } from '#lib/evidence/printable.ts';
import { EvidenceRefused, readEvidence } from '#lib/evidence/read.ts';
import { openFile } from '#lib/evidence/source.ts';
import type { CompiledSearch, SearchEnvironment } from '#lib/spl/types.ts';

const USAGE = `usage: npm run -s content -- check [--format table|jsonl] [--macros DIR] [--lookups DIR] [--data DIR] DIR
DIR is a folder of published detections (.yml, read with all its folders). Macros, lookups and recorded test data are
taken from the folders macros, lookups and datasets in DIR or above it, unless they are named.`;

const LEGEND = `
parsed  compiled  ran on an empty stream  proved  gave rows on its test data (- where there is none here)  file
proved: events made to satisfy its terms gave a row, and none with a term broken. Data models read the fields of made
events directly, so a proof is about the search, not about what a log source fills.`;

type Options = {
  readonly format: 'table' | 'jsonl';
  readonly macros: string | undefined;
  readonly lookups: string | undefined;
  readonly data: string | undefined;
  readonly folder: string;
};

type ContentFile = { readonly file: string; readonly content: ImportedContent };

/** Exit codes: 0 done, whatever was refused; 2 an argument is wrong or a folder cannot be read. */
async function main(): Promise<number> {
  const options = readArguments();
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n${USAGE}\n`);
    return 2;
  }
  const folder = fromCallersFolder(options.folder);
  let detections: readonly ContentFile[];
  let environment: SearchEnvironment;
  try {
    detections = await readFolder(folder, /\.ya?ml$/i);
    const around = [
      ...(await readFolder(nearestFolder(folder, 'macros', options.macros), /\.(?:ya?ml|conf)$/i)),
      ...(await readFolder(nearestFolder(folder, 'lookups', options.lookups), /\.(?:ya?ml|conf|csv)$/i)),
    ];
    for (const { content } of around) printProblems(content);
    environment = environmentOf([...around, ...detections].map(({ content }) => content));
  } catch (error) {
    process.stderr.write(`${printableText(reasonOf(error))}\n`);
    return 2;
  }
  const datasets = nearestFolder(folder, 'datasets', options.data);
  const rows: Coverage[] = [];
  for (const { file, content } of detections) {
    for (const row of await checkFile(path.relative(folder, file), content, environment, datasets)) {
      rows.push(row);
      process.stdout.write(options.format === 'jsonl' ? `${JSON.stringify(row)}\n` : tableLine(row));
    }
  }
  printSummary(rows, options.format);
  return 0;
}

function readArguments(): Options | string {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        format: { type: 'string', default: 'table' },
        macros: { type: 'string' },
        lookups: { type: 'string' },
        data: { type: 'string' },
      },
    });
    const { format, macros, lookups, data } = values;
    if (format !== 'table' && format !== 'jsonl') return '--format is table or jsonl';
    const [command, folder, ...rest] = positionals;
    if (command === undefined) return 'say what to do: check';
    if (command !== 'check') return `there is no command ${command}`;
    if (folder === undefined) return 'no DIR was given';
    if (rest.length > 0) return `one DIR at a time: ${rest.join(' ')} is too much`;
    return { format, macros, lookups, data, folder };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** npm runs commands in the repository's root; a relative path means the folder that npm was called in. */
function fromCallersFolder(given: string): string {
  return path.resolve(process.env.INIT_CWD ?? process.cwd(), given);
}

/** The folder that was named, else the nearest one of this name in `folder` or above it; null when there is none. */
function nearestFolder(folder: string, name: string, given: string | undefined): string | null {
  if (given !== undefined) return fromCallersFolder(given);
  for (let at = folder; ; at = path.dirname(at)) {
    const place = path.join(at, name);
    if (existsSync(place)) return place;
    if (path.dirname(at) === at) return null;
  }
}

async function readFolder(folder: string | null, pattern: RegExp): Promise<ContentFile[]> {
  if (folder === null) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  const read: ContentFile[] = [];
  for (const file of files) {
    read.push({ file, content: readPublished(await readFile(file, 'utf8'), path.basename(file)) });
  }
  return read;
}

function environmentOf(all: readonly ImportedContent[]): SearchEnvironment {
  const { tables } = linkLookups(
    all.flatMap(({ lookupDefinitions }) => lookupDefinitions),
    all.flatMap(({ lookupRows }) => lookupRows),
  );
  return importEnvironment(searchEnvironment(loadContent()), {
    detections: all.flatMap(({ detections }) => detections),
    macros: all.flatMap(({ macros }) => macros),
    lookups: tables,
  });
}

/** A row for each detection of the file; one for a file that cannot be read; none for a macro or lookup. */
async function checkFile(
  name: string,
  { detections, macros, lookupDefinitions, problems }: ImportedContent,
  environment: SearchEnvironment,
  datasets: string | null,
): Promise<readonly Coverage[]> {
  const rows: Coverage[] = [];
  for (const detection of detections) {
    const readTestData = (compiled: CompiledSearch) => readTests(detection, datasets, compiled);
    rows.push(await coverageOf(name, detection, environment, readTestData));
  }
  if (rows.length > 0 || macros.length > 0 || lookupDefinitions.length > 0) return rows;
  return [unreadable(name, problems[0]?.message ?? 'there is nothing in it')];
}

/** Null when none of the recordings is here, or none is in a form that can be read. */
async function readTests(
  { tests }: ImportedDetection,
  datasets: string | null,
  compiled: CompiledSearch,
): Promise<readonly SearchableEvent[] | null> {
  if (datasets === null) return null;
  const places = tests.flatMap(({ data }) => data.flatMap((one) => datasetPath(one.data) ?? []));
  let events: SearchableEvent[] | null = null;
  for (const place of new Set(places)) {
    const file = path.join(datasets, ...place.split('/'));
    if (!existsSync(file)) continue;
    const source = await openFile(file);
    try {
      const { blocks } = await readEvidence(source, {});
      events = [...(events ?? []), ...(await selectEvents(blocks, compiled))];
    } catch (error) {
      if (!(error instanceof EvidenceRefused)) throw error;
      process.stderr.write(`${printableText(`${place}: ${error.message}`)}\n`);
    } finally {
      await source.close();
    }
  }
  return events;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!('code' in error && 'path' in error)) return error.message;
  if (error.code === 'ENOENT') return `${error.path}: there is no such folder`;
  return error.code === 'ENOTDIR' ? `${error.path}: this is no folder` : error.message;
}

function printProblems({ problems }: ImportedContent): void {
  for (const { place, line, message } of problems) {
    process.stderr.write(
      `${printableText(`${place}${line === undefined ? '' : `, line ${line}`}: ${message}`)}\n`,
    );
  }
}

const mark = (isDone: boolean): string => (isDone ? 'yes' : 'no ');

function tableLine({ file, isParsed, isCompiled, isRun, proof, testRows, refusal }: Coverage): string {
  const proved = mark(proof?.status === 'proved');
  const data = testRows === null ? '-  ' : mark(testRows > 0);
  const marks = [mark(isParsed), mark(isCompiled), mark(isRun), proved, data].join('  ');
  const why = refusal?.reason ?? (proof?.status === 'not proved' ? `not proved: ${proof.reason}` : '');
  return `${marks}  ${printableText(file)}${why === '' ? '' : `  ${printableText(why)}`}\n`;
}

function printSummary(rows: readonly Coverage[], format: Options['format']): void {
  const count = (test: (row: Coverage) => boolean): number => rows.filter(test).length;
  const percent = (part: number): string => ((part / Math.max(1, rows.length)) * 100).toFixed(1);
  const running = count(({ isRun }) => isRun);
  // With jsonl the table's summary would be in the way; what programs read stays one object a line, but for the last.
  if (format === 'table') {
    const proved = count(({ proof }) => proof?.status === 'proved');
    const withData = count(({ testRows }) => testRows !== null);
    const lines = [
      LEGEND,
      '',
      `detections: ${rows.length}`,
      `parsed: ${count(({ isParsed }) => isParsed)}`,
      `compiled: ${count(({ isCompiled }) => isCompiled)}`,
      `ran on an empty stream: ${running}`,
      `proved: ${proved} (${percent(proved)} %)`,
      `gave rows on test data: ${count(({ testRows }) => (testRows ?? 0) > 0)} of ${withData}`,
      `refused: ${count(({ refusal }) => refusal !== null)}`,
      ...refusalCounts(rows).map(
        ([reason, times]) => `${String(times).padStart(6)}  ${printableText(reason)}`,
      ),
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
  process.stdout.write(`compile and run: ${percent(running)} %\n`);
}

process.exitCode = await main();
