'use client';

import { type FormEvent, useId, useState, useTransition } from 'react';
import { OwnTime } from '#components/time/time.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { Field, Input } from '#components/ui/input.tsx';
import { ErrorState } from '#components/ui/states.tsx';
import type { CollectorTokenItem } from '#lib/collector/types.ts';
import { addCollectorTokenAction, changeCollectorTokenAction } from '../../app/(dashboard)/system/actions.ts';

const DEFAULTS = ['source', 'sourcetype', 'index', 'host'] as const;

type Failure = { readonly message: string; readonly field: unknown };

/** Tokens of the HTTP Event Collector with a form for a new one, which is shown once. */
export function CollectorTokens({ tokens }: { readonly tokens: readonly CollectorTokenItem[] }) {
  const [failure, setFailure] = useState<Failure | null>(null);
  const [issued, setIssued] = useState<string | null>(null);
  const [isPending, startTransition] = useTransition();
  const add = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    const text = (name: string): string => String(data.get(name) ?? '');
    startTransition(async () => {
      const result = await addCollectorTokenAction({
        name: text('name'),
        isAckEnabled: data.has('isAckEnabled'),
        isQueryAllowed: data.has('isQueryAllowed'),
        source: text('source'),
        sourcetype: text('sourcetype'),
        index: text('index'),
        host: text('host'),
      });
      setFailure(
        result.ok ? null : { message: result.error.message, field: result.error.details?.field ?? null },
      );
      setIssued(result.ok ? result.data.token : null);
      if (result.ok) form.reset();
    });
  };
  const change = (id: string, isEnabled: boolean): void =>
    startTransition(async () => {
      const result = await changeCollectorTokenAction({ id, isEnabled });
      setFailure(result.ok ? null : { message: result.error.message, field: null });
    });
  const errorFor = (name: string): string | undefined =>
    failure?.field === name ? failure.message : undefined;
  const isOfField = ['name', ...DEFAULTS].some((name) => failure?.field === name);
  return (
    <Card title="Live input (HTTP Event Collector)" aria-busy={isPending}>
      <p className="pb-2 text-text-2">
        Senders that speak Splunk’s protocol post events to <code>/services/collector</code> of this server,
        with a token of this list.
      </p>
      {failure && !isOfField && <ErrorState title={failure.message} />}
      {issued && (
        <p role="status" className="flex flex-wrap items-center gap-1 rounded-md bg-low-soft px-3 py-2">
          Copy the token now, it is not shown again:{' '}
          <code className="break-all font-mono text-[12px]">{issued}</code>
          <CopyButton text={issued} label="collector token" />
        </p>
      )}
      <ul className="grid">
        {tokens.map((token) => (
          <li key={token.id} className="flex flex-wrap items-center gap-x-3 border-t py-1.5 first:border-t-0">
            <span>{token.name}</span>
            <span className="text-text-3">
              {settingsOf(token).map((setting) => `${setting} · `)}
              <OwnTime iso={token.createdAt} />
            </span>
            <span className="flex-1" />
            <Button
              variant="quiet"
              disabled={isPending}
              aria-label={`${token.isEnabled ? 'Revoke' : 'Enable'} the collector token ${token.name}`}
              onClick={() => change(token.id, !token.isEnabled)}
            >
              {token.isEnabled ? 'Revoke' : 'Enable'}
            </Button>
          </li>
        ))}
        {tokens.length === 0 && <li className="text-text-3">No collector tokens: nothing is received.</li>}
      </ul>
      <form onSubmit={add} noValidate className="grid gap-3 pt-3">
        <div className="grid items-start gap-3 sm:grid-cols-2 lg:grid-cols-5">
          <Field label="What sends with it" error={errorFor('name')}>
            {(ids) => <Input {...ids} name="name" autoComplete="off" required />}
          </Field>
          {DEFAULTS.map((name) => (
            <Field key={name} label={`Default ${name}`} error={errorFor(name)} hint="May stay empty">
              {(ids) => <Input {...ids} name={name} autoComplete="off" />}
            </Field>
          ))}
        </div>
        <div className="flex flex-wrap items-center gap-x-5 gap-y-2">
          <Option name="isAckEnabled" isOn label="Acknowledge by id; every request then names a channel" />
          <Option name="isQueryAllowed" label="Allow the token in the address, where logs may keep it" />
          <Button type="submit" disabled={isPending}>
            Make collector token
          </Button>
        </div>
      </form>
    </Card>
  );
}

function Option({
  name,
  label,
  isOn,
}: {
  readonly name: string;
  readonly label: string;
  readonly isOn?: boolean;
}) {
  const id = useId();
  return (
    <span className="flex items-center gap-2">
      <Checkbox id={id} name={name} defaultChecked={isOn} />
      <label htmlFor={id}>{label}</label>
    </span>
  );
}

function settingsOf(token: CollectorTokenItem): readonly string[] {
  return [
    ...(token.isEnabled ? [] : ['revoked']),
    ...(token.isAckEnabled ? ['acknowledges by id'] : []),
    ...(token.isQueryAllowed ? ['allowed in the address'] : []),
    ...DEFAULTS.flatMap((name) => (token[name] === null ? [] : [`${name} ${token[name]}`])),
  ];
}
