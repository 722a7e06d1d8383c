import type { SearchableEvent } from '../event.ts';

/**
 * Which events belong to a data model is told by their tags, as in Splunk. Every detection asks about every event, so the
 * last event's tags are kept: detections run one after another over the same event.
 */
let lastEvent: SearchableEvent | null = null;
let lastTags: readonly (string | number)[] = [];

const NONE: readonly string[] = [];

export function hasTags(event: SearchableEvent, wanted: readonly string[]): boolean {
  const tags = tagsOf(event);
  if (tags.length === 0) return false;
  for (const tag of wanted) if (!tags.includes(tag)) return false;
  return true;
}

function tagsOf(event: SearchableEvent): readonly (string | number)[] {
  if (event === lastEvent) return lastTags;
  const value = event.get('tag');
  lastTags = value === null ? NONE : typeof value === 'object' ? value : [value];
  lastEvent = event;
  return lastTags;
}
