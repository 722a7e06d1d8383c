'use client';

import { useState } from 'react';
import { DISPOSITION_WORDS } from '#components/severity/tags.tsx';
import { toast } from '#components/ui/toast.tsx';
import type { FindingListItem } from '#lib/findings/types.ts';
import { seenOf } from './bulk.ts';
import type { Closing } from './close-dialog.tsx';
import { BULK_MAX, type BulkChange, type BulkResult, type ListActions } from './inputs.ts';
import { counted } from './words.ts';

type Refused = BulkResult['refused'];

type Bulk = {
  readonly isBusy: boolean;
  /** Findings that the last change left as they were, and why. */
  readonly refused: Refused;
  readonly forget: () => void;
  /** Answers with the error to show, or null when it is done, in whole or in part. */
  readonly close: (items: readonly FindingListItem[], closing: Closing) => Promise<string | null>;
  readonly assign: (items: readonly FindingListItem[], owner: { readonly id: string }) => Promise<void>;
};

/** Changes of several findings at once, with undo for closing. */
export function useBulk(change: ListActions['change']): Bulk {
  const [isBusy, setIsBusy] = useState(false);
  const [refused, setRefused] = useState<Refused>([]);

  const run = async (input: BulkChange, isUndo = false): Promise<BulkResult | string> => {
    if (input.items.length > BULK_MAX) return `Choose at most ${BULK_MAX} findings at once.`;
    setIsBusy(true);
    try {
      const result = await change(input);
      if (!result.ok) return result.error.message;
      // An undo that went well must not take away what the change before it reported.
      if (!isUndo || result.data.refused.length > 0) setRefused(result.data.refused);
      return result.data;
    } catch {
      return 'The server did not answer. Look at the list before you try again.';
    } finally {
      setIsBusy(false);
    }
  };

  const reopen = async (
    items: readonly FindingListItem[],
    disposition: Closing['disposition'],
  ): Promise<void> => {
    for (const [status, group] of Map.groupBy(items, (item) => item.status)) {
      const reopened = group.map((item) => {
        const { number, seen } = seenOf(item);
        return { number, seen: { ...seen, status: 'closed' as const, disposition } };
      });
      const result = await run({ items: reopened, change: { status } }, true);
      if (typeof result === 'string') toast.error(result);
      else if (result.changed.length > 0) toast(`${counted(result.changed.length, 'finding')} reopened`);
    }
  };

  return {
    isBusy,
    refused,
    forget: () => setRefused([]),
    close: async (items, closing) => {
      const result = await run({ items: items.map(seenOf), change: { status: 'closed', ...closing } });
      if (typeof result === 'string') return result;
      const closed = items.filter((item) => result.changed.includes(item.number));
      if (closed.length > 0) {
        const what = closed.length === 1 ? `F-${closed[0]?.number}` : counted(closed.length, 'finding');
        toast(`${what} closed as ${DISPOSITION_WORDS[closing.disposition].toLowerCase()}`, {
          action: { label: 'Undo', onClick: () => void reopen(closed, closing.disposition) },
        });
      }
      return null;
    },
    assign: async (items, owner) => {
      const result = await run({ items: items.map(seenOf), change: { ownerId: owner.id } });
      if (typeof result === 'string') toast.error(result);
      else if (result.changed.length > 0)
        toast(`${counted(result.changed.length, 'finding')} assigned to you`);
    },
  };
}
