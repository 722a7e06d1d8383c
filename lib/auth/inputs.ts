import { z } from 'zod';
import { ROLES } from './actor.ts';

export const PASSWORD_MIN = 12;

const email = z.email('Write an e-mail address, for example ana@example.org.').max(200);
const newPassword = z
  .string()
  .min(PASSWORD_MIN, `Choose a password of at least ${PASSWORD_MIN} characters; several words are fine.`)
  .max(256);
const name = z.string().trim().min(1, 'Write the name that colleagues will see.').max(100);

export const signInInput = z.strictObject({
  email,
  password: z.string().min(1, 'Write your password.').max(256),
});
export const setupInput = z.strictObject({
  token: z.string().min(1).max(200),
  name,
  email,
  password: newPassword,
});
export type SetupInput = z.output<typeof setupInput>;
export const newUserInput = z.strictObject({ name, email, password: newPassword, role: z.enum(ROLES) });
export type NewUserInput = z.output<typeof newUserInput>;
export const userChange = z.strictObject({
  id: z.string().min(1).max(100),
  role: z.enum(ROLES).optional(),
  isDisabled: z.boolean().optional(),
});
export type UserChange = z.output<typeof userChange>;
export const newTokenInput = z.strictObject({ name, role: z.enum(ROLES) });
export const tokenReference = z.strictObject({ id: z.string().min(1).max(100) });
