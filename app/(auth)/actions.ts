'use server';

import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import type { z } from 'zod';
import { auth } from '#lib/auth/auth.ts';
import { setupInput, signInInput } from '#lib/auth/inputs.ts';
import { completeSetup } from '#lib/auth/setup.ts';
import { assertMayTry, noteAttempt } from '#lib/auth/throttle.ts';
import { AppError } from '#lib/errors.ts';
import { errorInfo } from '#lib/http/problem.ts';

export type FormState = {
  readonly message: string | null;
  readonly fields: Readonly<Record<string, string>>;
  /** What was written, so that a mistake costs no typing; never the password. */
  readonly values: Readonly<Record<string, string>>;
};

/** Signs in with e-mail and password, then goes on to where the user wanted to be. */
export async function signIn(_: FormState, form: FormData): Promise<FormState> {
  const parsed = signInInput.safeParse({ email: text(form, 'email'), password: text(form, 'password') });
  const values = { email: text(form, 'email') };
  if (!parsed.success) return invalid(parsed.error, values);
  const { email, password } = parsed.data;
  try {
    assertMayTry(email, Date.now());
    await openSession(email, password);
  } catch (error) {
    const info = errorInfo(error);
    if (info.code === 'invalid-input') noteAttempt(email, false, Date.now());
    return { message: info.message, fields: {}, values };
  }
  noteAttempt(email, true, Date.now());
  redirect('/overview');
}

/** Makes the first administrator with the one-time link and signs in. */
export async function setUp(_: FormState, form: FormData): Promise<FormState> {
  const given = Object.fromEntries(
    ['token', 'name', 'email', 'password'].map((name) => [name, text(form, name)]),
  );
  const values = { name: text(form, 'name'), email: text(form, 'email') };
  const parsed = setupInput.safeParse(given);
  if (!parsed.success) return invalid(parsed.error, values);
  try {
    await completeSetup(parsed.data);
    await openSession(parsed.data.email, parsed.data.password);
  } catch (error) {
    return { message: errorInfo(error).message, fields: {}, values };
  }
  redirect('/evidence');
}

export async function signOut(): Promise<void> {
  await auth().api.signOut({ headers: await headers() });
  redirect('/sign-in');
}

async function openSession(email: string, password: string): Promise<void> {
  await auth()
    .api.signInEmail({ body: { email, password }, headers: await headers() })
    .catch((error: unknown) => {
      const status =
        typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : 0;
      if (status === 403)
        throw new AppError('forbidden', 'This account is disabled. Ask your administrator.');
      if (status !== 401 && status !== 400) throw error;
      throw new AppError('invalid-input', 'E-mail and password do not belong together.');
    });
}

function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

function invalid(error: z.ZodError, values: FormState['values']): FormState {
  const fields = Object.fromEntries(error.issues.map((issue) => [String(issue.path[0]), issue.message]));
  return { message: null, fields, values };
}
