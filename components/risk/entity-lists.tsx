'use client';

import { useRouter } from 'next/navigation';
import { useRef, useState } from 'react';
import { plural } from '#components/evidence/format.ts';
import { OwnTime } from '#components/time/time.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { DropZone } from '#components/ui/drop-zone.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { Field, Select } from '#components/ui/input.tsx';
import { ErrorState } from '#components/ui/states.tsx';
import type { EntityImportResult, EntityKind, RiskSettingsDetail } from '#lib/risk/types.ts';
import { removeEntitiesAction } from '../../app/(dashboard)/risk/actions.ts';
import { useRuleForm } from './use-rule-form.ts';

const WORDS: Readonly<Record<EntityKind, string>> = { asset: 'Assets', identity: 'Identities' };
const COLUMNS: Readonly<Record<EntityKind, string>> = {
  asset: 'ip, mac, nt_host, dns, owner, priority, bunit, category, …',
  identity: 'identity, prefix, nick, first, last, email, priority, bunit, category, watchlist, sid, …',
};

/** The asset and identity lists that factors ask, and their import. */
export function EntityLists({
  entities,
  canManage,
}: {
  readonly entities: RiskSettingsDetail['entities'];
  readonly canManage: boolean;
}) {
  return (
    <Card id="lists" title="Assets and identities" aside="CSV with the columns of Splunk ES">
      <div className="grid gap-4">
        {entities.map((list) => (
          <EntityList key={list.kind} list={list} canManage={canManage} />
        ))}
      </div>
    </Card>
  );
}

function EntityList({
  list: { kind, count, files },
  canManage,
}: {
  readonly list: RiskSettingsDetail['entities'][number];
  readonly canManage: boolean;
}) {
  const router = useRouter();
  const form = useRuleForm();
  const input = useRef<HTMLInputElement>(null);
  const [mode, setMode] = useState<'add' | 'replace'>('add');
  const [isSending, setSending] = useState(false);
  const [result, setResult] = useState<EntityImportResult | null>(null);
  const [error, setError] = useState<string | null>(null);
  const send = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    setSending(true);
    setError(null);
    setResult(null);
    const answer = await sendList(kind, mode, file);
    if (typeof answer === 'string') setError(answer);
    else setResult(answer);
    setSending(false);
    router.refresh();
  };
  return (
    <section aria-label={WORDS[kind]} className="grid gap-2">
      <h3 className="font-semibold">
        {WORDS[kind]}{' '}
        <span className="font-normal text-text-3">{plural(count, 'entry').replace('entrys', 'entries')}</span>
      </h3>
      <ul>
        {files.map((file) => (
          <li key={file.name} className="text-text-2">
            <EvidenceText text={file.name} /> ({file.count}), <OwnTime iso={file.importedAt} />
          </li>
        ))}
      </ul>
      {canManage && (
        <DropZone className="py-3" onChoose={(chosen) => void send(chosen[0]?.file)}>
          <p className="min-w-[200px] flex-1 text-text-2">
            First line: <code className="font-mono text-[12px]">{COLUMNS[kind]}</code> Several values of one
            column stand as a|b.
          </p>
          <Field label="Entries that are there">
            {(ids) => (
              <Select {...ids} value={mode} onChange={(event) => setMode(event.target.value as typeof mode)}>
                <option value="add">stay, unless named again</option>
                <option value="replace">go</option>
              </Select>
            )}
          </Field>
          <input
            ref={input}
            type="file"
            accept=".csv,text/csv"
            className="sr-only"
            aria-label={`Choose a list of ${WORDS[kind].toLowerCase()}`}
            tabIndex={-1}
            onChange={(event) => {
              void send(event.target.files?.[0]);
              event.target.value = '';
            }}
          />
          <Button disabled={isSending} onClick={() => input.current?.click()}>
            Import {WORDS[kind].toLowerCase()}
          </Button>
          {count > 0 && (
            <Button
              variant="danger"
              disabled={form.isPending}
              onClick={() =>
                form.run(
                  () => removeEntitiesAction({ kind }),
                  () => form.saved(`The list of ${WORDS[kind].toLowerCase()} is empty.`),
                )
              }
            >
              Empty the list
            </Button>
          )}
        </DropZone>
      )}
      <div aria-live="polite" className="grid gap-2 empty:hidden">
        {isSending && <p>Importing…</p>}
        {error !== null && <ErrorState title="Nothing was imported">{error}</ErrorState>}
        {result && <ImportReport result={result} />}
      </div>
    </section>
  );
}

function ImportReport({ result }: { readonly result: EntityImportResult }) {
  const left = result.problemTotal - result.problems.length;
  return (
    <div className="grid gap-1">
      <p>
        {result.importedCount} imported, {result.removedCount} taken away
        {result.problemTotal > 0 && `, ${result.problemTotal} lines left out`}.
      </p>
      {result.otherColumns.length > 0 && (
        <p className="text-text-3">
          Kept, but without a meaning here: <EvidenceText text={result.otherColumns.join(', ')} />
        </p>
      )}
      {result.problems.length > 0 && (
        <ul className="max-h-60 overflow-y-auto">
          {result.problems.map(({ line, message }) => (
            <li key={line}>
              Line {line}: <EvidenceText text={message} />
            </li>
          ))}
        </ul>
      )}
      {left > 0 && <p className="text-text-3">and {left} more</p>}
    </div>
  );
}

async function sendList(kind: EntityKind, mode: string, file: File): Promise<EntityImportResult | string> {
  const body = new FormData();
  body.append('file', file);
  try {
    const response = await fetch(`/api/v1/risk/entities?kind=${kind}&mode=${mode}`, { method: 'POST', body });
    const answer: unknown = await response.json();
    if (response.ok) return answer as EntityImportResult;
    const detail = typeof answer === 'object' && answer !== null && 'detail' in answer ? answer.detail : null;
    return typeof detail === 'string' ? detail : `The server answered ${response.status}.`;
  } catch {
    return 'The connection broke off. Load the page again to see whether it was imported.';
  }
}
