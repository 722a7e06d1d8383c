'use client';

import { useRouter } from 'next/navigation';
import { type ReactNode, useState, useTransition } from 'react';
import { useKeys } from '#components/shell/keys.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field, Textarea } from '#components/ui/input.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import { toast } from '#components/ui/toast.tsx';
import { DEFAULT_EXPIRY_DAYS, REASON_MIN } from '#lib/filters/limits.ts';
import type { ActionResult } from '#lib/http/action.ts';
import type { RuleActions } from './actions.ts';
import { daysFromNow } from './draft.ts';

type Question = {
  readonly label: string;
  readonly title: string;
  readonly description: string;
  readonly confirm: string;
  readonly done: string;
  readonly tone?: 'danger' | 'primary';
  readonly keyHint?: string;
  readonly perform: (reason: string) => Promise<ActionResult<unknown>>;
};

/** A button whose action wants a reason. */
function ReasonButton({
  question,
  children,
}: {
  readonly question: Question;
  readonly children?: ReactNode;
}) {
  const router = useRouter();
  const [isOpen, setIsOpen] = useState(false);
  const [reason, setReason] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [isPending, startTransition] = useTransition();
  useKeys(question.keyHint ? { [question.keyHint]: () => setIsOpen(true) } : {});
  const submit = (): void =>
    startTransition(async () => {
      if (reason.trim().length < REASON_MIN) return setError(`Say why in at least ${REASON_MIN} characters.`);
      const result = await question.perform(reason.trim()).catch(() => null);
      if (!result)
        return setError('The server did not answer. Load the page again to see whether it was done.');
      if (!result.ok) return setError(result.error.message);
      setIsOpen(false);
      setReason('');
      toast(question.done);
      router.refresh();
    });
  return (
    <>
      <Button
        {...(question.tone ? { variant: question.tone } : {})}
        onClick={() => {
          setError(null);
          setIsOpen(true);
        }}
      >
        {children ?? question.label} {question.keyHint && <Kbd>{question.keyHint}</Kbd>}
      </Button>
      <Dialog
        open={isOpen}
        onOpenChange={setIsOpen}
        title={question.title}
        description={question.description}
      >
        <form
          className="grid gap-3"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <Field label="Reason" error={error} hint="The next person will read it.">
            {(ids) => (
              <Textarea
                {...ids}
                maxLength={2_000}
                value={reason}
                onChange={(event) => setReason(event.target.value)}
                onKeyDown={(event) => {
                  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey))
                    event.currentTarget.form?.requestSubmit();
                }}
              />
            )}
          </Field>
          <div className="flex justify-end gap-2">
            <Button variant="quiet" onClick={() => setIsOpen(false)}>
              Cancel
            </Button>
            <Button type="submit" variant={question.tone ?? 'primary'} disabled={isPending}>
              {question.confirm}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}

type Props = {
  readonly id: string;
  readonly number: number;
  readonly canWrite: boolean;
  readonly isInForce: boolean;
  readonly isRemoved: boolean;
  /** The version that waits, and whether the reader may decide on it. */
  readonly proposed: { readonly version: number; readonly canDecide: boolean } | null;
  readonly actions: RuleActions;
};

/** What can be done with a rule: decide, renew, remove. */
export function RuleControls({ id, number, canWrite, isInForce, isRemoved, proposed, actions }: Props) {
  return (
    <>
      {proposed?.canDecide && (
        <>
          <ReasonButton
            question={{
              label: 'Approve',
              title: `Approve version ${proposed.version} of R-${number}`,
              description: 'It comes into force at once, for past and future findings.',
              confirm: 'Approve',
              done: `R-${number} is in force.`,
              tone: 'primary',
              keyHint: 'y',
              perform: (reason) =>
                actions.decide({ id, version: proposed.version, isApproved: true, reason }),
            }}
          />
          <ReasonButton
            question={{
              label: 'Reject',
              title: `Reject version ${proposed.version} of R-${number}`,
              description: 'It never comes into force; it stays in the history.',
              confirm: 'Reject',
              done: `Version ${proposed.version} of R-${number} is rejected.`,
              tone: 'danger',
              keyHint: 'n',
              perform: (reason) =>
                actions.decide({ id, version: proposed.version, isApproved: false, reason }),
            }}
          />
        </>
      )}
      {canWrite && isInForce && (
        <ReasonButton
          question={{
            label: `Renew for ${DEFAULT_EXPIRY_DAYS} days`,
            title: `Renew R-${number}`,
            description: `It expires ${DEFAULT_EXPIRY_DAYS} days from now.`,
            confirm: 'Renew',
            done: `R-${number} is renewed.`,
            perform: (reason) =>
              actions.renew({ id, expiresAt: daysFromNow(DEFAULT_EXPIRY_DAYS, Date.now()), reason }),
          }}
        />
      )}
      {canWrite && !isRemoved && (
        <ReasonButton
          question={{
            label: 'Remove…',
            title: `Remove R-${number}`,
            description: 'What it hides comes back at once. Its versions stay in the history.',
            confirm: 'Remove the rule',
            done: `R-${number} is removed; what it covered is back.`,
            tone: 'danger',
            perform: (reason) => actions.remove({ id, reason }),
          }}
        />
      )}
    </>
  );
}

export function RevertButton({
  id,
  number,
  version,
  actions,
}: {
  readonly id: string;
  readonly number: number;
  readonly version: number;
  readonly actions: RuleActions;
}) {
  return (
    <ReasonButton
      question={{
        label: 'Revert to this',
        title: `Revert R-${number} to version ${version}`,
        description: 'Writes a new version that says what that one said.',
        confirm: 'Revert',
        done: `R-${number} says again what version ${version} said.`,
        perform: (reason) => actions.revert({ id, toVersion: version, reason }),
      }}
    />
  );
}
