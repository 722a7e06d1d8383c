import { log } from '#lib/log.ts';
import { failPull, LostPullError, type PullTools, runPull } from './pull.ts';

/**
 * Runs the pulls of one source that wait, one after another, and those that a killed worker left. Each ends as done, failed
 * or cancelled; the next goes on from where the last one that worked ended.
 */
export async function runPullsOf(sourceId: string, tools: PullTools): Promise<void> {
  for (;;) {
    tools.signal.throwIfAborted();
    const next = await tools.db.sourcePull.findFirst({
      where: { sourceId, state: { in: ['running', 'waiting'] } },
      // What goes on from the cursor goes before slices of the past.
      orderBy: [{ state: 'desc' }, { fromTicks: { sort: 'desc', nulls: 'first' } }, { createdAt: 'asc' }],
      select: { id: true },
    });
    if (!next) return;
    const startMs = Date.now();
    try {
      await runPull(next.id, tools);
      log.info({ sourceId, pullId: next.id, ms: Date.now() - startMs }, 'pull done');
    } catch (error) {
      if (tools.signal.aborted) throw error;
      if (error instanceof LostPullError) continue;
      log.warn({ sourceId, pullId: next.id, err: error }, 'pull failed');
      await failPull(tools.db, next.id, error);
    }
  }
}
