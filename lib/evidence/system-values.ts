import type { SystemValues } from './record.ts';

/** The System values of a record that has none; what a reader or a made record begins with. */
export const NO_SYSTEM_VALUES: SystemValues = Object.freeze({
  providerName: null,
  providerGuid: null,
  eventId: null,
  qualifiers: null,
  version: null,
  level: null,
  task: null,
  opcode: null,
  keywords: null,
  systemTime: null,
  recordId: null,
  activityId: null,
  relatedActivityId: null,
  processId: null,
  threadId: null,
  channel: null,
  computer: null,
  userId: null,
});
