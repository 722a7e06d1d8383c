import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { FUZZED_READERS } from '#lib/evidence/testing/fuzz.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MUTANTS = process.env.LONG_TESTS ? 5_000 : 200;
const SEED = 20_240_305;
/** Node.js takes some 80 MB, the original files and what a mutant becomes the rest; no reader may hold more for long. */
const PEAK_MB = 450;
const TIMEOUT_MS = 900_000;

const run = (...args: readonly string[]) =>
  promisify(execFile)(process.execPath, ['scripts/fuzz.ts', ...args], { cwd: ROOT }).then(
    ({ stdout }) => ({ stdout, code: 0 }),
    (error: { stdout: string; stderr: string; code: number }) => error,
  );

describe(`${MUTANTS} damaged files`, () => {
  it.each(FUZZED_READERS)(
    'are read by %s as they must be, in bounded memory',
    { timeout: TIMEOUT_MS },
    async (reader) => {
      const { stdout } = await run('--reader', reader, '--seed', String(SEED), '--count', String(MUTANTS));
      expect(stdout).toMatch(/all as they must be/);
      expect(Number(/\((\d+) MB/.exec(stdout)?.[1])).toBeLessThan(PEAK_MB);
    },
  );
});

it('another reader, or a number that is none, is refused with how to ask', async () => {
  for (const args of [
    ['--reader', 'pdf'],
    ['--seed', 'x'],
    ['--count', '0'],
  ]) {
    expect(await run(...args)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('usage: npm run fuzz'),
    });
  }
});
