import { randomUUID } from 'node:crypto';
import { type AuditActor, writeAudit } from '#lib/audit/write.ts';
import { db } from '#lib/db/client.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { AppError } from '#lib/errors.ts';
import { type Actor, type Role, requirePermission } from './actor.ts';
import { auth, TOO_MANY_ATTEMPTS } from './auth.ts';
import type { NewUserInput, PasswordChange, UserChange } from './inputs.ts';
import { claimAttempt, forgetAttempts } from './throttle.ts';
import { roleOf } from './tokens.ts';

export type UserItem = {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly isDisabled: boolean;
  readonly createdAt: string;
};

/** Where better-auth looks for the password of an e-mail address. */
const CREDENTIAL = 'credential';

/** A person can sign in, so has an account; the service user of an API token has none. */
const IS_PERSON = { accounts: { some: {} } } satisfies Prisma.UserWhereInput;

export async function listUsers(actor: Actor): Promise<readonly UserItem[]> {
  requirePermission(actor, 'manage-users');
  const users = await db.user.findMany({ where: IS_PERSON, orderBy: { name: 'asc' } });
  return users.map((user) => ({
    id: user.id,
    name: user.name,
    email: user.email,
    role: roleOf(user.role),
    isDisabled: user.banned ?? false,
    createdAt: user.createdAt.toISOString(),
  }));
}

export async function addUser(actor: Actor, input: NewUserInput): Promise<void> {
  requirePermission(actor, 'manage-users');
  const { name, email, role } = input;
  const passwordHash = await hashPassword(input.password);
  await db.$transaction(async (tx) => {
    await lockUsers(tx);
    await insertPerson(tx, { name, email, role, passwordHash }, actor);
  });
}

/** Changes a role or shuts an account; the last administrator stays one. Sessions of a disabled user end at once. */
export async function changeUser(actor: Actor, change: UserChange): Promise<void> {
  requirePermission(actor, 'manage-users');
  await db.$transaction(async (tx) => {
    await lockUsers(tx);
    const before = await tx.user.findFirst({ where: { id: change.id, ...IS_PERSON } });
    if (!before) throw new AppError('not-found', 'There is no such user.');
    const after = await tx.user.update({
      where: { id: change.id },
      data: { role: change.role, banned: change.isDisabled },
    });
    const admins = await tx.user.count({
      where: { role: 'admin', OR: [{ banned: null }, { banned: false }], ...IS_PERSON },
    });
    if (admins === 0) {
      throw new AppError('conflict', 'One administrator has to stay. Make another one first.');
    }
    if (after.banned) await tx.session.deleteMany({ where: { userId: change.id } });
    await writeAudit(tx, actor, {
      action: 'user.change',
      objectType: 'user',
      objectId: change.id,
      before: { role: before.role, isDisabled: before.banned ?? false },
      after: { role: after.role, isDisabled: after.banned ?? false },
    });
  });
}

/**
 * Changes one's own password and ends all sessions of the user, also those that somebody else may have. Wrong current
 * passwords are counted with the wrong ones of the sign-in.
 */
export async function changeOwnPassword(actor: Actor, change: PasswordChange): Promise<void> {
  if (actor.via !== 'session') throw new AppError('forbidden', 'A token has no password.');
  if (!(await claimAttempt(actor.email, Date.now()))) {
    throw new AppError('too-many-requests', TOO_MANY_ATTEMPTS);
  }
  const { password } = await auth().$context;
  const where = { userId: actor.id, providerId: CREDENTIAL };
  const account = await db.account.findFirst({ where });
  const hash = account?.password ?? null;
  if (hash === null || !(await password.verify({ hash, password: change.currentPassword }))) {
    throw new AppError('invalid-input', 'This is not the password that you have now.', {
      field: 'currentPassword',
    });
  }
  await forgetAttempts(actor.email);
  const passwordHash = await hashPassword(change.newPassword);
  await db.$transaction(async (tx) => {
    await tx.account.updateMany({ where, data: { password: passwordHash } });
    await tx.session.deleteMany({ where: { userId: actor.id } });
    await writeAudit(tx, actor, { action: 'user.password', objectType: 'user', objectId: actor.id });
  });
}

export async function hashPassword(text: string): Promise<string> {
  return (await auth().$context).password.hash(text);
}

/** One change of users at a time: of two at once that may not both be, the second sees the first. */
export async function lockUsers(tx: Prisma.TransactionClient): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('users', 0))`;
}

type NewPerson = {
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly passwordHash: string;
};

/**
 * A user who can sign in, as better-auth's own sign-up writes it, in the caller's transaction with the audit entry.
 * `by` null: the new user does it to themself (the first administrator). Throws AppError `conflict`.
 */
export async function insertPerson(
  tx: Prisma.TransactionClient,
  { name, email, role, passwordHash }: NewPerson,
  by: AuditActor | null,
): Promise<void> {
  if (await tx.user.findUnique({ where: { email } })) {
    throw new AppError('conflict', 'There is a user with this e-mail address already.', { field: 'email' });
  }
  const id = randomUUID();
  const account = { id: randomUUID(), accountId: id, providerId: CREDENTIAL, password: passwordHash };
  await tx.user.create({ data: { id, name, email, role, accounts: { create: account } } });
  await writeAudit(tx, by ?? { id, name }, {
    action: 'user.add',
    objectType: 'user',
    objectId: id,
    after: { name, email, role },
  });
}
