/** Where a Sigma field stands in our events, which have Splunk's Windows names. */
import { mapText, plainText } from './pattern.ts';
import type { Pattern, SigmaLogSource } from './rule.ts';

/** A place that a field's value may stand at. */
export type FieldPlace =
  | { readonly kind: 'field'; readonly name: string; readonly rewrite?: (pattern: Pattern) => Pattern }
  /** Two fields that make one value, with a backslash between them. */
  | {
      readonly kind: 'joined';
      readonly parent: string;
      readonly child: string;
      readonly rewrite?: (pattern: Pattern) => Pattern;
    }
  /** The unnamed Data elements of an event, which have no field: they are sought in its XML. */
  | { readonly kind: 'unnamed' }
  /** The whole event, for keywords. */
  | { readonly kind: 'event' };

const named = (name: string): FieldPlace => ({ kind: 'field', name });

/** System values, which Sigma names by element and attribute. */
const SYSTEM: Readonly<Record<string, string>> = {
  EventID: 'EventCode',
  Provider_Name: 'Name',
  Provider_Guid: 'Guid',
  Execution_ProcessID: 'ProcessID',
  Execution_ThreadID: 'ThreadID',
  Correlation_ActivityID: 'ActivityID',
  Correlation_RelatedActivityID: 'RelatedActivityID',
  Security_UserID: 'UserID',
  TimeCreated_SystemTime: 'SystemTime',
};

/** Names that Security gives to what Sysmon logs too (Sigma's Windows audit pipeline), beside Sysmon's own. */
const AUDITED_PROCESS: Readonly<Record<string, FieldPlace>> = {
  Image: named('NewProcessName'),
  ParentImage: named('ParentProcessName'),
  LogonId: named('SubjectLogonId'),
};
const AUDITED_REGISTRY: Readonly<Record<string, FieldPlace>> = {
  Image: named('ProcessName'),
  Details: { kind: 'field', name: 'NewValue', rewrite: auditedData },
  TargetObject: { kind: 'joined', parent: 'ObjectName', child: 'ObjectValueName', rewrite: auditedPath },
};
const AUDITED: Readonly<Record<string, Readonly<Record<string, FieldPlace>>>> = {
  process_creation: AUDITED_PROCESS,
  registry_event: AUDITED_REGISTRY,
  registry_set: AUDITED_REGISTRY,
  registry_delete: AUDITED_REGISTRY,
};

/** Sysmon's short names of hives, and what the audit calls them. */
const HIVES: readonly (readonly [short: string, full: string])[] = [
  ['HKLM\\', '\\REGISTRY\\MACHINE\\'],
  ['HKU\\', '\\REGISTRY\\USER\\'],
];

function auditedPath(pattern: Pattern): Pattern {
  return mapText(pattern, (text) => {
    const hive = HIVES.find(([short]) => text.toUpperCase().startsWith(short));
    return hive === undefined ? text : hive[1] + text.slice(hive[0].length);
  });
}

/** Sysmon writes `DWORD (0x00000001)`, the audit `1`. */
function auditedData(pattern: Pattern): Pattern {
  const digits = /^DWORD \(0x([0-9a-f]{8})\)$/i.exec(plainText(pattern) ?? '')?.[1];
  return digits === undefined ? pattern : [{ text: String(Number.parseInt(digits, 16)) }];
}

/** All places of a field; the value of an event stands at one of them at most. A null field is the whole event. */
export function placesOf(field: string | null, source: SigmaLogSource): readonly FieldPlace[] {
  if (field === null) return [{ kind: 'event' }];
  const system = Object.hasOwn(SYSTEM, field) ? SYSTEM[field] : undefined;
  if (system !== undefined) return [named(system)];
  if (field === 'Data') return [named('Data'), { kind: 'unnamed' }];
  const isSysmonOnly = source.service === 'sysmon';
  const audited = isSysmonOnly || source.category === null ? undefined : AUDITED[source.category];
  const other = audited !== undefined && Object.hasOwn(audited, field) ? audited[field] : undefined;
  return other === undefined ? [named(field)] : [named(field), other];
}
