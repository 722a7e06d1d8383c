import type { EvidenceRecord } from '#lib/evidence/record.ts';
import type { FieldValue } from '../event.ts';
import { filledValue, type LogSource } from './source.ts';
import { WINDOWS_COMMON } from './windows-common.ts';

const PROVIDER = 'service control manager';
const STATE_CHANGED = 7036;
const START_TYPE_CHANGED = 7040;
const INSTALLED = 7045;
const TAGS = ['service', 'report'] as const;

/**
 * The service control manager's events in System: the fields that ESCU's data sources list for 7036, 7040 and 7045. The
 * first two have unnamed-like values: param1 the service (7040 also param4, its short name), param2 what it was or became,
 * param3 the new start type.
 */
export const services: LogSource = {
  name: 'Services',
  claims: (channel, provider) => channel.toLowerCase() === 'system' && provider.toLowerCase() === PROVIDER,
  fields: {
    ...WINDOWS_COMMON,
    tag: (record) => (isOfService(record) ? TAGS : null),
    ServiceName: serviceOf,
    service: serviceOf,
    service_name: serviceOf,
    service_path: (record) => filledValue(record, 'ImagePath'),
    start_mode: (record) =>
      filledValue(record, record.system.eventId === START_TYPE_CHANGED ? 'param3' : 'StartType'),
    status: (record) => (record.system.eventId === STATE_CHANGED ? filledValue(record, 'param2') : null),
    Error_Code: () => '-',
  },
};

function isOfService(record: EvidenceRecord): boolean {
  const id = record.system.eventId;
  return id === STATE_CHANGED || id === START_TYPE_CHANGED || id === INSTALLED;
}

function serviceOf(record: EvidenceRecord): FieldValue {
  const name = filledValue(record, 'ServiceName');
  return name === null && isOfService(record) ? filledValue(record, 'param1') : name;
}
