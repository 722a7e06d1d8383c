'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '#components/ui/table.tsx';
import type { FindingChange } from '#lib/findings/inputs.ts';
import type { Person } from '#lib/findings/types.ts';
import { mergeLines, type Triage } from './merge.ts';

type Props = {
  readonly name: string;
  readonly base: Triage;
  readonly theirs: Triage;
  readonly wanted: Omit<FindingChange, 'version'>;
  readonly people: readonly Person[];
  readonly isBusy: boolean;
  readonly onKeepTheirs: () => void;
  /** Answers with the error to show, or null. */
  readonly onApplyMine: () => Promise<string | null>;
};

/** Two people changed one finding: shows both, and nothing is written until this is answered. */
export function MergeDialog(props: Props) {
  const [error, setError] = useState<string | null>(null);
  const lines = mergeLines(props.base, props.theirs, props.wanted, props.people);
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => {
        if (!isOpen) props.onKeepTheirs();
      }}
      title={`Somebody else changed ${props.name}`}
      description="It happened while you were working on it. Your change is not saved yet."
    >
      <div className="overflow-x-auto">
        <Table>
          <TableHeader>
            <TableRow>
              <TableHead>Field</TableHead>
              <TableHead>You saw</TableHead>
              <TableHead>It is now</TableHead>
              <TableHead>With yours on top</TableHead>
            </TableRow>
          </TableHeader>
          <TableBody>
            {lines.map((line) => (
              <TableRow key={line.field}>
                <th scope="row" className="px-2.5 text-left font-medium text-text-2">
                  {line.field}
                </th>
                <MergeCell text={line.base} isChanged={false} />
                <MergeCell text={line.theirs} isChanged={line.theirs !== line.base} />
                <MergeCell text={line.mine} isChanged={line.mine !== line.theirs} />
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </div>
      {error !== null && (
        <p role="alert" className="text-critical">
          {error}
        </p>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={props.onKeepTheirs} disabled={props.isBusy}>
          Keep theirs
        </Button>
        <Button
          variant="primary"
          disabled={props.isBusy}
          onClick={async () => {
            setError(null);
            setError(await props.onApplyMine());
          }}
        >
          Apply mine on top
        </Button>
      </div>
    </Dialog>
  );
}

function MergeCell({ text, isChanged }: { readonly text: string; readonly isChanged: boolean }) {
  return (
    <TableCell className={isChanged ? 'break-words font-medium' : 'break-words text-text-2'}>
      <EvidenceText text={text} />
    </TableCell>
  );
}
