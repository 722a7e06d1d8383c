import { AppError } from '#lib/errors.ts';

/** Roles, each able to do what the ones before it can. */
export const ROLES = ['viewer', 'analyst', 'manager', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** What can be done, and the least role that may. The only place where this is decided. */
export const PERMISSIONS = {
  read: 'viewer',
  'download-evidence': 'analyst',
  'add-evidence': 'analyst',
  triage: 'analyst',
  'write-filters': 'analyst',
  'approve-filters': 'manager',
  'delete-evidence': 'manager',
  'manage-detections': 'manager',
  'manage-risk': 'manager',
  'manage-sources': 'manager',
  'manage-users': 'admin',
} as const satisfies Record<string, Role>;
export type Permission = keyof typeof PERMISSIONS;

/** Who acts: every function of the data access layer takes one and checks it. */
export type Actor = {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly via: 'session' | 'token';
};

export function can(actor: Actor, permission: Permission): boolean {
  return ROLES.indexOf(actor.role) >= ROLES.indexOf(PERMISSIONS[permission]);
}

/** Throws AppError `forbidden` when the actor's role is below what the permission asks for. */
export function requirePermission(actor: Actor, permission: Permission): void {
  if (!can(actor, permission)) {
    throw new AppError(
      'forbidden',
      `This needs the role ${PERMISSIONS[permission]}; yours is ${actor.role}.`,
    );
  }
}
