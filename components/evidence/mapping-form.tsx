'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useId, useState, useTransition } from 'react';
import { ZoneField } from '#components/time/zone-field.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { Field, Input, Select } from '#components/ui/input.tsx';
import { ErrorState } from '#components/ui/states.tsx';
import type { EvidenceColumns, EvidenceDetail } from '#lib/custody/types.ts';
import { TIME_FORMATS } from '#lib/evidence/mapping/fields.ts';
import type { ColumnMapping } from '#lib/evidence/mapping/mapping.ts';
import { changeEvidence } from '../../app/(dashboard)/evidence/actions.ts';
import { plural } from './format.ts';
import {
  CUSTOM_FORMAT,
  CUSTOM_START,
  FORMAT_WORDS,
  ROLE_WORDS,
  ROLES,
  type Role,
  roleOf,
  withRole,
} from './mapping-roles.ts';
import { EventsPreview, usePreview } from './reading-preview.tsx';

const COLUMNS_SHOWN = 300;

/** Asks what the columns of a file are that no known form claims; the consequence stands beside it. */
export function MappingForm({
  evidence: { id, status, mapping: kept, timeZone, alsoAsking },
  columns: { columns, proposal },
  className,
}: {
  readonly evidence: Pick<EvidenceDetail, 'id' | 'status' | 'mapping' | 'timeZone' | 'alsoAsking'>;
  readonly columns: EvidenceColumns;
  readonly className?: string;
}) {
  const isQuestion = status === 'asking';
  const router = useRouter();
  const [mapping, setMapping] = useState<ColumnMapping>(kept === null || kept === 'as-is' ? proposal : kept);
  const forAllId = useId();
  const [isForAll, setIsForAll] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [isPending, startTransition] = useTransition();
  const previewed = usePreview({ id, mapping });
  const say = (choice: ColumnMapping | 'as-is'): void =>
    startTransition(async () => {
      const result = await changeEvidence({
        id,
        change: { mapping: choice, scope: choice === 'as-is' && isForAll ? 'investigation' : 'this' },
      });
      setError(result.ok ? null : result.error.message);
      if (result.ok) router.push(`/evidence/${id}`);
      router.refresh();
    });
  const save = (event: FormEvent): void => {
    event.preventDefault();
    say(mapping);
  };
  const isLocal = previewed.state === 'ready' && previewed.preview.localCount > 0;
  return (
    <Card
      className={className}
      title={isQuestion ? 'What are the columns of this file?' : 'What its columns are'}
    >
      <form onSubmit={save} className="grid gap-3">
        <p className="max-w-[720px] text-text-2">
          No known log has these columns. Say what they are; files with the same columns are then read at
          once.
          {!isQuestion && ' This file is read again from its beginning. What was worked on stays.'}
        </p>
        {error && <ErrorState title={error} />}
        <div className="grid items-start gap-4 xl:grid-cols-2">
          <div className="grid min-w-0 gap-3">
            <ol aria-label="Columns" className="max-h-[560px] overflow-y-auto">
              {columns.slice(0, COLUMNS_SHOWN).map((column) => (
                <ColumnRow
                  key={column.name}
                  column={column}
                  role={roleOf(mapping, column.name)}
                  onRole={(role) => setMapping(withRole(mapping, column.name, role))}
                />
              ))}
            </ol>
            {columns.length > COLUMNS_SHOWN && (
              <p className="text-text-3">
                The first {COLUMNS_SHOWN} of {columns.length.toLocaleString('en')} columns are shown.
              </p>
            )}
            {mapping.time && (
              <TimeFormat
                time={mapping.time}
                isZoneAsked={(isLocal && timeZone === null) || mapping.time.zone !== null}
                onChange={(time) => setMapping({ ...mapping, time })}
              />
            )}
          </div>
          <section aria-label="First events as they would be read" className="min-w-0 xl:sticky xl:top-16">
            <EventsPreview previewed={previewed} />
          </section>
        </div>
        <div className="flex flex-wrap items-center gap-2">
          <Button type="submit" variant="primary" disabled={isPending}>
            {isQuestion ? 'Read it so' : 'Read it again so'}
          </Button>
          <Button disabled={isPending} onClick={() => say('as-is')}>
            Leave the columns as they are
          </Button>
          {isQuestion && alsoAsking.investigation > 0 && (
            <label htmlFor={forAllId} className="flex items-center gap-2">
              <Checkbox
                id={forAllId}
                checked={isForAll}
                onChange={(event) => setIsForAll(event.target.checked)}
              />
              also in {plural(alsoAsking.investigation, 'other file')} that ask
            </label>
          )}
        </div>
      </form>
    </Card>
  );
}

function ColumnRow({
  column: { name, samples },
  role,
  onRole,
}: {
  readonly column: EvidenceColumns['columns'][number];
  readonly role: Role;
  readonly onRole: (role: Role) => void;
}) {
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_minmax(0,200px)] items-center gap-x-3 border-line border-t py-1.5">
      <div className="min-w-0">
        <p className="break-all font-mono text-[12px]">
          <EvidenceText text={name} />
        </p>
        <p className="truncate text-[12px] text-text-3">
          <EvidenceText text={samples.join(' · ') || 'empty in the first rows'} />
        </p>
      </div>
      <Select
        aria-label={`What ${name} is`}
        className="w-full"
        value={role}
        onChange={(event) => onRole(ROLES.find((one) => one === event.target.value) ?? 'none')}
      >
        {ROLES.map((one) => (
          <option key={one} value={one}>
            {ROLE_WORDS[one]}
          </option>
        ))}
      </Select>
    </li>
  );
}

type Time = NonNullable<ColumnMapping['time']>;

function TimeFormat({
  time,
  isZoneAsked,
  onChange,
}: {
  readonly time: Time;
  readonly isZoneAsked: boolean;
  readonly onChange: (time: Time) => void;
}) {
  const named = TIME_FORMATS.find((one) => one === time.format);
  return (
    <div className="grid gap-3 rounded-md border border-line p-3">
      <Field label="Times are written as">
        {(ids) => (
          <Select
            {...ids}
            value={named ?? CUSTOM_FORMAT}
            onChange={({ target: { value } }) =>
              onChange({ ...time, format: value === CUSTOM_FORMAT ? CUSTOM_START : value })
            }
          >
            {TIME_FORMATS.map((one) => (
              <option key={one} value={one}>
                {FORMAT_WORDS[one]}
              </option>
            ))}
            <option value={CUSTOM_FORMAT}>a format of its own</option>
          </Select>
        )}
      </Field>
      {named === undefined && (
        <Field
          label="Format"
          hint="Directives of strptime: %Y %m %d %H %M %S, %f for a fraction, %b for Mar, %p for AM, %z for a zone."
        >
          {(ids) => (
            <Input
              {...ids}
              className="font-mono"
              value={time.format}
              maxLength={100}
              required
              onChange={(event) => onChange({ ...time, format: event.target.value })}
            />
          )}
        </Field>
      )}
      {isZoneAsked && (
        <Field
          label="These times name no zone. They are in"
          hint="Counts for later files with the same columns, too. Leave it empty to be asked for each file."
        >
          {(ids) => (
            <ZoneField
              {...ids}
              value={time.zone ?? ''}
              onChange={(event) => onChange({ ...time, zone: event.target.value || null })}
            />
          )}
        </Field>
      )}
    </div>
  );
}
