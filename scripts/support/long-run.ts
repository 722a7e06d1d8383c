/** What `npm run test:long` keeps: stages that passed on this very code, and the report in docs. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { ROOT } from './paths.ts';
import type { StageResult } from './stages.ts';

const run = promisify(execFile);
const STATE = join(ROOT, '.jobsight', 'long-test.json');
const REPORT = 'docs/long-test.md';
const GIB = 1024 ** 3;

const stateSchema = z.object({
  code: z.string(),
  results: z.array(z.object({ name: z.string(), seconds: z.number(), passed: z.int(), failed: z.int() })),
});

export type LongRun = {
  /** The result of a stage that already passed on this code, or null. */
  passedBefore(name: string): StageResult | null;
  keep(result: StageResult): Promise<void>;
  report(results: readonly StageResult[]): Promise<void>;
};

export async function openLongRun(): Promise<LongRun> {
  const { commit, code } = await identifyCode();
  const kept = await readState();
  let results = kept?.code === code ? kept.results.filter((result) => result.failed === 0) : [];
  return {
    passedBefore: (name) => results.find((result) => result.name === name) ?? null,
    async keep(result) {
      results = [...results.filter(({ name }) => name !== result.name), result];
      await mkdir(dirname(STATE), { recursive: true });
      await writeFile(STATE, JSON.stringify({ code, results }));
    },
    async report(all) {
      const machine = `Node ${process.version}, ${cpus().length} cores, ${Math.round(totalmem() / GIB)} GiB`;
      const rows = all.map(
        ({ name, passed, failed, seconds }) => `| ${name} | ${passed} | ${failed} | ${seconds} |`,
      );
      const text = [
        '# Last long test',
        '',
        `${new Date().toISOString().slice(0, 10)}, commit ${commit}, ${machine}.`,
        '',
        '| stage | passed | failed | seconds |',
        '| --- | --- | --- | --- |',
        ...rows,
        '',
      ];
      await writeFile(join(ROOT, REPORT), text.join('\n'));
    },
  };
}

/** The commit, and a hash of it with all uncommitted changes. */
async function identifyCode(): Promise<{ commit: string; code: string }> {
  const git = async (...args: string[]) => (await run('git', args, { cwd: ROOT, maxBuffer: GIB })).stdout;
  const others = ['--', '.', `:!${REPORT}`];
  const commit = (await git('rev-parse', '--short', 'HEAD')).trim();
  const untracked = (await git('ls-files', '--others', '--exclude-standard', ...others))
    .split('\n')
    .filter(Boolean);
  const hash = createHash('sha256')
    .update(commit)
    .update(await git('diff', 'HEAD', ...others));
  for (const path of untracked) hash.update(path).update(await readFile(join(ROOT, path)));
  return { commit, code: hash.digest('hex') };
}

async function readState(): Promise<z.infer<typeof stateSchema> | null> {
  try {
    return stateSchema.parse(JSON.parse(await readFile(STATE, 'utf8')));
  } catch {
    return null;
  }
}
