/**
 * Fields whose value is, whatever the form of evidence, one contiguous part of the raw text and stored there as text: a
 * literal of it can be sought in raw bytes. Not numbers, SIDs and GUIDs (binary in EVTX), nor computed fields.
 */
const VERBATIM = new Set([
  'ScriptBlockText',
  'Path',
  'Computer',
  'host',
  'dest',
  'dvc',
  'Channel',
  'Name',
  'TargetObject',
  'Details',
  'Image',
  'CommandLine',
  'ParentCommandLine',
  'ParentImage',
  'ObjectName',
  'ObjectValueName',
  'NewProcessName',
  'ProcessName',
  'TaskName',
  'TaskContent',
]);

export function isVerbatim(field: string): boolean {
  return VERBATIM.has(field);
}
