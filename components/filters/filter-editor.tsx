'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useId, useMemo, useState } from 'react';
import { PageHeader } from '#components/shell/page-header.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { Field, Input, Select, Textarea } from '#components/ui/input.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import { toast } from '#components/ui/toast.tsx';
import { checkText } from '#lib/filters/check.ts';
import { formToText } from '#lib/filters/form.ts';
import type { FilterDraft, FilterField, FilterForm, FilterProposal } from '#lib/filters/types.ts';
import type { Person } from '#lib/findings/types.ts';
import type { EditorActions } from './actions.ts';
import { CheckList } from './check-list.tsx';
import { ConditionForm } from './condition-form.tsx';
import { Consequence } from './consequence.tsx';
import { DateTimeField } from './date-time-field.tsx';
import { EMPTY_FORM, isFormComplete, missingOf } from './draft.ts';
import { Proposals } from './proposals.tsx';
import { OutcomeForm, ScopeForm } from './scope-form.tsx';
import { SplEditor } from './spl-editor.tsx';
import { usePreview } from './use-preview.ts';

type Props = {
  readonly heading: string;
  readonly initial: FilterDraft;
  /** The rule that is edited and the version that the edit is made on; null: a new rule. */
  readonly rule: { readonly id: string; readonly number: number; readonly version: number } | null;
  readonly fields: readonly FilterField[];
  readonly detections: readonly { readonly id: string; readonly name: string }[];
  readonly people: readonly Person[];
  /** Null: the rule was not begun from findings. */
  readonly proposals: readonly FilterProposal[] | null;
  readonly actions: EditorActions;
};

/** Work left, consequence right. The text is what counts; the form is another face of it, kept in step. */
export function FilterEditor(props: Props) {
  const { initial, rule, detections, people, proposals, actions } = props;
  const router = useRouter();
  const [draft, setDraft] = useState(initial);
  const [fields, setFields] = useState(props.fields);
  const [isSaving, setIsSaving] = useState(false);
  const [isTried, setIsTried] = useState(false);
  const change = (part: Partial<FilterDraft>): void => setDraft((before) => ({ ...before, ...part }));

  const { text, outcome, snoozeUntil, expiresAt } = draft;
  const check = useMemo(
    () => checkText(text, fields, { draft: { outcome, snoozeUntil, expiresAt } }),
    [text, outcome, snoozeUntil, expiresAt, fields],
  );
  const faces = useFaces(draft.text, check.form, (text) => change({ text }));
  const isWritten = draft.text.trim() !== '';
  const isPreviewed = isWritten && check.problems.length === 0;
  const { preview, error, isBusy } = usePreview(draft, rule?.id ?? null, isPreviewed, actions.preview);
  const missing = missingOf(draft);
  const told = isTried ? missing : {};
  const needsApproval = preview !== null && preview.conflictTotal > 0;

  useFieldsOf(draft.detectionIds, initial.detectionIds, actions.fields, setFields);

  const save = async (): Promise<void> => {
    setIsTried(true);
    if (isSaving || Object.keys(missing).length > 0 || check.problems.length > 0) return;
    setIsSaving(true);
    const result = await actions
      .save({ draft, ruleId: rule?.id ?? null, version: rule?.version ?? null })
      .catch(() => null);
    setIsSaving(false);
    if (!result)
      return toast.error('The server did not answer. Load the page again to see whether it was saved.');
    if (!result.ok) return toast.error(result.error.message);
    toast(
      result.data.state === 'proposed'
        ? `R-${result.data.number} waits for a manager's approval. Nothing is hidden until then.`
        : `R-${result.data.number} is in force.`,
    );
    router.push(`/filters/${result.data.number}`);
    router.refresh();
  };

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          void save();
        }
      }}
    >
      <PageHeader
        actions={
          <Button type="submit" variant="primary" disabled={isSaving}>
            {isSaving ? 'Saving…' : needsApproval ? 'Ask for approval' : 'Save the rule'} <Kbd>ctrl ↵</Kbd>
          </Button>
        }
      >
        <h1 className="text-[16px]">{props.heading}</h1>
      </PageHeader>
      <div className="grid items-start gap-3 px-4 py-4 md:px-5 xl:grid-cols-[minmax(0,1fr)_420px]">
        <div className="grid gap-3">
          {proposals && (
            <Proposals proposals={proposals} text={draft.text} onTake={({ text }) => faces.take(text)} />
          )}
          <Card
            title="What it covers"
            aside={
              <FaceSwitch isForm={faces.isForm} canShowForm={faces.form !== null} onChoose={faces.choose} />
            }
          >
            <Covers
              faces={faces}
              draft={draft}
              fields={fields}
              check={check}
              isRequired={isTried && !isWritten}
              onText={faces.take}
            />
          </Card>
          <Card title="What happens">
            <div className="grid gap-4">
              <OutcomeForm draft={draft} missing={told} isReadOnly={false} onChange={change} />
              <ScopeForm draft={draft} detections={detections} isReadOnly={false} onChange={change} />
            </div>
          </Card>
          <Card title="Why, and for how long">
            <div className="grid gap-3">
              <Field label="Name" error={told.name}>
                {(ids) => (
                  <Input
                    {...ids}
                    maxLength={200}
                    value={draft.name}
                    onChange={(event) => change({ name: event.target.value })}
                  />
                )}
              </Field>
              <Field
                label="Reason"
                hint="At least 20 characters. The next person will read it."
                error={told.reason}
              >
                {(ids) => (
                  <Textarea
                    {...ids}
                    maxLength={2_000}
                    value={draft.reason}
                    onChange={(event) => change({ reason: event.target.value })}
                  />
                )}
              </Field>
              <div className="grid gap-3 sm:grid-cols-3">
                <DateTimeField
                  label="Expires"
                  iso={draft.expiresAt}
                  onChange={(expiresAt) => change({ expiresAt })}
                />
                <Field label="Ticket">
                  {(ids) => (
                    <Input
                      {...ids}
                      className="py-1"
                      maxLength={300}
                      value={draft.ticket ?? ''}
                      onChange={(event) => change({ ticket: event.target.value || null })}
                    />
                  )}
                </Field>
                <Field label="Owner">
                  {(ids) => (
                    <Select
                      {...ids}
                      className="w-full"
                      value={draft.ownerId ?? ''}
                      onChange={(event) => change({ ownerId: event.target.value || null })}
                    >
                      <option value="">Nobody</option>
                      {people.map(({ id, name }) => (
                        <option key={id} value={id}>
                          {name}
                        </option>
                      ))}
                    </Select>
                  )}
                </Field>
              </div>
              {draft.expiresAt === null && (
                <p className="text-medium">Without an end the rule hides until somebody thinks of it.</p>
              )}
            </div>
          </Card>
        </div>
        <div className="grid gap-3 xl:sticky xl:top-16 xl:max-h-[calc(100dvh-80px)] xl:overflow-y-auto">
          <Consequence
            preview={preview}
            why={error ?? whyNoPreview(isWritten, faces.isForm)}
            outcome={draft.outcome}
            isBusy={isBusy}
            isEdit={rule !== null}
          />
        </div>
      </div>
    </form>
  );
}

function whyNoPreview(isWritten: boolean, isForm: boolean): string {
  if (isWritten) return 'The text has a mistake; mend it to see what the rule would do.';
  return isForm
    ? 'Fill in the conditions to see what the rule would do.'
    : 'Write what the rule covers to see what it would do.';
}

type Faces = {
  readonly isForm: boolean;
  readonly form: FilterForm | null;
  /** Whether the form has conditions that are not filled in and therefore not in the text. */
  readonly isOpen: boolean;
  readonly choose: (isForm: boolean) => void;
  readonly changeForm: (form: FilterForm) => void;
  readonly take: (text: string) => void;
};

/** The two faces. A form that is not filled in yet has no text, so it is kept beside it. */
function useFaces(text: string, ofText: FilterForm | null, onText: (text: string) => void): Faces {
  const [begun, setBegun] = useState<FilterForm | null>(null);
  const [wantsForm, setWantsForm] = useState(text.trim() === '' || ofText !== null);
  const form = begun ?? (text.trim() === '' ? EMPTY_FORM : ofText);
  return {
    isForm: wantsForm && form !== null,
    form,
    isOpen: begun !== null,
    choose: (isForm) => {
      setBegun(null);
      setWantsForm(isForm);
    },
    changeForm: (next) => {
      const isComplete = isFormComplete(next);
      setBegun(isComplete ? null : next);
      if (isComplete) onText(formToText(next));
    },
    take: (next) => {
      setBegun(null);
      onText(next);
    },
  };
}

/** Other detections have other fields. */
function useFieldsOf(
  detectionIds: readonly string[],
  known: readonly string[],
  read: EditorActions['fields'],
  onFields: (fields: readonly FilterField[]) => void,
): void {
  const wanted = detectionIds.join(' ');
  const [have, setHave] = useState(known.join(' '));
  useEffect(() => {
    if (wanted === have) return;
    let isCurrent = true;
    void read({ detectionIds: wanted === '' ? [] : wanted.split(' ') }).then((result) => {
      if (!isCurrent || !result.ok) return;
      setHave(wanted);
      onFields(result.data);
    });
    return () => {
      isCurrent = false;
    };
  }, [wanted, have, read, onFields]);
}

function FaceSwitch({
  isForm,
  canShowForm,
  onChoose,
}: {
  readonly isForm: boolean;
  readonly canShowForm: boolean;
  readonly onChoose: (isForm: boolean) => void;
}) {
  return (
    <fieldset className="flex gap-1">
      <legend className="sr-only">How it is written</legend>
      <Button
        variant={isForm ? 'default' : 'quiet'}
        className="py-0"
        aria-pressed={isForm}
        disabled={!canShowForm}
        onClick={() => onChoose(true)}
      >
        Form
      </Button>
      <Button
        variant={isForm ? 'quiet' : 'default'}
        className="py-0"
        aria-pressed={!isForm}
        onClick={() => onChoose(false)}
      >
        Text
      </Button>
    </fieldset>
  );
}

function Covers({
  faces,
  draft,
  fields,
  check,
  isRequired,
  onText,
}: {
  readonly faces: Faces;
  readonly draft: FilterDraft;
  readonly fields: readonly FilterField[];
  readonly check: ReturnType<typeof checkText>;
  readonly isRequired: boolean;
  readonly onText: (text: string) => void;
}) {
  const id = useId();
  return (
    <div className="grid gap-2.5">
      {faces.isForm && faces.form ? (
        <>
          <ConditionForm form={faces.form} fields={fields} isReadOnly={false} onChange={faces.changeForm} />
          {faces.isOpen && draft.text !== '' && (
            <p className="text-text-3">Not filled in yet; until then the rule stays as it was.</p>
          )}
          {draft.text !== '' && (
            <code className="block break-all rounded bg-raised px-2 py-1.5 font-mono text-[12px] text-text-2">
              {draft.text}
            </code>
          )}
        </>
      ) : (
        <>
          <p id={`${id}-label`} className="text-text-3">
            Body of the detection's filter macro: what it drops is covered.
          </p>
          <SplEditor
            text={draft.text}
            onChange={onText}
            fields={fields}
            problems={check.problems}
            warnings={check.warnings}
            isReadOnly={false}
            labelledBy={`${id}-label`}
            describedBy={`${id}-check`}
          />
          <div className="flex flex-wrap items-center gap-2">
            <Button
              className="py-0"
              disabled={check.formatted === null || check.formatted === draft.text}
              onClick={() => check.formatted !== null && onText(check.formatted)}
            >
              Format
            </Button>
            {check.form === null && check.formReason !== null && (
              <span className="text-text-3">No form for this text: {check.formReason}</span>
            )}
          </div>
        </>
      )}
      {isRequired && (
        <p role="alert" className="text-critical">
          Say what the rule covers.
        </p>
      )}
      <CheckList id={`${id}-check`} problems={check.problems} warnings={check.warnings} onTake={onText} />
    </div>
  );
}
