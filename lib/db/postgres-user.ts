/**
 * Who runs the embedded PostgreSQL. It refuses to run as root, so that root starts it as the system user `postgres`,
 * which is made when absent. An ordinary user runs it as itself.
 */
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SYSTEM_USER = 'postgres';
const OTHERS_MAY_ENTER = 0o001;

export type PostgresUser = {
  readonly uid: number;
  readonly gid: number;
};

/** The user to switch to, or null when PostgreSQL can run as the current one. Throws when it cannot be made. */
export async function findPostgresUser(): Promise<PostgresUser | null> {
  if (process.getuid?.() !== 0) return null;
  const found = await lookUp();
  if (found !== null) return found;
  try {
    await run('useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--shell',
      '/usr/sbin/nologin',
      SYSTEM_USER,
    ]);
  } catch (cause) {
    throw new Error(
      'PostgreSQL cannot run as root, and the system user "postgres" could not be made for it.',
      { cause },
    );
  }
  const made = await lookUp();
  if (made === null)
    throw new Error('PostgreSQL cannot run as root, and there is no system user "postgres".');
  return made;
}

async function lookUp(): Promise<PostgresUser | null> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', SYSTEM_USER]), run('id', ['-g', SYSTEM_USER])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}

/** The folder on the way to `path` that other users may not enter (such as /root), or null. */
export async function findClosedFolder(path: string): Promise<string | null> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (((await stat(folder)).mode & OTHERS_MAY_ENTER) === 0) return folder;
    if (folder === dirname(folder)) return null;
  }
}

/** What to spawn, and how, so that `command` runs as `user`. */
export async function asPostgresUser(
  user: PostgresUser | null,
  command: string,
  args: readonly string[],
  dataFolder: string,
): Promise<{ command: string; args: string[]; options: { uid?: number; gid?: number } }> {
  if (user === null) return { command, args: [...args], options: {} };
  const isClosed = (await findClosedFolder(command)) ?? (await findClosedFolder(dataFolder));
  if (isClosed === null) return { command, args: [...args], options: { uid: user.uid, gid: user.gid } };
  // Below a folder such as /root, the user needs the capability to pass it; it gets no right to write.
  const capability = '+dac_read_search';
  return {
    command: 'setpriv',
    args: [
      `--reuid=${user.uid}`,
      `--regid=${user.gid}`,
      '--clear-groups',
      `--inh-caps=${capability}`,
      `--ambient-caps=${capability}`,
      command,
      ...args,
    ],
    options: {},
  };
}
