/** What people may send about users, sign-in and tokens; shared by forms, actions and API. */
import { z } from 'zod';
import { ROLES } from './actor.ts';

export const PASSWORD_MIN = 12;
export const PASSWORD_MAX = 256;
export const NAME_MAX = 100;

const email = z
  .string()
  .trim()
  .toLowerCase()
  .pipe(z.email('Write an e-mail address, for example ana@example.org.').max(200));
const password = z
  .string()
  .min(PASSWORD_MIN, `Choose a password of at least ${PASSWORD_MIN} characters; several words are fine.`)
  .max(PASSWORD_MAX, `Choose a password of at most ${PASSWORD_MAX} characters.`);
const name = z
  .string()
  .trim()
  .min(1, 'Write the name that colleagues will see.')
  .max(NAME_MAX, `Write a name of at most ${NAME_MAX} characters.`)
  .refine(
    (text) => text.isWellFormed() && !/\p{Cc}/u.test(text),
    'Write a name without line breaks or control characters.',
  );
const id = z.string().min(1).max(100);

export const signInInput = z.strictObject({
  email,
  password: z.string().min(1, 'Write your password.').max(PASSWORD_MAX),
});
export type SignInInput = z.output<typeof signInInput>;
export const setupInput = z.strictObject({ token: z.string().min(1).max(200), name, email, password });
export type SetupInput = z.output<typeof setupInput>;
export const newUserInput = z.strictObject({ name, email, password, role: z.enum(ROLES) });
export type NewUserInput = z.output<typeof newUserInput>;
export const userChange = z.strictObject({
  id,
  role: z.enum(ROLES).optional(),
  isDisabled: z.boolean().optional(),
});
export type UserChange = z.output<typeof userChange>;
export const passwordChange = z.strictObject({
  currentPassword: z.string().min(1, 'Write the password that you have now.').max(PASSWORD_MAX),
  newPassword: password,
});
export type PasswordChange = z.output<typeof passwordChange>;
export const newTokenInput = z.strictObject({ name, role: z.enum(ROLES) });
export type NewTokenInput = z.output<typeof newTokenInput>;
export const tokenReference = z.strictObject({ id });
