'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { changeDetection, reprocessAll } from '#lib/catalogue/commands.ts';
import { detectionChange, detectionReference, detectionRiskChange } from '#lib/catalogue/inputs.ts';
import { setDetectionRisk } from '#lib/catalogue/risk-versions.ts';
import { userAction } from '#lib/http/action.ts';

const changeInput = z.strictObject({ id: detectionReference.shape.id, change: detectionChange });
const change = userAction(changeInput, 'manage-detections', (actor, input) =>
  changeDetection(actor, input.id, input.change),
);
const riskInput = z.strictObject({ id: detectionReference.shape.id, change: detectionRiskChange });
const risk = userAction(riskInput, 'manage-detections', (actor, input) =>
  setDetectionRisk(actor, input.id, input.change),
);
const reprocess = userAction(z.strictObject({}), 'manage-detections', (actor) => reprocessAll(actor));

export async function changeDetectionAction(input: z.input<typeof changeInput>) {
  const result = await change(input);
  revalidatePath('/detections');
  return result;
}

export async function setDetectionRiskAction(input: z.input<typeof riskInput>) {
  const result = await risk(input);
  revalidatePath('/', 'layout');
  return result;
}

export async function reprocessAction(input: Record<string, never>) {
  const result = await reprocess(input);
  revalidatePath('/detections');
  return result;
}
