'use client';

import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import { toast } from '#components/ui/toast.tsx';
import type { ActionResult } from '#lib/http/action.ts';

/** Saves a rule: shows a mistake at its condition, tells what was done, and shows the page as it is then. */
export function useRuleForm() {
  const router = useRouter();
  const [error, setError] = useState<string | null>(null);
  const [isPending, startTransition] = useTransition();
  const run = <T>(work: () => Promise<ActionResult<T>>, onDone: (data: T) => void): void =>
    startTransition(async () => {
      setError(null);
      const result = await work();
      if (result.ok) onDone(result.data);
      else if (result.error.details?.field === 'condition') setError(result.error.message);
      else toast.error(result.error.message);
    });
  const saved = (words: string): void => {
    toast(words);
    router.refresh();
  };
  return { error, isPending, run, saved };
}
