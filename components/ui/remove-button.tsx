'use client';

import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import type { ActionResult } from '#lib/http/action.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { toast } from './toast.tsx';

type Props = {
  readonly name: string;
  /** What it is: `source`. */
  readonly what: string;
  /** What goes with it. */
  readonly description: string;
  readonly remove: () => Promise<ActionResult<unknown>>;
  /** The page to be on when it is gone. */
  readonly leaveTo: string;
};

/** Removes what the page is about, after a question. */
export function RemoveButton({ name, what, description, remove, leaveTo }: Props) {
  const router = useRouter();
  const [isOpen, setIsOpen] = useState(false);
  const [isPending, startTransition] = useTransition();
  const confirm = (): void =>
    startTransition(async () => {
      const result = await remove().catch(() => null);
      if (!result?.ok) return toast.error(result?.error.message ?? 'The server did not answer.');
      toast(`${name} is removed.`);
      router.push(leaveTo);
      router.refresh();
    });
  return (
    <>
      <Button variant="danger" onClick={() => setIsOpen(true)}>
        Remove…
      </Button>
      <Dialog open={isOpen} onOpenChange={setIsOpen} title={`Remove ${name}`} description={description}>
        <div className="flex justify-end gap-2">
          <Button variant="quiet" onClick={() => setIsOpen(false)}>
            Cancel
          </Button>
          <Button variant="danger" disabled={isPending} onClick={confirm}>
            Remove the {what}
          </Button>
        </div>
      </Dialog>
    </>
  );
}
