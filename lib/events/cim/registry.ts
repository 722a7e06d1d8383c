import type { DataModelObject } from '#lib/spl/types.ts';
import type { FieldValue, SearchableEvent } from '../event.ts';

/** Fields of CIM 5.0 Endpoint.Registry that its searches use. */
const FIELDS = [
  'action',
  'dest',
  'process_guid',
  'process_id',
  'registry_hive',
  'registry_key_name',
  'registry_path',
  'registry_value_data',
  'registry_value_name',
  'registry_value_text',
  'registry_value_type',
  'status',
  'user',
  'vendor_product',
] as const;

/** Calculated in the model: `if(isnull(x) OR x="", "unknown", x)`. The others stay null. */
const DEFAULTED = new Set<string>([
  'action',
  'dest',
  'registry_path',
  'registry_key_name',
  'registry_value_data',
  'registry_value_name',
  'registry_value_type',
  'user',
  'vendor_product',
]);

/** Parts of TargetObject (Sysmon) or of ObjectName and ObjectValueName (Security), as they stand in the raw text. */
const VERBATIM = new Set<string>(['registry_path', 'registry_value_name', 'registry_key_name']);

const SYSMON_SOURCE = 'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational'.toLowerCase();
const SECURITY_SOURCE = 'XmlWinEventLog:Security'.toLowerCase();
const SYSMON_EVENTS = new Set(['12', '13', '14']);
const SECURITY_EVENTS = new Set(['4657']);

/** `Endpoint.Registry`: events tagged endpoint and registry, which the add-ons give to Sysmon 12 to 14 and Security 4657. */
export const registry: DataModelObject = {
  name: 'Endpoint.Registry',
  prefix: 'Registry',
  fields: FIELDS,
  has(event: SearchableEvent): boolean {
    const code = event.get('EventCode');
    if (typeof code !== 'string') return false;
    if (SYSMON_EVENTS.has(code)) return isSource(event, SYSMON_SOURCE);
    return SECURITY_EVENTS.has(code) && isSource(event, SECURITY_SOURCE);
  },
  get(event: SearchableEvent, field: string): FieldValue {
    const value = event.get(field);
    return (value === null || value === '') && DEFAULTED.has(field) ? 'unknown' : value;
  },
  isVerbatim: (field) => VERBATIM.has(field),
};

function isSource(event: SearchableEvent, source: string): boolean {
  const value = event.get('source');
  return typeof value === 'string' && value.toLowerCase() === source;
}
