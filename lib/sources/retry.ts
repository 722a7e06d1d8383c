import type { Response } from 'undici';
import type { SourceFetch } from './egress.ts';
import { type PullContext, SourceError } from './types.ts';

const FIRST_MS = 1_000;
/** Longer waits are left to the schedule, so that a worker is not kept. */
const LONGEST_MS = 5 * 60_000;

/**
 * Asks again what may work a moment later: 429 and 503 when the source says so (RFC 9110, 10.2.3 Retry-After; RFC 6585, 4),
 * other faults of the server and connections that do not come about with growing pauses. Throws SourceError `rate-limit` or
 * `busy` when it stays so, with the time at which to come back.
 *
 * Only for requests that may be repeated.
 */
export function patientFetch({ fetch, sleep, note, signal, tries: most }: PullContext): SourceFetch {
  return async (url, init) => {
    for (let tries = 1; ; tries += 1) {
      const answer = await fetch(url, init).catch((error: unknown) => {
        if (signal.aborted || !(error instanceof SourceError) || error.code !== 'unreachable') throw error;
        if (tries >= most) throw error;
        return null;
      });
      if (answer !== null && !isPassing(answer.status)) return answer;
      const waitMs = waitOf(answer, tries, Date.now());
      if (answer !== null) {
        await answer.body?.cancel();
        if (tries >= most || waitMs > LONGEST_MS) throw refusalOf(answer, Date.now() + waitMs);
        note(
          answer.status === 429
            ? 'The source limits how often it is asked; the pull waited as long as it said.'
            : `The source was busy (${answer.status}); the pull waited and asked again.`,
        );
      }
      await sleep(waitMs);
    }
  };
}

const isPassing = (status: number): boolean =>
  status === 429 || status === 502 || status === 503 || status === 504;

/** What Retry-After says, in seconds or as a date; else twice as long each time. */
export function waitOf(answer: Pick<Response, 'headers'> | null, tries: number, nowMs: number): number {
  const said = answer?.headers.get('retry-after')?.trim() ?? '';
  if (/^\d+$/.test(said)) return Number(said) * 1_000;
  const date = said === '' ? Number.NaN : Date.parse(said);
  if (Number.isFinite(date)) return Math.max(0, date - nowMs);
  return FIRST_MS * 2 ** (tries - 1);
}

function refusalOf({ status }: Response, retryAtMs: number): SourceError {
  return status === 429
    ? new SourceError('rate-limit', 'The source limits how often it is asked.', { retryAtMs })
    : new SourceError('busy', `The source is busy (${status}).`, { retryAtMs });
}
