import { readdir, readFile } from 'node:fs/promises';

/** Of Linux, USER_HZ: what /proc counts processor time in. */
const TICKS_PER_SECOND = 100;

type ProcessStat = {
  readonly parent: number;
  readonly ownTicks: number;
  readonly endedChildrenTicks: number;
};

/** Processor time (user and system) of a process, its children and those that ended, in seconds. Linux only. */
export async function cpuSecondsOf(pid: number): Promise<number> {
  const root = await statOf(pid);
  if (!root) throw new Error(`process ${pid} does not run`);
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const children = (await Promise.all(pids.map(statOf))).filter((stat) => stat?.parent === pid);
  const ticks = [root, ...children].reduce(
    (sum, stat) => sum + (stat?.ownTicks ?? 0) + (stat?.endedChildrenTicks ?? 0),
    0,
  );
  return ticks / TICKS_PER_SECOND;
}

/** Resident memory of a process in MiB, null when it has ended. Linux only. */
export async function residentMbOf(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) / 1_024;
}

/** Linux, proc(5): the fields after the name, which may itself hold brackets and spaces. */
async function statOf(pid: number): Promise<ProcessStat | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (text === null) return null;
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15);
  return { parent: fields[1] ?? 0, ownTicks: user + system, endedChildrenTicks: childUser + childSystem };
}
