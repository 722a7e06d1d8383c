'use client';

import { type FormEvent, useState } from 'react';
import { OwnTime } from '#components/time/time.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { Textarea } from '#components/ui/input.tsx';
import type { FindingDetail } from '#lib/findings/types.ts';
import { historyPhrases } from './history-words.ts';
import type { DetailActions } from './inputs.ts';
import { useTriage } from './triage-context.tsx';

const NOTE_MAX = 10_000;

type Props = Pick<FindingDetail, 'notes' | 'history' | 'createdAt'> & {
  readonly addNote: DetailActions['addNote'];
};

/** What people wrote, and who did what when, newest first. */
export function NotesCard({ notes, history, createdAt, addNote }: Props) {
  const { finding, canTriage } = useTriage();
  return (
    <Card title="Notes and history" aria-label="Notes and history">
      <ul className="grid gap-2">
        {notes.map((note) => (
          <li key={note.id} className="rounded-md bg-raised px-3 py-2">
            <p className="text-[12px] text-text-3">
              {note.author} · <OwnTime iso={note.createdAt} />
            </p>
            <p className="whitespace-pre-wrap break-words">
              <EvidenceText text={note.text} hasLines />
            </p>
          </li>
        ))}
      </ul>
      {canTriage && <NoteForm number={finding.number} addNote={addNote} />}
      <h3 className="mt-3 text-[12px] text-text-2">History</h3>
      <ol className="grid gap-1 text-text-2">
        {history.map((item, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two entries may be of one moment
          <li key={`${item.at} ${index}`} className="break-words">
            <span className="text-text-3">
              <OwnTime iso={item.at} />
            </span>{' '}
            {item.actorName} <EvidenceText text={historyPhrases(item).join(', ')} />
          </li>
        ))}
        <li>
          <span className="text-text-3">
            <OwnTime iso={createdAt} />
          </span>{' '}
          found in the evidence
        </li>
      </ol>
    </Card>
  );
}

function NoteForm({
  number,
  addNote,
}: {
  readonly number: number;
  readonly addNote: DetailActions['addNote'];
}) {
  const [text, setText] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (text.trim() === '') return;
    setIsBusy(true);
    setError(null);
    try {
      const result = await addNote({ number, note: { text } });
      if (result.ok) setText('');
      else setError(result.error.message);
    } catch {
      setError('The server did not answer. Your note is still here; try again.');
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <form onSubmit={submit} className="mt-2 grid gap-2">
      <Textarea
        aria-label="Note"
        placeholder="Add a note…"
        className="min-h-9"
        rows={2}
        maxLength={NOTE_MAX}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey))
            event.currentTarget.form?.requestSubmit();
        }}
      />
      {error !== null && (
        <p role="alert" className="text-critical">
          {error}
        </p>
      )}
      <Button type="submit" className="justify-self-end" disabled={isBusy || text.trim() === ''}>
        {isBusy ? 'Saving…' : 'Add note'}
      </Button>
    </form>
  );
}
