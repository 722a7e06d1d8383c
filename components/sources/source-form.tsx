'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { Field, Input, Select, Textarea } from '#components/ui/input.tsx';
import { toast } from '#components/ui/toast.tsx';
import type { ErrorInfo } from '#lib/http/problem.ts';
import type { KindItem, SourceDetail } from '#lib/sources/plain.ts';
import type { SaveSource, SourceInput } from './actions.ts';
import { given, initialValues, KindField, type Values } from './kind-fields.tsx';

type Props = {
  readonly kind: KindItem;
  /** Null: a new source. */
  readonly source: SourceDetail | null;
  readonly save: SaveSource;
};

const SCHEDULES = [
  ['*/5 * * * *', 'every 5 minutes'],
  ['*/15 * * * *', 'every 15 minutes'],
  ['0 * * * *', 'every hour'],
  ['0 3 * * *', 'every day at 03:00'],
  ['', 'by hand only'],
  ['own', 'a cron expression of your own'],
] as const;

/** Asks for a source what its kind needs. Secrets go one way: they are never shown again. */
export function SourceForm({ kind, source, save }: Props) {
  const router = useRouter();
  const [name, setName] = useState(source?.name ?? kind.label);
  const [values, setValues] = useState<Values>(() => initialValues(kind.fields, source?.settings ?? {}));
  const [isTlsOff, setIsTlsOff] = useState((source?.tlsOffReason ?? null) !== null);
  const [tlsOffReason, setTlsOffReason] = useState(source?.tlsOffReason ?? '');
  const [caCertificates, setCaCertificates] = useState(source?.caCertificates ?? '');
  const [proxyUrl, setProxyUrl] = useState(source?.proxyUrl ?? '');
  const [cron, setCron] = useState(source ? (source.cron ?? '') : '*/5 * * * *');
  const [isOwnCron, setIsOwnCron] = useState(!SCHEDULES.some(([value]) => value === cron));
  const [zone, setZone] = useState(source?.zone ?? 'UTC');
  const [lookBack, setLookBack] = useState(String(source?.lookBackMinutes ?? 60));
  const [changesSecrets, setChangesSecrets] = useState(source === null || !source.hasSecrets);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const [isBusy, setIsBusy] = useState(false);

  const fields = kind.fields.filter(({ when }) => !when || values[when.name] === when.value);
  const isSecretAsked = fields.some(({ isSecret }) => isSecret);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setIsBusy(true);
    const input: SourceInput = {
      name: name.trim(),
      settings: given(
        fields.filter(({ isSecret }) => !isSecret),
        values,
      ),
      secrets: changesSecrets
        ? given(
            fields.filter(({ isSecret }) => isSecret),
            values,
          )
        : null,
      caCertificates: caCertificates.trim() || null,
      proxyUrl: proxyUrl.trim() || null,
      tlsOffReason: isTlsOff ? tlsOffReason.trim() : null,
      isEnabled: source?.isEnabled ?? true,
      cron: cron.trim() || null,
      zone: zone.trim(),
      lookBackMinutes: Number(lookBack),
    };
    const result = await save({
      kind: kind.kind,
      id: source?.id ?? null,
      version: source?.version ?? null,
      source: input,
    }).catch(() => null);
    setIsBusy(false);
    if (!result)
      return toast.error('The server did not answer. Load the page again to see whether it was saved.');
    if (!result.ok) return setError(result.error);
    toast(source ? 'The source is saved.' : 'The source is there. Test it now.');
    router.push(`/sources/${result.data.id}`);
    router.refresh();
  };

  return (
    <form onSubmit={submit} noValidate className="grid max-w-[760px] gap-3 p-4 md:px-5">
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
          <Field label="Name" hint="Evidence that is pulled bears it.">
            {(ids) => <Input {...ids} value={name} onChange={(event) => setName(event.target.value)} />}
          </Field>
          {fields
            .filter(({ isSecret }) => !isSecret)
            .map((field) => (
              <KindField key={field.name} field={field} values={values} onChange={setValues} />
            ))}
        </div>
      </Card>
      {isSecretAsked && (
        <Card title="Secrets" aside="encrypted, never shown again">
          {changesSecrets ? (
            <div className="grid gap-3">
              {fields
                .filter(({ isSecret }) => isSecret)
                .map((field) => (
                  <KindField key={field.name} field={field} values={values} onChange={setValues} />
                ))}
            </div>
          ) : (
            <Button onClick={() => setChangesSecrets(true)}>Enter other secrets…</Button>
          )}
        </Card>
      )}
      <Card title="When">
        <div className="grid gap-3 sm:grid-cols-3">
          <Field label="Pull">
            {(ids) => (
              <Select
                {...ids}
                className="w-full"
                value={isOwnCron ? 'own' : cron}
                onChange={(event) => {
                  setIsOwnCron(event.target.value === 'own');
                  if (event.target.value !== 'own') setCron(event.target.value);
                }}
              >
                {SCHEDULES.map(([value, label]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          {isOwnCron && (
            <Field label="Cron expression" hint="Minute, hour, day, month, weekday.">
              {(ids) => (
                <Input
                  {...ids}
                  className="py-1 font-mono"
                  value={cron}
                  onChange={(event) => setCron(event.target.value)}
                />
              )}
            </Field>
          )}
          <Field label="In the zone">
            {(ids) => (
              <Input
                {...ids}
                className="py-1"
                value={zone}
                onChange={(event) => setZone(event.target.value)}
              />
            )}
          </Field>
          <Field label="Look back, minutes" hint="For data that arrives late.">
            {(ids) => (
              <Input
                {...ids}
                type="number"
                min={0}
                className="py-1"
                value={lookBack}
                onChange={(event) => setLookBack(event.target.value)}
              />
            )}
          </Field>
        </div>
      </Card>
      <Card title="The way there">
        <div className="grid gap-3">
          <Field label="Certificate authorities" hint="PEM. Empty: those that everybody trusts.">
            {(ids) => (
              <Textarea
                {...ids}
                className="font-mono text-[12px]"
                value={caCertificates}
                onChange={(event) => setCaCertificates(event.target.value)}
              />
            )}
          </Field>
          <Field label="Proxy" hint="http://proxy.example:3128. Empty: none.">
            {(ids) => (
              <Input {...ids} value={proxyUrl} onChange={(event) => setProxyUrl(event.target.value)} />
            )}
          </Field>
          <label className="flex items-center gap-2">
            <input
              type="checkbox"
              className="accent-accent"
              checked={!isTlsOff}
              onChange={(event) => setIsTlsOff(!event.target.checked)}
            />
            Verify TLS certificates
          </label>
          {isTlsOff && (
            <Field
              label="Why certificates are not verified"
              hint="At least 20 characters. Whoever stands between can read and change what is pulled."
            >
              {(ids) => (
                <Input
                  {...ids}
                  value={tlsOffReason}
                  onChange={(event) => setTlsOffReason(event.target.value)}
                />
              )}
            </Field>
          )}
        </div>
      </Card>
      <div className="flex justify-end gap-2">
        <Button variant="quiet" onClick={() => router.back()}>
          Cancel
        </Button>
        <Button type="submit" variant="primary" disabled={isBusy}>
          {isBusy ? 'Saving…' : source ? 'Save' : 'Add the source'}
        </Button>
      </div>
    </form>
  );
}
