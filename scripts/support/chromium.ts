/** A Chromium or Chrome for the end-to-end tests. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';
import { Failure } from './failure.ts';
import { ROOT } from './paths.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const ELSEWHERE = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];
const DOWNLOAD_TIMEOUT_MS = 3 * 60_000;

/** Path of an installed browser (the system's, else Playwright's own), or null. */
export function findChromium(): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const candidates = [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), ...ELSEWHERE];
  return [...candidates, chromium.executablePath()].find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Finds a browser, or installs one: by Playwright, else by apt as root. Throws Failure when neither works. */
export function ensureChromium(): string {
  const playwright = join(ROOT, 'node_modules', '@playwright', 'test', 'cli.js');
  const attempts: (() => void)[] = [
    () => undefined,
    () => run(process.execPath, [playwright, 'install', 'chromium']),
    () => {
      if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0) return;
      run('apt-get', ['update']);
      run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium']);
    },
  ];
  for (const attempt of attempts) {
    attempt();
    const found = findChromium();
    if (found !== null) return found;
  }
  throw new Failure(
    'The end-to-end tests need Chromium or Chrome, and none could be installed. Install one (on Debian: apt-get install chromium) and run npm test again.',
  );
}

function run(command: string, args: readonly string[]): void {
  spawnSync(command, args, { stdio: 'ignore', timeout: DOWNLOAD_TIMEOUT_MS });
}
