import type { SurroundingEvent, SurroundingEvents } from '#lib/timeline/types.ts';

/** Characters of a raw event that a page shows; copying takes all. */
export const RAW_SHOWN = 100_000;
const PAGE = '500';

/** A page of the host's events around a time. Throws an Error with what the server says. */
export async function fetchSurroundings(
  hostId: string,
  wanted: { readonly aroundTicks: string; readonly minutes: number; readonly cursor: string | null },
): Promise<SurroundingEvents> {
  const query = new URLSearchParams({
    around: wanted.aroundTicks,
    minutes: String(wanted.minutes),
    limit: PAGE,
  });
  if (wanted.cursor !== null) query.set('cursor', wanted.cursor);
  return ask(hostId, query);
}

/** One event as XML: asked for by its time. */
export async function fetchRaw(hostId: string, event: SurroundingEvent): Promise<string> {
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ around: event.ticks, minutes: '0', raw: 'true' });
    if (cursor !== null) query.set('cursor', cursor);
    const page = await ask(hostId, query);
    const raw = page.items.find(({ id }) => id === event.id)?.raw;
    if (typeof raw === 'string') return raw;
    cursor = page.nextCursor;
  } while (cursor !== null);
  throw new Error('The event is no longer there. Its evidence may have been deleted.');
}

async function ask(hostId: string, query: URLSearchParams): Promise<SurroundingEvents> {
  const response = await fetch(`/api/v1/hosts/${hostId}/events?${query}`);
  const answer: unknown = await response.json();
  if (response.ok) return answer as SurroundingEvents;
  const detail =
    typeof answer === 'object' && answer !== null && 'detail' in answer && typeof answer.detail === 'string'
      ? answer.detail
      : 'The events could not be read.';
  throw new Error(detail);
}
