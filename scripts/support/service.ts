/** A child process that must always run: started again, after a growing pause, whenever it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcess, identifyProcess, type ProcessIdentity } from '#lib/db/process-identity.ts';
import { ROOT } from './paths.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** A run of this length counts as healthy: the next pause is short again. */
const HEALTHY_RUN_MS = 60_000;
/** Open event streams keep a web server from ending by itself. */
const STOP_GRACE_MS = 3_000;

export type Service = {
  /** The process that runs now, if one does. */
  identity(): ProcessIdentity | null;
  /** Ends it for good. */
  stop(): Promise<void>;
};

export type ServiceOptions = {
  readonly name: string;
  /** Arguments of Node. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  say(text: string): void;
  /** Called after every start. */
  onStart(): Promise<void>;
  /** Takes the lines of the child's standard output; without it the child writes to ours. */
  onLine?(line: string): void;
};

export function startService(options: ServiceOptions): Service {
  const stopping = new AbortController();
  let identity: ProcessIdentity | null = null;
  const finished = keepRunning(options, stopping.signal, (next) => {
    identity = next;
  });
  return {
    identity: () => identity,
    async stop() {
      stopping.abort();
      if (identity !== null) await endService(identity);
      await finished;
    },
  };
}

function endService(identity: ProcessIdentity): Promise<void> {
  return endProcess(identity, { signal: 'SIGTERM', graceMs: STOP_GRACE_MS, group: true });
}

async function keepRunning(
  options: ServiceOptions,
  signal: AbortSignal,
  onIdentity: (identity: ProcessIdentity | null) => void,
): Promise<void> {
  let pauseMs = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    const startedMs = performance.now();
    const how = await runOnce(options, signal, onIdentity);
    onIdentity(null);
    if (signal.aborted) return;
    if (performance.now() - startedMs > HEALTHY_RUN_MS) pauseMs = FIRST_PAUSE_MS;
    options.say(`The ${options.name} ended (${how}); it starts again in ${pauseMs / 1000} s.`);
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
}

/** Returns how the process ended, in words. */
async function runOnce(
  options: ServiceOptions,
  signal: AbortSignal,
  onIdentity: (identity: ProcessIdentity | null) => void,
): Promise<string> {
  const child: ChildProcess = spawn(process.execPath, options.args, {
    cwd: ROOT,
    env: options.env,
    // Its own group, so that Ctrl-C reaches the supervisor alone and everything below the child can be ended with it.
    detached: true,
    stdio: ['ignore', options.onLine === undefined ? 'inherit' : 'pipe', 'inherit'],
  });
  if (options.onLine !== undefined && child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', options.onLine);
  }
  const ended = new Promise<string>((done) => {
    child.once('error', (error) => done(error.message));
    child.once('exit', (code, signalName) => done(signalName ?? `exit code ${code}`));
  });
  if (child.pid !== undefined) {
    const identity = await identifyProcess(child.pid);
    onIdentity(identity);
    // A full disk must not end the supervisor: at worst, an orphan is not found after a crash.
    await options
      .onStart()
      .catch((error: unknown) => options.say(`The ${options.name} is not recorded: ${error}`));
    // `stop` may have been called before there was an identity to end.
    if (signal.aborted && identity !== null) await endService(identity);
  }
  return ended;
}
