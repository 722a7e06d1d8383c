'use client';

import { useState, useTransition } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { CheckLine } from '#components/ui/check-line.tsx';
import { Field, Input } from '#components/ui/input.tsx';
import { toast } from '#components/ui/toast.tsx';
import type { RiskObjectDetail, WhatIf } from '#lib/risk/types.ts';
import { askWhatIfAction } from '../../app/(dashboard)/risk/actions.ts';
import { WhatIfResult } from './what-if-result.tsx';

/** Asks what the object's risk would be without a filter rule, with other scores, with or without the cap. */
export function WhatIfPanel({ object }: { readonly object: RiskObjectDetail }) {
  const [without, setWithout] = useState<readonly number[]>([]);
  const [confidence, setConfidence] = useState<Readonly<Record<string, string>>>({});
  const [isCapped, setIsCapped] = useState(object.isCapped);
  const [result, setResult] = useState<WhatIf | null>(null);
  const [isPending, startTransition] = useTransition();
  const ask = (): void =>
    startTransition(async () => {
      const risks = object.detections.flatMap(({ id, confidence: now }) => {
        const wanted = Number(confidence[id] ?? now);
        return wanted === now ? [] : [{ detectionId: id, confidence: wanted }];
      });
      const answer = await askWhatIfAction({ withoutFilters: [...without], risks, isCapped });
      if (!answer.ok) return toast.error(answer.error.message);
      setResult(answer.data);
    });
  return (
    <Card title="What if">
      <form
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          ask();
        }}
      >
        {object.filters.map(({ number, name }) => (
          <CheckLine
            key={number}
            checked={without.includes(number)}
            onChange={(isOn) =>
              setWithout(isOn ? [...without, number] : without.filter((one) => one !== number))
            }
          >
            without R-{number} {name}
          </CheckLine>
        ))}
        {object.detections.map(({ id, name, impact, confidence: now }) => (
          <Field key={id} label={`Confidence of ${name}`} hint={`It is ${now}; impact is ${impact}.`}>
            {(ids) => (
              <Input
                {...ids}
                type="number"
                min={0}
                max={100}
                step="any"
                className="w-24"
                value={confidence[id] ?? String(now)}
                onChange={(event) => setConfidence({ ...confidence, [id]: event.target.value })}
              />
            )}
          </Field>
        ))}
        <CheckLine checked={isCapped} onChange={setIsCapped}>
          a detection counts at most three times its highest score
        </CheckLine>
        <Button type="submit" className="justify-self-start" disabled={isPending}>
          {isPending ? 'Computing…' : 'Show what changes'}
        </Button>
      </form>
      <div aria-live="polite" className="mt-3 empty:hidden">
        {result && <WhatIfResult result={result} />}
      </div>
    </Card>
  );
}
