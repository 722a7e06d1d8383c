import { type Actor, requirePermission } from '#lib/auth/actor.ts';
import { currentKnowledge } from '#lib/catalogue/current.ts';
import { env } from '#lib/env.ts';
import { AppError } from '#lib/errors.ts';
import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import { eventFromRecord } from '#lib/events/windows.ts';
import { proposeMapping } from '#lib/evidence/mapping/propose.ts';
import { firstRecords } from '#lib/evidence/mapping/survey.ts';
import { EvidenceRefused, readEvidence } from '#lib/evidence/read.ts';
import type { EvidenceRecord, ReadOptions } from '#lib/evidence/record.ts';
import { classify } from '#lib/timeline/kinds.ts';
import { openStored } from './arriving.ts';
import { assertWhole, surveyStored } from './change.ts';
import type { PreviewInput } from './inputs.ts';
import { type EvidenceRow, findEvidence } from './queries.ts';
import { readingOf, rulesThatJudge } from './reading.ts';
import { EvidenceStore } from './store.ts';
import type { EvidenceColumns, ReadingPreview } from './types.ts';

const RECORDS = 1_000;
const EVENTS_SHOWN = 8;
const SAMPLES_SHOWN = 3;
const TEXT_SHOWN = 300;
/** What tells an event best, for one that the timeline has no words for. */
const TELLING = ['ScriptBlockText', 'registry_path', 'TargetObject', 'CommandLine', 'Image', 'Message'];

/** The columns of an evidence that no known form claims, and what they are likely to be. Throws AppError. */
export async function getColumns(actor: Actor, id: string): Promise<EvidenceColumns> {
  requirePermission(actor, 'read');
  const row = await findEvidence(id);
  assertWhole(row);
  const survey = await orConflict(surveyStored(row));
  if (!survey)
    throw new AppError('conflict', 'Jobsight knows what this file is: its columns cannot be mapped.');
  return {
    columns: survey.columns.map(({ name, samples }) => ({
      name,
      samples: samples.slice(0, SAMPLES_SHOWN).map((text) => text.slice(0, TEXT_SHOWN)),
    })),
    proposal: proposeMapping(survey.columns),
  };
}

/** The first events as they would be read from where the evidence stands. Nothing is kept. Throws AppError. */
export async function previewReading(
  actor: Actor,
  id: string,
  { timeZone, mapping }: PreviewInput,
): Promise<ReadingPreview> {
  requirePermission(actor, 'read');
  const row = await findEvidence(id);
  assertWhole(row);
  const kept = readingOf(row);
  const reading = {
    timeZone:
      timeZone ?? kept.timeZone ?? (mapping === 'as-is' ? undefined : (mapping?.time?.zone ?? undefined)),
    mapping: mapping === undefined ? kept.mapping : mapping === 'as-is' ? undefined : mapping,
  };
  const place =
    row.status === 'asking' ? { startOffset: Number(row.nextOffset), startIndex: row.nextBlock } : {};
  const records = await orConflict(recordsOf(row, { ...reading, ...place }));
  const local = records.filter(({ localTime }) => localTime);
  const shown = mapping === undefined && local.length > 0 ? local : records;
  const { rules } = await currentKnowledge();
  return {
    events: shown.slice(0, EVENTS_SHOWN).map(previewEvent),
    recordCount: records.length,
    localCount: local.length,
    untimedCount: records.filter(({ timeTicks }) => timeTicks === null).length,
    detections: rulesThatJudge(rules, records).map(({ name }) => name),
    detectionTotal: rules.length,
  };
}

async function recordsOf(row: EvidenceRow, options: ReadOptions): Promise<readonly EvidenceRecord[]> {
  const stored = { ...row, sizeBytes: Number(row.sizeBytes) };
  const source = await openStored(new EvidenceStore(env().JOBSIGHT_DATA), stored);
  try {
    const { blocks } = await readEvidence(source, options);
    return await firstRecords(blocks, RECORDS);
  } finally {
    await source.close();
  }
}

async function orConflict<T>(reading: Promise<T>): Promise<T> {
  return reading.catch((error: unknown) => {
    throw error instanceof EvidenceRefused ? new AppError('conflict', error.message) : error;
  });
}

function previewEvent(record: EvidenceRecord): ReadingPreview['events'][number] {
  const { system, timeTicks, localTime } = record;
  const event = eventFromRecord(record);
  return {
    given: localTime ?? system.systemTime,
    ticks: timeTicks?.toString() ?? null,
    host: system.computer,
    channel: system.channel,
    eventCode: system.eventId,
    user: textOf(event.get('user')) ?? system.userId,
    summary: summaryOf(event).slice(0, TEXT_SHOWN),
  };
}

function summaryOf(event: SearchableEvent): string {
  const words = classify(event)?.summarize(event);
  if (words) return words;
  for (const name of TELLING) {
    const text = textOf(event.get(name));
    if (text !== null) return text;
  }
  return '';
}

function textOf(value: FieldValue): string | null {
  const first = Array.isArray(value) ? value[0] : value;
  return first === null || first === undefined ? null : String(first);
}
