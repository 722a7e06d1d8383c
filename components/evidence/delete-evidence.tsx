'use client';

import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { ErrorState } from '#components/ui/states.tsx';
import type { DeletionConsequences } from '#lib/custody/types.ts';
import { askConsequences, removeEvidence } from '../../app/(dashboard)/evidence/actions.ts';
import { plural } from './format.ts';

/** Deleting cannot be undone, so it asks, with numbers of what goes. */
export function DeleteEvidence({ id, isArriving }: { readonly id: string; readonly isArriving: boolean }) {
  const router = useRouter();
  const [open, setOpen] = useState(false);
  const [consequences, setConsequences] = useState<DeletionConsequences | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [isPending, startTransition] = useTransition();

  const ask = (): void => {
    setOpen(true);
    setError(null);
    startTransition(async () => {
      const result = await askConsequences({ id });
      if (result.ok) setConsequences(result.data);
      else setError(result.error.message);
    });
  };
  const remove = (): void =>
    startTransition(async () => {
      const result = await removeEvidence({ id });
      if (result.ok) router.push('/evidence');
      else setError(result.error.message);
    });
  return (
    <>
      <Button variant="danger" onClick={ask}>
        Delete…
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title="Delete this file">
        {error && <ErrorState title={error} />}
        {consequences ? (
          <ul className="list-disc pl-5">
            {isArriving && <li>Its upload still runs and will be given up.</li>}
            {consequences.memberCount > 0 && (
              <li>
                {plural(consequences.memberCount, 'file')} that came out of this archive will go with it.
              </li>
            )}
            <li>{plural(consequences.eventCount, 'kept event')} that no other file has will go.</li>
            {consequences.alertCount > 0 && (
              <li>{plural(consequences.alertCount, 'alert')} of other tools will go.</li>
            )}
            {consequences.sharedEventCount > 0 && (
              <li>
                {plural(consequences.sharedEventCount, 'kept event')} stay, because another file has them too.
              </li>
            )}
            <li>{plural(consequences.findingsRemoved, 'finding')} that nobody worked on will go.</li>
            <li>
              {plural(consequences.findingsKept, 'finding')} that somebody worked on will stay as “evidence
              deleted”, with history and without risk.
            </li>
          </ul>
        ) : (
          !error && <p className="text-text-3">Counting what would go…</p>
        )}
        <p className="text-text-2">
          The bytes of the file are deleted too. This cannot be undone; uploading the file again restores its
          findings.
        </p>
        <div className="flex justify-end gap-2">
          <Button onClick={() => setOpen(false)}>Keep it</Button>
          <Button variant="danger" disabled={isPending || !consequences} onClick={remove}>
            {isPending && consequences ? 'Deleting…' : 'Delete the file'}
          </Button>
        </div>
      </Dialog>
    </>
  );
}
