'use client';

import { useActionState } from 'react';
import { type FormState, setUp, signIn } from '../../app/(auth)/actions.ts';
import { Button } from '../ui/button.tsx';
import { Field, Input } from '../ui/input.tsx';
import { ErrorState } from '../ui/states.tsx';

const START: FormState = { message: null, fields: {}, values: {} };

export function SignInForm() {
  const [state, action, isPending] = useActionState(signIn, START);
  return (
    <form action={action} className="grid gap-3" noValidate>
      {state.message && <ErrorState title={state.message} />}
      <Field label="E-mail" error={state.fields.email}>
        {(ids) => (
          <Input
            {...ids}
            name="email"
            type="email"
            autoComplete="username"
            defaultValue={state.values.email}
            required
            autoFocus
          />
        )}
      </Field>
      <Field label="Password" error={state.fields.password}>
        {(ids) => <Input {...ids} name="password" type="password" autoComplete="current-password" required />}
      </Field>
      <Button type="submit" variant="primary" disabled={isPending} className="py-1.5">
        {isPending ? 'Signing in…' : 'Sign in'}
      </Button>
    </form>
  );
}

export function SetupForm({ token }: { readonly token: string }) {
  const [state, action, isPending] = useActionState(setUp, START);
  return (
    <form action={action} className="grid gap-3" noValidate>
      {state.message && <ErrorState title={state.message} />}
      <input type="hidden" name="token" value={token} />
      <Field label="Your name" error={state.fields.name}>
        {(ids) => (
          <Input
            {...ids}
            name="name"
            autoComplete="name"
            defaultValue={state.values.name}
            required
            autoFocus
          />
        )}
      </Field>
      <Field label="E-mail" error={state.fields.email}>
        {(ids) => (
          <Input
            {...ids}
            name="email"
            type="email"
            autoComplete="username"
            defaultValue={state.values.email}
            required
          />
        )}
      </Field>
      <Field
        label="Password"
        error={state.fields.password}
        hint="At least 12 characters; several words are fine."
      >
        {(ids) => <Input {...ids} name="password" type="password" autoComplete="new-password" required />}
      </Field>
      <Button type="submit" variant="primary" disabled={isPending} className="py-1.5">
        {isPending ? 'Making the account…' : 'Make the first administrator'}
      </Button>
    </form>
  );
}
