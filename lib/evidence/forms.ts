/**
 * How the values of a record were written: by which tool, not in which file. Searches see every Windows event under the
 * names of its XML, whatever the form was; a finding says when that is our doing.
 */
export type RecordForm =
  | 'evtx'
  | 'xml'
  | 'splunk'
  | 'evtx_dump'
  | 'winlogbeat'
  | 'nxlog'
  | 'velociraptor'
  | 'splunk-text'
  | 'get-winevent'
  | 'get-winevent-csv'
  | 'get-winevent-clixml'
  | 'log-analytics'
  | 'elastic'
  | 'defender'
  | 'defender-csv'
  | 'json'
  | 'mapped'
  | ArtefactForm;

/** What is found on a disk and is no entry of a log: it says what is, not what happened. */
export type ArtefactForm = 'hive' | 'reg' | 'job' | 'task-xml';

const LABELS: Readonly<Record<RecordForm, string>> = {
  evtx: 'EVTX',
  xml: 'Windows Event XML',
  splunk: 'Splunk export with raw XML',
  evtx_dump: 'evtx_dump JSON',
  winlogbeat: 'Winlogbeat (ECS) JSON',
  nxlog: 'NXLog JSON',
  velociraptor: 'Velociraptor JSON',
  'splunk-text': 'Splunk WinEventLog text',
  'get-winevent': 'Get-WinEvent JSON',
  'get-winevent-csv': 'Get-WinEvent CSV',
  'get-winevent-clixml': 'Get-WinEvent CLIXML',
  'log-analytics': 'Log Analytics (Microsoft Sentinel) JSON',
  elastic: 'Elastic Defend (ECS) JSON',
  defender: 'Microsoft Defender JSON',
  'defender-csv': 'Microsoft Defender CSV',
  json: 'JSON',
  mapped: 'columns mapped by an analyst',
  hive: 'registry hive',
  reg: 'registry export',
  job: 'job file',
  'task-xml': 'task file',
};

/** Forms whose fields Splunk's add-ons would name as we do, or that keep their own names. */
const AS_IN_SPLUNK: ReadonlySet<RecordForm> = new Set(['evtx', 'xml', 'splunk', 'json']);

/** What people call the form. */
export function formLabel(form: RecordForm): string {
  return LABELS[form];
}

/** Whether we gave the record's fields names that the same data has not in Splunk: published searches would miss it there. */
export function isMappedForm(form: RecordForm): boolean {
  return !AS_IN_SPLUNK.has(form);
}
