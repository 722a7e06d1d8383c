'use client';

import { useRouter } from 'next/navigation';
import { useTransition } from 'react';
import { Button } from '#components/ui/button.tsx';
import { toast } from '#components/ui/toast.tsx';
import { reprocessAction } from '../../app/(dashboard)/detections/actions.ts';

/** Has all stored evidence read again; findings stay until it is done. */
export function ReprocessAll() {
  const router = useRouter();
  const [isPending, startTransition] = useTransition();
  const start = (): void =>
    startTransition(async () => {
      const result = await reprocessAction({});
      if (!result.ok) return toast.error(result.error.message);
      toast('Stored evidence is read again. Findings stay meanwhile.');
      router.refresh();
    });
  return (
    <Button className="justify-self-start" disabled={isPending} onClick={start}>
      Read all of it again
    </Button>
  );
}
