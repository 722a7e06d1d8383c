import type { EvidenceRecord } from '#lib/evidence/record.ts';
import type { FieldValue } from '../event.ts';
import { REGISTRY_VALUE } from './security-registry.ts';
import { alias, type FieldMapping, fileNameOf, filledValue, onlyFor } from './source.ts';

export const NEW_PROCESS = 4688;

/**
 * Process fields of the Security log, as Splunk_TA_windows computes them (props.conf [source::XmlWinEventLog:Security] of
 * 8.1.2: EVAL-process, -process_path, -process_id, -process_name, EXTRACT-parent_process…). Of a new process ids stay the
 * hexadecimal text that Windows shows, and the parent is known by its path alone. Other events have the path where one
 * expects the name, and the id of the process that wrote the record; 4657 keeps the id of the one that changed the value.
 */
export const SECURITY_PROCESS: Readonly<Record<string, FieldMapping>> = {
  Process_Command_Line: alias('CommandLine'),
  new_process: alias('NewProcessName'),
  new_process_id: alias('NewProcessId'),
  new_process_name: (record) => fileNameOf(filledValue(record, 'NewProcessName')),
  process: (record) => (isNewProcess(record) ? commandOf(record) : filledValue(record, 'ProcessName')),
  process_path: imageOf,
  process_name: (record) => (isNewProcess(record) ? fileNameOf(imageOf(record)) : imageOf(record)),
  process_exec: onlyFor([NEW_PROCESS], (record) => fileNameOf(imageOf(record))),
  process_id: processIdOf,
  parent_process: alias('ParentProcessName'),
  parent_process_path: onlyFor([NEW_PROCESS], alias('ParentProcessName')),
  parent_process_name: (record) => fileNameOf(filledValue(record, 'ParentProcessName')),
  parent_process_id: alias('ProcessId'),
};

function isNewProcess(record: EvidenceRecord): boolean {
  return record.system.eventId === NEW_PROCESS;
}

function imageOf(record: EvidenceRecord): string | null {
  return filledValue(record, isNewProcess(record) ? 'NewProcessName' : 'ProcessName');
}

function processIdOf(record: EvidenceRecord): FieldValue {
  const id = record.system.eventId;
  if (id === NEW_PROCESS) return filledValue(record, 'NewProcessId');
  return id === REGISTRY_VALUE ? filledValue(record, 'ProcessId') : record.system.processId;
}

/** First word (or quoted text) of a command line and the rest of its line. */
const COMMAND = /^(?:"[^"]+"|\s*[^\s]+)/;

/**
 * The command line when its program is written with a path, else the program's path (quoted if it has a blank) and the
 * arguments; the path alone when no command line is logged or it has no arguments.
 */
function commandOf(record: EvidenceRecord): string | null {
  const image = filledValue(record, 'NewProcessName');
  const line = filledValue(record, 'CommandLine');
  const program = line === null ? undefined : COMMAND.exec(line)?.[0];
  if (line === null || program === undefined) return image;
  if (program.includes('\\')) return line;
  const rest = line.slice(program.length).trimStart();
  const end = rest.indexOf('\n');
  const args = end < 0 ? rest : rest.slice(0, end);
  if (image === null || args === '') return image;
  return /\s/.test(image) ? `"${image}" ${args}` : `${image} ${args}`;
}
