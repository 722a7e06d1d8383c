'use client';

import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { toast } from '#components/ui/toast.tsx';
import { changeDetectionAction } from '../../app/(dashboard)/detections/actions.ts';

type Change = Parameters<typeof changeDetectionAction>[0]['change'];

/** Asks, says what will happen, and does it. */
export function ChangeDetection({
  id,
  change,
  label,
  title,
  done,
  consequences,
  isPrimary = false,
}: {
  readonly id: string;
  readonly change: Change;
  readonly label: string;
  readonly title: string;
  /** Said when it is done. */
  readonly done: string;
  readonly consequences: readonly string[];
  readonly isPrimary?: boolean;
}) {
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const [isPending, startTransition] = useTransition();
  const perform = (): void =>
    startTransition(async () => {
      const result = await changeDetectionAction({ id, change });
      if (!result.ok) return toast.error(result.error.message);
      setOpen(false);
      toast(done);
      router.refresh();
    });
  return (
    <>
      <Button variant={isPrimary ? 'primary' : 'default'} onClick={() => setOpen(true)}>
        {label}
      </Button>
      <Dialog open={isOpen} onOpenChange={setOpen} title={title}>
        <ul className="grid list-disc gap-1 pl-5 text-text-2">
          {consequences.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
        <div className="flex justify-end gap-2">
          <Button onClick={() => setOpen(false)}>Leave it as it is</Button>
          <Button variant="primary" disabled={isPending} onClick={perform}>
            {isPending ? 'Working…' : label}
          </Button>
        </div>
      </Dialog>
    </>
  );
}
