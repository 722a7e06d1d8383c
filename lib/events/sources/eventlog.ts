import { filledValue, type LogSource } from './source.ts';
import { WINDOWS_COMMON } from './windows-common.ts';

const PROVIDER = 'microsoft-windows-eventlog';
const LOG_CLEARED = 104;

/**
 * The event log service's own events in System. Event 104 names the cleared log in a UserData value called Channel, which
 * the record's own Channel hides: here it is `object`, as CIM's Change model has it.
 */
export const eventlog: LogSource = {
  name: 'Event log',
  claims: (channel, provider) => channel.toLowerCase() === 'system' && provider.toLowerCase() === PROVIDER,
  fields: {
    ...WINDOWS_COMMON,
    object: (record) => (record.system.eventId === LOG_CLEARED ? filledValue(record, 'Channel') : null),
    user: (record) => filledValue(record, 'SubjectUserName'),
  },
};
