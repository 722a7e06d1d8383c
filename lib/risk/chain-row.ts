import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import { shortHostName } from '#lib/events/names.ts';
import { formatIsoTime } from '#lib/evidence/time.ts';
import type { Chain, Switching, Use } from './chains.ts';
import { durationWords } from './duration.ts';

/** Of a chain's uses and sources this many are told in its row; all are members. */
export const TOLD_MAX = 20;

type Told = {
  /** The event that opened it. */
  readonly opening: SearchableEvent;
  /** Names of other hosts that used it, in order. */
  readonly sources: readonly string[];
  /** Sentences of the findings that used it. */
  readonly uses: readonly string[];
  /** Whether its effect was seen. */
  readonly ran: boolean;
};

/** What a chain says in columns; its sentences and its page are made from them. */
export function chainRow(
  chain: Chain,
  { opening, sources, uses, ran }: Told,
): ReadonlyMap<string, FieldValue> {
  const [firstUse] = chain.uses;
  return new Map<string, FieldValue>([
    ['dest', opening.get('dest')],
    ['source', sources.length > 0 ? sources.slice(0, TOLD_MAX).map(shortHostName) : null],
    ['opened', chain.opening.isClear ? 'clear' : 'unclear'],
    ['opened_at', formatIsoTime(chain.opening.timeTicks)],
    ['used_at', firstUse ? formatIsoTime(firstUse.timeTicks) : null],
    ['after', firstUse ? durationWords(firstUse.timeTicks - chain.opening.timeTicks) : null],
    ['uses', uses.slice(0, TOLD_MAX)],
    ['use_count', String(chain.uses.length)],
    ['closed_at', chain.closing ? formatIsoTime(chain.closing.timeTicks) : null],
    ['ran', ran ? 'yes' : 'no'],
  ]);
}

/** The first use by each other host, in order. */
export function firstOfSources(chain: Chain): readonly Use[] {
  const first = new Map<string, Use>();
  for (const use of chain.uses) {
    if (use.hostId !== chain.hostId && !first.has(use.hostId)) first.set(use.hostId, use);
  }
  return [...first.values()];
}

export type ChainPart = 'opening' | 'further' | 'use' | 'closing';

/** Every event of a chain with the part that it plays. */
export function membersOf(chain: Chain): readonly ((Switching | Use) & { readonly role: ChainPart })[] {
  const { opening, further, uses, closing } = chain;
  return [
    { ...opening, role: 'opening' },
    ...further.map((one) => ({ ...one, role: 'further' as const })),
    ...uses.map((one) => ({ ...one, role: 'use' as const })),
    ...(closing ? [{ ...closing, role: 'closing' as const }] : []),
  ];
}
