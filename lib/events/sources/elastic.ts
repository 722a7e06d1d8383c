import { ELASTIC_CHANNEL } from '#lib/evidence/json/shapes/elastic.ts';
import type { EvidenceRecord } from '#lib/evidence/record.ts';
import type { FieldValue } from '../event.ts';
import { splitRegistryPath } from '../registry-path.ts';
import {
  allValues,
  EQUIVALENT_FIELDS,
  firstOf,
  hiveOf,
  isScriptBlock,
  sourceOr,
  sourcetypeOr,
  when,
} from './foreign.ts';
import { alias, type FieldMapping, fileNameOf, filledValue, type LogSource } from './source.ts';

/** Words of event.action and event.type for what CIM calls by one word, the stronger ones first. */
const ACTIONS: readonly (readonly [word: string, action: string])[] = [
  ['deletion', 'deleted'],
  ['creation', 'created'],
  ['modification', 'modified'],
  ['change', 'modified'],
  ['rename', 'modified'],
  ['overwrite', 'modified'],
  ['query', 'read'],
  ['open', 'read'],
  ['access', 'read'],
];

/**
 * Elastic Defend and other events in Elastic's common schema that are no Windows log records, under CIM's names and those of
 * the Sysmon or PowerShell event that tells the same.
 */
export const elastic: LogSource = {
  name: 'Elastic Defend',
  claims: (channel) => channel === ELASTIC_CHANNEL,
  isForeign: true,
  fields: {
    ...EQUIVALENT_FIELDS,
    source: sourceOr(firstOf('data_stream.dataset', 'event.dataset')),
    sourcetype: sourcetypeOr('elastic'),
    vendor_product: () => 'Elastic Defend',
    user: firstOf('user.name'),
    action: actionOf,
    status: (record) => (isRegistry(record) ? (filledValue(record, 'event.outcome') ?? 'success') : null),
    registry_path: registryPath,
    registry_hive: (record) => {
      const path = registryPath(record);
      return path === null ? null : hiveOf(path);
    },
    registry_key_name: (record) => {
      const key = filledValue(record, 'registry.key') ?? registryPath(record);
      return key === null ? null : splitRegistryPath(key).last || null;
    },
    registry_value_name: alias('registry.value'),
    registry_value_data: registryData,
    registry_value_type: (record) => {
      const type = filledValue(record, 'registry.data.type');
      return type === null ? null : type.replace(/^(?:REG|SZ)_/, 'REG_');
    },
    TargetObject: registryPath,
    Details: registryData,
    process_guid: alias('process.entity_id'),
    process_id: alias('process.pid'),
    process_name: (record) =>
      filledValue(record, 'process.name') ?? fileNameOf(filledValue(record, 'process.executable')),
    process_exec: alias('process.name'),
    process_path: alias('process.executable'),
    process: alias('process.command_line'),
    process_current_directory: alias('process.working_directory'),
    process_hash: firstOf('process.hash.sha256', 'process.hash.sha1', 'process.hash.md5'),
    original_file_name: alias('process.pe.original_file_name'),
    parent_process_guid: alias('process.parent.entity_id'),
    parent_process_id: alias('process.parent.pid'),
    parent_process_name: alias('process.parent.name'),
    parent_process_exec: alias('process.parent.name'),
    parent_process_path: alias('process.parent.executable'),
    parent_process: alias('process.parent.command_line'),
    Image: alias('process.executable'),
    CommandLine: alias('process.command_line'),
    ParentImage: alias('process.parent.executable'),
    ParentCommandLine: alias('process.parent.command_line'),
    file_path: fileOnly(alias('file.path')),
    file_name: fileOnly(
      (record) => filledValue(record, 'file.name') ?? fileNameOf(filledValue(record, 'file.path')),
    ),
    file_hash: fileOnly(firstOf('file.hash.sha256', 'file.hash.sha1', 'file.hash.md5')),
    TargetFilename: fileOnly(alias('file.path')),
    ScriptBlockText: alias('powershell.file.script_block_text'),
    ScriptBlockId: alias('powershell.file.script_block_id'),
    MessageNumber: alias('powershell.sequence'),
    MessageTotal: alias('powershell.total'),
    Path: when(isScriptBlock, alias('file.path')),
  },
};

function isRegistry(record: EvidenceRecord): boolean {
  return registryPath(record) !== null;
}

function fileOnly(mapping: FieldMapping): FieldMapping {
  return when((record) => !isRegistry(record) && !isScriptBlock(record), mapping);
}

function actionOf(record: EvidenceRecord): FieldValue {
  if (record.system.eventId === 1) return 'allowed';
  const words = record.data.flatMap(([name, value]) =>
    name === 'event.action' || name === 'event.type' ? [value.toLowerCase()] : [],
  );
  return ACTIONS.find(([word]) => words.includes(word))?.[1] ?? null;
}

function registryPath(record: EvidenceRecord): string | null {
  const path = filledValue(record, 'registry.path');
  if (path !== null) return path;
  const parts = ['registry.hive', 'registry.key', 'registry.value'].map((name) => filledValue(record, name));
  return parts[1] === null ? null : parts.filter((part) => part !== null).join('\\');
}

function registryData(record: EvidenceRecord): FieldValue {
  return allValues(record, 'registry.data.strings');
}
