import type { FieldValue, SearchableEvent } from '../event.ts';
import { assetFields, cimObject, identityFields, textOf } from './object.ts';

/** `Endpoint.Processes`: a new process, Sysmon 1 and Security 4688, and what other log sources tag process and report. */
export const processes = cimObject({
  name: 'Endpoint.Processes',
  tags: ['process', 'report'],
  fields: [
    'action',
    'cpu_load_percent',
    'mem_used',
    'os',
    'parent_process_exec',
    'parent_process_guid',
    'parent_process_hash',
    'parent_process_id',
    'parent_process_path',
    'process_current_directory',
    'process_exec',
    'process_guid',
    'process_hash',
    'process_id',
    'process_path',
    'user_id',
    ...assetFields('dest'),
    ...identityFields('user'),
  ],
  defaulted: [
    'dest',
    'loaded_file',
    'original_file_name',
    'parent_process',
    'parent_user',
    'process',
    'user',
  ],
  computed: {
    parent_process_name: (event) => nameOrProgram(event, 'parent_process_name', 'parent_process'),
    process_name: (event) => nameOrProgram(event, 'process_name', 'process'),
    // The base search: eval process_integrity_level=lower(process_integrity_level).
    process_integrity_level: (event) => textOf(event, 'process_integrity_level')?.toLowerCase() ?? null,
  },
  // Not `process`: of a 4688 whose command line names its program without a path it is put together.
  // Of a 4688 without a path the add-on puts the program's path before the arguments.
  verbatimWords: ['process'],
  verbatim: [
    'original_file_name',
    'parent_process',
    'parent_process_exec',
    'parent_process_name',
    'parent_process_path',
    'process_current_directory',
    'process_exec',
    'process_name',
    'process_path',
  ],
});

/** A process' name; else the program that its command line starts with; else "unknown" (…_fillnull_process_name). */
export function nameOrProgram(event: SearchableEvent, nameField: string, commandField: string): FieldValue {
  const name = event.get(nameField);
  if (name !== null && name !== '') return name;
  const command = textOf(event, commandField);
  return command === null ? 'unknown' : (programOf(command) ?? 'unknown');
}

/**
 * What the model's two regular expressions take for the program of a command line, in one pass each, for a command line may
 * be anything: after an opening quote what stands between the last backslash and a quote; else the word after the last
 * backslash, or the first word.
 */
export function programOf(command: string): string | null {
  return lastQuotedName(command.trimStart()) ?? lastName(command);
}

function lastQuotedName(text: string): string | null {
  if (!text.startsWith('"')) return null;
  let slash = text.lastIndexOf('\\', text.lastIndexOf('"'));
  while (slash > 1) {
    const quote = text.indexOf('"', slash);
    if (quote > slash + 1) return text.slice(slash + 1, quote);
    slash = text.lastIndexOf('\\', slash - 1);
  }
  return null;
}

const BREAK = /[\s"]/;

function lastName(text: string): string | null {
  let end = text.length;
  for (let index = text.length - 1; index > 0; index--) {
    const character = text.charAt(index);
    if (BREAK.test(character)) end = index;
    else if (character === '\\' && end > index + 1 && text[end] !== '"') return text.slice(index + 1, end);
  }
  const first = text.search(BREAK);
  const word = first < 0 ? text : text.slice(0, first);
  return word === '' || text[word.length] === '"' ? null : word;
}
