/** API tokens: each is a key with a service user of its own, who has the token's role and cannot sign in. */
import { randomUUID } from 'node:crypto';
import { type AuditActor, writeAudit } from '#lib/audit/write.ts';
import { db } from '#lib/db/client.ts';
import { AppError } from '#lib/errors.ts';
import { type Actor, ROLES, type Role, requirePermission } from './actor.ts';
import { auth } from './auth.ts';
import { NAME_MAX, type NewTokenInput } from './inputs.ts';

/** Service users have an address here, which no mail reaches. */
const SERVICE_DOMAIN = 'token.invalid';
const TOKEN_MAX = 500;

export type ApiToken = {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: string;
  /** First characters of the token, to tell tokens apart; the rest is not kept. */
  readonly start: string;
};

const COMMAND_LINE: AuditActor = { id: null, name: 'command line' };

/**
 * Makes an API token with a service user of that role. No role is asked for here: the command line belongs to who runs
 * the machine, and `addToken` asks.
 */
export async function createApiToken(
  input: NewTokenInput,
  by: AuditActor = COMMAND_LINE,
): Promise<{ token: string }> {
  const userId = randomUUID();
  const name = input.name.slice(0, NAME_MAX);
  const { role } = input;
  // The key first: it is worth nothing until its user is there, who comes together with the audit entry.
  const key = await auth().api.createApiKey({ body: { name, userId } });
  await db.$transaction(async (tx) => {
    await tx.user.create({ data: { id: userId, name, role, email: `${userId}@${SERVICE_DOMAIN}` } });
    await writeAudit(tx, by, {
      action: 'token.add',
      objectType: 'token',
      objectId: key.id,
      after: { name, role },
    });
  });
  return { token: key.key };
}

/** As createApiToken, by an administrator. */
export async function addToken(actor: Actor, input: NewTokenInput): Promise<{ token: string }> {
  requirePermission(actor, 'manage-users');
  return createApiToken(input, actor);
}

export async function listTokens(actor: Actor): Promise<readonly ApiToken[]> {
  requirePermission(actor, 'manage-users');
  const keys = await db.apikey.findMany({ orderBy: [{ createdAt: 'desc' }, { id: 'asc' }] });
  const users = await db.user.findMany({ where: { id: { in: keys.map((key) => key.referenceId) } } });
  const byId = new Map(users.map((user) => [user.id, user]));
  return keys.flatMap((key) => {
    const user = byId.get(key.referenceId);
    if (!user) return [];
    return {
      id: key.id,
      name: user.name,
      role: roleOf(user.role),
      createdAt: key.createdAt.toISOString(),
      start: key.start ?? '',
    };
  });
}

/** Ends a token for good. Its service user stays, disabled, because what it did bears its name. */
export async function revokeToken(actor: Actor, id: string): Promise<void> {
  requirePermission(actor, 'manage-users');
  await db.$transaction(async (tx) => {
    const [key] = await tx.apikey.findMany({ where: { id } });
    const { count } = await tx.apikey.deleteMany({ where: { id } });
    if (!key || count === 0) throw new AppError('not-found', 'There is no such token.');
    await tx.user.updateMany({ where: { id: key.referenceId }, data: { banned: true } });
    await writeAudit(tx, actor, {
      action: 'token.revoke',
      objectType: 'token',
      objectId: id,
      before: { name: key.name },
    });
  });
}

/** Who an Authorization header stands for; null when it holds no token, or one that is unknown, ended or disabled. */
export async function actorFromBearer(header: string): Promise<Actor | null> {
  const token = /^Bearer +([\w-]+)$/i.exec(header.slice(0, TOKEN_MAX))?.[1];
  if (token === undefined) return null;
  const key = await keyOf(token);
  if (!key) return null;
  const user = await db.user.findUnique({ where: { id: key.referenceId } });
  if (!user || user.banned) return null;
  return { id: user.id, name: user.name, email: user.email, role: roleOf(user.role), via: 'token' };
}

/**
 * The library takes a database that does not answer for a token that nobody has. A sender would give up then, so what it
 * calls unknown is asked again when the database has answered; throws when that does not.
 */
async function keyOf(token: string): Promise<{ readonly referenceId: string } | null> {
  const verify = async () => {
    const { valid, key } = await auth().api.verifyApiKey({ body: { key: token } });
    return valid ? key : null;
  };
  const key = await verify();
  if (key) return key;
  await db.$queryRaw`SELECT 1`;
  return verify();
}

/** An unknown role can do the least. */
export function roleOf(text: string | null | undefined): Role {
  return ROLES.find((role) => role === text) ?? 'viewer';
}
