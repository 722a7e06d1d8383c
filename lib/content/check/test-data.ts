/** The recorded logs that published detections name as their tests. */
import type { SearchableEvent } from '#lib/events/event.ts';
import { fromStored, toStored } from '#lib/events/stored.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
import type { Block } from '#lib/evidence/record.ts';
import type { CompiledSearch } from '#lib/spl/types.ts';

/**
 * Where the recording that a URL names lies below a folder `datasets`, with `/` between names; null for a URL that names none
 * or leads out of the folder.
 */
export function datasetPath(url: string): string | null {
  const parts = /\/datasets\/([^?#]+)/.exec(url)?.[1]?.split('/') ?? [];
  const isInside = parts.every(
    (part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\\'),
  );
  return parts.length > 0 && isInside ? parts.join('/') : null;
}

/** The events that the search selects: what has to be kept to run it. */
export async function selectEvents(
  blocks: AsyncIterable<Block>,
  compiled: CompiledSearch,
): Promise<readonly SearchableEvent[]> {
  const selected: SearchableEvent[] = [];
  for await (const block of blocks) {
    for (const record of block.records) {
      if (!compiled.select(eventFromRecord(record))) continue;
      // The record of a reader may hold on to the bytes of its block; this copy does not.
      selected.push(eventFromRecord(fromStored(toStored(record))));
    }
  }
  return selected;
}
