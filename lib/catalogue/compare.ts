import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { db } from '#lib/db/client.ts';
import { detect, type Result } from '#lib/detection/detect.ts';
import type { DetectionRule } from '#lib/detection/rule.ts';
import { AppError } from '#lib/errors.ts';
import { selectedEvents } from '#lib/findings/selected-events.ts';
import { DEFAULT_INVESTIGATION } from '#lib/investigations/default.ts';
import { variantOf } from './catalogue.ts';
import { findEntry } from './entry.ts';
import { unreadFor } from './queries.ts';
import type { ComparedFinding, VariantComparison } from './types.ts';

/** Comparing is done while somebody waits for the page. */
const COMPARED_EVENTS_MAX = 10_000;
const SHOWN = 100;

/**
 * What another variant finds in the stored evidence beside the one that counts. Findings are the same when they rest on
 * the same events in the same mode. Throws AppError `not-found` or `invalid-input`.
 */
export async function compareVariants(actor: Actor, id: string, other: string): Promise<VariantComparison> {
  requirePermission(actor, 'read');
  const entry = await findEntry(id);
  const counting = variantOf(entry, entry.active);
  const compared = variantOf(entry, other);
  if (!compared?.rule || !compared.key) {
    throw new AppError('invalid-input', `There is no variant ${other} that can run.`, { field: 'with' });
  }
  const { files: unreadFiles } = await unreadFor(compared.key);
  const about = { counting: counting?.name ?? null, other, unreadFiles };
  const selected = await db.selection.count({
    where: {
      investigationId: DEFAULT_INVESTIGATION,
      detectionId: entry.id,
      variant: { in: [other, counting?.name ?? other] },
    },
  });
  if (selected > COMPARED_EVENTS_MAX) return { ...about, result: null };
  const ours = counting?.rule ? await resultsOf(counting.rule) : [];
  const theirs = await resultsOf(compared.rule);
  const keysOfOurs = new Set(ours.map(eventKey));
  const keysOfTheirs = new Set(theirs.map(eventKey));
  const onlyOurs = ours.filter((result) => !keysOfTheirs.has(eventKey(result)));
  const onlyTheirs = theirs.filter((result) => !keysOfOurs.has(eventKey(result)));
  return {
    ...about,
    result: {
      countingTotal: ours.length,
      otherTotal: theirs.length,
      sameTotal: theirs.length - onlyTheirs.length,
      onlyCounting: onlyOurs.slice(0, SHOWN).map(toCompared),
      onlyOther: onlyTheirs.slice(0, SHOWN).map(toCompared),
    },
  };
}

async function resultsOf(rule: DetectionRule): Promise<readonly Result[]> {
  const events = await selectedEvents(db, DEFAULT_INVESTIGATION, rule.id, rule.variant);
  return detect(rule, events, { nowMs: Date.now(), lenient: true, extended: true });
}

function eventKey({ mode, events }: Result): string {
  return [mode, ...events.map(({ id }) => id).sort()].join(' ');
}

function toCompared({ sentence, dest, user, mode, events, firstTicks }: Result): ComparedFinding {
  return { sentence, dest, user, mode, count: events.length, firstTicks: firstTicks?.toString() ?? null };
}
