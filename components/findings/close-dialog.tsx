'use client';

import { type FormEvent, useState } from 'react';
import { DISPOSITION_WORDS } from '#components/severity/tags.tsx';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field, Textarea } from '#components/ui/input.tsx';
import { REASON_MAX } from '#lib/findings/inputs.ts';
import { DISPOSITIONS, type Disposition } from '#lib/findings/types.ts';
import { DISPOSITION_HINTS } from './words.ts';

export type Closing = { readonly disposition: Disposition; readonly reason: string };

type Props = {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  /** What the dialog does, exactly: `Close F-12`, `Close 3 findings`. */
  readonly title: string;
  readonly description?: string | undefined;
  readonly initial?: { readonly disposition: Disposition | null; readonly reason: string | null } | undefined;
  /** Answers with the error to show, or null when it is done. */
  readonly onClose: (closing: Closing) => Promise<string | null>;
};

/** Asks what the findings were and why. */
export function CloseDialog({ open, onOpenChange, title, description, ...form }: Props) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={title} {...(description ? { description } : {})}>
      <CloseForm title={title} onCancel={() => onOpenChange(false)} {...form} />
    </Dialog>
  );
}

function CloseForm({
  title,
  initial,
  onCancel,
  onClose,
}: Pick<Props, 'title' | 'initial' | 'onClose'> & { readonly onCancel: () => void }) {
  const [disposition, setDisposition] = useState(initial?.disposition ?? null);
  const [reason, setReason] = useState(initial?.reason ?? '');
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const [isTried, setIsTried] = useState(false);
  const isReasonMissing = reason.trim() === '';

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setIsTried(true);
    if (disposition === null || isReasonMissing) return;
    setIsBusy(true);
    setError(null);
    setError(await onClose({ disposition, reason: reason.trim() }));
    setIsBusy(false);
  };
  return (
    <form onSubmit={submit} noValidate className="grid gap-3">
      <fieldset className="grid gap-1">
        <legend className="mb-1 font-medium text-text-2">What was it?</legend>
        {DISPOSITIONS.map((one) => (
          <label
            key={one}
            className="grid grid-cols-[22px_1fr] items-baseline rounded px-1 py-1 hover:bg-raised"
          >
            <input
              type="radio"
              name="disposition"
              value={one}
              checked={disposition === one}
              onChange={() => setDisposition(one)}
              aria-describedby={`disposition-${one}`}
              className="accent-accent"
            />
            <span>
              <span className="font-medium">{DISPOSITION_WORDS[one]}</span>{' '}
              <span id={`disposition-${one}`} className="text-text-3">
                {DISPOSITION_HINTS[one]}
              </span>
            </span>
          </label>
        ))}
        {isTried && disposition === null && (
          <p role="alert" className="text-[12px] text-critical">
            Say what it was.
          </p>
        )}
      </fieldset>
      <Field
        label="Reason"
        hint="The next person will read it."
        error={isTried && isReasonMissing ? 'Give a reason for closing; the next person will read it.' : null}
      >
        {(ids) => (
          <Textarea
            {...ids}
            aria-required
            maxLength={REASON_MAX}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey))
                event.currentTarget.form?.requestSubmit();
            }}
          />
        )}
      </Field>
      {error !== null && (
        <p role="alert" className="text-critical">
          {error}
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button variant="quiet" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" disabled={isBusy}>
          {isBusy ? 'Closing…' : title}
        </Button>
      </div>
    </form>
  );
}
