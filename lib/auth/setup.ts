import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { db } from '#lib/db/client.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { env } from '#lib/env.ts';
import { AppError } from '#lib/errors.ts';
import { auth } from './auth.ts';
import type { SetupInput } from './inputs.ts';

const SETTING = 'setup-token';
const stored = z.object({ sha256: z.string() });

/**
 * A new one-time token for the set-up screen, of which only the hash is kept; an older one ends. Null when there is a
 * user already.
 */
export async function createSetupTokenIfNeeded(): Promise<string | null> {
  if (!(await isSetupNeeded())) return null;
  const token = randomBytes(24).toString('base64url');
  const value = { sha256: hashOf(token) };
  await db.setting.upsert({ where: { key: SETTING }, create: { key: SETTING, value }, update: { value } });
  return token;
}

export async function isSetupNeeded(): Promise<boolean> {
  return (await db.user.count()) === 0;
}

/** Makes the first administrator. Throws AppError when the link is wrong or was used. */
export async function completeSetup(input: SetupInput): Promise<void> {
  await db.$transaction(async (tx) => {
    // One at a time: of two that use the link at once, the second finds it gone.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('setup', 0))`;
    await assertToken(tx, input.token);
    await tx.setting.delete({ where: { key: SETTING } });
    await auth().api.createUser({
      body: { name: input.name, email: input.email, password: input.password, role: 'admin' },
    });
  });
}

/** The administrator that JOBSIGHT_ADMIN_EMAIL and JOBSIGHT_ADMIN_PASSWORD name, if there is no user yet. */
export async function ensureAdminFromEnvironment(): Promise<void> {
  const { JOBSIGHT_ADMIN_EMAIL: email, JOBSIGHT_ADMIN_PASSWORD: password } = env();
  if (email === undefined || password === undefined || !(await isSetupNeeded())) return;
  await auth().api.createUser({
    body: { name: email.split('@')[0] ?? email, email, password, role: 'admin' },
  });
}

async function assertToken(tx: Prisma.TransactionClient, token: string): Promise<void> {
  const setting = await tx.setting.findUnique({ where: { key: SETTING } });
  const expected = stored.safeParse(setting?.value);
  const isRight =
    expected.success &&
    timingSafeEqual(Buffer.from(expected.data.sha256, 'hex'), Buffer.from(hashOf(token), 'hex'));
  if (!isRight || (await tx.user.count()) > 0) {
    throw new AppError(
      'forbidden',
      'This set-up link is not valid any more. Use the one that the latest start printed, or sign in.',
    );
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
