import { riskHref } from './risk-url.ts';

const FORMS = [
  ['csv', 'CSV'],
  ['json', 'JSON'],
  ['splunk', 'Splunk'],
  ['stix', 'STIX 2.1'],
] as const;

/** Risk events as files, of one object or of all. */
export function ExportLinks({
  params,
}: {
  readonly params: { readonly type?: string; readonly name?: string };
}) {
  return (
    <span className="flex flex-wrap items-center gap-x-2">
      {FORMS.map(([form, label]) => (
        <a
          key={form}
          href={riskHref('/api/v1/risk/export', { ...params, as: form })}
          download
          className="py-1"
        >
          {label}
        </a>
      ))}
    </span>
  );
}
