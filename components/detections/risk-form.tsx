'use client';

import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Field, Input } from '#components/ui/input.tsx';
import { toast } from '#components/ui/toast.tsx';
import { changeDetectionAction } from '../../app/(dashboard)/detections/actions.ts';

/** Sets the risk of a detection's findings in place of what its author says. */
export function RiskForm({
  id,
  authorScore,
  setScore,
}: {
  readonly id: string;
  readonly authorScore: number;
  readonly setScore: number | null;
}) {
  const router = useRouter();
  const [text, setText] = useState(String(setScore ?? authorScore));
  const [isPending, startTransition] = useTransition();
  const save = (riskScore: number | null): void =>
    startTransition(async () => {
      const result = await changeDetectionAction({ id, change: { riskScore } });
      if (!result.ok) return toast.error(result.error.message);
      if (riskScore === null) setText(String(authorScore));
      toast(riskScore === null ? `Risk is ${authorScore} again.` : `Risk is now ${riskScore}.`);
      router.refresh();
    });
  const score = Number(text);
  const isValid = text.trim() !== '' && score >= 0 && score <= 100;
  return (
    <form
      className="flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (isValid) save(score);
      }}
    >
      <Field label="Risk of a finding, 0 to 100" error={isValid ? null : 'Give a number from 0 to 100.'}>
        {(ids) => (
          <Input
            {...ids}
            inputMode="decimal"
            className="w-24"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" disabled={isPending || !isValid || score === (setScore ?? authorScore)}>
        Set
      </Button>
      {setScore !== null && (
        <Button variant="quiet" disabled={isPending} onClick={() => save(null)}>
          Back to {authorScore}
        </Button>
      )}
    </form>
  );
}
