import type { EvidenceRecord } from '#lib/evidence/record.ts';
import type { FieldValue } from '../event.ts';
import { type FieldMapping, fileNameOf, filledValue, knownValue, onlyFor } from './source.ts';

export const PROCESS_CREATION = 1;
const IMAGE_LOAD = 7;
const REMOTE_THREAD = 8;
const PROCESS_ACCESS = 10;
/** Events that the add-on's process event type names; they alone have `os`. */
const OF_PROCESSES = [PROCESS_CREATION, 5, 6, IMAGE_LOAD, REMOTE_THREAD, 9, PROCESS_ACCESS, 15, 17, 18];

/**
 * Process fields, as Splunk_TA_microsoft_sysmon names them: ESCU's data sources list them for each event and map those of
 * event 1; samples of its output show process and action. Events 8 and 10 have two processes: the one acted on is the
 * process, the acting one its parent.
 */
export const SYSMON_PROCESS: Readonly<Record<string, FieldMapping>> = {
  os: onlyFor(OF_PROCESSES, () => 'Microsoft Windows'),
  process: processOf,
  process_path: imageOf,
  process_name: (record) => fileNameOf(imageOf(record)),
  process_exec: (record) => fileNameOf(imageOf(record)),
  process_guid: (record) => actedOn(record, 'ProcessGuid') ?? actedOn(record, 'ProcessGUID'),
  process_id: (record) => actedOn(record, 'ProcessId'),
  process_hash: onlyFor([PROCESS_CREATION, 6, IMAGE_LOAD], (record) => filledValue(record, 'Hashes')),
  process_integrity_level: onlyFor([PROCESS_CREATION], (record) => filledValue(record, 'IntegrityLevel')),
  process_current_directory: onlyFor([PROCESS_CREATION], (record) => filledValue(record, 'CurrentDirectory')),
  original_file_name: (record) => knownValue(record, 'OriginalFileName'),
  parent_process: (record) => filledValue(record, 'ParentCommandLine'),
  parent_process_path: parentImageOf,
  parent_process_name: (record) => fileNameOf(parentImageOf(record)),
  parent_process_exec: (record) => fileNameOf(parentImageOf(record)),
  parent_process_guid: (record) =>
    filledValue(record, 'ParentProcessGuid') ??
    acting(record, 'ProcessGuid') ??
    acting(record, 'ProcessGUID'),
  parent_process_id: (record) => filledValue(record, 'ParentProcessId') ?? acting(record, 'ProcessId'),
  loaded_file: onlyFor([IMAGE_LOAD], (record) => fileNameOf(filledValue(record, 'ImageLoaded'))),
  loaded_file_path: onlyFor([IMAGE_LOAD], (record) => filledValue(record, 'ImageLoaded')),
  service_dll_signature_exists: onlyFor([IMAGE_LOAD], (record) => filledValue(record, 'Signed')),
  service_dll_signature_verified: onlyFor([IMAGE_LOAD], isVerified),
  service_signature_exists: onlyFor([6], (record) => filledValue(record, 'Signed')),
  service_signature_verified: onlyFor([6], isVerified),
  granted_access: onlyFor([PROCESS_ACCESS], (record) => filledValue(record, 'GrantedAccess')),
  pipe_name: onlyFor([17, 18], (record) => filledValue(record, 'PipeName')),
};

function hasTwoProcesses(record: EvidenceRecord): boolean {
  const id = record.system.eventId;
  return id === REMOTE_THREAD || id === PROCESS_ACCESS;
}

function actedOn(record: EvidenceRecord, name: string): string | null {
  return filledValue(record, hasTwoProcesses(record) ? `Target${name}` : name);
}

function acting(record: EvidenceRecord, name: string): string | null {
  return hasTwoProcesses(record) ? filledValue(record, `Source${name}`) : null;
}

function imageOf(record: EvidenceRecord): string | null {
  return (
    actedOn(record, 'Image') ?? (record.system.eventId === 6 ? filledValue(record, 'ImageLoaded') : null)
  );
}

function parentImageOf(record: EvidenceRecord): string | null {
  return filledValue(record, 'ParentImage') ?? acting(record, 'Image');
}

/** The command line of a new process; the add-on shows the image for the other events of one process. */
function processOf(record: EvidenceRecord): FieldValue {
  const id = record.system.eventId;
  if (id === PROCESS_CREATION) return filledValue(record, 'CommandLine');
  return id === 5 || id === IMAGE_LOAD || id === 15 ? filledValue(record, 'Image') : null;
}

function isVerified(record: EvidenceRecord): FieldValue {
  const status = filledValue(record, 'SignatureStatus');
  return status === null ? null : String(status.toLowerCase() === 'valid');
}
