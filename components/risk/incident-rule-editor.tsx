'use client';

import Link from 'next/link';
import { useState } from 'react';
import { plural } from '#components/evidence/format.ts';
import { severityWord } from '#components/severity/severity-badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { CheckLine } from '#components/ui/check-line.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { EvidenceText } from '#components/ui/evidence-text.tsx';
import { Field, Input, Select } from '#components/ui/input.tsx';
import { SEVERITIES, type Severity } from '#lib/risk/severity.ts';
import type { IncidentRuleItem, WhatIf } from '#lib/risk/types.ts';
import {
  askWhatIfAction,
  changeRiskSettingsAction,
  removeIncidentRuleAction,
  revertIncidentRuleAction,
  saveIncidentRuleAction,
} from '../../app/(dashboard)/risk/actions.ts';
import { ConditionField } from './condition-field.tsx';
import { RuleVersions } from './rule-versions.tsx';
import { useRuleForm } from './use-rule-form.ts';
import { WhatIfResult } from './what-if-result.tsx';

type Props = {
  readonly rules: readonly IncidentRuleItem[];
  readonly fields: readonly string[];
  readonly canManage: boolean;
};

/** Shipped incident rules to switch, own ones to write. */
export function IncidentRuleEditor({ rules, fields, canManage }: Props) {
  const [editing, setEditing] = useState<IncidentRuleItem | 'new' | null>(null);
  return (
    <Card id="rules" title="Incident rules" aside="over event time, each window from a risk event on">
      <ul className="grid gap-2">
        {rules.map((rule) => (
          <RuleLine key={rule.id} rule={rule} canManage={canManage} onEdit={() => setEditing(rule)} />
        ))}
      </ul>
      {canManage && editing === null && (
        <Button className="mt-3" onClick={() => setEditing('new')}>
          New incident rule
        </Button>
      )}
      {editing !== null && (
        <RuleForm
          key={editing === 'new' ? 'new' : editing.id}
          rule={editing === 'new' ? null : editing}
          fields={fields}
          onDone={() => setEditing(null)}
        />
      )}
    </Card>
  );
}

function RuleLine({
  rule,
  canManage,
  onEdit,
}: {
  readonly rule: IncidentRuleItem;
  readonly canManage: boolean;
  readonly onEdit: () => void;
}) {
  const form = useRuleForm();
  return (
    <li className="grid gap-1 border-line border-b pb-2">
      <span className="flex flex-wrap items-center gap-2">
        <b className="font-semibold">
          <EvidenceText text={rule.name} />
        </b>
        {rule.isShipped && <Chip>shipped</Chip>}
        {!rule.isEnabled && <Chip>off</Chip>}
        <Link href={`/incidents?rule=${rule.id}`} className="text-text-3">
          {plural(rule.incidentCount, 'incident')}
        </Link>
        <span className="flex-1" />
        {canManage && rule.isShipped && (
          <Button
            variant="quiet"
            disabled={form.isPending}
            onClick={() =>
              form.run(
                () => changeRiskSettingsAction({ rule: { id: rule.id, isEnabled: !rule.isEnabled } }),
                () => form.saved(rule.isEnabled ? 'Switched off.' : 'Switched on.'),
              )
            }
          >
            Switch {rule.isEnabled ? 'off' : 'on'}
          </Button>
        )}
        {canManage && !rule.isShipped && (
          <>
            <Button variant="quiet" onClick={onEdit}>
              Edit
            </Button>
            <Button
              variant="quiet"
              disabled={form.isPending}
              onClick={() =>
                form.run(
                  () => removeIncidentRuleAction({ id: rule.id, reason: 'removed' }),
                  () => form.saved('Removed; its incidents are withdrawn.'),
                )
              }
            >
              Remove
            </Button>
          </>
        )}
      </span>
      <span className="text-text-2">
        <EvidenceText text={rule.description} />
      </span>
      <code className="break-words font-mono text-[12px] text-text-2">
        {rule.condition}{' '}
        <span className="text-text-3">
          within {rule.windowHours} h, {severityOf(rule.severity)}
        </span>
      </code>
      {!rule.isShipped && (
        <RuleVersions
          versions={rule.versions.map((version) => ({
            ...version,
            effect: `within ${version.windowHours} h, ${severityOf(version.severity)}`,
          }))}
          canManage={canManage}
          isPending={form.isPending}
          onRevert={(version) =>
            form.run(
              () => revertIncidentRuleAction({ id: rule.id, version, reason: `back to version ${version}` }),
              () => form.saved(`It is as in version ${version}.`),
            )
          }
        />
      )}
    </li>
  );
}

function severityOf(severity: Severity | null): string {
  return severity === null ? 'severity by the sum' : severityWord(severity).toLowerCase();
}

function RuleForm({
  rule,
  fields,
  onDone,
}: {
  readonly rule: IncidentRuleItem | null;
  readonly fields: readonly string[];
  readonly onDone: () => void;
}) {
  const form = useRuleForm();
  const [name, setName] = useState(rule?.name ?? '');
  const [condition, setCondition] = useState(rule?.condition ?? '');
  const [hours, setHours] = useState(String(rule?.windowHours ?? 24));
  const [severity, setSeverity] = useState<Severity | null>(rule?.severity ?? null);
  const [isEnabled, setEnabled] = useState(rule?.isEnabled ?? true);
  const [reason, setReason] = useState('');
  const [preview, setPreview] = useState<WhatIf | null>(null);
  const windowHours = Number(hours);
  const isComplete = name.trim() !== '' && condition.trim() !== '' && windowHours >= 1;
  return (
    <form
      className="mt-3 grid gap-3 rounded-lg border bg-raised p-3"
      aria-label={rule?.name ?? 'New incident rule'}
      onSubmit={(event) => {
        event.preventDefault();
        form.run(
          () =>
            saveIncidentRuleAction({
              id: rule?.id ?? null,
              rule: { name, condition, windowHours, severity, isEnabled, reason },
            }),
          () => {
            form.saved('Saved. Incidents are as it says now.');
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
        <Field label="Window in hours">
          {(ids) => (
            <Input
              {...ids}
              type="number"
              min={1}
              max={8760}
              className="w-24"
              value={hours}
              onChange={(event) => setHours(event.target.value)}
            />
          )}
        </Field>
        <Field label="Severity">
          {(ids) => (
            <Select
              {...ids}
              value={severity ?? ''}
              onChange={(event) => setSeverity((event.target.value || null) as Severity | null)}
            >
              <option value="">by the sum</option>
              {SEVERITIES.map((one) => (
                <option key={one} value={one}>
                  {severityWord(one)}
                </option>
              ))}
            </Select>
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
              () => askWhatIfAction({ incidentRule: { condition, windowHours, severity } }),
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
