import type { z } from 'zod';
import { env } from '#lib/env.ts';
import { encryptSecret } from './secrets.ts';

/** JOBSIGHT_SECRET, under which secrets are encrypted. */
export function masterSecret(): string {
  const { JOBSIGHT_SECRET } = env();
  if (JOBSIGHT_SECRET === undefined) throw new Error('JOBSIGHT_SECRET is not set; the supervisor gives it.');
  return JOBSIGHT_SECRET;
}

/** Secrets as their kind's schema has them, encrypted for their row; null when there are none. Throws ZodError. */
export function sealedSecrets(
  rowId: string,
  schema: z.ZodType,
  secrets: unknown,
): Uint8Array<ArrayBuffer> | null {
  const text = JSON.stringify(schema.parse(secrets));
  return text === '{}' ? null : encryptSecret(masterSecret(), rowId, text);
}
