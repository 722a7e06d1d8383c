/**
 * The production build of the web interface. Each build is kept in a folder named by what it was made from, so that a
 * running server is not pulled from under its feet when somebody builds newer code in the same checkout.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, glob, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcess, identifyProcess } from '#lib/db/process-identity.ts';
import { Failure } from './failure.ts';
import { type FileLock, tryLock } from './file-lock.ts';
import { NEXT, ROOT } from './paths.ts';

const BUILDS = join(ROOT, '.jobsight', 'builds');

const SOURCES = [
  '{app,components,lib,prisma}/**/*.{ts,tsx,css,yaml,json,prisma,grammar,svg,png,ico}',
  'public/**/*',
  '{package,package-lock}.json',
  '{next.config,proxy,instrumentation,instrumentation-client}.ts',
  'postcss.config.mjs',
];
const isSource = (path: string) => !/\.test\.tsx?$|^lib\/db\/generated\//.test(path);

/** How many builds stay; servers that were started before the last ones lose files that they have not sent yet. */
const KEPT_BUILDS = 3;

/** What `next start` needs beside the build itself. */
const LINKED = ['node_modules', 'package.json', 'next.config.ts', 'public', 'lib'];

async function hashSources(): Promise<string> {
  const paths = new Set<string>();
  for (const pattern of SOURCES) {
    for await (const entry of glob(pattern, { cwd: ROOT, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
        .slice(ROOT.length + 1)
        .replaceAll('\\', '/');
      if (entry.isFile() && isSource(path)) paths.add(path);
    }
  }
  const hash = createHash('sha256').update(process.version);
  for (const path of [...paths].toSorted())
    hash.update(`\0${path}\0`).update(await readFile(join(ROOT, path)));
  return hash.digest('hex').slice(0, 16);
}

/** The folder to start the web server from; builds it first, if what it is made from has changed. */
export async function ensureBuild(say: (text: string) => void, signal: AbortSignal): Promise<string> {
  const folder = join(BUILDS, await hashSources());
  if (existsSync(folder)) return folder;
  await mkdir(BUILDS, { recursive: true });
  const lock = await waitForLock(signal);
  try {
    if (existsSync(folder)) return folder; // another process has built it meanwhile
    say('Building the web interface (less than a minute, after an update only)…');
    await runNextBuild(signal);
    await keepBuild(folder);
    return folder;
  } finally {
    lock.release();
  }
}

/** All builds of a checkout go through one folder, .next. */
async function waitForLock(signal: AbortSignal): Promise<FileLock> {
  for (;;) {
    const lock = tryLock(join(ROOT, '.jobsight', 'build-lock'));
    if (lock !== null) return lock;
    await sleep(500, undefined, { signal });
  }
}

async function runNextBuild(signal: AbortSignal): Promise<void> {
  const child = spawn(process.execPath, [NEXT, 'build'], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const identity = child.pid === undefined ? null : await identifyProcess(child.pid);
  const abort = () =>
    identity !== null && endProcess(identity, { signal: 'SIGTERM', graceMs: 2000, group: true });
  signal.addEventListener('abort', abort);
  let output = '';
  const keepTail = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-20_000);
  };
  child.stdout.on('data', keepTail);
  child.stderr.on('data', keepTail);
  const code = await new Promise<number | null>((done, fail) =>
    child.once('error', fail).once('close', done),
  );
  signal.removeEventListener('abort', abort);
  signal.throwIfAborted();
  if (code !== 0) throw new Failure(`The web interface could not be built.\n${output.trim()}`);
}

/** Copies .next (without its cache) under the build's name; a rename at the end makes it appear whole. */
async function keepBuild(folder: string): Promise<void> {
  const draft = `${folder}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  await cp(join(ROOT, '.next'), join(draft, '.next'), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !/\.next[\\/](cache|dev|types|trace|diagnostics)/.test(source),
  });
  for (const name of LINKED) await symlink(join(ROOT, name), join(draft, name));
  await rename(draft, folder);
  await removeOldBuilds();
}

async function removeOldBuilds(): Promise<void> {
  const folders = (await readdir(BUILDS)).map((name) => join(BUILDS, name));
  const dated = await Promise.all(folders.map(async (path) => ({ path, time: (await stat(path)).mtimeMs })));
  const old = dated.toSorted((a, b) => b.time - a.time).slice(KEPT_BUILDS);
  await Promise.all(old.map(({ path }) => rm(path, { recursive: true, force: true })));
}
