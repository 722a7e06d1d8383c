import type { EvidenceRecord } from '#lib/evidence/record.ts';
import { escapeXml } from '#lib/evidence/render.ts';
import { alias, type FieldMapping } from './source.ts';

const recordNumber: FieldMapping = (record) => record.system.recordId;

/**
 * What Splunk_TA_windows gives every XmlWinEventLog event beside its own values (props.conf [XmlWinEventLog] of 8.1.2:
 * FIELDALIAS-dvc, -event_id, -id, -service, -service_id, REPORT-0xml_block_extract). Sources spread this before their own.
 */
export const WINDOWS_COMMON: Readonly<Record<string, FieldMapping>> = {
  dest: (record) => record.system.computer,
  // An EventData value of this name must not put an event into a data model.
  tag: () => null,
  vendor: () => 'Microsoft',
  product: () => 'Windows',
  vendor_product: () => 'Microsoft Windows',
  dvc_nt_host: (record) => record.system.computer,
  event_id: recordNumber,
  id: recordNumber,
  service: alias('ServiceName'),
  service_name: alias('ServiceName'),
  service_id: alias('ServiceSid'),
  EventData_Xml: eventDataXml,
  UserData_Xml: (record) => record.userDataXml,
};

/** The inside of EventData as XML text, for searches that take it apart themselves. */
function eventDataXml(record: EvidenceRecord): string | null {
  if (record.userDataXml !== null || record.data.length === 0) return null;
  return record.data
    .map(([name, value]) =>
      name === ''
        ? `<Data>${escapeXml(value)}</Data>`
        : `<Data Name='${escapeXml(name)}'>${escapeXml(value)}</Data>`,
    )
    .join('');
}
