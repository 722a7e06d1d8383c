'use client';

import { FileUp } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useRef, useState } from 'react';
import { plural } from '#components/evidence/format.ts';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { DropZone } from '#components/ui/drop-zone.tsx';
import { Field, Textarea } from '#components/ui/input.tsx';
import { ErrorState } from '#components/ui/states.tsx';
import type { ImportResult } from '#lib/catalogue/types.ts';
import { ImportResults } from './import-results.tsx';
import { detectionFiles, NO_RESULT, sendFiles } from './send-files.ts';

/** Choose, drop or paste detections, and see of each whether it runs here. */
export function ImportPanel() {
  const router = useRouter();
  const input = useRef<HTMLInputElement>(null);
  const [isEnabling, setEnabling] = useState(true);
  const [pasted, setPasted] = useState('');
  const [sent, setSent] = useState<{ readonly done: number; readonly total: number } | null>(null);
  const [result, setResult] = useState<ImportResult>(NO_RESULT);
  const [error, setError] = useState<string | null>(null);

  const send = async (files: readonly File[]): Promise<void> => {
    if (files.length === 0) return;
    setError(null);
    setSent({ done: 0, total: files.length });
    const answer = await sendFiles(files, isEnabling, (done) => setSent({ done, total: files.length }));
    setSent(null);
    setResult(answer.result);
    setError(answer.error);
    router.refresh();
  };

  return (
    <section aria-labelledby="import-title" className="grid gap-3 rounded-lg border bg-surface px-4 py-3.5">
      <h2 id="import-title" className="font-semibold">
        Import detections
      </h2>
      <DropZone className="py-4" onChoose={(files) => void send(detectionFiles(files))}>
        <FileUp size={20} aria-hidden className="text-text-3" />
        <p className="min-w-[200px] flex-1 text-text-2">
          Drop published YAML, Sigma rules, savedsearches.conf, macros.conf, transforms.conf or CSV lookups;
          several files or a folder at once. They may refer to each other.
        </p>
        <input
          ref={input}
          type="file"
          multiple
          accept=".yml,.yaml,.conf,.csv"
          className="sr-only"
          aria-label="Choose files of detections"
          tabIndex={-1}
          onChange={(event) => {
            void send([...(event.target.files ?? [])]);
            event.target.value = '';
          }}
        />
        <Button variant="primary" disabled={sent !== null} onClick={() => input.current?.click()}>
          Choose files
        </Button>
      </DropZone>
      <details>
        <summary className="text-accent">Paste one instead</summary>
        <div className="grid gap-2 pt-2">
          <Field label="Text of a detection" hint="YAML or the stanzas of a .conf file.">
            {(ids) => (
              <Textarea
                {...ids}
                spellCheck={false}
                className="min-h-40 font-mono text-[12.5px]"
                value={pasted}
                onChange={(event) => setPasted(event.target.value)}
              />
            )}
          </Field>
          <Button
            className="justify-self-start"
            disabled={pasted.trim() === '' || sent !== null}
            onClick={() => void send([new File([pasted], 'pasted.yml')])}
          >
            Import the text
          </Button>
        </div>
      </details>
      <div className="flex items-center gap-2 text-text-2">
        <Checkbox
          id="import-enable"
          checked={isEnabling}
          onChange={(event) => setEnabling(event.target.checked)}
        />
        <label htmlFor="import-enable">Enable new ones: stored evidence is then read again for them</label>
      </div>
      <div aria-live="polite" className="grid gap-3 empty:hidden">
        {sent && (
          <p>
            Importing {plural(sent.total, 'file')}: {sent.done} done
          </p>
        )}
        {error !== null && <ErrorState title="Not everything was imported">{error}</ErrorState>}
        {result !== NO_RESULT && <ImportResults result={result} />}
      </div>
    </section>
  );
}
