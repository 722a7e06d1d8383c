import Link from 'next/link';
import { Time } from '#components/time/time.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import type { HintKind, TamperHint, TamperHints } from '#lib/custody/types.ts';
import { plural } from './format.ts';

const WORDS: Readonly<Record<HintKind, string>> = {
  'log-cleared': 'Log cleared',
  'record-gap': 'Records missing',
  'time-backwards': 'Time goes backwards',
  'chunk-checksum': 'Checksum wrong',
  'dirty-file': 'Not closed',
};
const SHOWN = 50;

/** What an evidence shows of tampering, with how much of each. */
export function TamperHintSummary({ hints }: { readonly hints: TamperHints }) {
  if (hints.counts.length === 0 && hints.scatteredLogs === 0) {
    return <p className="text-text-3">None: no records missing, no log cleared, no clock set back.</p>;
  }
  return (
    <div className="grid gap-2">
      <ul className="flex flex-wrap gap-1.5">
        {hints.counts.map(({ kind, count }) => (
          <li key={kind}>
            <Chip>
              {WORDS[kind]} {count.toLocaleString('en')}
            </Chip>
          </li>
        ))}
      </ul>
      {hints.missingRecords > 0 && (
        <p className="text-text-2">
          {plural(hints.missingRecords, 'record number')} missing between the first and the last of a log. An
          export of chosen events has such gaps too.
        </p>
      )}
      {hints.scatteredLogs > 0 && (
        <p className="text-text-2">
          {plural(hints.scatteredLogs, 'log')} with numbers too scattered to tell what is missing or came
          twice, as in an export of chosen events.
        </p>
      )}
      <TamperHintList hints={hints.items} total={hints.counts.reduce((sum, { count }) => sum + count, 0)} />
    </div>
  );
}

export function TamperHintList({
  hints,
  total,
}: {
  readonly hints: readonly TamperHint[];
  readonly total: number;
}) {
  const shown = hints.slice(0, SHOWN);
  return (
    <>
      <ul className="grid">
        {shown.map((hint) => (
          <li
            key={`${hint.kind} ${hint.evidenceId} ${hint.hostId} ${hint.channel} ${hint.recordId} ${hint.offset} ${hint.message}`}
            className="flex flex-wrap items-baseline gap-x-3 border-line border-t py-1.5 first:border-t-0"
          >
            <Chip>{WORDS[hint.kind]}</Chip>
            <span className="min-w-0">
              <EvidenceText text={hint.message} />
            </span>
            <span className="text-text-3">
              {hint.hostId !== null && hint.hostName !== null && (
                <Link href={`/hosts/${hint.hostId}`}>
                  <EvidenceText text={hint.hostName} />
                </Link>
              )}{' '}
              {hint.channel !== null && <EvidenceText text={hint.channel} />}
              {hint.offset !== null && ` at byte ${hint.offset.toLocaleString('en')}`}
            </span>
            {hint.fromTicks !== null && (
              <span className="whitespace-nowrap font-mono text-[12px] text-text-2">
                <Time ticks={hint.fromTicks} precision={0} />
                {hint.toTicks !== null && hint.toTicks !== hint.fromTicks && (
                  <>
                    {' to '}
                    <Time ticks={hint.toTicks} precision={0} />
                  </>
                )}
              </span>
            )}
          </li>
        ))}
      </ul>
      {shown.length < total && (
        <p className="text-text-3">
          {shown.length} of {total.toLocaleString('en')} are shown; the API has up to 1,000.
        </p>
      )}
    </>
  );
}
