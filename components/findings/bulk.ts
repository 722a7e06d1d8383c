import { AppError } from '#lib/errors.ts';
import type { FindingDetail, FindingListItem } from '#lib/findings/types.ts';
import { dispositionWord, statusWord } from './history-words.ts';
import type { BulkChange, BulkResult } from './inputs.ts';

type Item = BulkChange['items'][number];
type Current = Pick<FindingDetail, 'version' | 'status' | 'disposition' | 'owner'>;

/** What the list shows of an item's triage, for the check that nobody changed it since. */
export function seenOf(item: FindingListItem): Item {
  return {
    number: item.number,
    seen: { status: item.status, disposition: item.disposition, ownerId: item.owner?.id ?? null },
  };
}

/**
 * Changes each finding on the version that stands there now, unless that is not what the list showed. One refusal does
 * not stop the others; each says why.
 */
export async function changeOneByOne(
  items: readonly Item[],
  finding: {
    readonly read: (number: number) => Promise<Current>;
    readonly write: (number: number, version: number) => Promise<void>;
  },
): Promise<BulkResult> {
  const changed: number[] = [];
  const refused: { number: number; why: string }[] = [];
  for (const { number, seen } of items) {
    try {
      const now = await finding.read(number);
      if (isAsSeen(now, seen)) {
        await finding.write(number, now.version);
        changed.push(number);
      } else {
        refused.push({ number, why: `Somebody changed it meanwhile: it is ${stateWords(now)} now.` });
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refused.push({ number, why: error.message });
    }
  }
  return { changed, refused };
}

function isAsSeen(now: Current, seen: Item['seen']): boolean {
  return (
    now.status === seen.status &&
    now.disposition === seen.disposition &&
    (now.owner?.id ?? null) === seen.ownerId
  );
}

function stateWords({ status, disposition, owner }: Current): string {
  const as = disposition === null ? '' : ` as ${dispositionWord(disposition)}`;
  return `${statusWord(status)}${as}, owned by ${owner?.name ?? 'nobody'}`;
}
