import type { SystemValues } from '#lib/evidence/record.ts';
import { NO_SYSTEM_VALUES } from '#lib/evidence/system-values.ts';
import { decodeReferences } from './references.ts';
import type { Attributes } from './tags.ts';

export type MutableSystem = { -readonly [Name in keyof SystemValues]: SystemValues[Name] };

/** Puts what a child of System says into its place; other elements are passed over. */
export function setSystemValue(
  system: MutableSystem,
  name: string,
  text: string,
  attributes: Attributes,
): void {
  const value = text === '' ? null : text;
  switch (name) {
    case 'Provider':
      system.providerName = attribute(attributes, 'Name');
      system.providerGuid = attribute(attributes, 'Guid');
      break;
    case 'EventID':
      system.eventId = /^\d{1,10}$/.test(text.trim()) ? Number(text) : null;
      system.qualifiers = attribute(attributes, 'Qualifiers');
      break;
    case 'Version':
      system.version = value;
      break;
    case 'Level':
      system.level = value;
      break;
    case 'Task':
      system.task = value;
      break;
    case 'Opcode':
      system.opcode = value;
      break;
    case 'Keywords':
      system.keywords = value;
      break;
    case 'TimeCreated':
      system.systemTime = attribute(attributes, 'SystemTime');
      break;
    case 'EventRecordID':
      system.recordId = value;
      break;
    case 'Correlation':
      system.activityId = attribute(attributes, 'ActivityID');
      system.relatedActivityId = attribute(attributes, 'RelatedActivityID');
      break;
    case 'Execution':
      system.processId = attribute(attributes, 'ProcessID');
      system.threadId = attribute(attributes, 'ThreadID');
      break;
    case 'Channel':
      system.channel = value;
      break;
    case 'Computer':
      system.computer = value;
      break;
    case 'Security':
      system.userId = attribute(attributes, 'UserID');
      break;
  }
}

export function emptySystem(): MutableSystem {
  return { ...NO_SYSTEM_VALUES };
}

function attribute(attributes: Attributes, wanted: string): string | null {
  for (const [name, value] of attributes) {
    if (name === wanted) return value === '' ? null : decodeReferences(value);
  }
  return null;
}
