'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import { given, initialValues, KindField } from '#components/sources/kind-fields.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { Field, Input, Select, Textarea } from '#components/ui/input.tsx';
import { toast } from '#components/ui/toast.tsx';
import type { ErrorInfo } from '#lib/http/problem.ts';
import type { ChannelItem, ChannelKindItem } from '#lib/notifications/plain.ts';
import type { ChannelEvent } from '#lib/notifications/types.ts';
import type { Severity } from '#lib/risk/severity.ts';
import type { SaveChannel } from './actions.ts';
import { EVENT_WORDS } from './words.ts';

type Props = {
  readonly kind: ChannelKindItem;
  /** Null: a new channel. */
  readonly channel: ChannelItem | null;
  readonly severities: readonly Severity[];
  readonly placeholders: readonly (readonly [name: string, meaning: string])[];
  readonly usual: { readonly title: string; readonly body: string };
  readonly save: SaveChannel;
};

const EVENTS = Object.keys(EVENT_WORDS) as ChannelEvent[];

/** Asks for a channel what its kind needs. Secrets go one way: they are never shown again. */
export function ChannelForm({ kind, channel, severities, placeholders, usual, save }: Props) {
  const router = useRouter();
  const [name, setName] = useState(channel?.name ?? kind.label);
  const [values, setValues] = useState(() => initialValues(kind.fields, channel?.settings ?? {}));
  const [changesSecrets, setChangesSecrets] = useState(channel === null || !channel.hasSecrets);
  const [wants, setWants] = useState<readonly ChannelEvent[]>(
    channel?.wants ?? ['new-finding', 'incident', 'source-failure', 'source-mended'],
  );
  const [leastSeverity, setLeastSeverity] = useState<Severity>(channel?.leastSeverity ?? 'medium');
  const [quietFrom, setQuietFrom] = useState(channel?.quietFrom ?? '');
  const [quietTo, setQuietTo] = useState(channel?.quietTo ?? '');
  const [zone, setZone] = useState(channel?.zone ?? 'UTC');
  const [title, setTitle] = useState(channel?.titleTemplate ?? '');
  const [body, setBody] = useState(channel?.bodyTemplate ?? '');
  const [baseUrl, setBaseUrl] = useState(channel?.baseUrl ?? '');
  const [error, setError] = useState<ErrorInfo | null>(null);
  const [isBusy, setIsBusy] = useState(false);

  const fields = kind.fields.filter(({ when }) => !when || values[when.name] === when.value);
  const [open, secret] = [
    fields.filter(({ isSecret }) => !isSecret),
    fields.filter(({ isSecret }) => isSecret),
  ];

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setIsBusy(true);
    const result = await save({
      kind: kind.kind,
      id: channel?.id ?? null,
      version: channel?.version ?? null,
      channel: {
        name: name.trim(),
        settings: given(open, values),
        secrets: changesSecrets ? given(secret, values) : null,
        wants,
        leastSeverity,
        quietFrom: quietFrom || null,
        quietTo: quietTo || null,
        zone: zone.trim(),
        titleTemplate: title.trim() || null,
        bodyTemplate: body.trim() || null,
        baseUrl: baseUrl.trim() || null,
      },
    }).catch(() => null);
    setIsBusy(false);
    if (!result)
      return toast.error('The server did not answer. Load the page again to see whether it was saved.');
    if (!result.ok) return setError(result.error);
    toast(channel ? 'The channel is saved.' : 'The channel is there. Send a test now.');
    router.push(`/system/notifications/${result.data.id}`);
    router.refresh();
  };

  return (
    <form onSubmit={submit} noValidate className="grid gap-3">
      {error && (
        <p
          role="alert"
          className="rounded-lg border border-critical bg-critical-soft px-4 py-3 text-critical"
        >
          {error.message}
        </p>
      )}
      <Card title={kind.label} aside={kind.description}>
        <div className="grid gap-3">
          <Field label="Name">
            {(ids) => <Input {...ids} value={name} onChange={(event) => setName(event.target.value)} />}
          </Field>
          {open.map((field) => (
            <KindField key={field.name} field={field} values={values} onChange={setValues} />
          ))}
        </div>
      </Card>
      {secret.length > 0 && (
        <Card title="Secrets" aside="encrypted, never shown again">
          {changesSecrets ? (
            <div className="grid gap-3">
              {secret.map((field) => (
                <KindField key={field.name} field={field} values={values} onChange={setValues} />
              ))}
            </div>
          ) : (
            <Button onClick={() => setChangesSecrets(true)}>Enter other secrets…</Button>
          )}
        </Card>
      )}
      <Card title="What it is told of">
        <fieldset className="grid gap-2">
          <legend className="sr-only">What it is told of</legend>
          {EVENTS.map((one) => (
            <label key={one} className="flex items-center gap-2">
              <input
                type="checkbox"
                className="accent-accent"
                checked={wants.includes(one)}
                onChange={(event) =>
                  setWants(
                    EVENTS.filter((other) => (other === one ? event.target.checked : wants.includes(other))),
                  )
                }
              />
              {EVENT_WORDS[one]}
            </label>
          ))}
        </fieldset>
        {wants.includes('new-finding') && (
          <div className="mt-3">
            <Field label="New findings from this severity on">
              {(ids) => (
                <Select
                  {...ids}
                  value={leastSeverity}
                  onChange={(event) => setLeastSeverity(event.target.value as Severity)}
                >
                  {severities.map((severity) => (
                    <option key={severity} value={severity}>
                      {severity}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
          </div>
        )}
      </Card>
      <Card title="Quiet hours" aside="what comes then is sent together afterwards">
        <div className="grid gap-3 sm:grid-cols-3">
          <Field label="From">
            {(ids) => (
              <Input
                {...ids}
                type="time"
                value={quietFrom}
                onChange={(event) => setQuietFrom(event.target.value)}
              />
            )}
          </Field>
          <Field label="To">
            {(ids) => (
              <Input
                {...ids}
                type="time"
                value={quietTo}
                onChange={(event) => setQuietTo(event.target.value)}
              />
            )}
          </Field>
          <Field label="In the zone">
            {(ids) => <Input {...ids} value={zone} onChange={(event) => setZone(event.target.value)} />}
          </Field>
        </div>
      </Card>
      <Card title="What it says">
        <div className="grid gap-3">
          <Field label="Title" hint={`Empty: ${usual.title}`}>
            {(ids) => <Input {...ids} value={title} onChange={(event) => setTitle(event.target.value)} />}
          </Field>
          <Field
            label="Text"
            hint="Empty: what stands there in grey. A line whose placeholders are all empty is left out."
          >
            {(ids) => (
              <Textarea
                {...ids}
                rows={7}
                placeholder={usual.body}
                value={body}
                onChange={(event) => setBody(event.target.value)}
              />
            )}
          </Field>
          <details>
            <summary className="cursor-pointer text-text-2">Placeholders</summary>
            <dl className="mt-2 grid grid-cols-[max-content_minmax(0,1fr)] gap-x-3 gap-y-1">
              {placeholders.map(([one, meaning]) => (
                <div key={one} className="contents">
                  <dt className="font-mono text-[12px]">${one}$</dt>
                  <dd className="text-text-2">{meaning}</dd>
                </div>
              ))}
            </dl>
          </details>
          <Field
            label="Address of Jobsight for links"
            hint="https://jobsight.example. Empty: the host and port of this server."
          >
            {(ids) => <Input {...ids} value={baseUrl} onChange={(event) => setBaseUrl(event.target.value)} />}
          </Field>
        </div>
      </Card>
      <div className="flex justify-end gap-2">
        <Button variant="quiet" onClick={() => router.push('/system/notifications')}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" disabled={isBusy}>
          {isBusy ? 'Saving…' : channel ? 'Save' : 'Add the channel'}
        </Button>
      </div>
    </form>
  );
}
