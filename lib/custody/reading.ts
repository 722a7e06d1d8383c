import { currentKnowledge } from '#lib/catalogue/current.ts';
import type { Prisma } from '#lib/db/generated/client.ts';
import { jsonFromPostgres, jsonToPostgres } from '#lib/db/postgres-text.ts';
import type { DetectionRule } from '#lib/detection/rule.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
import type { ColumnMapping } from '#lib/evidence/mapping/mapping.ts';
import { isTelling, proposeMapping } from '#lib/evidence/mapping/propose.ts';
import { firstRecords, surveyColumns } from '#lib/evidence/mapping/survey.ts';
import { readEvidence } from '#lib/evidence/read.ts';
import type { ByteSource, EvidenceRecord, ReadOptions } from '#lib/evidence/record.ts';
import { type MappingChoice, mappingChoice } from './inputs.ts';
import { type Lease, LeaseLost } from './write-batch.ts';

/** So many records at the beginning tell whether detections have something to look at. */
const LOOKED_AT = 1_000;
/** Of so many kinds of them one is asked about: there may be a thousand detections. */
const KINDS_MAX = 100;

type Row = { readonly timeZone: string | null; readonly mapping: Prisma.JsonValue };

/** What the reader of an evidence is told; it must be the same whenever the evidence is read. */
export function readingOf(row: Row): Pick<ReadOptions, 'timeZone' | 'mapping'> {
  const mapping = choiceOf(row.mapping);
  return {
    timeZone: row.timeZone ?? undefined,
    mapping: mapping === 'as-is' ? undefined : (mapping ?? undefined),
  };
}

/** A mapping as the database has it; null when nobody has said. */
export function choiceOf(stored: Prisma.JsonValue): MappingChoice | null {
  return stored === null ? null : mappingChoice.parse(jsonFromPostgres(stored));
}

export function toStored(mapping: MappingChoice): Prisma.InputJsonValue {
  return jsonToPostgres(mapping) as Prisma.InputJsonValue;
}

/**
 * How an evidence is read from its beginning: with the mapping that is remembered for its header, else as it is. Null:
 * an analyst is asked, because no detection could judge the columns as they are, and they tell something.
 * Throws EvidenceRefused.
 */
export async function chooseReading(
  tx: Prisma.TransactionClient,
  lease: Lease & Row & { readonly nextOffset: number },
  source: ByteSource,
): Promise<Pick<ReadOptions, 'timeZone' | 'mapping'> | null> {
  const isChosen = lease.mapping !== null || lease.nextOffset > 0;
  const survey = isChosen ? null : await surveyColumns(source);
  if (!survey) return readingOf(lease);
  const { headerKey, columns } = survey;
  const remembered = await tx.rememberedMapping.findUnique({ where: { headerKey } });
  const mapping = remembered ? choiceOf(remembered.mapping) : null;
  const timeZone = lease.timeZone ?? zoneOf(mapping);
  const { count } = await tx.evidence.updateMany({
    where: { id: lease.evidenceId, epoch: lease.epoch },
    data: { headerKey, timeZone, ...(mapping === null ? {} : { mapping: toStored(mapping) }) },
  });
  if (count !== 1) throw new LeaseLost('the evidence is read by another worker or was deleted');
  if (mapping !== null) return readingOf({ timeZone, mapping: toStored(mapping) as Prisma.JsonValue });
  if (!isTelling(proposeMapping(columns))) return readingOf(lease);
  const { blocks } = await readEvidence(source, readingOf(lease));
  const records = await firstRecords(blocks, LOOKED_AT);
  const { rules } = await currentKnowledge();
  return rulesThatJudge(rules, records).length > 0 ? readingOf(lease) : null;
}

/** The zone that a mapping gives to times that name none. */
export function zoneOf(mapping: MappingChoice | null): string | null {
  return (mapping as Partial<ColumnMapping> | null)?.time?.zone ?? null;
}

/** The detections that would have something to look at. */
export function rulesThatJudge(
  rules: readonly DetectionRule[],
  records: readonly EvidenceRecord[],
): readonly DetectionRule[] {
  const kinds = new Map<string, EvidenceRecord>();
  for (const [index, record] of records.entries()) {
    const { channel, providerName, eventId } = record.system;
    // What columns are under their own names is told by their values alone.
    const kind = record.form === 'json' ? [index] : [channel, providerName, eventId];
    if (kinds.size < KINDS_MAX) kinds.set(JSON.stringify(kind), record);
  }
  const events = [...kinds.values()].map(eventFromRecord);
  return rules.filter((rule) => events.some((event) => rule.relevant.select(event)));
}
