'use client';

import { useRouter } from 'next/navigation';
import { useTransition } from 'react';
import type { ActionResult } from '#lib/http/action.ts';
import { toast } from './toast.tsx';

/** Runs a server action of a button: tells what was done, or why not, and shows the page as it is then. */
export function usePerform() {
  const router = useRouter();
  const [isPending, startTransition] = useTransition();
  const perform = (action: () => Promise<ActionResult<unknown>>, done: string): void =>
    startTransition(async () => {
      const result = await action().catch(() => null);
      if (!result)
        return toast.error('The server did not answer. Load the page again to see whether it was done.');
      if (!result.ok) return toast.error(result.error.message);
      toast(done);
      router.refresh();
    });
  return { isPending, perform };
}
