'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useState, useTransition } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field, Input } from '#components/ui/input.tsx';
import { RemoveButton } from '#components/ui/remove-button.tsx';
import { toast } from '#components/ui/toast.tsx';
import { usePerform } from '#components/ui/use-perform.ts';
import type { SourceActions } from './actions.ts';

type Props = {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly isEnabled: boolean;
  readonly canManage: boolean;
  readonly canPull: boolean;
  readonly actions: SourceActions;
};

const DAY_MS = 86_400_000;

/** What can be done with a source. */
export function SourceControls({ id, name, version, isEnabled, canManage, canPull, actions }: Props) {
  const router = useRouter();
  const { isPending, perform } = usePerform();
  const [isTesting, setIsTesting] = useState(false);
  const test = async (): Promise<void> => {
    setIsTesting(true);
    const result = await actions.test({ id }).catch(() => null);
    setIsTesting(false);
    if (!result) return toast.error('The server did not answer.');
    if (!result.ok) return toast.error(result.error.message);
    const failed = result.data.filter(({ state }) => state === 'fails').length;
    if (failed === 0) toast('The connection works.');
    else toast.error('The connection does not work; what to do stands beside each step.');
    router.refresh();
  };
  return (
    <>
      {canManage && (
        <Button onClick={() => void test()} disabled={isTesting}>
          {isTesting ? 'Testing…' : 'Test the connection'}
        </Button>
      )}
      {canPull && isEnabled && (
        <Button
          variant="primary"
          disabled={isPending}
          onClick={() => perform(() => actions.pull({ id }), 'The pull begins.')}
        >
          Pull now
        </Button>
      )}
      {canManage && (
        <>
          <BackfillButton id={id} actions={actions} />
          <Button
            disabled={isPending}
            onClick={() =>
              perform(
                () => actions.enable({ id, version, isEnabled: !isEnabled }),
                isEnabled ? `${name} is paused.` : `${name} is pulled again.`,
              )
            }
          >
            {isEnabled ? 'Pause' : 'Go on'}
          </Button>
          <RemoveButton
            name={name}
            what="source"
            description="Its secrets are wiped and nothing is pulled any more. What was pulled stays as evidence."
            remove={() => actions.remove({ id })}
            leaveTo="/sources"
          />
        </>
      )}
    </>
  );
}

export function CancelButton({
  id,
  pullId,
  label,
  actions,
}: {
  readonly id: string;
  readonly pullId: string | null;
  readonly label: string;
  readonly actions: SourceActions;
}) {
  const router = useRouter();
  const [isPending, startTransition] = useTransition();
  return (
    <Button
      variant="quiet"
      className="py-0"
      disabled={isPending}
      onClick={() =>
        startTransition(async () => {
          const result = await actions.cancel({ id, pullId }).catch(() => null);
          if (!result?.ok) return toast.error(result?.error.message ?? 'The server did not answer.');
          router.refresh();
        })
      }
    >
      {label}
    </Button>
  );
}

function BackfillButton({ id, actions }: { readonly id: string; readonly actions: SourceActions }) {
  const router = useRouter();
  const [isOpen, setIsOpen] = useState(false);
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [isPending, startTransition] = useTransition();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    startTransition(async () => {
      const fromMs = Date.parse(`${from}T00:00:00Z`);
      const toMs = Date.parse(`${to}T00:00:00Z`) + DAY_MS;
      if (!Number.isFinite(fromMs) || !Number.isFinite(toMs))
        return setError('Give the first and the last day.');
      const result = await actions
        .backfill({
          id,
          from: new Date(fromMs).toISOString(),
          to: new Date(toMs).toISOString(),
          sliceHours: 24,
        })
        .catch(() => null);
      if (!result?.ok) return setError(result?.error.message ?? 'The server did not answer.');
      setIsOpen(false);
      toast(`${result.data.sliceCount} days are pulled, the latest first.`);
      router.refresh();
    });
  };
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>Back-fill…</Button>
      <Dialog
        open={isOpen}
        onOpenChange={setIsOpen}
        title="Back-fill"
        description="Pulls the past day by day, the latest first, by the time of the events (UTC). It can be cancelled, and goes on by itself after a restart."
      >
        <form className="grid gap-3" noValidate onSubmit={submit}>
          <div className="grid gap-3 sm:grid-cols-2">
            <Field label="First day (UTC)" error={error}>
              {(ids) => (
                <Input {...ids} type="date" value={from} onChange={(event) => setFrom(event.target.value)} />
              )}
            </Field>
            <Field label="Last day (UTC)">
              {(ids) => (
                <Input {...ids} type="date" value={to} onChange={(event) => setTo(event.target.value)} />
              )}
            </Field>
          </div>
          <div className="flex justify-end gap-2">
            <Button variant="quiet" onClick={() => setIsOpen(false)}>
              Cancel
            </Button>
            <Button type="submit" variant="primary" disabled={isPending}>
              Begin
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
