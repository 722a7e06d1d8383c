import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Result } from '#lib/detection/detect.ts';
import type { DetectionRule } from '#lib/detection/rule.ts';
import { loadKnowledge } from '#lib/detection/rules.ts';
import { Scan, type ScanReport } from '#lib/detection/scan.ts';
import { explanationJson, mappedNote, resultJson } from '#lib/detection/scan-output.ts';
import { missText } from '#lib/detection/why-not.ts';
import { hostName } from '#lib/events/names.ts';
import { printableText } from '#lib/evidence/printable.ts';
import { createTimeReader } from '#lib/evidence/text/times.ts';
import { formatIsoTime } from '#lib/evidence/time.ts';
import { chainJson, chainsOfScan, type ScanChain } from '#lib/risk/scan-chains.ts';
import { rulesOfFolder } from './support/detection-folder.ts';
import { readAll } from './support/evidence-files.ts';
import { loadMappings } from './support/mappings.ts';

const USAGE = `usage: npm run -s scan -- [--format table|jsonl] [--detection ID]... [--variant 2023|2026]
       [--strict|--lenient] [--extended] [--verify] [--explain] [--content FOLDER] [--password TEXT] [--evidence-zone ZONE]
       [--mapping FILE]... [--threads N] PATH...
PATH is a file, a folder (read with all its folders) or - for standard input; archives are opened, encrypted ones with --password.
Times in the evidence that have no zone are of --evidence-zone, else UTC. Columns that no known form claims are read by the
--mapping for their header, as the mapping screen exports it.
--threads look through a large EVTX file together, as many as there are cores unless told; they make no difference but in time.
--content also runs the detections in a folder: published YAML, Sigma rules, savedsearches.conf, with their macros and lookups.`;

const THREADS_MAX = 64;
/** One disk does not feed more. */
const THREADS_DEFAULT_MAX = 8;

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
  const imported = options.content === undefined ? null : await readContent(options.content);
  if (typeof imported === 'string') {
    process.stderr.write(`${imported}\n`);
    return 2;
  }
  const rules = [...knowledge.rules, ...(imported ?? [])].filter(
    (rule) => options.detections.length === 0 || options.detections.some((id) => rule.id.startsWith(id)),
  );
  const unknown = options.detections.filter((id) => !rules.some((rule) => rule.id.startsWith(id)));
  if (unknown.length > 0) {
    process.stderr.write(`no detection has the id ${unknown.join(', ')}; there are:\n`);
    for (const rule of knowledge.rules) process.stderr.write(`  ${rule.id}  ${rule.name}\n`);
    return 2;
  }
  const isLeftOut = !options.extended && options.detections.length > 0;
  const leftOut = rules.filter((rule) => isLeftOut && rule.evaluation === 'extended');
  if (leftOut.length > 0) {
    const names = leftOut.map((rule) => rule.name).join(', ');
    process.stderr.write(`${names}: runs only with --extended\n${USAGE}\n`);
    return 2;
  }
  const mappings = await loadMappings(options.mappings);
  if (typeof mappings === 'string') {
    process.stderr.write(`${printableText(mappings)}\n`);
    return 2;
  }
  const startMs = performance.now();
  // A chain joins what several detections find.
  const chains = options.extended && options.detections.length === 0 ? knowledge.chains : [];
  const scan = new Scan(
    rules,
    options,
    chains.map((chain) => chain.closes.search),
  );
  const unreadable = await readAll(options.paths, {
    password: options.password,
    timeZone: options.evidenceZone,
    mappings,
    threads: options.threads,
    needles: () => scan.needles,
    startFile: (sizeBytes) => scan.startFile(sizeBytes),
    add: (file, block) => scan.add(file, block),
  });
  const report = scan.finish(Date.now());
  const seconds = (performance.now() - startMs) / 1_000;
  const hosts = new Set([
    ...report.relevance.flatMap((one) => [...one.hosts.keys()]),
    ...report.kept.map(({ record }) => hostName(record.system.computer)),
  ]);
  const found = chainsOfScan(chains, report.results, report.kept, hosts);
  if (options.format === 'jsonl') printJson(report, found, options.explain);
  else printTable(report, found, options.explain);
  printSummary(report, found.length, seconds, unreadable);
  return unreadable.length > 0 ? 2 : 0;
}

/** @returns the detections of the folder, or why it cannot be read; those that cannot run are told */
async function readContent(folder: string): Promise<readonly DetectionRule[] | string> {
  try {
    const { rules, refused } = await rulesOfFolder(folder);
    for (const reason of refused) process.stderr.write(`cannot run: ${printableText(reason)}\n`);
    return rules;
  } catch (error) {
    return `${printableText(folder)}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

type Options = {
  readonly format: 'table' | 'jsonl';
  readonly detections: readonly string[];
  readonly variant: string | undefined;
  readonly lenient: boolean;
  readonly extended: boolean;
  readonly verify: boolean;
  readonly explain: boolean;
  readonly content: string | undefined;
  readonly password: string | undefined;
  /** IANA zone of times in the evidence that have none. */
  readonly evidenceZone: string | undefined;
  /** Files with mappings of columns. */
  readonly mappings: readonly string[];
  readonly threads: number;
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
        content: { type: 'string' },
        password: { type: 'string' },
        'evidence-zone': { type: 'string' },
        mapping: { type: 'string', multiple: true, default: [] },
        threads: { type: 'string', default: String(Math.min(availableParallelism(), THREADS_DEFAULT_MAX)) },
      },
    });
    if (values.format !== 'table' && values.format !== 'jsonl') return '--format is table or jsonl';
    if (values.strict && values.lenient) return '--strict and --lenient exclude each other';
    const threads = /^\d{1,3}$/.test(values.threads) ? Number(values.threads) : 0;
    if (threads < 1 || threads > THREADS_MAX) return `--threads is a number from 1 to ${THREADS_MAX}`;
    if (positionals.length === 0) return 'no PATH was given';
    // Throws when there is no such zone.
    createTimeReader(values['evidence-zone']);
    return {
      format: values.format,
      detections: values.detection,
      variant: values.variant,
      lenient: values.lenient,
      extended: values.extended,
      verify: values.verify,
      explain: values.explain,
      content: values.content,
      password: values.password,
      evidenceZone: values['evidence-zone'],
      mappings: values.mapping,
      threads,
      paths: positionals,
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Results and chains in one order: by first time, name and host. */
function inOrder(report: ScanReport, chains: readonly ScanChain[]): readonly (Result | ScanChain)[] {
  return [...report.results, ...chains].toSorted((a, b) => {
    const [left, right] = [a.firstTicks ?? 0n, b.firstTicks ?? 0n];
    if (left !== right) return left < right ? -1 : 1;
    return compare(a.rule.name, b.rule.name) || compare(a.dest ?? '', b.dest ?? '');
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function printJson(report: ScanReport, chains: readonly ScanChain[], explain: boolean): void {
  for (const found of inOrder(report, chains)) {
    const line =
      'severity' in found
        ? chainJson(found, report.sightings)
        : { ...resultJson(found, report.sightings), ...(explain ? explanationJson(found) : {}) };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }
}

function printTable(report: ScanReport, chains: readonly ScanChain[], explain: boolean): void {
  if (report.results.length === 0) process.stdout.write('Nothing found.\n');
  for (const found of inOrder(report, chains)) {
    const first = found.firstTicks === null ? 'no time' : formatIsoTime(found.firstTicks);
    const mark = 'severity' in found ? `chain, ${found.severity}` : markOf(found);
    process.stdout.write(
      `${first}  ${mark}  ${found.rule.techniques.join(',')}  ${printableText(found.sentence)}\n`,
    );
    process.stdout.write(
      `    ${found.rule.name} · host ${printableText(found.dest ?? '–')} · user ${printableText(found.user ?? '–')} · events ${found.events.length}\n`,
    );
    if ('severity' in found) continue;
    const note = mappedNote(found.mappedFrom);
    if (note !== null) process.stdout.write(`    ${note}\n`);
    if (!explain) continue;
    for (const [index, { method, before, after }] of found.decoding.entries()) {
      process.stdout.write(`    decoded ${index + 1}. ${method}: ${excerpt(before)} → ${excerpt(after)}\n`);
    }
    for (const term of found.explain) process.stdout.write(`    because ${printableText(term.term)}\n`);
  }
}

function markOf(result: ScanReport['results'][number]): string {
  if (result.mode === 'strict') return `risk ${result.rule.riskScore}`;
  return result.mode === 'lenient'
    ? `lenient (filled: ${printableText(result.filled.join(', '))})`
    : result.mode;
}

const EXCERPT_MAX = 200;

function excerpt(text: string): string {
  const printable = printableText(text.slice(0, EXCERPT_MAX));
  return text.length > EXCERPT_MAX ? `${printable}…` : printable;
}

function printSummary(
  report: ScanReport,
  chainTotal: number,
  seconds: number,
  unreadable: readonly string[],
): void {
  const { files, bytes, events, badRecords, alerts } = report.totals;
  for (const line of unreadable) process.stderr.write(`${line}\n`);
  if (report.unjoinedParts > 0) {
    process.stderr.write(
      `${report.unjoinedParts} parts of long script blocks were not joined, because all of them are too long to hold\n`,
    );
  }
  for (const { rule, reason } of report.stopped) {
    process.stderr.write(`stopped: ${printableText(rule.name)}: ${printableText(reason)}\n`);
  }
  // Of alerts alone nothing was to be judged.
  const isJudged = events > 0 || alerts === 0;
  for (const { rule, hosts } of report.relevance) {
    if (hosts.size === 0 && isJudged) process.stderr.write(`blind: ${rule.name}: ${rule.blindLabel}\n`);
  }
  for (const { rule, misses } of report.misses) {
    for (const miss of misses)
      process.stderr.write(`no match: ${rule.name}: ${printableText(missText(miss))}\n`);
  }
  if (report.repeats !== null) {
    const { repeats } = report;
    const said = alerts === 0 ? '' : `${alerts - repeats.alerts} alerts + `;
    process.stderr.write(
      `${events + alerts + badRecords} records = ${events - repeats.events} events + ${said}${badRecords} bad + ${repeats.events + repeats.alerts} seen already\n`,
    );
  }
  process.stderr.write(
    `scanned ${files} files, ${bytes} bytes, ${events} events, ${badRecords} bad records, ${report.results.length + chainTotal} findings in ${seconds.toFixed(3)} s\n`,
  );
}

process.exitCode = await main();
