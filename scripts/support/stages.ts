/** Stages of `npm test`: each runs, says how long it took, and counts what passed and failed. */
import { spawn } from 'node:child_process';
import { ROOT } from './paths.ts';

export type Count = { readonly passed: number; readonly failed: number };

export type Stage = {
  readonly name: string;
  /** Runs it; a stage without tests of its own counts as one. Throws count as one failure. */
  run(): Promise<Count>;
};

export type StageResult = Count & { readonly name: string; readonly seconds: number };

export const PASSED: Count = { passed: 1, failed: 0 };
export const FAILED: Count = { passed: 0, failed: 1 };

export async function runStage(stage: Stage): Promise<StageResult> {
  process.stdout.write(`\n── ${stage.name}\n`);
  const startedMs = performance.now();
  let count = FAILED;
  try {
    count = await stage.run();
  } catch (error) {
    process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
  }
  const seconds = Math.round((performance.now() - startedMs) / 100) / 10;
  const { name } = stage;
  process.stdout.write(`── ${name}: ${count.passed} passed, ${count.failed} failed, ${seconds} s\n`);
  return { name, seconds, ...count };
}

export type Ran = { readonly code: number; readonly output: string };

/**
 * Runs a program of node_modules with Node. With `show`, its output appears as it comes; otherwise it is returned.
 */
export async function runTool(
  script: string,
  args: readonly string[],
  { show = false, env = {} }: { show?: boolean; env?: Readonly<Record<string, string>> } = {},
): Promise<Ran> {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: ROOT,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...env },
    stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const code = await new Promise<number>((done, fail) => {
    child.once('error', fail);
    child.once('close', (exitCode) => done(exitCode ?? 1));
  });
  return { code, output };
}

/** Runs programs one after the other; shows the output of the one that fails, and stops there. */
export async function expectSuccess(...runs: (() => Promise<Ran>)[]): Promise<Count> {
  for (const run of runs) {
    const { code, output } = await run();
    if (code !== 0) {
      process.stdout.write(output);
      return FAILED;
    }
  }
  return PASSED;
}
