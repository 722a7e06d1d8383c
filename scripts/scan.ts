import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import cliProgress from 'cli-progress';
import { loadKnowledge } from '#lib/detection/rules.ts';
import { Scan, type ScanReport } from '#lib/detection/scan.ts';
import { resultJson } from '#lib/detection/scan-output.ts';
import { printableText } from '#lib/evidence/printable.ts';
import { EvidenceRefused, readEvidence } from '#lib/evidence/read.ts';
import { openFile, spool } from '#lib/evidence/source.ts';
import { formatIsoTime } from '#lib/evidence/time.ts';

const USAGE = `usage: npm run -s scan -- [--format table|jsonl] [--detection ID]... [--variant 2023|2026]
       [--strict|--lenient] [--extended] [--verify] [--explain] PATH...
PATH is a file, a folder (read with all its folders) or - for standard input.`;

/** Exit codes: 0 done, also with nothing found or with bad records; 2 an argument is wrong or a path cannot be read. */
async function main(): Promise<number> {
  const options = readArguments();
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n${USAGE}\n`);
    return 2;
  }
  const knowledge = await loadKnowledge({ variant: options.variant });
  if (options.variant !== undefined && !knowledge.rules.some((rule) => rule.variant === options.variant)) {
    process.stderr.write(`no detection has the variant ${options.variant}\n${USAGE}\n`);
    return 2;
  }
  const unknown = options.detections.filter((id) => !knowledge.rules.some((rule) => rule.id.startsWith(id)));
  if (unknown.length > 0) {
    process.stderr.write(`no detection has the id ${unknown.join(', ')}; there are:\n`);
    for (const rule of knowledge.rules) process.stderr.write(`  ${rule.id}  ${rule.name}\n`);
    return 2;
  }
  const rules = knowledge.rules.filter(
    (rule) => options.detections.length === 0 || options.detections.some((id) => rule.id.startsWith(id)),
  );
  const startMs = performance.now();
  const { files, unreadable } = await findFiles(options.paths);
  const scan = new Scan(rules, options);
  const progress = startProgress(files);
  for (const file of files) {
    unreadable.push(...(await scanFile(scan, file, progress)));
  }
  progress?.stop();
  const report = scan.finish(Date.now());
  const seconds = (performance.now() - startMs) / 1_000;
  if (options.format === 'jsonl') printJson(report, options.explain);
  else printTable(report, options.explain);
  printSummary(report, seconds, unreadable);
  return unreadable.length > 0 ? 2 : 0;
}

type Options = {
  readonly format: 'table' | 'jsonl';
  readonly detections: readonly string[];
  readonly variant: string | undefined;
  readonly lenient: boolean;
  readonly extended: boolean;
  readonly verify: boolean;
  readonly explain: boolean;
  readonly paths: readonly string[];
};

function readArguments(): Options | string {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        format: { type: 'string', default: process.stdout.isTTY ? 'table' : 'jsonl' },
        detection: { type: 'string', multiple: true, default: [] },
        variant: { type: 'string' },
        strict: { type: 'boolean', default: false },
        lenient: { type: 'boolean', default: false },
        extended: { type: 'boolean', default: false },
        verify: { type: 'boolean', default: false },
        explain: { type: 'boolean', default: false },
      },
    });
    if (values.format !== 'table' && values.format !== 'jsonl') return '--format is table or jsonl';
    if (values.strict && values.lenient) return '--strict and --lenient exclude each other';
    if (positionals.length === 0) return 'no PATH was given';
    return {
      format: values.format,
      detections: values.detection,
      variant: values.variant,
      lenient: values.lenient,
      extended: values.extended,
      verify: values.verify,
      explain: values.explain,
      paths: positionals,
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** All regular files under the paths, each folder in the order of its names. */
async function findFiles(paths: readonly string[]): Promise<{ files: string[]; unreadable: string[] }> {
  const files: string[] = [];
  const unreadable: string[] = [];
  for (const given of paths.map(fromCallersFolder)) {
    if (given === '-') {
      files.push(given);
      continue;
    }
    try {
      const info = await stat(given);
      if (!info.isDirectory()) {
        files.push(given);
        continue;
      }
      const entries = await readdir(given, { recursive: true, withFileTypes: true });
      files.push(
        ...entries
          .filter((entry) => entry.isFile())
          .map((entry) => path.join(entry.parentPath, entry.name))
          .sort(),
      );
    } catch (error) {
      unreadable.push(`${printableText(given)}: ${reasonOf(error)}`);
    }
  }
  return { files, unreadable };
}

/** npm runs commands in the repository's root; a relative path means the folder that npm was called in. */
function fromCallersFolder(given: string): string {
  const folder = process.env.INIT_CWD;
  return given === '-' || folder === undefined || folder === process.cwd()
    ? given
    : path.resolve(folder, given);
}

/** @returns why the file could not be read, if so */
async function scanFile(
  scan: Scan,
  file: string,
  progress: cliProgress.SingleBar | null,
): Promise<readonly string[]> {
  const say = (text: string): void => {
    process.stderr.write(`${printableText(file)}: ${text}\n`);
  };
  try {
    const source = file === '-' ? await spool(process.stdin) : await openFile(file);
    try {
      scan.startFile(source.sizeBytes);
      const { blocks } = await readEvidence(source, { needles: scan.needles });
      for await (const block of blocks) {
        for (const problem of scan.add(file, block)) {
          say(
            `byte ${problem.place.offset}${problem.place.line ? `, line ${problem.place.line}` : ''}: ${problem.message}`,
          );
        }
        progress?.increment(block.lengthBytes);
      }
    } finally {
      await source.close();
    }
  } catch (error) {
    if (error instanceof EvidenceRefused) {
      say(error.message);
      return [];
    }
    return [`${printableText(file)}: ${reasonOf(error)}`];
  }
  return [];
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) {
    if (error.code === 'ENOENT') return 'there is no such file or folder';
    if (error.code === 'EACCES') return 'it may not be read; check its permissions';
  }
  return error instanceof Error ? error.message : String(error);
}

function startProgress(files: readonly string[]): cliProgress.SingleBar | null {
  if (!process.stderr.isTTY) return null;
  const bar = new cliProgress.SingleBar({
    format: `{bar} {percentage}% of ${files.length} files, {eta_formatted} left`,
    stream: process.stderr,
    hideCursor: true,
  });
  bar.start(1, 0);
  Promise.all(
    files.map((file) =>
      stat(file).then(
        (info) => info.size,
        () => 0,
      ),
    ),
  ).then(
    (sizes) => bar.setTotal(sizes.reduce((sum, size) => sum + size, 1)),
    () => undefined,
  );
  return bar;
}

function printJson(report: ScanReport, explain: boolean): void {
  for (const result of report.results) {
    const json = resultJson(result, report.sightings);
    process.stdout.write(`${JSON.stringify(explain ? { ...json, explain: explanationOf(result) } : json)}\n`);
  }
}

function explanationOf(result: ScanReport['results'][number]): readonly Record<string, unknown>[] {
  return result.explain.map((term) => ({ field: term.field, term: term.term, ranges: term.ranges }));
}

function printTable(report: ScanReport, explain: boolean): void {
  if (report.results.length === 0) process.stdout.write('Nothing found.\n');
  for (const result of report.results) {
    const first = result.firstTicks === null ? 'no time' : formatIsoTime(result.firstTicks);
    const mark = result.mode === 'strict' ? `risk ${result.rule.riskScore}` : result.mode;
    process.stdout.write(
      `${first}  ${mark}  ${result.rule.techniques.join(',')}  ${printableText(result.sentence)}\n`,
    );
    process.stdout.write(
      `    ${result.rule.name} · host ${printableText(result.dest ?? '–')} · user ${printableText(result.user ?? '–')} · events ${result.events.length}\n`,
    );
    if (!explain) continue;
    for (const term of result.explain) process.stdout.write(`    because ${printableText(term.term)}\n`);
  }
}

function printSummary(report: ScanReport, seconds: number, unreadable: readonly string[]): void {
  const { files, bytes, events, badRecords } = report.totals;
  for (const line of unreadable) process.stderr.write(`${line}\n`);
  for (const { rule, hosts } of report.relevance) {
    if (hosts.size === 0) process.stderr.write(`blind: ${rule.name}: ${rule.blindLabel}\n`);
  }
  process.stderr.write(
    `scanned ${files} files, ${bytes} bytes, ${events} events, ${badRecords} bad records, ${report.results.length} findings in ${seconds.toFixed(3)} s\n`,
  );
}

process.exitCode = await main();
