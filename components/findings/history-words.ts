import { DISPOSITION_WORDS, STATUS_WORDS } from '#components/severity/tags.tsx';
import type { HistoryItem } from '#lib/findings/types.ts';

/** What an entry of the history says after the name of who did it; one phrase for each thing that changed. */
export function historyPhrases(item: Pick<HistoryItem, 'action' | 'before' | 'after'>): readonly string[] {
  if (item.action === 'finding.note') return ['added a note'];
  if (item.action === 'finding.move') return ['another event is the first of the chain now'];
  if (item.action === 'finding.carry') {
    return [`carried the triage over from ${text(item.after?.from) ?? 'another variant'}`];
  }
  if (item.action !== 'finding.update') return [item.action.replaceAll('.', ' ')];
  const before = item.before ?? {};
  const after = item.after ?? {};
  const phrases = (['status', 'disposition', 'owner', 'reason'] as const).flatMap((field) => {
    const from = text(before[field]);
    const to = text(after[field]);
    return from === to ? [] : [PHRASES[field](from, to)];
  });
  return phrases.length > 0 ? phrases : ['saved without a change'];
}

type Change = (from: string | null, to: string | null) => string;

const PHRASES: Readonly<Record<'status' | 'disposition' | 'owner' | 'reason', Change>> = {
  status: (from, to) => `set the status from ${statusWord(from)} to ${statusWord(to)}`,
  disposition: (from, to) => {
    if (to === null) return `took back the disposition ${dispositionWord(from)}`;
    return from === null
      ? `called it ${dispositionWord(to)}`
      : `changed the disposition from ${dispositionWord(from)} to ${dispositionWord(to)}`;
  },
  owner: (from, to) => {
    if (to === null) return `took it from ${from}`;
    return from === null ? `gave it to ${to}` : `gave it from ${from} to ${to}`;
  },
  reason: (from, to) => {
    if (to === null) return 'took back the reason';
    return from === null ? `gave the reason “${to}”` : `changed the reason from “${from}” to “${to}”`;
  },
};

/** Words of values as the database keeps them; what it does not know stays as it is. */
const STATUSES: ReadonlyMap<string, string> = new Map(Object.entries(STATUS_WORDS));
const DISPOSITIONS: ReadonlyMap<string, string> = new Map(Object.entries(DISPOSITION_WORDS));

export function statusWord(value: string | null): string {
  return value === null ? 'none' : (STATUSES.get(value)?.toLowerCase() ?? value);
}

export function dispositionWord(value: string | null): string {
  return value === null ? 'none' : (DISPOSITIONS.get(value)?.toLowerCase() ?? value);
}

function text(value: unknown): string | null {
  return value === null || value === undefined || value === '' ? null : String(value);
}
