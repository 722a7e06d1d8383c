'use client';

import { type FormEvent, useState, useTransition } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Field, Input } from '#components/ui/input.tsx';
import { ErrorState } from '#components/ui/states.tsx';
import { changePassword } from './actions.ts';

type Outcome =
  | { readonly kind: 'none' | 'changed' }
  | { readonly kind: 'failed'; readonly message: string; readonly field: unknown };

/** Changes one's own password. */
export function PasswordForm({ email }: { readonly email: string }) {
  const [outcome, setOutcome] = useState<Outcome>({ kind: 'none' });
  const [isPending, startTransition] = useTransition();
  const change = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    startTransition(async () => {
      const result = await changePassword({
        currentPassword: String(data.get('currentPassword') ?? ''),
        newPassword: String(data.get('newPassword') ?? ''),
      });
      if (result.ok) {
        form.reset();
        setOutcome({ kind: 'changed' });
      } else {
        const { message, details } = result.error;
        setOutcome({ kind: 'failed', message, field: details?.field });
      }
    });
  };
  const errorFor = (name: string): string | undefined =>
    outcome.kind === 'failed' && outcome.field === name ? outcome.message : undefined;
  const isGeneral = outcome.kind === 'failed' && !errorFor('currentPassword') && !errorFor('newPassword');
  return (
    <form onSubmit={change} noValidate className="grid gap-3">
      {isGeneral && <ErrorState title={outcome.message} />}
      <input type="hidden" autoComplete="username" value={email} readOnly />
      <Field label="Password that you have now" error={errorFor('currentPassword')}>
        {(ids) => (
          <Input {...ids} name="currentPassword" type="password" autoComplete="current-password" required />
        )}
      </Field>
      <Field
        label="New password"
        error={errorFor('newPassword')}
        hint="At least 12 characters; several words are fine."
      >
        {(ids) => <Input {...ids} name="newPassword" type="password" autoComplete="new-password" required />}
      </Field>
      <div className="flex items-center gap-3">
        <Button type="submit" disabled={isPending}>
          {isPending ? 'Changing…' : 'Change password'}
        </Button>
        <span role="status" className="text-text-2">
          {outcome.kind === 'changed' && 'Changed. Your other sessions have ended.'}
        </span>
      </div>
    </form>
  );
}
