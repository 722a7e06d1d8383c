'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { decideFilter, removeFilter, renewFilter, revertFilter, saveFilter } from '#lib/filters/commands.ts';
import {
  filterDecision,
  filterPreviewInput,
  filterRemoval,
  filterRenewal,
  filterRevert,
  filterSaveInput,
} from '#lib/filters/inputs.ts';
import { filterFields, previewFilter } from '#lib/filters/queries.ts';
import { userAction } from '#lib/http/action.ts';

const rule = z.strictObject({ id: z.string().min(1).max(300) });
const fieldsInput = z.strictObject({
  detectionIds: z.array(z.string().min(1).max(300)).max(1_000).readonly(),
});
const decisionInput = rule.extend(filterDecision.shape);
const revertInput = rule.extend(filterRevert.shape);
const renewalInput = rule.extend(filterRenewal.shape);
const removalInput = rule.extend(filterRemoval.shape);

const preview = userAction(filterPreviewInput, 'read', previewFilter);
const fields = userAction(fieldsInput, 'read', filterFields);
const save = userAction(filterSaveInput, 'write-filters', saveFilter);
const decide = userAction(decisionInput, 'approve-filters', (actor, { id, ...decision }) =>
  decideFilter(actor, id, decision),
);
const revert = userAction(revertInput, 'write-filters', (actor, { id, ...input }) =>
  revertFilter(actor, id, input),
);
const renew = userAction(renewalInput, 'write-filters', (actor, { id, ...input }) =>
  renewFilter(actor, id, input),
);
const remove = userAction(removalInput, 'write-filters', (actor, { id, ...input }) =>
  removeFilter(actor, id, input),
);

export async function previewFilterAction(input: z.input<typeof filterPreviewInput>) {
  return preview(input);
}

export async function filterFieldsAction(input: z.input<typeof fieldsInput>) {
  return fields(input);
}

export async function saveFilterAction(input: z.input<typeof filterSaveInput>) {
  return changed(await save(input));
}

export async function decideFilterAction(input: z.input<typeof decisionInput>) {
  return changed(await decide(input));
}

export async function revertFilterAction(input: z.input<typeof revertInput>) {
  return changed(await revert(input));
}

export async function renewFilterAction(input: z.input<typeof renewalInput>) {
  return changed(await renew(input));
}

export async function removeFilterAction(input: z.input<typeof removalInput>) {
  return changed(await remove(input));
}

/** A rule changes the queue, the hosts and the risk. */
function changed<T>(result: T): T {
  revalidatePath('/', 'layout');
  return result;
}
