import type { RecordForm } from '#lib/evidence/forms.ts';
import type { DataItem, EvidenceRecord, SystemValues } from '#lib/evidence/record.ts';

/** A record as plain JSON, complete enough that searches give the same over it as over the evidence. */
export type StoredRecord = {
  readonly form: RecordForm;
  readonly timeTicks: string | null;
  readonly system: SystemValues;
  readonly data: readonly DataItem[];
  readonly userDataXml: string | null;
};

export function toStored(record: EvidenceRecord): StoredRecord {
  return {
    form: record.form,
    timeTicks: record.timeTicks?.toString() ?? null,
    // A reader's values may be getters, computed when asked for; these are plain.
    system: plainSystem(record.system),
    data: record.data,
    userDataXml: record.userDataXml,
  };
}

/** The place is not kept here: an event may have many, see its sightings. */
export function fromStored(stored: StoredRecord): EvidenceRecord {
  return {
    form: stored.form,
    place: { offset: 0 },
    timeTicks: stored.timeTicks === null ? null : BigInt(stored.timeTicks),
    system: stored.system,
    data: stored.data,
    userDataXml: stored.userDataXml,
  };
}

function plainSystem(system: SystemValues): SystemValues {
  return {
    providerName: system.providerName,
    providerGuid: system.providerGuid,
    eventId: system.eventId,
    qualifiers: system.qualifiers,
    version: system.version,
    level: system.level,
    task: system.task,
    opcode: system.opcode,
    keywords: system.keywords,
    systemTime: system.systemTime,
    recordId: system.recordId,
    activityId: system.activityId,
    relatedActivityId: system.relatedActivityId,
    processId: system.processId,
    threadId: system.threadId,
    channel: system.channel,
    computer: system.computer,
    userId: system.userId,
  };
}
