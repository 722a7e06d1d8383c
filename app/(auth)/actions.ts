'use server';

import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import type { z } from 'zod';
import { auth } from '#lib/auth/auth.ts';
import { setupInput, signInInput } from '#lib/auth/inputs.ts';
import { nextPath } from '#lib/auth/next-path.ts';
import { completeSetup } from '#lib/auth/setup.ts';
import { signInWithPassword } from '#lib/auth/sign-in.ts';
import { errorInfo } from '#lib/http/problem.ts';

export type FormState = {
  readonly message: string | null;
  readonly fields: Readonly<Record<string, string>>;
  /** What was written, so that a mistake costs no typing; never the password. */
  readonly values: Readonly<Record<string, string>>;
};

/** Signs in with e-mail and password, then goes on to where the user wanted to be. */
export async function signIn(_: FormState, form: FormData): Promise<FormState> {
  const values = { email: text(form, 'email') };
  const parsed = signInInput.safeParse({ email: values.email, password: text(form, 'password') });
  if (!parsed.success) return invalid(parsed.error, values);
  const requestHeaders = await headers();
  try {
    await signInWithPassword(requestHeaders, parsed.data);
  } catch (error) {
    return { message: errorInfo(error).message, fields: {}, values };
  }
  // The form stands on /sign-in?next=…; the browser says so with or without scripts.
  redirect(nextPath(URL.parse(requestHeaders.get('referer') ?? '')?.searchParams.get('next')));
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
    await signInWithPassword(await headers(), parsed.data);
  } catch (error) {
    return { message: errorInfo(error).message, fields: {}, values };
  }
  redirect('/evidence');
}

export async function signOut(): Promise<void> {
  await auth().api.signOut({ headers: await headers() });
  redirect('/sign-in');
}

function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

function invalid(error: z.ZodError, values: FormState['values']): FormState {
  const fields = Object.fromEntries(error.issues.map((issue) => [String(issue.path[0]), issue.message]));
  return { message: null, fields, values };
}
