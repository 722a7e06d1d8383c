'use client';

import { type ReactNode, useId } from 'react';
import { Button } from '#components/ui/button.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { Progress } from '#components/ui/states.tsx';
import { formatBytes, plural } from './format.ts';
import { discardUpload, type Interrupted } from './interrupted.ts';
import { remainingWords } from './transfer-rate.ts';
import { type Transfer, windowTransfers } from './transfers.ts';

/** So many files that wait are listed; the others are counted. */
const WAITING_SHOWN = 20;
/** A line that is quiet for so long is spoken of. */
const QUIET_SECONDS = 4;

/** Files on their way, each with what can be done about it, and those of an earlier visit that can go on. */
export function UploadList({
  transfers,
  interrupted,
  onChooseAgain,
  onForget,
}: {
  readonly transfers: readonly Transfer[];
  readonly interrupted: readonly Interrupted[];
  readonly onChooseAgain: () => void;
  readonly onForget: (url: string) => void;
}) {
  if (transfers.length + interrupted.length === 0) return null;
  const waiting = transfers.filter(({ state }) => state === 'waiting');
  const hidden = new Set(waiting.slice(WAITING_SHOWN));
  return (
    <section aria-label="Uploads" className="grid gap-1 rounded-lg border bg-surface px-4 py-2">
      {transfers.length > 1 && <Summary transfers={transfers} />}
      {transfers
        .filter((one) => !hidden.has(one))
        .map((one) => (
          <TransferRow key={one.key} transfer={one} />
        ))}
      {hidden.size > 0 && (
        <p className="py-1.5 text-text-3">and {plural(hidden.size, 'file')} more waiting</p>
      )}
      {interrupted.map((one) => (
        <InterruptedRow key={one.url} upload={one} onChooseAgain={onChooseAgain} onForget={onForget} />
      ))}
    </section>
  );
}

/** All that is left to send, at the rate of all. */
function Summary({ transfers }: { readonly transfers: readonly Transfer[] }) {
  const sending = transfers.filter(({ state }) => state === 'sending');
  const open = transfers.filter(({ state }) => state === 'sending' || state === 'waiting');
  if (open.length === 0) return null;
  const leftBytes = open.reduce((sum, { sizeBytes, doneBytes }) => sum + sizeBytes - doneBytes, 0);
  const rate = sending.reduce((sum, one) => sum + (one.rate ?? 0), 0);
  return (
    <p className="py-1.5 text-text-2">
      {plural(open.length, 'file')} with {formatBytes(leftBytes)} still to send
      {rate > 0 && ` · ${formatBytes(rate)}/s · ${remainingWords(leftBytes, rate)}`}
    </p>
  );
}

function TransferRow({ transfer }: { readonly transfer: Transfer }) {
  const { key, name, sizeBytes, doneBytes, state } = transfer;
  const transfers = windowTransfers();
  const words = wordsOf(transfer);
  const isOver = state === 'known';
  return (
    <Row
      name={name}
      size={formatBytes(sizeBytes)}
      actions={(nameId) => (
        <>
          {PAUSE_WORDS[state] && (
            <Action nameId={nameId} onClick={() => transfers.pauseOrContinue(key)}>
              {PAUSE_WORDS[state]}
            </Action>
          )}
          <Action nameId={nameId} onClick={() => transfers.remove(key)}>
            {isOver ? 'Dismiss' : 'Cancel'}
          </Action>
        </>
      )}
    >
      {!isOver && (
        <Progress value={sizeBytes === 0 ? 1 : doneBytes / sizeBytes} label={`Upload of ${name}`} />
      )}
      {state === 'failed' ? (
        <p role="alert" className="text-critical">
          {words}
        </p>
      ) : (
        <p className="text-text-2">{words}</p>
      )}
    </Row>
  );
}

const PAUSE_WORDS: Readonly<Record<Transfer['state'], string | null>> = {
  comparing: null,
  waiting: 'Pause',
  sending: 'Pause',
  paused: 'Continue',
  failed: 'Continue',
  known: null,
};

function wordsOf({ state, sizeBytes, doneBytes, rate, quietSeconds, message }: Transfer): string {
  const part = `${formatBytes(doneBytes)} of ${formatBytes(sizeBytes)}`;
  switch (state) {
    case 'comparing':
      return `Comparing with the files that are here: ${part}`;
    case 'waiting':
      return doneBytes > 0 ? `Waiting for its turn; ${part} sent` : 'Waiting for its turn';
    case 'paused':
      return `Paused; ${part} sent`;
    case 'failed':
      return message ?? '';
    case 'known':
      return 'The same file was here already; nothing was added.';
    case 'sending':
      if (quietSeconds >= QUIET_SECONDS && doneBytes < sizeBytes) {
        return `${part} sent · nothing moved for ${quietSeconds} s; trying again by itself`;
      }
      if (doneBytes >= sizeBytes) {
        return `All sent; the server is finishing${quietSeconds >= QUIET_SECONDS ? ` (${quietSeconds} s)` : ''}`;
      }
      return `${part} sent${rate === null ? '' : ` · ${formatBytes(rate)}/s · ${remainingWords(sizeBytes - doneBytes, rate)}`}`;
  }
}

function InterruptedRow({
  upload: { url, name, sizeBytes, receivedBytes },
  onChooseAgain,
  onForget,
}: {
  readonly upload: Interrupted;
  readonly onChooseAgain: () => void;
  readonly onForget: (url: string) => void;
}) {
  return (
    <Row
      name={name}
      size={formatBytes(sizeBytes)}
      actions={(nameId) => (
        <>
          <Action nameId={nameId} onClick={onChooseAgain}>
            Choose the file again
          </Action>
          <Action
            nameId={nameId}
            onClick={() => {
              onForget(url);
              void discardUpload(url);
            }}
          >
            Discard
          </Action>
        </>
      )}
    >
      <Progress value={receivedBytes / sizeBytes} label={`Interrupted upload of ${name}`} />
      <p className="text-text-2">
        Interrupted; {formatBytes(receivedBytes)} of {formatBytes(sizeBytes)} is kept. To continue, choose the
        same file again: only the rest is sent.
      </p>
    </Row>
  );
}

function Row({
  name,
  size,
  actions,
  children,
}: {
  readonly name: string;
  readonly size: string;
  readonly actions: (nameId: string) => ReactNode;
  readonly children: ReactNode;
}) {
  const nameId = useId();
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 py-1.5">
      <span className="truncate">
        <span id={nameId}>
          <EvidenceText text={name} />
        </span>{' '}
        <span className="text-text-3">{size}</span>
      </span>
      <span className="flex gap-1">{actions(nameId)}</span>
      <div className="col-span-2 grid gap-1">{children}</div>
    </div>
  );
}

/** A button of a row; what it acts on is said with it. */
function Action({
  nameId,
  onClick,
  children,
}: {
  readonly nameId: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
}) {
  return (
    <Button variant="quiet" onClick={onClick} aria-describedby={nameId}>
      {children}
    </Button>
  );
}
