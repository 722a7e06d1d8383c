import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { listAudit } from '#lib/audit/queries.ts';
import { addEvidence, deleteEvidence } from '#lib/custody/commands.ts';
import { deletionConsequences, getEvidence, listEvidence, openEvidence } from '#lib/custody/queries.ts';
import { db } from '#lib/db/client.ts';
import { useTestDatabase } from '#lib/db/testing.ts';
import { addNote, updateFinding } from '#lib/findings/commands.ts';
import { getFinding } from '#lib/findings/queries.ts';
import { type Actor, can, PERMISSIONS, type Permission, ROLES, type Role } from './actor.ts';
import './testing.ts';
import { addToken, listTokens, revokeToken } from './tokens.ts';
import { addUser, changeUser, listUsers } from './users.ts';

useTestDatabase();

const MISSING = '00000000-0000-7000-8000-000000000000';
let readBytes = 0;
const content = () =>
  new Readable({
    read() {
      readBytes += 1;
      this.push(null);
    },
  });

const newUser = { name: 'x', email: 'x@example.org', password: 'a long password', role: 'admin' } as const;

/** Every function of lib that needs more than to be signed in, with what it needs. */
const guarded: readonly (readonly [string, Permission, (actor: Actor) => Promise<unknown>])[] = [
  ['addEvidence', 'add-evidence', (actor) => addEvidence(actor, 'x', content())],
  ['openEvidence', 'download-evidence', (actor) => openEvidence(actor, MISSING)],
  ['deletionConsequences', 'delete-evidence', (actor) => deletionConsequences(actor, MISSING)],
  ['deleteEvidence', 'delete-evidence', (actor) => deleteEvidence(actor, MISSING)],
  ['updateFinding', 'triage', (actor) => updateFinding(actor, '1', { version: 1 })],
  ['addNote', 'triage', (actor) => addNote(actor, '1', 'x')],
  ['listUsers', 'manage-users', (actor) => listUsers(actor)],
  ['addUser', 'manage-users', (actor) => addUser(actor, newUser)],
  ['changeUser', 'manage-users', (actor) => changeUser(actor, { id: 'x', role: 'admin' })],
  ['listTokens', 'manage-users', (actor) => listTokens(actor)],
  ['addToken', 'manage-users', (actor) => addToken(actor, { name: 'x', role: 'admin' })],
  ['revokeToken', 'manage-users', (actor) => revokeToken(actor, 'x')],
  ['listAudit of a user', 'manage-users', (actor) => listAudit(actor, 'user', 'x')],
];

const actorOf = (role: Role): Actor => ({ id: `id of ${role}`, name: role, email: '', role, via: 'token' });
const outcome = (call: Promise<unknown>) =>
  call.then(
    () => 'done',
    (error: { code?: string }) => error.code ?? 'failed',
  );

const everything = () =>
  Promise.all([db.user.count(), db.apikey.count(), db.evidence.count(), db.auditEntry.count()]);

describe.each(guarded)('%s', (_, permission, call) => {
  it.each(ROLES.filter((role) => !can(actorOf(role), permission)))(
    `refuses a %s, whose role is below ${PERMISSIONS[permission]}, and does nothing`,
    async (role) => {
      const before = await everything();
      expect(await outcome(call(actorOf(role)))).toBe('forbidden');
      expect(await everything()).toEqual(before);
      expect(readBytes).toBe(0);
    },
  );
});

it('a viewer may read', async () => {
  const viewer = actorOf('viewer');
  expect((await listEvidence(viewer)).items).toEqual([]);
  expect(await outcome(getEvidence(viewer, MISSING))).toBe('not-found');
  expect(await outcome(getFinding(viewer, '1'))).toBe('not-found');
});

it('who may gets past the check: only the missing object stops them', async () => {
  expect(await outcome(deleteEvidence(actorOf('manager'), MISSING))).toBe('not-found');
  expect(await outcome(openEvidence(actorOf('analyst'), MISSING))).toBe('not-found');
  expect(await outcome(updateFinding(actorOf('analyst'), '1', { version: 1 }))).toBe('not-found');
});
