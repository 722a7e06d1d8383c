import { z } from 'zod';
import { daysFromNow } from '#components/filters/draft.ts';
import { FilterEditor } from '#components/filters/filter-editor.tsx';
import { counted } from '#components/findings/words.ts';
import { requirePermission } from '#lib/auth/actor.ts';
import { requireActor } from '#lib/auth/current.ts';
import { listDetections } from '#lib/catalogue/queries.ts';
import { DEFAULT_EXPIRY_DAYS } from '#lib/filters/limits.ts';
import { filterFields, proposeFilters } from '#lib/filters/queries.ts';
import type { FilterDraft } from '#lib/filters/types.ts';
import { getFinding } from '#lib/findings/queries.ts';
import { filterFieldsAction, previewFilterAction, saveFilterAction } from '../actions.ts';

export const metadata = { title: 'New filter rule' };

/** Findings that a rule begins from; more make no better proposal. */
const CHOSEN_MAX = 200;
const begun = z.object({
  findings: z
    .string()
    .regex(/^\d+(,\d+)*$/)
    .transform((text) => [...new Set(text.split(','))].slice(0, CHOSEN_MAX))
    .optional(),
  detection: z.string().max(300).optional(),
});

type Props = { readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>> };

export default async function NewFilterPage({ searchParams }: Props) {
  const actor = await requireActor();
  requirePermission(actor, 'write-filters');
  const parsed = begun.safeParse(await searchParams);
  const { findings: numbers = [], detection } = parsed.success ? parsed.data : {};
  const findings = await Promise.all(numbers.map((number) => getFinding(actor, number)));
  const detectionIds = [
    ...new Set([...findings.map((finding) => finding.detectionId), ...(detection ? [detection] : [])]),
  ];
  const [fields, { items: detections }, proposals] = await Promise.all([
    filterFields(actor, { detectionIds }),
    listDetections(actor, {}),
    findings.length === 0 ? null : proposeFilters(actor, { findingIds: findings.map(({ id }) => id) }),
  ]);
  const [best] = proposals ?? [];
  const [first] = findings;
  const initial: FilterDraft = {
    name: findings.length === 1 && first ? first.sentence.slice(0, 200) : '',
    text: best?.text ?? '',
    outcome: 'hide',
    factor: null,
    snoozeUntil: null,
    detectionIds,
    isThisInvestigation: true,
    hosts: [],
    window: null,
    reason: '',
    ticket: null,
    ownerId: actor.via === 'session' ? actor.id : null,
    expiresAt: daysFromNow(DEFAULT_EXPIRY_DAYS, Date.now()),
  };
  const heading =
    findings.length === 1 && first
      ? `Filter rule from F-${first.number}`
      : findings.length > 0
        ? `Filter rule from ${counted(findings.length, 'finding')}`
        : 'New filter rule';
  return (
    <FilterEditor
      heading={heading}
      initial={initial}
      rule={null}
      fields={fields}
      detections={detections.map(({ id, name }) => ({ id, name }))}
      people={first?.people ?? [{ id: actor.id, name: actor.name }]}
      proposals={proposals}
      actions={{ preview: previewFilterAction, fields: filterFieldsAction, save: saveFilterAction }}
    />
  );
}
