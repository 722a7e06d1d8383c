import Link from 'next/link';
import { formatBytes } from '#components/evidence/format.ts';
import { OwnTime, Time } from '#components/time/time.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';
import type { PullItem } from '#lib/sources/plain.ts';
import type { SourceActions } from './actions.ts';
import { CancelButton } from './source-controls.tsx';
import { CAUSE_WORDS, PULL_STATES } from './words.ts';

type Props = {
  readonly id: string;
  readonly pulls: readonly PullItem[];
  readonly canManage: boolean;
  readonly actions: SourceActions;
};

/** The last pulls: what came, and what went wrong. */
export function PullTable({ id, pulls, canManage, actions }: Props) {
  return (
    <section aria-label="Pulls" className="overflow-x-auto rounded-lg border bg-surface">
      <Table>
        <TableHeader>
          <TableRow>
            <TableHead>Began</TableHead>
            <TableHead>State</TableHead>
            <TableHead>Cause</TableHead>
            <TableHead className="text-right">Rows</TableHead>
            <TableHead className="text-right">Size</TableHead>
            <TableHead>Evidence</TableHead>
            <TableHead>What was said</TableHead>
          </TableRow>
        </TableHeader>
        <TableBody>
          {pulls.map((pull) => {
            const state = PULL_STATES[pull.state];
            return (
              <TableRow key={pull.id}>
                <TableCell className="whitespace-nowrap font-mono text-[12px]">
                  <OwnTime iso={pull.startedAt ?? pull.createdAt} />
                </TableCell>
                <TableCell className="whitespace-nowrap">
                  <span className={state.className}>
                    <span aria-hidden>{state.glyph}</span> {state.word}
                  </span>
                  {canManage && (pull.state === 'waiting' || pull.state === 'running') && (
                    <CancelButton id={id} pullId={pull.id} label="Cancel" actions={actions} />
                  )}
                </TableCell>
                <TableCell className="whitespace-nowrap">
                  {CAUSE_WORDS[pull.cause]}
                  {pull.fromTicks !== null && (
                    <span className="text-text-3">
                      {' '}
                      <Time ticks={pull.fromTicks} precision={0} /> to{' '}
                      <Time ticks={pull.toTicks} precision={0} />
                    </span>
                  )}
                </TableCell>
                <TableCell className="text-right">{pull.rowCount.toLocaleString('en')}</TableCell>
                <TableCell className="whitespace-nowrap text-right">{formatBytes(pull.byteCount)}</TableCell>
                <TableCell>
                  {pull.evidenceIds.map((evidenceId, index) => (
                    <Link key={evidenceId} href={`/evidence/${evidenceId}`} prefetch={false} className="mr-2">
                      file {index + 1}
                    </Link>
                  ))}
                </TableCell>
                <TableCell className="min-w-[240px]">
                  {pull.message !== null && (
                    <span className={pull.state === 'failed' ? 'text-critical' : undefined}>
                      <EvidenceText text={pull.message} />
                    </span>
                  )}
                  {pull.notes.map((note) => (
                    <span key={note} className="block text-text-2">
                      <EvidenceText text={note} />
                    </span>
                  ))}
                </TableCell>
              </TableRow>
            );
          })}
        </TableBody>
      </Table>
    </section>
  );
}
