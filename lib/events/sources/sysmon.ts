import type { EvidenceRecord } from '#lib/evidence/record.ts';
import type { FieldValue } from '../event.ts';
import { splitRegistryPath } from '../registry-path.ts';
import {
  alias,
  byEventId,
  type FieldMapping,
  fileNameOf,
  filledValue,
  type LogSource,
  onlyFor,
} from './source.ts';
import { SYSMON_EVENT_NAMES } from './sysmon-names.ts';
import { NETWORK_CONNECTION, SYSMON_NETWORK, sysmonDest } from './sysmon-network.ts';
import { SYSMON_PROCESS } from './sysmon-process.ts';
import { registryAction, SYSMON_REGISTRY } from './sysmon-registry.ts';
import { WINDOWS_COMMON } from './windows-common.ts';

const CHANNEL = 'microsoft-windows-sysmon/operational';

const FILE_TAGS = ['endpoint', 'filesystem'] as const;
const REGISTRY_TAGS = ['endpoint', 'registry'] as const;
const CHANGE_TAGS = ['change'] as const;

/**
 * The add-on's event types (ms-sysmon-process, -filemod, -regmod, -network, -dns, -wmimod). It puts 5 to 10, 15, 17 and 18
 * into Endpoint.Processes too; here only the creation of a process is one. 15 is no file event there.
 */
const TAGS: ReadonlyMap<number, readonly string[]> = new Map<number, readonly string[]>([
  [1, ['process', 'report']],
  [2, FILE_TAGS],
  [3, ['network', 'communicate']],
  [11, FILE_TAGS],
  [12, REGISTRY_TAGS],
  [13, REGISTRY_TAGS],
  [14, REGISTRY_TAGS],
  [19, CHANGE_TAGS],
  [20, CHANGE_TAGS],
  [21, CHANGE_TAGS],
  [22, ['network', 'resolution', 'dns']],
  [23, FILE_TAGS],
  [26, FILE_TAGS],
]);

const CATEGORIES: ReadonlyMap<number, string> = new Map([
  ...[2, 11, 23, 26].map((id) => [id, 'file'] as const),
  ...[12, 13, 14].map((id) => [id, 'registry'] as const),
  ...[19, 20, 21].map((id) => [id, 'wmi'] as const),
]);

/** Field lists of ESCU's data sources for events 11, 15 and 23. */
const FILES: Readonly<Record<string, FieldMapping>> = {
  file_path: alias('TargetFilename'),
  file_name: (record) => fileNameOf(filledValue(record, 'TargetFilename')),
  file_create_time: (record) => filledValue(record, 'CreationUtcTime'),
  file_modify_time: onlyFor([23, 26], (record) => filledValue(record, 'UtcTime')),
  file_hash: onlyFor([15, 23, 26], (record) => filledValue(record, 'Hashes') ?? filledValue(record, 'Hash')),
};

/** Sysmon, as Splunk_TA_microsoft_sysmon computes it. */
export const sysmon: LogSource = {
  name: 'Sysmon',
  claims: (channel) => channel.toLowerCase() === CHANNEL,
  fields: {
    ...WINDOWS_COMMON,
    tag: byEventId(TAGS),
    vendor_product: () => 'Microsoft Sysmon',
    signature: byEventId(SYSMON_EVENT_NAMES),
    EventDescription: byEventId(SYSMON_EVENT_NAMES),
    RecordID: (record) => record.system.recordId,
    SecurityID: (record) => record.system.userId,
    TimeCreated: (record) => record.system.systemTime,
    EventChannel: (record) => record.system.channel,
    MD5: hashOf('MD5'),
    SHA1: hashOf('SHA1'),
    SHA256: hashOf('SHA256'),
    IMPHASH: hashOf('IMPHASH'),
    object_category: byEventId(CATEGORIES),
    object_path: (record) => filledValue(record, 'TargetObject'),
    ...SYSMON_PROCESS,
    ...SYSMON_NETWORK,
    ...SYSMON_REGISTRY,
    ...FILES,
    dest: sysmonDest,
    user: userOf,
    action: actionOf,
  },
};

/** The User field after the last backslash; older schemas have none. Never System/Security/UserID, the service's own. */
function userOf(record: EvidenceRecord): FieldValue {
  const user = filledValue(record, 'User');
  return user === null ? null : splitRegistryPath(user).last || null;
}

function actionOf(record: EvidenceRecord): FieldValue {
  switch (record.system.eventId) {
    case 1:
    case NETWORK_CONNECTION:
      return 'allowed';
    case 5:
      return 'blocked';
    case 7:
      return 'success';
    case 11:
    case 15:
      // A file that was there before keeps the time of its creation.
      return filledValue(record, 'UtcTime') === filledValue(record, 'CreationUtcTime')
        ? 'created'
        : 'modified';
    case 2:
      return 'modified';
    case 23:
    case 26:
      return 'deleted';
    default:
      return registryAction(record);
  }
}

/** One of `MD5=…,SHA256=…,IMPHASH=…`. */
function hashOf(algorithm: string): FieldMapping {
  const prefix = `${algorithm}=`;
  return (record) => {
    const hashes = filledValue(record, 'Hashes') ?? filledValue(record, 'Hash');
    if (hashes === null) return null;
    const found = hashes.split(',').find((hash) => hash.startsWith(prefix));
    return found === undefined ? null : found.slice(prefix.length) || null;
  };
}
