/**
 * Every npm script begins here: makes sure that the project is set up, then runs scripts/<command>.ts on the Node of
 * package.json. It runs on the machine's own Node (18 or newer) and before anything is installed, so it uses neither
 * dependencies nor TypeScript. What it has to say goes to standard error; standard output is the command's own.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const isWindows = process.platform === 'win32';
const bin = join(root, 'node_modules', '.bin');
const node = join(bin, isWindows ? 'node.cmd' : 'node');
const stampFile = join(root, 'node_modules', '.jobsight-setup');
const lockFolder = join(root, '.jobsight', 'setup-lock');

/** A lock that was not touched for this long belongs to a process that is gone. */
const LOCK_STALE_MS = 15_000;

/** Prisma downloads this binary unless told where one is; nothing that we use ever calls it. */
const prismaOffline = { PRISMA_SCHEMA_ENGINE_BINARY: isWindows ? process.execPath : '/bin/true' };

/** Steps of the set-up, in order. Each says whether it is needed. */
const steps = [
  {
    name: 'dependencies',
    isNeeded: () => !isInstalled(),
    says: 'Installing dependencies (a minute or two, once)…',
    // Not `npm ci`: it refuses a lock file without the optional packages of other platforms, which is what npm writes
    // behind a mirror that does not have them. Versions are those of the lock file here too.
    command: [
      isWindows ? 'npm.cmd' : 'npm',
      'install',
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ],
    env: prismaOffline,
  },
  generation({
    name: 'database client',
    inputs: ['package-lock.json', 'prisma/schema.prisma'],
    output: 'lib/db/generated/client.ts',
    command: [join(bin, 'prisma'), 'generate'],
    env: prismaOffline,
  }),
  generation({
    name: 'search grammar',
    inputs: ['package-lock.json', 'lib/spl/spl.grammar'],
    output: 'lib/spl/parser.ts',
    command: [join(bin, 'lezer-generator'), 'lib/spl/spl.grammar', '--typeScript', '-o', 'lib/spl/parser.ts'],
  }),
];

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return {};
  }
}

/** npm lists in node_modules/.package-lock.json what it has installed; it is written last. */
function isInstalled() {
  const installed = readJson(join(root, 'node_modules', '.package-lock.json')).packages ?? {};
  const wanted = Object.entries(readJson(join(root, 'package-lock.json')).packages ?? {});
  return wanted.every(
    ([path, { version, optional, link }]) =>
      path === '' || link || optional || installed[path]?.version === version,
  );
}

/** A step that makes a file from others: needed when one of those changed since, or the file is missing. */
function generation({ inputs, output, ...step }) {
  const hash = () => {
    const sum = createHash('sha256');
    for (const file of inputs) sum.update(`\0${file}\0`).update(readFileSync(join(root, file)));
    return sum.digest('hex');
  };
  return {
    ...step,
    isNeeded: () => readJson(stampFile)[step.name] !== hash() || !existsSync(join(root, output)),
    done: () => writeFileSync(stampFile, JSON.stringify({ ...readJson(stampFile), [step.name]: hash() })),
  };
}

/** Runs `work` while no other bootstrap does; a folder is the lock, because making one either succeeds or fails. */
async function withLock(work) {
  mkdirSync(dirname(lockFolder), { recursive: true });
  for (let hasSaid = false; ; ) {
    try {
      mkdirSync(lockFolder);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    try {
      if (Date.now() - statSync(lockFolder).mtimeMs > LOCK_STALE_MS) rmSync(lockFolder, { recursive: true });
    } catch {
      continue; // it was just released
    }
    if (!hasSaid) process.stderr.write('Waiting for another set-up of this folder…\n');
    hasSaid = true;
    await new Promise((done) => setTimeout(done, 200));
  }
  const touch = setInterval(() => utimesSync(lockFolder, new Date(), new Date()), LOCK_STALE_MS / 5);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    rmSync(lockFolder, { recursive: true, force: true });
  }
}

/** Runs a step without blocking (the lock is touched meanwhile); shows its output only when it fails. */
function runStep(step) {
  const [command, ...args] = step.command;
  return new Promise((done, fail) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, PATH: `${bin}${isWindows ? ';' : ':'}${process.env.PATH}`, ...step.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: isWindows,
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', fail);
    child.on('close', (code) =>
      code === 0 ? done() : fail(new Error(`Set-up failed at the step "${step.name}".\n${output.trim()}`)),
    );
  });
}

async function setUp() {
  if (!steps.some((step) => step.isNeeded())) return;
  await withLock(async () => {
    for (const step of steps) {
      // Another bootstrap may have done it meanwhile.
      if (!step.isNeeded()) continue;
      if (step.says) process.stderr.write(`${step.says}\n`);
      await runStep(step);
      step.done?.();
    }
  });
}

/** Hands this process over to the command: same streams, its exit code or signal is ours, our signals are its. */
function handOver(command, args) {
  const script = join(root, 'scripts', `${command}.ts`);
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', script, ...args], {
    stdio: 'inherit',
    shell: isWindows,
    env: {
      // Compiled code is kept, which halves the start of every command.
      NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compile'),
      ...process.env,
      PATH: `${bin}${isWindows ? ';' : ':'}${process.env.PATH}`,
    },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => child.kill(signal));
  }
  child.on('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

const [command = '', ...args] = process.argv.slice(2);
if (!/^[a-z-]+$/.test(command) || !existsSync(join(root, 'scripts', `${command}.ts`))) {
  process.stderr.write(`There is no command "${command}".\n`);
  process.exit(2);
}
try {
  await setUp();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
handOver(command, args);
