import { CronExpressionParser } from 'cron-parser';
import { db } from '#lib/db/client.ts';
import { sendPull } from '#lib/jobs/queue.ts';

/** When a cron expression next says so, after a moment; null: it never does. */
export function nextAfter(cron: string | null, zone: string, after: Date): Date | null {
  if (cron === null) return null;
  return CronExpressionParser.parse(cron, { tz: zone, currentDate: after }).next().toDate();
}

/**
 * Makes a pull for every source whose time has come, each once, whatever number of workers look. What was missed while no
 * worker ran is made up by one pull, because a pull goes on from where the last one ended.
 *
 * @returns how many were due
 */
export async function schedulePulls(now = new Date()): Promise<number> {
  return db.$transaction(async (tx) => {
    const due = await tx.$queryRaw<{ id: string; cron: string; zone: string }[]>`
      SELECT id, cron, zone FROM source
      WHERE is_enabled AND removed_at IS NULL AND cron IS NOT NULL AND next_pull_at <= ${now}
      FOR UPDATE SKIP LOCKED`;
    for (const { id, cron, zone } of due) {
      await tx.source.update({ where: { id }, data: { nextPullAt: nextAfter(cron, zone, now) } });
      const isThere = await tx.sourcePull.count({
        where: { sourceId: id, cause: 'schedule', state: { in: ['waiting', 'running'] } },
      });
      if (isThere > 0) continue;
      await tx.sourcePull.create({ data: { sourceId: id, cause: 'schedule' } });
      await sendPull(tx, { sourceId: id });
    }
    return due.length;
  });
}
