import { setTimeout as sleep } from 'node:timers/promises';
import { db } from '#lib/db/client.ts';
import { AppError } from '#lib/errors.ts';
import { log } from '#lib/log.ts';
import { jsonResponse } from './json.ts';
import { problemResponse } from './problem.ts';

const WAIT_MS = 3_000;

/** 200 when the database answers, else 503; a database that hangs counts as one that does not answer. */
export async function readinessResponse(): Promise<Response> {
  try {
    const late = sleep(WAIT_MS, undefined, { ref: false }).then(() => {
      throw new Error(`no answer within ${WAIT_MS} ms`);
    });
    await Promise.race([db.$queryRaw`SELECT 1`, late]);
    return jsonResponse({ status: 'ready' });
  } catch (error) {
    log.warn({ err: error }, 'the database does not answer');
    return problemResponse(
      new AppError('unavailable', 'The database does not answer. Try again in a moment.'),
    );
  }
}
