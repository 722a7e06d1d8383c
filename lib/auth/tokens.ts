import { randomUUID } from 'node:crypto';
import { writeAudit } from '#lib/audit/write.ts';
import { db } from '#lib/db/client.ts';
import { AppError } from '#lib/errors.ts';
import { type Actor, ROLES, type Role, requirePermission } from './actor.ts';
import { auth } from './auth.ts';

/** Service users of tokens have an address here, which no mail reaches and nobody can sign in with. */
const SERVICE_DOMAIN = 'token.invalid';

export type ApiToken = {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: string;
  readonly start: string;
};

/** Makes an API token with a service user of that role. Not checked here: the command line is the machine's owner. */
export async function createApiToken(input: {
  role: Role;
  name: string;
}): Promise<{ token: string; id: string }> {
  const now = new Date();
  const user = await db.user.create({
    data: {
      id: randomUUID(),
      name: input.name,
      email: `${randomUUID()}@${SERVICE_DOMAIN}`,
      emailVerified: false,
      role: input.role,
      createdAt: now,
      updatedAt: now,
    },
  });
  const key = await auth().api.createApiKey({ body: { name: input.name.slice(0, 32), userId: user.id } });
  return { token: key.key, id: key.id };
}

/** As createApiToken, by an administrator. */
export async function addToken(
  actor: Actor,
  input: { role: Role; name: string },
): Promise<{ token: string }> {
  requirePermission(actor, 'manage-users');
  const { token, id } = await createApiToken(input);
  await db.$transaction((tx) =>
    writeAudit(tx, actor, { action: 'token.add', objectType: 'token', objectId: id, after: input }),
  );
  return { token };
}

export async function listTokens(actor: Actor): Promise<readonly ApiToken[]> {
  requirePermission(actor, 'manage-users');
  const users = await db.user.findMany({ where: { email: { endsWith: `@${SERVICE_DOMAIN}` } } });
  const keys = await db.apikey.findMany({ where: { referenceId: { in: users.map((user) => user.id) } } });
  return keys.flatMap((key) => {
    const user = users.find((one) => one.id === key.referenceId);
    if (!user) return [];
    return [
      {
        id: key.id,
        name: user.name,
        role: roleOf(user.role),
        createdAt: key.createdAt.toISOString(),
        start: key.start ?? '',
      },
    ];
  });
}

/** Ends a token for good, with its service user. */
export async function revokeToken(actor: Actor, id: string): Promise<void> {
  requirePermission(actor, 'manage-users');
  const key = await db.apikey.findUnique({ where: { id } });
  if (!key) throw new AppError('not-found', 'There is no such token.');
  await db.$transaction(async (tx) => {
    await tx.apikey.delete({ where: { id } });
    await tx.user.deleteMany({ where: { id: key.referenceId, email: { endsWith: `@${SERVICE_DOMAIN}` } } });
    await writeAudit(tx, actor, { action: 'token.revoke', objectType: 'token', objectId: id });
  });
}

/** Who a bearer token stands for; null when it is unknown, ended or its user is disabled. */
export async function actorFromToken(token: string): Promise<Actor | null> {
  if (token === '' || token.length > 500) return null;
  const verified = await auth()
    .api.verifyApiKey({ body: { key: token } })
    .catch(() => null);
  if (!verified?.valid || !verified.key) return null;
  const user = await db.user.findUnique({ where: { id: verified.key.referenceId } });
  if (!user || user.banned) return null;
  return { id: user.id, name: user.name, email: user.email, role: roleOf(user.role), via: 'token' };
}

/** An unknown role can do the least. */
export function roleOf(text: string | null | undefined): Role {
  return ROLES.find((role) => role === text) ?? 'viewer';
}
