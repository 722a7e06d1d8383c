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
  | 'get-winevent'
  | 'elastic'
  | 'defender'
  | 'json';

const LABELS: Readonly<Record<RecordForm, string>> = {
  evtx: 'EVTX',
  xml: 'Windows Event XML',
  splunk: 'Splunk export with raw XML',
  evtx_dump: 'evtx_dump JSON',
  winlogbeat: 'Winlogbeat (ECS) JSON',
  nxlog: 'NXLog JSON',
  velociraptor: 'Velociraptor JSON',
  'get-winevent': 'Get-WinEvent JSON',
  elastic: 'Elastic Defend (ECS) JSON',
  defender: 'Microsoft Defender JSON',
  json: 'JSON',
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
