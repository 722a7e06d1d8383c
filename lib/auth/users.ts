import { writeAudit } from '#lib/audit/write.ts';
import { db } from '#lib/db/client.ts';
import { AppError } from '#lib/errors.ts';
import { type Actor, type Role, requirePermission } from './actor.ts';
import { auth } from './auth.ts';
import type { NewUserInput, UserChange } from './inputs.ts';
import { roleOf } from './tokens.ts';

export type UserItem = {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly isDisabled: boolean;
  readonly createdAt: string;
};

export async function listUsers(actor: Actor): Promise<readonly UserItem[]> {
  requirePermission(actor, 'manage-users');
  const users = await db.user.findMany({
    where: { accounts: { some: {} } },
    orderBy: { name: 'asc' },
  });
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
  if (await db.user.findUnique({ where: { email: input.email.toLowerCase() } })) {
    throw new AppError('conflict', 'There is a user with this e-mail address already.', { field: 'email' });
  }
  const { user } = await auth().api.createUser({ body: input });
  await db.$transaction((tx) =>
    writeAudit(tx, actor, {
      action: 'user.add',
      objectType: 'user',
      objectId: user.id,
      after: { name: input.name, email: input.email, role: input.role },
    }),
  );
}

/** Changes a role or shuts an account; the last administrator stays one. Sessions of a disabled user end at once. */
export async function changeUser(actor: Actor, change: UserChange): Promise<void> {
  requirePermission(actor, 'manage-users');
  await db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('users', 0))`;
    const before = await tx.user.findUnique({ where: { id: change.id } });
    if (!before) throw new AppError('not-found', 'There is no such user.');
    const after = await tx.user.update({
      where: { id: change.id },
      data: { role: change.role, banned: change.isDisabled },
    });
    const admins = await tx.user.count({
      where: { role: 'admin', accounts: { some: {} }, OR: [{ banned: null }, { banned: false }] },
    });
    if (admins === 0)
      throw new AppError('conflict', 'One administrator has to stay. Make another one first.');
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
