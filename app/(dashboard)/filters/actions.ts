'use server';

import { revalidatePath } from 'next/cache';
import type { z } from 'zod';
import { decideFilter, removeFilter, renewFilter, revertFilter, saveFilter } from '#lib/filters/commands.ts';
import {
  filterDecision,
  filterFieldsQuery,
  filterPreviewInput,
  filterRemoval,
  filterRenewal,
  filterRevert,
  filterSave,
} from '#lib/filters/inputs.ts';
import { filterFields, previewFilter } from '#lib/filters/queries.ts';
import { userAction } from '#lib/http/action.ts';

const preview = userAction(filterPreviewInput, 'read', previewFilter);
const fields = userAction(filterFieldsQuery, 'read', filterFields);
const save = userAction(filterSave, 'write-filters', saveFilter);
const decide = userAction(filterDecision, 'approve-filters', (actor, { id, ...decision }) =>
  decideFilter(actor, id, decision),
);
const revert = userAction(filterRevert, 'write-filters', (actor, { id, ...input }) =>
  revertFilter(actor, id, input),
);
const renew = userAction(filterRenewal, 'write-filters', (actor, { id, ...input }) =>
  renewFilter(actor, id, input),
);
const remove = userAction(filterRemoval, 'write-filters', (actor, { id, ...input }) =>
  removeFilter(actor, id, input),
);

export async function previewFilterAction(input: z.input<typeof filterPreviewInput>) {
  return preview(input);
}

export async function filterFieldsAction(input: z.input<typeof filterFieldsQuery>) {
  return fields(input);
}

export async function saveFilterAction(input: z.input<typeof filterSave>) {
  return changed(await save(input));
}

export async function decideFilterAction(input: z.input<typeof filterDecision>) {
  return changed(await decide(input));
}

export async function revertFilterAction(input: z.input<typeof filterRevert>) {
  return changed(await revert(input));
}

export async function renewFilterAction(input: z.input<typeof filterRenewal>) {
  return changed(await renew(input));
}

export async function removeFilterAction(input: z.input<typeof filterRemoval>) {
  return changed(await remove(input));
}

/** A rule changes the queue, the hosts and the risk. */
function changed<T>(result: T): T {
  revalidatePath('/', 'layout');
  return result;
}
