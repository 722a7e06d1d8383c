import type { TimelineAlert } from '#lib/timeline/types.ts';

/** Ids of rows in the lists under the chart, by which its marks are found there. */
export function eventRowId(eventId: string): string {
  return `event-${eventId}`;
}

export function alertRowId({ evidenceId, id }: TimelineAlert): string {
  return `alert-${evidenceId}-${id}`;
}
