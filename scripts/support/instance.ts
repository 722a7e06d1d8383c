/**
 * Which process owns a data folder. The owner holds a lock that the operating system takes back when the process ends,
 * however it ends. The file instance.json says what others need to know of a running instance; it outlives a crash, and
 * the next owner then ends what the crashed one left running.
 */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { endProcess, identifyProcess, isRunning, processIdentitySchema } from '#lib/db/process-identity.ts';
import { Failure } from './failure.ts';
import { type FileLock, tryLock } from './file-lock.ts';

const instanceSchema = z.object({
  owner: processIdentitySchema,
  /** Address of the web interface; null for a command that has none. */
  url: z.string().nullable(),
  /** null until the database takes connections. */
  databaseUrl: z.string().nullable(),
  /** Processes that the owner started, each the leader of its process group. */
  children: z.array(processIdentitySchema),
});
export type Instance = z.infer<typeof instanceSchema>;

export type OwnedInstance = {
  /** Changes what others see. */
  update(change: Partial<Omit<Instance, 'owner'>>): Promise<void>;
  release(): Promise<void>;
};

const ORPHAN_GRACE_MS = 5_000;

/** What instance.json says, or null when there is none; its owner may be gone. */
async function readRecord(path: string): Promise<Instance | null> {
  try {
    return instanceSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}

/** The instance that runs on the folder now, or null. */
export async function findRunningInstance(dataFolder: string): Promise<Instance | null> {
  const record = await readRecord(join(dataFolder, 'instance.json'));
  return record !== null && (await isRunning(record.owner)) ? record : null;
}

/**
 * Makes this process the owner of the folder, which is made when absent, after ending what a crashed owner left behind.
 * Throws Failure when the folder cannot be written or has an owner.
 */
export async function ownDataFolder(dataFolder: string, url: string | null): Promise<OwnedInstance> {
  const path = join(dataFolder, 'instance.json');
  const owner = await identifyProcess(process.pid);
  if (owner === null) throw new Error('This process cannot be identified.');
  const lock = await takeLock(dataFolder);
  let current: Instance = { owner, url, databaseUrl: null, children: [] };
  let written = Promise.resolve();
  const write = async () => {
    const draft = `${path}.draft`;
    await writeFile(draft, JSON.stringify(current), { mode: 0o600 });
    await rename(draft, path);
  };
  const instance: OwnedInstance = {
    update(change) {
      current = { ...current, ...change };
      written = written.catch(() => undefined).then(write); // one after the other: they share the draft
      return written;
    },
    async release() {
      await rm(path, { force: true });
      lock.release();
    },
  };
  const left = await readRecord(path);
  for (const child of left?.children ?? []) {
    await endProcess(child, { signal: 'SIGTERM', graceMs: ORPHAN_GRACE_MS, group: true });
  }
  await instance.update({});
  return instance;
}

async function takeLock(dataFolder: string): Promise<FileLock> {
  let lock: FileLock | null;
  try {
    const path = join(dataFolder, 'lock');
    await mkdir(dataFolder, { recursive: true, mode: 0o700 });
    await writeFile(path, '', { flag: 'a', mode: 0o600 });
    lock = tryLock(path);
  } catch (error) {
    throw cannotWrite(dataFolder, error);
  }
  if (lock === null) throw await isOwned(dataFolder);
  return lock;
}

async function isOwned(dataFolder: string): Promise<Failure> {
  const record = await findRunningInstance(dataFolder);
  const details =
    record === null ? [] : [`process ${record.owner.pid}`, ...(record.url === null ? [] : [record.url])];
  const which = details.length === 0 ? '' : ` (${details.join(', ')})`;
  return new Failure(
    `Jobsight already runs on the data folder ${dataFolder}${which}. Stop it first, or set JOBSIGHT_DATA to another folder.`,
  );
}

function cannotWrite(dataFolder: string, error: unknown): Failure {
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  return new Failure(
    `The data folder ${dataFolder} cannot be written${code}. Make it writable, or set JOBSIGHT_DATA to another folder.`,
  );
}
