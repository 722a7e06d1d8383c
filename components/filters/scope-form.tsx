'use client';

import { useState } from 'react';
import { Field, Input, Textarea } from '#components/ui/input.tsx';
import { FILTER_OUTCOMES, type FilterDraft } from '#lib/filters/types.ts';
import { DateTimeField } from './date-time-field.tsx';
import { OUTCOME_HINTS, OUTCOME_WORDS } from './words.ts';

type Named = { readonly id: string; readonly name: string };

type Props = {
  readonly draft: FilterDraft;
  readonly missing: Partial<Record<keyof FilterDraft, string>>;
  readonly detections: readonly Named[];
  readonly isReadOnly: boolean;
  readonly onChange: (part: Partial<FilterDraft>) => void;
};

/** What happens to covered findings. */
export function OutcomeForm({ draft, missing, isReadOnly, onChange }: Omit<Props, 'detections'>) {
  return (
    <fieldset className="grid gap-1" disabled={isReadOnly}>
      <legend className="mb-1 font-medium text-text-2">What happens to them</legend>
      {FILTER_OUTCOMES.map((outcome) => (
        <div key={outcome} className="grid gap-1">
          <label className="grid grid-cols-[22px_1fr] items-baseline rounded px-1 py-0.5 hover:bg-raised">
            <input
              type="radio"
              name="outcome"
              className="accent-accent"
              checked={draft.outcome === outcome}
              onChange={() => onChange({ outcome, ...defaultsOf(outcome, draft) })}
              aria-describedby={`outcome-${outcome}`}
            />
            <span>
              <span className="font-medium">{OUTCOME_WORDS[outcome]}</span>{' '}
              <span id={`outcome-${outcome}`} className="text-text-3">
                {OUTCOME_HINTS[outcome]}
              </span>
            </span>
          </label>
          {outcome === 'lower' && draft.outcome === 'lower' && (
            <div className="ml-6 w-40">
              <Field label="Multiply the risk by" error={missing.factor}>
                {(ids) => (
                  <Input
                    {...ids}
                    type="number"
                    min={0}
                    max={0.99}
                    step={0.05}
                    value={draft.factor ?? ''}
                    onChange={(event) =>
                      onChange({ factor: event.target.value === '' ? null : Number(event.target.value) })
                    }
                  />
                )}
              </Field>
            </div>
          )}
          {outcome === 'snooze' && draft.outcome === 'snooze' && (
            <div className="ml-6">
              <DateTimeField
                label="Until"
                error={missing.snoozeUntil}
                iso={draft.snoozeUntil}
                onChange={(snoozeUntil) => onChange({ snoozeUntil })}
              />
            </div>
          )}
        </div>
      ))}
    </fieldset>
  );
}

function defaultsOf(outcome: FilterDraft['outcome'], draft: FilterDraft): Partial<FilterDraft> {
  return {
    factor: outcome === 'lower' ? (draft.factor ?? 0.5) : null,
    snoozeUntil: outcome === 'snooze' ? draft.snoozeUntil : null,
  };
}

/** Where a rule counts: detections, hosts, a window of event time, this investigation or all. */
export function ScopeForm({ draft, detections, isReadOnly, onChange }: Omit<Props, 'missing'>) {
  const chosen = new Set(draft.detectionIds);
  const toggle = (id: string): void =>
    onChange({
      detectionIds: chosen.has(id)
        ? draft.detectionIds.filter((one) => one !== id)
        : [...draft.detectionIds, id],
    });
  return (
    <fieldset className="grid gap-3" disabled={isReadOnly}>
      <legend className="sr-only">Where it counts</legend>
      <div className="grid gap-1">
        <span className="font-medium text-text-2" id="filter-detections">
          Detections
        </span>
        <ul
          aria-labelledby="filter-detections"
          className="grid max-h-44 gap-0.5 overflow-y-auto rounded-md border p-1.5"
        >
          {detections.map(({ id, name }) => (
            <li key={id}>
              <label className="flex items-center gap-2 rounded px-1 py-0.5 hover:bg-raised">
                <input
                  type="checkbox"
                  className="accent-accent"
                  checked={chosen.has(id)}
                  onChange={() => toggle(id)}
                />
                <span className="min-w-0 truncate">{name}</span>
              </label>
            </li>
          ))}
        </ul>
        <p className="text-[12px] text-text-3">
          {chosen.size === 0
            ? 'None is chosen: the rule counts for every detection.'
            : `The rule never touches findings of other detections.`}
        </p>
      </div>
      <HostsField hosts={draft.hosts} onChange={(hosts) => onChange({ hosts })} />
      <WindowFields window={draft.window} onChange={(window) => onChange({ window })} />
      <label className="flex items-center gap-2">
        <input
          type="checkbox"
          className="accent-accent"
          checked={draft.isThisInvestigation}
          onChange={(event) => onChange({ isThisInvestigation: event.target.checked })}
        />
        Only in this investigation
      </label>
    </fieldset>
  );
}

function HostsField({
  hosts,
  onChange,
}: {
  readonly hosts: readonly string[];
  readonly onChange: (hosts: readonly string[]) => void;
}) {
  const [text, setText] = useState(hosts.join('\n'));
  return (
    <Field label="Only on these hosts" hint="One name a line. Empty: on every host.">
      {(ids) => (
        <Textarea
          {...ids}
          className="min-h-14 font-mono text-[12px]"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            onChange(
              event.target.value
                .split(/[\s,;]+/)
                .map((name) => name.toLowerCase())
                .filter((name) => name !== ''),
            );
          }}
        />
      )}
    </Field>
  );
}

function WindowFields({
  window,
  onChange,
}: {
  readonly window: FilterDraft['window'];
  readonly onChange: (window: FilterDraft['window']) => void;
}) {
  const change = (part: 'fromTicks' | 'toTicks', iso: string | null, zone: string): void => {
    const next = {
      fromTicks: window?.fromTicks ?? null,
      toTicks: window?.toTicks ?? null,
      [part]: iso === null ? null : (BigInt(Date.parse(iso)) * 10_000n).toString(),
      zone,
    };
    onChange(next.fromTicks === null && next.toTicks === null ? null : next);
  };
  return (
    <div className="grid gap-1">
      <div className="grid gap-3 sm:grid-cols-2">
        <DateTimeField
          label="Events from"
          iso={isoOf(window?.fromTicks)}
          onChange={(iso, zone) => change('fromTicks', iso, zone)}
        />
        <DateTimeField
          label="Events until"
          iso={isoOf(window?.toTicks)}
          onChange={(iso, zone) => change('toTicks', iso, zone)}
        />
      </div>
      <p className="text-[12px] text-text-3">
        A maintenance window, in event time: first and last event of a finding lie inside. Empty: any time.
      </p>
    </div>
  );
}

function isoOf(ticks: string | null | undefined): string | null {
  return ticks === null || ticks === undefined
    ? null
    : new Date(Number(BigInt(ticks) / 10_000n)).toISOString();
}
