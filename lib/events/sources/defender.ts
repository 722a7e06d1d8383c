import { DEFENDER_PROVIDER } from '#lib/evidence/json/shapes/defender.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import type { FieldValue } from '../event.ts';
import { splitRegistryPath } from '../registry-path.ts';
import {
  EQUIVALENT_FIELDS,
  firstOf,
  hiveOf,
  isScriptBlock,
  sourceOr,
  sourcetypeOr,
  when,
} from './foreign.ts';
import { alias, type FieldMapping, fileNameOf, filledValue, type LogSource } from './source.ts';

const PROCESS_CREATED = 1;

const ACTIONS: ReadonlyMap<string, string> = new Map([
  ['RegistryValueSet', 'modified'],
  ['RegistryKeyRenamed', 'modified'],
  ['RegistryKeyCreated', 'created'],
  ['RegistryKeyDeleted', 'deleted'],
  ['RegistryValueDeleted', 'deleted'],
  ['ProcessCreated', 'allowed'],
  ['FileCreated', 'created'],
  ['FileModified', 'modified'],
  ['FileRenamed', 'modified'],
  ['FileDeleted', 'deleted'],
]);
/** Defender's names of value types. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['none', 'REG_NONE'],
  ['string', 'REG_SZ'],
  ['expandstring', 'REG_EXPAND_SZ'],
  ['multistring', 'REG_MULTI_SZ'],
  ['binary', 'REG_BINARY'],
  ['dword', 'REG_DWORD'],
  ['qword', 'REG_QWORD'],
]);

/** Microsoft Defender's advanced hunting tables, under CIM's names and those of the Windows event that tells the same. */
export const defender: LogSource = {
  name: 'Microsoft Defender',
  claims: (_channel, provider) => provider === DEFENDER_PROVIDER,
  isForeign: true,
  fields: {
    ...EQUIVALENT_FIELDS,
    source: sourceOr((record) => record.system.channel),
    sourcetype: sourcetypeOr('ms:defender:advancedhunting'),
    vendor_product: () => 'Microsoft Defender for Endpoint',
    user: processOr(alias('AccountName'), alias('InitiatingProcessAccountName')),
    action: (record) => ACTIONS.get(filledValue(record, 'ActionType') ?? '') ?? null,
    status: (record) => (filledValue(record, 'RegistryKey') === null ? null : 'success'),
    registry_path: registryPath,
    registry_hive: (record) => {
      const path = filledValue(record, 'RegistryKey');
      return path === null ? null : hiveOf(path);
    },
    registry_key_name: (record) => {
      const key = filledValue(record, 'RegistryKey');
      return key === null ? null : splitRegistryPath(key).last || null;
    },
    registry_value_name: alias('RegistryValueName'),
    registry_value_data: alias('RegistryValueData'),
    registry_value_type: (record) => {
      const type = filledValue(record, 'RegistryValueType');
      return type === null ? null : (TYPES.get(type.toLowerCase()) ?? type);
    },
    TargetObject: registryPath,
    Details: alias('RegistryValueData'),
    process_id: processOr(alias('ProcessId'), alias('InitiatingProcessId')),
    process_name: processOr(alias('FileName'), alias('InitiatingProcessFileName')),
    process_exec: processOr(alias('FileName'), alias('InitiatingProcessFileName')),
    process_path: processOr(alias('FolderPath'), alias('InitiatingProcessFolderPath')),
    process: processOr(alias('ProcessCommandLine'), alias('InitiatingProcessCommandLine')),
    process_integrity_level: processOr(
      alias('ProcessIntegrityLevel'),
      alias('InitiatingProcessIntegrityLevel'),
    ),
    process_hash: processOr(
      firstOf('SHA256', 'SHA1', 'MD5'),
      firstOf('InitiatingProcessSHA256', 'InitiatingProcessSHA1'),
    ),
    original_file_name: processOr(
      alias('ProcessVersionInfoOriginalFileName'),
      alias('InitiatingProcessVersionInfoOriginalFileName'),
    ),
    parent_process_id: processOr(alias('InitiatingProcessId'), alias('InitiatingProcessParentId')),
    parent_process_name: processOr(
      alias('InitiatingProcessFileName'),
      alias('InitiatingProcessParentFileName'),
    ),
    parent_process_exec: processOr(
      alias('InitiatingProcessFileName'),
      alias('InitiatingProcessParentFileName'),
    ),
    parent_process_path: processOr(alias('InitiatingProcessFolderPath'), none),
    parent_process: processOr(alias('InitiatingProcessCommandLine'), none),
    Image: processOr(alias('FolderPath'), alias('InitiatingProcessFolderPath')),
    CommandLine: processOr(alias('ProcessCommandLine'), alias('InitiatingProcessCommandLine')),
    ParentImage: processOr(alias('InitiatingProcessFolderPath'), none),
    ParentCommandLine: processOr(alias('InitiatingProcessCommandLine'), none),
    file_path: fileOnly(alias('FolderPath')),
    file_name: fileOnly(
      (record) => filledValue(record, 'FileName') ?? fileNameOf(filledValue(record, 'FolderPath')),
    ),
    file_hash: fileOnly(firstOf('SHA256', 'SHA1', 'MD5')),
    TargetFilename: fileOnly(alias('FolderPath')),
    ScriptBlockText: when(isScriptBlock, firstOf('AdditionalFields.Command', 'AdditionalFields')),
  },
};

/** What an event tells of the process that it made, or of the one that did it. */
function processOr(created: FieldMapping, initiating: FieldMapping): FieldMapping {
  return (record) => (record.system.eventId === PROCESS_CREATED ? created(record) : initiating(record));
}

function none(): null {
  return null;
}

function fileOnly(mapping: FieldMapping): FieldMapping {
  return when(({ system }) => system.eventId === 11 || system.eventId === 23, mapping);
}

/** With the value's name, as Sysmon has it. */
function registryPath(record: EvidenceRecord): FieldValue {
  const key = filledValue(record, 'RegistryKey');
  const value = filledValue(record, 'RegistryValueName');
  return key === null || value === null ? key : `${key}\\${value}`;
}
