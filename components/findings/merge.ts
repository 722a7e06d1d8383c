import { z } from 'zod';
import type { FindingChange } from '#lib/findings/inputs.ts';
import { DISPOSITIONS, FINDING_STATUSES, type Person } from '#lib/findings/types.ts';
import { dispositionWord, statusWord } from './history-words.ts';

/** The triage of a finding as a person sees it; the owner by name. */
export type Triage = {
  readonly status: string;
  readonly disposition: string | null;
  readonly reason: string | null;
  readonly owner: string | null;
};

/** What stands in the finding now, as the error `conflict` says it. */
const conflictDetails = z.object({
  version: z.number().int(),
  status: z.enum(FINDING_STATUSES),
  disposition: z.enum(DISPOSITIONS).nullable(),
  reason: z.string().nullable(),
  owner: z.string().nullable(),
});
export type ConflictDetails = z.output<typeof conflictDetails>;

/** Null when the details of an error do not describe a conflict. */
export function readConflict(details: unknown): ConflictDetails | null {
  return conflictDetails.safeParse(details).data ?? null;
}

type MergeLine = {
  readonly field: 'Status' | 'Disposition' | 'Reason' | 'Owner';
  /** What I saw when I began. */
  readonly base: string;
  readonly theirs: string;
  readonly mine: string;
};

/**
 * The fields in which the other person's state, or what I wanted, differs from what I saw. A field that I did not touch
 * stays theirs when my change is applied on top.
 */
export function mergeLines(
  base: Triage,
  theirs: Triage,
  change: Omit<FindingChange, 'version'>,
  people: readonly Person[],
): readonly MergeLine[] {
  const mine = wanted(theirs, change, people);
  const lines: readonly (readonly [MergeLine['field'], (triage: Triage) => string])[] = [
    ['Status', (triage) => statusWord(triage.status)],
    ['Disposition', (triage) => dispositionWord(triage.disposition)],
    ['Reason', (triage) => triage.reason ?? 'none'],
    ['Owner', (triage) => triage.owner ?? 'nobody'],
  ];
  return lines
    .map(([field, show]) => ({ field, base: show(base), theirs: show(theirs), mine: show(mine) }))
    .filter((line) => line.base !== line.theirs || line.theirs !== line.mine);
}

/** What the finding would be with my change on top of theirs. */
function wanted(theirs: Triage, change: Omit<FindingChange, 'version'>, people: readonly Person[]): Triage {
  const isReopening = change.status !== undefined && change.status !== 'closed' && theirs.status === 'closed';
  const kept = isReopening ? { disposition: null, reason: null } : theirs;
  return {
    status: change.status ?? theirs.status,
    disposition: change.disposition === undefined || isReopening ? kept.disposition : change.disposition,
    reason: change.reason === undefined || isReopening ? kept.reason : change.reason,
    owner:
      change.ownerId === undefined
        ? theirs.owner
        : (people.find((person) => person.id === change.ownerId)?.name ?? null),
  };
}
