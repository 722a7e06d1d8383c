/** Runs `npm start`'s script as a child, for tests. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '#lib/db/embedded.ts';
import { ROOT } from './paths.ts';

export type Launched = {
  readonly process: ChildProcess;
  readonly dataFolder: string;
  readonly url: string;
  /** What it printed so far, both streams. */
  output(): string;
  /** Resolves with the match when the output has it; rejects with the output when the process ends before. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves with the exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
};

export type LaunchOptions = {
  /** A new temporary one when absent. */
  readonly dataFolder?: string;
  /** A free one when absent. */
  readonly port?: number;
  /** Further variables. Those of the caller that Jobsight reads are not passed on. */
  readonly env?: Readonly<Record<string, string>>;
};

export async function launch({ dataFolder, port, env = {} }: LaunchOptions = {}): Promise<Launched> {
  const folder = dataFolder ?? (await mkdtemp(join(tmpdir(), 'jobsight-launch-')));
  const chosenPort = port ?? (await findFreePort());
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(JOBSIGHT_|DATABASE_URL$|HOST$|NODE_ENV$|VITEST|TEST$|NODE_OPTIONS$)/.test(name),
  );
  const child = spawn(process.execPath, [join(ROOT, 'scripts', 'start.ts')], {
    env: {
      ...Object.fromEntries(inherited),
      NODE_ENV: 'production',
      JOBSIGHT_DATA: folder,
      PORT: String(chosenPort),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const onOutput = new EventTarget();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      onOutput.dispatchEvent(new Event('output'));
    });
  }
  const ended = new Promise<number | string>((done) => {
    child.once('exit', (code, signal) => done(signal ?? code ?? 1));
  });
  return {
    process: child,
    dataFolder: folder,
    url: `http://127.0.0.1:${chosenPort}`,
    output: () => output,
    ended,
    waitFor: (pattern) =>
      new Promise((done, fail) => {
        const look = () => {
          const match = pattern.exec(output);
          if (match !== null) done(match);
        };
        onOutput.addEventListener('output', look);
        look();
        void ended.then((how) => fail(new Error(`Ended (${how}) before ${pattern} came:\n${output}`)));
      }),
  };
}
