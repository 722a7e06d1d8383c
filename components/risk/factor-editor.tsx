'use client';

import { useState } from 'react';
import { plural } from '#components/evidence/format.ts';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { CheckLine } from '#components/ui/check-line.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { Field, Input, Select } from '#components/ui/input.tsx';
import type { FactorItem, FactorOperation, WhatIf } from '#lib/risk/types.ts';
import {
  askWhatIfAction,
  removeFactorAction,
  revertFactorAction,
  saveFactorAction,
} from '../../app/(dashboard)/risk/actions.ts';
import { ConditionField } from './condition-field.tsx';
import { RuleVersions } from './rule-versions.tsx';
import { useRuleForm } from './use-rule-form.ts';
import { WhatIfResult } from './what-if-result.tsx';

/** Risk factors with their versions, and the form of a new one or the next version of one. */
export function FactorEditor({
  factors,
  fields,
  canManage,
}: {
  readonly factors: readonly FactorItem[];
  readonly fields: readonly string[];
  readonly canManage: boolean;
}) {
  const [editing, setEditing] = useState<FactorItem | 'new' | null>(null);
  const form = useRuleForm();
  return (
    <Card
      id="factors"
      title="Risk factors"
      aside="base × multiplying factors + adding factors, never below 0"
    >
      <ul className="grid gap-2">
        {factors.length === 0 && <li className="text-text-3">None: scores are as detections give them.</li>}
        {factors.map((factor) => (
          <li key={factor.id} id={`RF-${factor.number}`} className="grid gap-1 border-line border-b pb-2">
            <span className="flex flex-wrap items-center gap-2">
              <b className="font-semibold">RF-{factor.number}</b>
              <EvidenceText text={factor.name} />
              <span className="font-medium">{effectWords(factor)}</span>
              {factor.isRemoved ? <Chip>removed</Chip> : !factor.isEnabled && <Chip>off</Chip>}
              <span className="text-text-3">{plural(factor.eventCount, 'risk event')}</span>
              <span className="flex-1" />
              {canManage && !factor.isRemoved && (
                <>
                  <Button variant="quiet" onClick={() => setEditing(factor)}>
                    Edit
                  </Button>
                  <Button
                    variant="quiet"
                    disabled={form.isPending}
                    onClick={() =>
                      form.run(
                        () => removeFactorAction({ id: factor.id, reason: 'removed' }),
                        () => form.saved(`RF-${factor.number} is removed; its versions stay.`),
                      )
                    }
                  >
                    Remove
                  </Button>
                </>
              )}
            </span>
            <code className="break-words font-mono text-[12px] text-text-2">{factor.condition}</code>
            <RuleVersions
              versions={factor.versions.map((version) => ({ ...version, effect: effectWords(version) }))}
              canManage={canManage}
              isPending={form.isPending}
              onRevert={(version) =>
                form.run(
                  () => revertFactorAction({ id: factor.id, version, reason: `back to version ${version}` }),
                  () => form.saved(`RF-${factor.number} is as in version ${version}.`),
                )
              }
            />
          </li>
        ))}
      </ul>
      {canManage && editing === null && (
        <Button className="mt-3" onClick={() => setEditing('new')}>
          New risk factor
        </Button>
      )}
      {editing !== null && (
        <FactorForm
          key={editing === 'new' ? 'new' : editing.id}
          factor={editing === 'new' ? null : editing}
          fields={fields}
          onDone={() => setEditing(null)}
        />
      )}
    </Card>
  );
}

function effectWords({ operation, value }: { readonly operation: FactorOperation; readonly value: number }) {
  return operation === 'multiply' ? `× ${value}` : `${value < 0 ? '−' : '+'} ${Math.abs(value)}`;
}

function FactorForm({
  factor,
  fields,
  onDone,
}: {
  readonly factor: FactorItem | null;
  readonly fields: readonly string[];
  readonly onDone: () => void;
}) {
  const form = useRuleForm();
  const [name, setName] = useState(factor?.name ?? '');
  const [condition, setCondition] = useState(factor?.condition ?? '');
  const [operation, setOperation] = useState<FactorOperation>(factor?.operation ?? 'multiply');
  const [value, setValue] = useState(String(factor?.value ?? 1.5));
  const [isEnabled, setEnabled] = useState(factor?.isEnabled ?? true);
  const [reason, setReason] = useState('');
  const [preview, setPreview] = useState<WhatIf | null>(null);
  const number = Number(value);
  const isComplete =
    name.trim() !== '' && condition.trim() !== '' && value.trim() !== '' && !Number.isNaN(number);
  return (
    <form
      className="mt-3 grid gap-3 rounded-lg border bg-raised p-3"
      aria-label={factor ? `RF-${factor.number}` : 'New risk factor'}
      onSubmit={(event) => {
        event.preventDefault();
        form.run(
          () =>
            saveFactorAction({
              id: factor?.id ?? null,
              factor: { name, condition, operation, value: number, isEnabled, reason },
            }),
          () => {
            form.saved('Saved. Risk is as it says now.');
            onDone();
          },
        );
      }}
    >
      <Field label="Name">
        {(ids) => <Input {...ids} value={name} onChange={(event) => setName(event.target.value)} />}
      </Field>
      <ConditionField value={condition} error={form.error} fields={fields} onChange={setCondition} />
      <div className="flex flex-wrap items-end gap-3">
        <Field label="What it does">
          {(ids) => (
            <Select
              {...ids}
              value={operation}
              onChange={(event) => setOperation(event.target.value as FactorOperation)}
            >
              <option value="multiply">multiplies</option>
              <option value="add">adds</option>
            </Select>
          )}
        </Field>
        <Field label="Value">
          {(ids) => (
            <Input
              {...ids}
              type="number"
              step="any"
              min={-100}
              max={100}
              className="w-24"
              value={value}
              onChange={(event) => setValue(event.target.value)}
            />
          )}
        </Field>
        <CheckLine checked={isEnabled} onChange={setEnabled}>
          in force
        </CheckLine>
      </div>
      <Field label="Reason" hint="The next person will read it.">
        {(ids) => <Input {...ids} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button
          disabled={form.isPending || !isComplete}
          onClick={() =>
            form.run(
              () =>
                askWhatIfAction({
                  withoutFactors: factor ? [factor.number] : [],
                  factor: { condition, operation, value: number },
                }),
              setPreview,
            )
          }
        >
          Preview
        </Button>
        <Button
          type="submit"
          variant="primary"
          disabled={form.isPending || !isComplete || reason.trim() === ''}
        >
          Save
        </Button>
        <Button variant="quiet" onClick={onDone}>
          Cancel
        </Button>
      </div>
      <div aria-live="polite" className="empty:hidden">
        {preview && <WhatIfResult result={preview} />}
      </div>
    </form>
  );
}
