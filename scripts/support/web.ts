/** The web server of a build, as a service. */
import { setTimeout as sleep } from 'node:timers/promises';
import { NEXT } from './paths.ts';
import { type Service, startService } from './service.ts';

export type WebService = Service & {
  /** Resolves when the server answers; rejects when `signal` aborts. */
  waitUntilReady(url: string, signal: AbortSignal): Promise<void>;
};

export type WebOptions = {
  /** As `ensureBuild` gave it. */
  readonly buildFolder: string;
  readonly host: string;
  readonly port: number;
  say(text: string): void;
  onStart(): Promise<void>;
};

export function startWebService({ buildFolder, host, port, say, onStart }: WebOptions): WebService {
  const service = startService({
    name: 'web server',
    args: [NEXT, 'start', buildFolder, '--hostname', host, '--port', String(port)],
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    say,
    onStart,
    // Next greets with its own address and version; ours is printed instead. Log lines are JSON objects.
    onLine: (line) => {
      if (line.startsWith('{')) process.stdout.write(`${line}\n`);
    },
  });
  return {
    ...service,
    async waitUntilReady(url, signal) {
      while (!(await answers(url))) await sleep(100, undefined, { signal });
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/healthz`, { redirect: 'manual', signal: AbortSignal.timeout(5000) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}
