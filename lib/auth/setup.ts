/** The first administrator: by a one-time link that the start prints, or by environment variables. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { db } from '#lib/db/client.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { env } from '#lib/env.ts';
import { AppError } from '#lib/errors.ts';
import type { SetupInput } from './inputs.ts';
import { hashPassword, insertPerson, lockUsers } from './users.ts';

const SETTING = 'setup-token';
const stored = z.object({ sha256: z.string().length(64), createdAt: z.iso.datetime() });

/**
 * A new one-time token for the set-up screen, of which only the hash is kept; an older one ends. Null when somebody can
 * sign in already.
 */
export async function createSetupTokenIfNeeded(): Promise<string | null> {
  if (!(await isSetupNeeded())) return null;
  const token = randomBytes(32).toString('base64url');
  const value = { sha256: sha256(token).toString('hex'), createdAt: new Date().toISOString() };
  await db.setting.upsert({ where: { key: SETTING }, create: { key: SETTING, value }, update: { value } });
  return token;
}

/** Whether nobody can sign in yet. API tokens do not count: they may be made before the first administrator. */
export async function isSetupNeeded(tx: Prisma.TransactionClient = db): Promise<boolean> {
  return (await tx.account.count()) === 0;
}

/** Makes the first administrator, once. Throws AppError `forbidden` when the link is wrong, old or was used. */
export async function completeSetup({ token, ...person }: SetupInput): Promise<void> {
  // Looked at before the costly hash too, so that strangers cannot make the server work.
  await assertToken(db, token);
  const passwordHash = await hashPassword(person.password);
  await db.$transaction(async (tx) => {
    // Of two that use the link at once, the second finds it gone.
    await lockUsers(tx);
    await assertToken(tx, token);
    await tx.setting.delete({ where: { key: SETTING } });
    const { name, email } = person;
    await insertPerson(tx, { name, email, role: 'admin', passwordHash }, null);
  });
}

/** The administrator that JOBSIGHT_ADMIN_EMAIL and JOBSIGHT_ADMIN_PASSWORD name, if nobody can sign in yet. */
export async function ensureAdminFromEnvironment(): Promise<void> {
  const { JOBSIGHT_ADMIN_EMAIL, JOBSIGHT_ADMIN_PASSWORD } = env();
  if (JOBSIGHT_ADMIN_EMAIL === undefined || JOBSIGHT_ADMIN_PASSWORD === undefined) return;
  if (!(await isSetupNeeded())) return;
  // The sign-in looks for addresses in lower case.
  const email = JOBSIGHT_ADMIN_EMAIL.toLowerCase();
  const name = email.split('@')[0] ?? email;
  const passwordHash = await hashPassword(JOBSIGHT_ADMIN_PASSWORD);
  await db.$transaction(async (tx) => {
    await lockUsers(tx);
    if (!(await isSetupNeeded(tx))) return;
    await tx.setting.deleteMany({ where: { key: SETTING } });
    const by = { id: null, name: 'environment' };
    await insertPerson(tx, { name, email, role: 'admin', passwordHash }, by);
  });
}

async function assertToken(tx: Prisma.TransactionClient, token: string): Promise<void> {
  const setting = await tx.setting.findUnique({ where: { key: SETTING } });
  const expected = stored.safeParse(setting?.value);
  const isRight =
    expected.success && timingSafeEqual(Buffer.from(expected.data.sha256, 'hex'), sha256(token));
  if (!isRight || !(await isSetupNeeded(tx))) {
    throw new AppError(
      'forbidden',
      'This set-up link is not valid any more. Use the one that the latest start printed, or sign in.',
    );
  }
}

function sha256(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
