import { notFound } from 'next/navigation';
import { FilterEditor } from '#components/filters/filter-editor.tsx';
import { requirePermission } from '#lib/auth/actor.ts';
import { requireActor } from '#lib/auth/current.ts';
import { listDetections } from '#lib/catalogue/queries.ts';
import { AppError } from '#lib/errors.ts';
import { filterFields, getFilter } from '#lib/filters/queries.ts';
import { filterFieldsAction, previewFilterAction, saveFilterAction } from '../../actions.ts';

type Props = { readonly params: Promise<{ readonly id: string }> };

export const metadata = { title: 'Edit a filter rule' };

export default async function EditFilterPage({ params }: Props) {
  const actor = await requireActor();
  requirePermission(actor, 'write-filters');
  const rule = await getFilter(actor, (await params).id).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not-found') notFound();
    throw error;
  });
  const [latest] = rule.versions;
  if (!latest) notFound();
  const [fields, { items: detections }] = await Promise.all([
    filterFields(actor, { detectionIds: latest.detectionIds }),
    listDetections(actor, {}),
  ]);
  const { name, text, outcome, factor, snoozeUntil, detectionIds, isThisInvestigation } = latest;
  const { hosts, window, ticket, ownerId, expiresAt } = latest;
  const me = { id: actor.id, name: actor.name };
  return (
    <FilterEditor
      heading={`Edit R-${rule.number}`}
      // Every version has a reason of its own.
      initial={{
        name,
        text,
        outcome,
        factor,
        snoozeUntil,
        detectionIds,
        isThisInvestigation,
        hosts,
        window,
        ticket,
        ownerId,
        expiresAt,
        reason: '',
      }}
      rule={{ id: rule.id, number: rule.number, version: latest.number }}
      fields={fields}
      detections={detections.map((one) => ({ id: one.id, name: one.name }))}
      people={latest.owner && latest.owner.id !== me.id ? [me, latest.owner] : [me]}
      proposals={null}
      actions={{ preview: previewFilterAction, fields: filterFieldsAction, save: saveFilterAction }}
    />
  );
}
