'use client';

import { useState } from 'react';
import { useRuleForm } from '#components/risk/use-rule-form.ts';
import { WhatIfResult } from '#components/risk/what-if-result.tsx';
import { OwnTime } from '#components/time/time.tsx';
import { Button } from '#components/ui/button.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { Field, Input } from '#components/ui/input.tsx';
import type { DetectionDetail } from '#lib/catalogue/types.ts';
import type { WhatIf } from '#lib/risk/types.ts';
import { setDetectionRiskAction } from '../../app/(dashboard)/detections/actions.ts';
import { askWhatIfAction } from '../../app/(dashboard)/risk/actions.ts';

/** Days of event time before the latest risk event that the preview looks at. */
const PREVIEW_DAYS = 90;

/** Sets impact and confidence of a detection in place of what its author says, with what that changes. */
export function RiskForm({ id, risk }: { readonly id: string; readonly risk: DetectionDetail['risk'] }) {
  const now = risk.set ?? risk;
  const form = useRuleForm();
  const [impactText, setImpact] = useState(String(now.impact));
  const [confidenceText, setConfidence] = useState(String(now.confidence));
  const [reason, setReason] = useState('');
  const [preview, setPreview] = useState<WhatIf | null>(null);
  const [impact, confidence] = [Number(impactText), Number(confidenceText)];
  const isValid = [impactText, confidenceText].every(isPercent);
  const isChanged = impact !== now.impact || confidence !== now.confidence;
  const done = (words: string): void => {
    setPreview(null);
    setReason('');
    form.saved(words);
  };
  return (
    <form
      className="grid gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isValid) return;
        form.run(
          () => setDetectionRiskAction({ id, change: { risk: { impact, confidence }, reason } }),
          () => done(`Risk is now ${(impact * confidence) / 100}.`),
        );
      }}
    >
      <div className="flex flex-wrap gap-3">
        <PercentField label="Impact" value={impactText} onChange={setImpact} />
        <PercentField label="Confidence" value={confidenceText} onChange={setConfidence} />
        <p className="self-end py-1.5 text-text-2">
          {isValid ? `risk ${Math.round(impact * confidence) / 100}` : ''}
        </p>
      </div>
      <Field label="Reason" hint="The next person will read it.">
        {(ids) => <Input {...ids} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button
          disabled={form.isPending || !isValid || !isChanged}
          onClick={() =>
            form.run(
              () => askWhatIfAction({ risks: [{ detectionId: id, impact, confidence }], days: PREVIEW_DAYS }),
              setPreview,
            )
          }
        >
          Preview on the last {PREVIEW_DAYS} days
        </Button>
        <Button
          type="submit"
          variant="primary"
          disabled={form.isPending || !isValid || !isChanged || reason.trim() === ''}
        >
          Set
        </Button>
        {risk.set !== null && (
          <Button
            variant="quiet"
            disabled={form.isPending || reason.trim() === ''}
            onClick={() =>
              form.run(
                () => setDetectionRiskAction({ id, change: { risk: null, reason } }),
                () => done('Risk is as its author says again.'),
              )
            }
          >
            Back to what its author says
          </Button>
        )}
      </div>
      <div aria-live="polite" className="empty:hidden">
        {preview && <WhatIfResult result={preview} />}
      </div>
      {risk.versions.length > 0 && (
        <details>
          <summary className="text-[12px] text-accent">Versions ({risk.versions.length})</summary>
          <ol className="grid gap-1 pt-1">
            {risk.versions.map((version, index) => (
              <li key={version.number} className="flex flex-wrap items-baseline gap-x-2">
                <b className="font-medium">{version.number}</b>
                {version.impact === null
                  ? 'as its author says'
                  : `impact ${version.impact}, confidence ${version.confidence}`}
                <span className="min-w-0 break-words text-text-3">
                  <EvidenceText
                    text={version.reason === '' ? version.author : `${version.author}: ${version.reason}`}
                  />
                  , <OwnTime iso={version.createdAt} />
                </span>
                {index > 0 && (
                  <Button
                    variant="quiet"
                    className="py-0"
                    disabled={form.isPending}
                    onClick={() =>
                      form.run(
                        () =>
                          setDetectionRiskAction({
                            id,
                            change: {
                              revertTo: version.number,
                              reason: `back to version ${version.number}`,
                            },
                          }),
                        () => done(`Risk is as in version ${version.number}.`),
                      )
                    }
                  >
                    Go back to version {version.number}
                  </Button>
                )}
              </li>
            ))}
          </ol>
        </details>
      )}
    </form>
  );
}

function PercentField({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  return (
    <Field label={`${label}, 0 to 100`} error={isPercent(value) ? null : 'Give a number from 0 to 100.'}>
      {(ids) => (
        <Input
          {...ids}
          inputMode="decimal"
          className="w-24"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

function isPercent(text: string): boolean {
  const number = Number(text);
  return text.trim() !== '' && number >= 0 && number <= 100;
}
