'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useState, useTransition } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Field, Input } from '#components/ui/input.tsx';
import { unlockEvidence } from '../../app/(dashboard)/evidence/actions.ts';
import { plural } from './format.ts';

/** Asks for the password of encrypted members. It is used once and not kept. */
export function ArchivePassword({ id, lockedCount }: { readonly id: string; readonly lockedCount: number }) {
  const router = useRouter();
  const [error, setError] = useState<string | null>(null);
  const [isPending, startTransition] = useTransition();
  const unlock = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    const password = String(new FormData(form).get('password') ?? '');
    startTransition(async () => {
      const result = await unlockEvidence({ id, password });
      form.reset();
      setError(result.ok ? null : result.error.message);
      if (result.ok) router.refresh();
    });
  };
  return (
    <form onSubmit={unlock} className="mb-3 grid max-w-md gap-3">
      <Field
        label={`Password of the archive, for ${plural(lockedCount, 'encrypted file')}`}
        error={error}
        hint="It is used once to take them out and is not kept."
      >
        {(ids) => <Input {...ids} name="password" type="password" autoComplete="off" required />}
      </Field>
      <div>
        <Button type="submit" disabled={isPending}>
          {isPending ? 'Taking them out…' : 'Read them'}
        </Button>
      </div>
    </form>
  );
}
