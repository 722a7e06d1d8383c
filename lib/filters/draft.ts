import type { FilterRuleVersion } from '#lib/db/generated/client.ts';
import { fromPostgres, toPostgres } from '#lib/db/postgres-text.ts';
import { AppError } from '#lib/errors.ts';
import type { DraftInput } from './inputs.ts';
import { DEFAULT_EXPIRY_DAYS } from './limits.ts';
import type { RuleSource } from './scoped-rule.ts';
import type { FilterDraft } from './types.ts';

const DAY_MS = 86_400_000;

/** A draft as it was given, with the default expiry where it says nothing of one. */
export function draftOf(input: DraftInput, now: Date): FilterDraft {
  const expiresAt =
    input.expiresAt === undefined
      ? new Date(now.getTime() + DEFAULT_EXPIRY_DAYS * DAY_MS).toISOString()
      : input.expiresAt;
  return { ...input, expiresAt };
}

/** Of a draft: nothing of its columns has changed yet. */
export const draftSource = (draft: FilterDraft): RuleSource => ({
  text: draft.text,
  detectionIds: draft.detectionIds,
  hosts: draft.hosts,
  fromTicks: draft.window?.fromTicks == null ? null : BigInt(draft.window.fromTicks),
  toTicks: draft.window?.toTicks == null ? null : BigInt(draft.window.toTicks),
  columns: {},
});

/** What a stored version says. */
export function draftOfVersion(version: FilterRuleVersion, investigationId: string | null): FilterDraft {
  const { fromTicks, toTicks, windowZone } = version;
  return {
    name: fromPostgres(version.name),
    text: fromPostgres(version.text),
    outcome: version.outcome,
    factor: version.factor,
    snoozeUntil: version.snoozeUntil?.toISOString() ?? null,
    detectionIds: version.detectionIds,
    isThisInvestigation: investigationId !== null,
    hosts: version.hosts.map(fromPostgres),
    window:
      windowZone === null
        ? null
        : {
            fromTicks: fromTicks?.toString() ?? null,
            toTicks: toTicks?.toString() ?? null,
            zone: windowZone,
          },
    reason: fromPostgres(version.reason),
    ticket: version.ticket === null ? null : fromPostgres(version.ticket),
    ownerId: version.ownerId,
    expiresAt: version.expiresAt?.toISOString() ?? null,
  };
}

/** Columns of a version that a draft fills. */
export function versionColumns(draft: FilterDraft) {
  const { fromTicks, toTicks } = draftSource(draft);
  return {
    name: toPostgres(draft.name),
    text: toPostgres(draft.text),
    outcome: draft.outcome,
    factor: draft.outcome === 'lower' ? draft.factor : null,
    snoozeUntil:
      draft.outcome === 'snooze' && draft.snoozeUntil !== null ? new Date(draft.snoozeUntil) : null,
    detectionIds: [...draft.detectionIds],
    hosts: draft.hosts.map(toPostgres),
    fromTicks,
    toTicks,
    windowZone: draft.window?.zone ?? null,
    reason: toPostgres(draft.reason),
    ticket: draft.ticket === null ? null : toPostgres(draft.ticket),
    ownerId: draft.ownerId,
    expiresAt: draft.expiresAt === null ? null : new Date(draft.expiresAt),
  };
}

/** Throws AppError `invalid-input` for a time that is over already. */
export function requireFuture(draft: FilterDraft, now: Date): void {
  const isOver = (moment: string | null): boolean => moment !== null && new Date(moment) <= now;
  if (isOver(draft.expiresAt)) {
    throw new AppError('invalid-input', 'The rule would have ended already: give a later expiry.', {
      field: 'expiresAt',
    });
  }
  if (draft.outcome === 'snooze' && isOver(draft.snoozeUntil)) {
    throw new AppError('invalid-input', 'The snooze would be over already: give a later time.', {
      field: 'snoozeUntil',
    });
  }
}
