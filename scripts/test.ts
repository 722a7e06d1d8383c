/**
 * `npm test`: everything that must be green, in one line at the end. `npm run test:long` is the same with LONG_TESTS=1,
 * under which tests take the big figures; it goes on at the first stage that has not passed on this very code, and keeps
 * its result in docs/long-test.md.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { ensureBuild } from './support/build.ts';
import { ensureChromium } from './support/chromium.ts';
import { runCommand } from './support/failure.ts';
import { openLongRun } from './support/long-run.ts';
import { NEXT, ROOT } from './support/paths.ts';
import {
  type Count,
  expectSuccess,
  PASSED,
  runStage,
  runTool,
  type Stage,
  type StageResult,
} from './support/stages.ts';

const tool = (...path: string[]) => join(ROOT, 'node_modules', ...path);

const vitestReport = z.object({ numPassedTests: z.int(), numFailedTests: z.int(), success: z.boolean() });
const playwrightReport = z.object({
  stats: z.object({ expected: z.int(), unexpected: z.int(), flaky: z.int() }),
  errors: z.array(z.unknown()),
});
const cruiseReport = z.object({ summary: z.object({ totalCruised: z.int(), error: z.int() }) });

const stages: readonly Stage[] = [
  {
    name: 'format and lint',
    run: () =>
      expectSuccess(() =>
        runTool(tool('@biomejs', 'biome', 'bin', 'biome'), ['check', '--error-on-warnings']),
      ),
  },
  {
    name: 'types',
    run: () =>
      expectSuccess(
        () => runTool(NEXT, ['typegen']),
        () => runTool(tool('typescript', 'bin', 'tsc'), ['--noEmit', '-p', '.']),
      ),
  },
  { name: 'doors between the parts', run: checkDoors },
  {
    name: 'unused code',
    run: () => expectSuccess(() => runTool(tool('knip', 'bin', 'knip.js'), ['--no-config-hints'])),
  },
  {
    name: 'production build',
    async run() {
      await ensureBuild((text) => void process.stdout.write(`${text}\n`), new AbortController().signal);
      return PASSED;
    },
  },
  { name: 'unit and integration tests', run: runVitest },
  { name: 'end-to-end tests', run: runPlaywright },
];

async function checkDoors(): Promise<Count> {
  const cruiser = tool('dependency-cruiser', 'bin', 'dependency-cruiser.mjs');
  const folders = ['app', 'components', 'lib', 'scripts'];
  const config = ['--config', '.dependency-cruiser.cjs'];
  const { output } = await runTool(cruiser, [...config, '--output-type', 'json', ...folders]);
  const { summary } = cruiseReport.parse(
    JSON.parse(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1)),
  );
  // It passes when it has understood nothing, too.
  if (summary.totalCruised === 0) throw new Error('dependency-cruiser found no modules.');
  if (summary.error === 0) return PASSED;
  return expectSuccess(() => runTool(cruiser, [...config, '--output-type', 'err', ...folders]));
}

async function runVitest(): Promise<Count> {
  return withReportFile(async (file) => {
    const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const { code } = await runTool(tool('vitest', 'vitest.mjs'), args, { show: true });
    const report = vitestReport.parse(JSON.parse(await readFile(file, 'utf8')));
    return countOf(report.numPassedTests, report.numFailedTests, code);
  });
}

async function runPlaywright(): Promise<Count> {
  ensureChromium();
  return withReportFile(async (file) => {
    const { code } = await runTool(tool('@playwright', 'test', 'cli.js'), ['test', '--reporter=list,json'], {
      show: true,
      env: { PLAYWRIGHT_JSON_OUTPUT_FILE: file },
    });
    const { stats, errors } = playwrightReport.parse(JSON.parse(await readFile(file, 'utf8')));
    return countOf(stats.expected, stats.unexpected + stats.flaky + errors.length, code);
  });
}

/** A run that ended badly without a failed test (a crash, an unhandled error) counts as one failure. */
function countOf(passed: number, failed: number, code: number): Count {
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

async function withReportFile<T>(use: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'jobsight-report-'));
  try {
    return await use(join(folder, 'report.json'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await runCommand(async () => {
  const { values } = parseArgs({ options: { long: { type: 'boolean', default: false } } });
  if (values.long) process.env.LONG_TESTS = '1';
  const longRun = values.long ? await openLongRun() : null;
  const results: StageResult[] = [];
  for (const stage of stages) {
    const result = longRun?.passedBefore(stage.name) ?? (await runStage(stage));
    results.push(result);
    await longRun?.keep(result);
  }
  await longRun?.report(results);
  const sum = (key: keyof Count) => results.reduce((total, result) => total + result[key], 0);
  process.stdout.write(`\n${sum('passed')} passed, ${sum('failed')} failed\n`);
  process.exitCode = sum('failed') === 0 ? 0 : 1;
});
