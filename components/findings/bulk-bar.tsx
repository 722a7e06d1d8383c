'use client';

import Link from 'next/link';
import { Button } from '#components/ui/button.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import { ErrorState } from '#components/ui/states.tsx';
import type { BulkResult } from './inputs.ts';
import { counted } from './words.ts';

/** What can be done with the selected findings. */
export function BulkBar(props: {
  readonly total: number;
  /** Of them, those that are not closed yet. */
  readonly closeTotal: number;
  readonly isBusy: boolean;
  readonly onAssign: () => void;
  readonly onClose: () => void;
  /** Where a filter rule from them begins; null when none of them can be filtered. */
  readonly filterHref: string | null;
  readonly onClear: () => void;
}) {
  return (
    <section aria-label="Selected findings" className="flex flex-wrap items-center gap-2">
      <span className="font-medium" role="status">
        {counted(props.total, 'finding')} selected
      </span>
      <Button onClick={props.onAssign} disabled={props.isBusy}>
        Assign {counted(props.total, 'finding')} to me <Kbd>a</Kbd>
      </Button>
      <Button variant="primary" onClick={props.onClose} disabled={props.isBusy || props.closeTotal === 0}>
        {props.closeTotal === 0 ? 'All are closed' : `Close ${counted(props.closeTotal, 'finding')}`}{' '}
        <Kbd>e</Kbd>
      </Button>
      {props.filterHref !== null && (
        <Button asChild>
          <Link href={props.filterHref} className="text-text no-underline">
            Filter rule… <Kbd>f</Kbd>
          </Link>
        </Button>
      )}
      <Button variant="quiet" onClick={props.onClear}>
        Clear the selection
      </Button>
    </section>
  );
}

/** The findings that a change of many left as they were, and why. */
export function RefusedReport({
  refused,
  onForget,
}: {
  readonly refused: BulkResult['refused'];
  readonly onForget: () => void;
}) {
  if (refused.length === 0) return null;
  return (
    <div className="px-4 pb-2.5">
      <ErrorState
        title={`${counted(refused.length, 'finding')} stayed as ${refused.length === 1 ? 'it was' : 'they were'}`}
      >
        <ul className="max-h-40 overflow-y-auto">
          {refused.map(({ number, why }) => (
            <li key={number}>
              <a href={`/findings/${number}`} className="underline">
                F-{number}
              </a>{' '}
              {why}
            </li>
          ))}
        </ul>
        <p className="mt-1">
          The list shows what stands there now. Select them again if it should still be done.
        </p>
        <Button className="mt-2" onClick={onForget}>
          Understood
        </Button>
      </ErrorState>
    </div>
  );
}
