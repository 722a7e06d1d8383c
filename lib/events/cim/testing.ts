import type { EvidenceRecord } from '#lib/evidence/record.ts';
import type { DataModelObject } from '#lib/spl/types.ts';
import type { FieldValue } from '../event.ts';
import { eventFromRecord } from '../windows.ts';
import { DATA_MODELS } from './index.ts';

/** A data model object that must be there. */
export function modelNamed(name: string): DataModelObject {
  const model = DATA_MODELS.get(name);
  if (model === undefined) throw new Error(`no data model object ${name}`);
  return model;
}

/** Names of the objects that a record is in, each once. */
export function modelsOf(record: EvidenceRecord): readonly string[] {
  const event = eventFromRecord(record);
  return [...new Set(DATA_MODELS.values())].filter((model) => model.has(event)).map(({ name }) => name);
}

/** The fields that the object has of a record, but for tags and datasets. */
export function presentFields(name: string, record: EvidenceRecord): Readonly<Record<string, FieldValue>> {
  const model = modelNamed(name);
  const event = eventFromRecord(record);
  return Object.fromEntries(
    model.fields
      .filter((field) => field !== 'tag' && field !== 'nodename')
      .map((field) => [field, model.get(event, field)] as const)
      .filter(([, value]) => value !== null),
  );
}
