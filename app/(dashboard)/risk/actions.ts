'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { userAction } from '#lib/http/action.ts';
import { removeEntities } from '#lib/risk/entity-commands.ts';
import {
  assumptions,
  entityQuery,
  factorInput,
  incidentRuleInput,
  revertInput,
  riskSettingsChange,
} from '#lib/risk/inputs.ts';
import {
  addFactor,
  addIncidentRule,
  changeFactor,
  changeIncidentRule,
  changeRiskSettings,
  removeFactor,
  removeIncidentRule,
  revertFactor,
  revertIncidentRule,
} from '#lib/risk/rule-commands.ts';
import { askWhatIf } from '#lib/risk/what-if.ts';

const id = z.uuid();
const factorChange = z.strictObject({ id: id.nullable(), factor: factorInput });
const ruleChange = z.strictObject({ id: id.nullable(), rule: incidentRuleInput });
const removal = z.strictObject({ id, reason: z.string().trim().min(1).max(2_000) });
const reverting = revertInput.extend({ id });
const listKind = z.strictObject({ kind: entityQuery.shape.kind });

const ask = userAction(assumptions, 'read', askWhatIf);
const settings = userAction(riskSettingsChange, 'manage-risk', changeRiskSettings);
const factor = userAction(factorChange, 'manage-risk', async (actor, input) => {
  if (input.id === null) await addFactor(actor, input.factor);
  else await changeFactor(actor, input.id, input.factor);
});
const noFactor = userAction(removal, 'manage-risk', (actor, input) =>
  removeFactor(actor, input.id, input.reason),
);
const oldFactor = userAction(reverting, 'manage-risk', (actor, input) =>
  revertFactor(actor, input.id, input.version, input.reason),
);
const rule = userAction(ruleChange, 'manage-risk', async (actor, input) => {
  if (input.id === null) await addIncidentRule(actor, input.rule);
  else await changeIncidentRule(actor, input.id, input.rule);
});
const noRule = userAction(removal, 'manage-risk', (actor, input) =>
  removeIncidentRule(actor, input.id, input.reason),
);
const oldRule = userAction(reverting, 'manage-risk', (actor, input) =>
  revertIncidentRule(actor, input.id, input.version, input.reason),
);
const noList = userAction(listKind, 'manage-risk', (actor, input) => removeEntities(actor, input.kind));

export async function askWhatIfAction(input: z.input<typeof assumptions>) {
  return ask(input);
}

export async function changeRiskSettingsAction(input: z.input<typeof riskSettingsChange>) {
  const result = await settings(input);
  revalidatePath('/', 'layout');
  return result;
}

export async function saveFactorAction(input: z.input<typeof factorChange>) {
  const result = await factor(input);
  revalidatePath('/', 'layout');
  return result;
}

export async function removeFactorAction(input: z.input<typeof removal>) {
  const result = await noFactor(input);
  revalidatePath('/', 'layout');
  return result;
}

export async function revertFactorAction(input: z.input<typeof reverting>) {
  const result = await oldFactor(input);
  revalidatePath('/', 'layout');
  return result;
}

export async function saveIncidentRuleAction(input: z.input<typeof ruleChange>) {
  const result = await rule(input);
  revalidatePath('/', 'layout');
  return result;
}

export async function removeIncidentRuleAction(input: z.input<typeof removal>) {
  const result = await noRule(input);
  revalidatePath('/', 'layout');
  return result;
}

export async function revertIncidentRuleAction(input: z.input<typeof reverting>) {
  const result = await oldRule(input);
  revalidatePath('/', 'layout');
  return result;
}

export async function removeEntitiesAction(input: z.input<typeof listKind>) {
  const result = await noList(input);
  revalidatePath('/', 'layout');
  return result;
}
