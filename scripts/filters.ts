import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Result } from '#lib/detection/detect.ts';
import type { Knowledge } from '#lib/detection/rule.ts';
import { loadedContent, loadKnowledge } from '#lib/detection/rules.ts';
import { Scan, type ScanReport } from '#lib/detection/scan.ts';
import { hostName, shortHostName } from '#lib/events/names.ts';
import { printableText } from '#lib/evidence/printable.ts';
import { formatIsoTime } from '#lib/evidence/time.ts';
import { rowEvent } from '#lib/filters/compile.ts';
import { draftSource } from '#lib/filters/draft.ts';
import type { ImportedRule, NamedDetection } from '#lib/filters/exchange.ts';
import { fieldsOfRules } from '#lib/filters/fields.ts';
import { filterDraft } from '#lib/filters/inputs.ts';
import { FilterIndex, isInScope, type ScopedRule, type Subject } from '#lib/filters/match.ts';
import { readRules } from '#lib/filters/read-file.ts';
import { scopedRule } from '#lib/filters/scoped-rule.ts';
import type { FilterCheck, FilterDraft } from '#lib/filters/types.ts';
import { checkDraft, rulesOfDraft } from '#lib/filters/validate.ts';
import { describePlace } from '#lib/spl/place.ts';
import { readAll } from './support/evidence-files.ts';
import { loadMappings } from './support/mappings.ts';

const USAGE = `usage: npm run -s filters -- preview [--format table|jsonl] [--password TEXT] [--evidence-zone ZONE]
       [--mapping FILE]... FILE PATH...
       npm run -s filters -- check FILE
FILE holds filter rules: macros.conf, JSON of this product, or Sigma filters. PATH is evidence: a file or a folder.
preview says how many of the findings in the evidence each rule covers; check reads the rules alone.`;

type Options = {
  readonly command: 'preview' | 'check';
  readonly format: 'table' | 'jsonl';
  readonly password: string | undefined;
  readonly evidenceZone: string | undefined;
  /** Files with mappings of columns. */
  readonly mappings: readonly string[];
  readonly file: string;
  readonly paths: readonly string[];
};

type CheckedRule = { readonly draft: FilterDraft; readonly check: FilterCheck };

/** Exit codes: 0 done; 2 a rule has a mistake, an argument is wrong, or something cannot be read. */
async function main(): Promise<number> {
  const options = readArguments();
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n${USAGE}\n`);
    return 2;
  }
  const knowledge = await loadKnowledge();
  const text = readText(options.file);
  if (text === null) {
    process.stderr.write(`${printableText(options.file)}: cannot be read\n`);
    return 2;
  }
  const { rules, problems } = readRules(text, await detectionsOf(knowledge));
  for (const { place, message } of problems) {
    process.stderr.write(`${printableText(place)}: ${printableText(message)}\n`);
  }
  const checked = rules.map((rule) => checkRule(rule, knowledge));
  for (const one of checked) printCheck(one, options.command === 'check');
  const sound = checked.filter(({ check }) => check.problems.length === 0);
  const isWrong = problems.length > 0 || sound.length < checked.length;
  if (options.command === 'check') return isWrong ? 2 : 0;
  const unreadable = await preview(
    sound.map(({ draft }) => draft),
    knowledge,
    options,
  );
  for (const line of unreadable) process.stderr.write(`${line}\n`);
  return isWrong || unreadable.length > 0 ? 2 : 0;
}

function readArguments(): Options | string {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        format: { type: 'string', default: process.stdout.isTTY ? 'table' : 'jsonl' },
        password: { type: 'string' },
        'evidence-zone': { type: 'string' },
        mapping: { type: 'string', multiple: true, default: [] },
      },
    });
    const { format } = values;
    const [command, file, ...paths] = positionals;
    if (format !== 'table' && format !== 'jsonl') return '--format is table or jsonl';
    if (command !== 'preview' && command !== 'check') return 'say preview or check';
    if (file === undefined) return 'no FILE was given';
    if (command === 'preview' && paths.length === 0) return 'no PATH was given';
    return {
      command,
      format,
      password: values.password,
      evidenceZone: values['evidence-zone'],
      mappings: values.mapping,
      file,
      paths,
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

async function detectionsOf({ rules }: Knowledge): Promise<NamedDetection[]> {
  const { detections } = await loadedContent();
  return detections.map(({ id, name, file_name: fileName }) => ({
    id,
    name,
    fileName,
    columns: rules.find((rule) => rule.id === id)?.search.columns ?? null,
  }));
}

function checkRule(rule: ImportedRule, knowledge: Knowledge): CheckedRule {
  const draft = { ...filterDraft.parse(rule), expiresAt: rule.expiresAt ?? null };
  const fields = fieldsOfRules(rulesOfDraft(draft, { knowledge }));
  return { draft, check: checkDraft(draft, fields, { knowledge, lookups: new Map() }) };
}

function printCheck({ draft, check }: CheckedRule, isAsked: boolean): void {
  const out = isAsked ? process.stdout : process.stderr;
  if (isAsked) out.write(`${printableText(draft.name)}\n`);
  for (const { message, remedy, ...place } of check.problems) {
    const text = [message, remedy].filter((part) => part !== null).join(' ');
    out.write(describePlace({ message: `${printableText(draft.name)}: ${text}`, ...place }, draft.text));
  }
  if (!isAsked) return;
  for (const { check: name, severity, message, better } of check.warnings) {
    out.write(`  ${severity}: ${name}: ${printableText(message)}\n`);
    if (better !== null) out.write(`    better: ${printableText(better)}\n`);
  }
}

// ------------------------------------------------------------------------------------------ preview

/** @returns what of the evidence cannot be read */
async function preview(
  drafts: readonly FilterDraft[],
  knowledge: Knowledge,
  options: Options,
): Promise<readonly string[]> {
  const mappings = await loadMappings(options.mappings);
  if (typeof mappings === 'string') return [printableText(mappings)];
  const scan = new Scan(knowledge.rules, { lenient: true, extended: true, verify: false, explain: false });
  const unreadable = await readAll(options.paths, {
    password: options.password,
    timeZone: options.evidenceZone,
    mappings,
    needles: () => scan.needles,
    startFile: (sizeBytes) => scan.startFile(sizeBytes),
    add: (file, block) => scan.add(file, block),
  });
  const report = scan.finish(Date.now());
  const hosts = joinedHosts(report);
  const findings = report.results.map((result) => ({ result, subject: subjectOf(result, hosts) }));
  const rules = drafts.map((draft) => ({
    ...scopedRule(draftSource(draft), { catalogue: { lookups: new Map(), knowledge }, hosts }),
    draft,
  }));
  const index = new FilterIndex<ScopedRule & { readonly draft: FilterDraft }>(rules);
  const covered = new Map<ScopedRule, Result[]>(rules.map((rule) => [rule, []]));
  let hidden = 0;
  for (const { result, subject } of findings) {
    const own = index.rulesCovering(subject);
    for (const rule of own) covered.get(rule)?.push(result);
    if (own.some(({ draft }) => draft.outcome !== 'lower')) hidden++;
  }
  for (const rule of rules) {
    const considered = findings.filter(({ subject }) => isInScope(rule.scope, subject)).length;
    printRule(rule.draft, covered.get(rule) ?? [], considered, options.format);
  }
  process.stderr.write(`hidden ${hidden} of ${findings.length} findings by ${rules.length} rules\n`);
  return unreadable;
}

/** As findings are kept: a short name is the one full name that begins with it. */
function joinedHosts({ relevance, kept }: ScanReport): ReadonlyMap<string, string> {
  const names = new Set([
    ...relevance.flatMap(({ hosts }) => [...hosts.keys()]),
    ...kept.map(({ record }) => hostName(record.system.computer)),
  ]);
  const qualified = Map.groupBy(
    [...names].filter((name) => name.includes('.')),
    shortHostName,
  );
  return new Map(
    [...names].map((name) => {
      const [only, ...others] = name.includes('.') ? [] : (qualified.get(name) ?? []);
      return [name, only !== undefined && others.length === 0 ? only : name];
    }),
  );
}

function subjectOf(result: Result, hosts: ReadonlyMap<string, string>): Subject {
  const { rule, dest, firstTicks, lastTicks, row } = result;
  const name = dest === null ? null : hostName(dest);
  return {
    detectionId: rule.id,
    host: name === null ? null : (hosts.get(name) ?? name),
    firstTicks,
    lastTicks,
    row: rowEvent(row),
  };
}

function printRule(
  draft: FilterDraft,
  covered: readonly Result[],
  considered: number,
  format: Options['format'],
): void {
  const byHost = Map.groupBy(covered, ({ dest }) => dest ?? '');
  if (format === 'jsonl') {
    const first = times(covered.map(({ firstTicks }) => firstTicks)).at(0);
    const last = times(covered.map(({ lastTicks }) => lastTicks)).at(-1);
    const line = {
      name: draft.name,
      text: draft.text,
      outcome: draft.outcome,
      detection_ids: draft.detectionIds,
      considered,
      covered: covered.length,
      by_host: Object.fromEntries([...byHost].map(([host, own]) => [host, own.length])),
      first_time: first === undefined ? null : formatIsoTime(first),
      last_time: last === undefined ? null : formatIsoTime(last),
    };
    process.stdout.write(`${JSON.stringify(line)}\n`);
    return;
  }
  process.stdout.write(
    `${covered.length} of ${considered}  ${draft.outcome}  ${printableText(draft.name)}\n`,
  );
  for (const [host, own] of byHost)
    process.stdout.write(`    ${own.length}  ${printableText(host || '–')}\n`);
}

const times = (ticks: readonly (bigint | null)[]): bigint[] =>
  ticks.filter((time) => time !== null).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

process.exitCode = await main();
