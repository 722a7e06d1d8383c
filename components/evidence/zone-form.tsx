'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useState, useTransition } from 'react';
import { useZone } from '#components/time/zone-context.tsx';
import { ZoneField } from '#components/time/zone-field.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { Field } from '#components/ui/input.tsx';
import { ErrorState } from '#components/ui/states.tsx';
import type { EvidenceDetail } from '#lib/custody/types.ts';
import { knownZone } from '#lib/preferences/zone.ts';
import { changeEvidence } from '../../app/(dashboard)/evidence/actions.ts';
import { plural } from './format.ts';
import { TimesPreview, usePreview } from './reading-preview.tsx';

type Scope = 'this' | 'archive' | 'investigation';

/** Asks for the zone of times that name none, with the first times as they would be read. */
export function ZoneForm({
  evidence,
}: {
  readonly evidence: Pick<EvidenceDetail, 'id' | 'status' | 'timeZone' | 'alsoAsking'>;
}) {
  const { id, timeZone, alsoAsking } = evidence;
  const isQuestion = evidence.status === 'asking';
  const router = useRouter();
  const shownZone = useZone();
  const [zone, setZone] = useState(timeZone ?? '');
  const [scope, setScope] = useState<Scope>('this');
  const [error, setError] = useState<string | null>(null);
  const [isPending, startTransition] = useTransition();
  // While a name is typed the last zone that there is stays.
  const [known, setKnown] = useState(timeZone);
  const choose = (text: string): void => {
    setZone(text);
    if (text !== '' && knownZone(text) === text) setKnown(text);
  };
  const previewed = usePreview({ id, ...(known === null ? {} : { timeZone: known }) });
  const common = [...new Set(['UTC', shownZone, ownZone()])];
  const answer = (event: FormEvent): void => {
    event.preventDefault();
    startTransition(async () => {
      const result = await changeEvidence({ id, change: { timeZone: zone, scope } });
      setError(result.ok ? null : result.error.message);
      if (result.ok) router.push(`/evidence/${id}`);
      router.refresh();
    });
  };
  return (
    <Card
      title={
        isQuestion ? 'In which time zone were these times written?' : 'Time zone of times that name none'
      }
    >
      <form onSubmit={answer} className="grid gap-3">
        <p className="max-w-[640px] text-text-2">
          {isQuestion
            ? 'This file has times that name no zone, so that nobody can tell when its events were. It is read as soon as you say it.'
            : 'Another zone has this file read again from its beginning. What was worked on stays.'}
        </p>
        {error && <ErrorState title={error} />}
        <div className="flex max-w-[640px] flex-wrap items-end gap-2">
          <div className="min-w-56 flex-1">
            <Field label="Zone" hint="Search by any part of the name, for example Berlin.">
              {(ids) => (
                <ZoneField
                  {...ids}
                  value={zone}
                  onChange={(event) => choose(event.target.value)}
                  placeholder="Europe/Berlin"
                  required
                />
              )}
            </Field>
          </div>
          <div className="flex flex-wrap gap-2 pb-6">
            {common.map((one) => (
              <Button key={one} onClick={() => choose(one)} aria-pressed={zone === one}>
                {one}
              </Button>
            ))}
          </div>
        </div>
        <TimesPreview previewed={previewed} isZoned={known !== null} />
        {isQuestion && (
          <fieldset className="grid gap-1">
            <legend className="font-medium text-text-2">This answers for</legend>
            <ScopeChoice scope="this" chosen={scope} onChoose={setScope}>
              this file
            </ScopeChoice>
            {alsoAsking.archive > 0 && (
              <ScopeChoice scope="archive" chosen={scope} onChoose={setScope}>
                this file, {plural(alsoAsking.archive, 'other')} out of the same archive and what comes out of
                it
              </ScopeChoice>
            )}
            {alsoAsking.investigation > 0 && (
              <ScopeChoice scope="investigation" chosen={scope} onChoose={setScope}>
                this file and {plural(alsoAsking.investigation, 'other')} that wait for a zone
              </ScopeChoice>
            )}
          </fieldset>
        )}
        <div>
          <Button type="submit" variant="primary" disabled={isPending || zone === '' || zone !== known}>
            {isQuestion ? 'Read it in this zone' : 'Read it again in this zone'}
          </Button>
        </div>
      </form>
    </Card>
  );
}

function ScopeChoice({
  scope,
  chosen,
  onChoose,
  children,
}: {
  readonly scope: Scope;
  readonly chosen: Scope;
  readonly onChoose: (scope: Scope) => void;
  readonly children: React.ReactNode;
}) {
  return (
    <label className="flex items-center gap-2">
      <input
        type="radio"
        name="scope"
        className="size-3.5 accent-accent"
        checked={chosen === scope}
        onChange={() => onChoose(scope)}
      />
      <span>{children}</span>
    </label>
  );
}

function ownZone(): string {
  return typeof window === 'undefined' ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone;
}
