/**
 * Which process a recorded pid means. A pid alone may have been given to another process since; a pid with the time
 * that it was started at is never given twice.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import * as z from 'zod';

const run = promisify(execFile);

export const processIdentitySchema = z.object({ pid: z.int().positive(), startedAt: z.string().min(1) });
export type ProcessIdentity = z.infer<typeof processIdentitySchema>;

/** The running process with this pid, or null when there is none (a zombie counts as none). */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | null> {
  const startedAt = process.platform === 'linux' ? await linuxStart(pid) : await otherStart(pid);
  return startedAt === null ? null : { pid, startedAt };
}

/** Boot id and clock ticks since boot, see proc_pid_stat(5): field 3 is the state, field 22 the start. */
async function linuxStart(pid: number): Promise<string | null> {
  try {
    const [stat, bootId] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'latin1'),
      readFile('/proc/sys/kernel/random/boot_id', 'latin1'),
    ]);
    // The second field is the command's name in parentheses and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, start] = [fields[0], fields[19]];
    return state === 'Z' || state === 'X' || start === undefined ? null : `${bootId.trim()} ${start}`;
  } catch {
    return null;
  }
}

async function otherStart(pid: number): Promise<string | null> {
  try {
    const { stdout } =
      process.platform === 'win32'
        ? await run('powershell', ['-NoProfile', '-Command', `(Get-Process -Id ${pid}).StartTime.Ticks`])
        : await run('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return stdout.trim() || null;
  } catch {
    return null;
  }
}

export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
  return (await identifyProcess(identity.pid))?.startedAt === identity.startedAt;
}

/** Waits until the process has ended; false when it has not after `timeoutMs`. */
export async function waitForEnd(identity: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (await isRunning(identity)) {
    if (Date.now() > deadline) return false;
    await sleep(50);
  }
  return true;
}

/**
 * Ends the process if it is still the recorded one: `signal` first, SIGKILL after `graceMs`. With `group`, everything
 * in its process group, which it must lead.
 */
export async function endProcess(
  identity: ProcessIdentity,
  { signal, graceMs, group }: { signal: NodeJS.Signals; graceMs: number; group: boolean },
): Promise<void> {
  const target = group && process.platform !== 'win32' ? -identity.pid : identity.pid;
  for (const [next, waitMs] of [
    [signal, graceMs],
    ['SIGKILL', 5000],
  ] as const) {
    if (!(await isRunning(identity))) return;
    try {
      process.kill(target, next);
    } catch {
      return; // it ended in between
    }
    if (await waitForEnd(identity, waitMs)) return;
  }
}
