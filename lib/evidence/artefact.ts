import type { ArtefactForm } from './forms.ts';
import type { Block, DataItem, EvidenceRecord, Problem, ProblemCode } from './record.ts';
import { NO_SYSTEM_VALUES } from './system-values.ts';
import { formatIsoTime } from './time.ts';
import { Census } from './xml/census.ts';

/** Marks artefacts among records, in place of the provider of an event. */
export const ARTEFACT_PROVIDER = 'Disk artefact';

/** Stands where events have the log that they were read from. */
const ARTEFACT_CHANNELS: Readonly<Record<ArtefactForm, string>> = {
  hive: 'Registry hive',
  reg: 'Registry export',
  job: 'Job file',
  'task-xml': 'Task file',
};

/** No event of Windows has this id, so that no search for one takes an artefact for it. */
const ARTEFACT_EVENT_ID = 0;

/** The time is null when the artefact does not tell one. */
export function artefactRecord(
  form: ArtefactForm,
  offset: number,
  timeTicks: bigint | null,
  data: readonly DataItem[],
  localTime: string | null = null,
): EvidenceRecord {
  return {
    form,
    place: { offset },
    timeTicks,
    system: {
      ...NO_SYSTEM_VALUES,
      providerName: ARTEFACT_PROVIDER,
      eventId: ARTEFACT_EVENT_ID,
      systemTime: timeTicks === null ? null : formatIsoTime(timeTicks),
      channel: ARTEFACT_CHANNELS[form],
    },
    data,
    userDataXml: null,
    localTime,
  };
}

/** A block that is always parsed, whatever was searched for. */
export function artefactBlock(
  extent: { readonly index: number; readonly offset: number; readonly end: number },
  records: readonly EvidenceRecord[],
  problems: readonly Problem[],
): Block {
  return {
    index: extent.index,
    offset: extent.offset,
    lengthBytes: extent.end - extent.offset,
    records,
    recordCount: records.length,
    isParsed: true,
    problems,
    census: () => {
      const census = new Census();
      for (const record of records) census.add(record.system, record.timeTicks);
      return census.rows();
    },
  };
}

/** Something to know about an artefact that takes nothing away from it. */
export function note(offset: number, code: ProblemCode, message: string): Problem {
  return { place: { offset }, skippedBytes: 0, code, message, isLoss: false };
}

export function localTimeNote(zoneName: string): Problem {
  return note(0, 'time-zone', `The time of a task is the local time of its host; it is read as ${zoneName}.`);
}

/** A part of an artefact that could not be read. */
export function loss(offset: number, code: ProblemCode, message: string): Problem {
  return { place: { offset }, skippedBytes: 0, code, message, isLoss: true };
}
