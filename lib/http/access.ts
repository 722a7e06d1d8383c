import type { Permission } from '#lib/auth/actor.ts';

/** Who may use a route or action: who has the permission, or everybody for the reason given. */
export type Access = Permission | { readonly public: string };
