import { eventFromXml } from '#lib/evidence/json/shapes/event-xml.ts';
import { classicEvent } from '#lib/evidence/text/classic.ts';
import { createTimeReader } from '#lib/evidence/text/times.ts';
import { MAPPED_FIELDS, type MappedField } from './fields.ts';
import type { ColumnMapping } from './mapping.ts';
import { detectTimeFormat } from './time.ts';

/** A column of a table, or a key of JSON objects with the keys that it is nested in. */
export type Column = {
  readonly name: string;
  /** A few values of the first rows, each once. */
  readonly samples: readonly string[];
};

/** Names in lower case without blanks and marks, the best first. */
const TIME_NAMES = [
  'timecreated',
  'timecreatedsystemtime',
  'systemtime',
  'eventtime',
  'timegenerated',
  'timestamp',
  'time',
  'utctime',
  'eventtimestamp',
  'datetime',
  'date',
  'when',
  'created',
  'ts',
];
const RAW_NAMES = [
  'raw',
  'rawevent',
  'xml',
  'eventxml',
  'eventoriginal',
  'original',
  'event',
  'log',
  'message',
];
const NAMES: Readonly<Record<MappedField, readonly string[]>> = {
  host: [
    'computer',
    'computername',
    'hostname',
    'devicename',
    'machinename',
    'host',
    'dest',
    'machine',
    'endpoint',
    'system',
    'agenthostname',
    'device',
  ],
  eventId: ['eventid', 'eventcode', 'eventidentifier', 'id', 'winlogeventid', 'code', 'signatureid'],
  channel: ['channel', 'logname', 'winlogchannel', 'log', 'eventlog', 'logfile'],
  provider: ['providername', 'provider', 'sourcename', 'eventprovider', 'winlogprovidername'],
  recordId: ['eventrecordid', 'recordid', 'recordnumber', 'winlogrecordid'],
  user: ['user', 'username', 'accountname', 'userid', 'sid', 'account', 'subjectusername', 'actor'],
  scriptText: [
    'scriptblocktext',
    'powershellfilescriptblocktext',
    'scripttext',
    'scriptblock',
    'scriptcontent',
    'script',
    'payload',
    'code',
  ],
  message: ['message', 'msg', 'description', 'eventmessage', 'text', 'details', 'body'],
  registryPath: [
    'targetobject',
    'registrypath',
    'registrykey',
    'registrykeypath',
    'objectname',
    'keypath',
    'regkey',
    'key',
    'path',
  ],
  registryValueName: ['registryvaluename', 'valuename', 'objectvaluename', 'registryvalue', 'value'],
  registryValueData: [
    'registryvaluedata',
    'valuedata',
    'registrydata',
    'newvalue',
    'data',
    'details',
    'registrydatastrings',
  ],
  registryValueType: [
    'registryvaluetype',
    'valuetype',
    'registrydatatype',
    'newvaluetype',
    'datatype',
    'type',
  ],
  process: [
    'image',
    'processpath',
    'processexecutable',
    'newprocessname',
    'executable',
    'processname',
    'process',
    'filename',
  ],
  commandLine: ['commandline', 'processcommandline', 'cmdline', 'command', 'cmd'],
  parentProcess: [
    'parentimage',
    'parentprocesspath',
    'parentprocessname',
    'processparentexecutable',
    'parentprocess',
  ],
};
const REGISTRY_PATH = /^(?:HKEY_|HK(?:LM|U|CU|CR|CC):?\\|\\REGISTRY\\)/i;
const VALUE_TYPE =
  /^(?:REG_)?(?:NONE|SZ|STRING|EXPAND_?SZ|EXPANDSTRING|MULTI_?SZ|MULTISTRING|BINARY|DWORD|QWORD)$/i;

/** What a column of a field must hold, so that a common name alone does not make it one. */
const CONTENT: Readonly<Partial<Record<MappedField, (text: string) => boolean>>> = {
  eventId: (text) => /^\d{1,5}$/.test(text.trim()),
  recordId: (text) => /^\d{1,20}$/.test(text.trim()),
  registryPath: (text) => REGISTRY_PATH.test(text),
  registryValueType: (text) => VALUE_TYPE.test(text),
};
/** Fields that only rows about the registry have, whose names are common. */
const WITH_REGISTRY: ReadonlySet<MappedField> = new Set([
  'registryValueName',
  'registryValueData',
  'registryValueType',
]);

/** What the columns are likely to be, by their names and what they hold. */
export function proposeMapping(columns: readonly Column[]): ColumnMapping {
  const taken = new Set<string>();
  const take = (column: Column | undefined): string | undefined => {
    if (column) taken.add(column.name);
    return column?.name;
  };
  const time = proposeTime(columns);
  if (time) taken.add(time.column);
  const raw = take(columns.find((column) => !taken.has(column.name) && holdsEvents(column))) ?? null;
  const fields: Partial<Record<MappedField, string>> = {};
  for (const field of MAPPED_FIELDS) {
    if (WITH_REGISTRY.has(field) && fields.registryPath === undefined) continue;
    const name = take(
      proposeColumn(
        field,
        columns.filter((column) => !taken.has(column.name)),
      ),
    );
    if (name !== undefined) fields[field] = name;
  }
  return { time, raw, fields };
}

/** Whether a mapping would give what detections look at, so that it is worth asking an analyst. */
export function isTelling({ time, raw, fields }: ColumnMapping): boolean {
  const tells = (['eventId', 'scriptText', 'registryPath', 'process', 'commandLine'] as const).some(
    (field) => fields[field] !== undefined,
  );
  return raw !== null || (time !== null && tells);
}

function proposeTime(columns: readonly Column[]): ColumnMapping['time'] {
  const times = createTimeReader();
  const byName = [...columns].sort((a, b) => rank(TIME_NAMES, a.name) - rank(TIME_NAMES, b.name));
  for (const { name, samples } of byName) {
    const format = detectTimeFormat(samples, times);
    // A bare number is a time only where its name says so.
    const isSure = rank(TIME_NAMES, name) < TIME_NAMES.length || /time|date/i.test(name);
    if (format !== null && (isSure || !samples.every((text) => /^[\d.]+$/.test(text)))) {
      return { column: name, format, zone: null };
    }
  }
  return null;
}

function proposeColumn(field: MappedField, columns: readonly Column[]): Column | undefined {
  const names = NAMES[field];
  const fits = CONTENT[field] ?? (() => true);
  const candidates = columns
    .filter(({ samples }) => samples.length > 0 && samples.every(fits))
    .sort((a, b) => rank(names, a.name) - rank(names, b.name));
  const [best] = candidates;
  if (best && rank(names, best.name) < names.length) return best;
  // Nothing else looks like the path of a key.
  return field === 'registryPath' ? best : undefined;
}

/** Place of a column's name among names; their count when it is none. Of nested names the last part counts, too. */
function rank(names: readonly string[], name: string): number {
  const whole = plainName(name);
  const last = plainName(name.split('.').at(-1) ?? '');
  const found = names.indexOf(whole);
  if (found >= 0) return found;
  const byLast = names.indexOf(last);
  return byLast < 0 ? names.length : byLast + 0.5;
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z\d]/g, '');
}

function holdsEvents({ name, samples }: Column): boolean {
  const times = createTimeReader();
  const isEvent = (text: string): boolean =>
    eventFromXml(text, 'xml') !== null || classicEvent(text, times) !== null;
  if (samples.length === 0) return false;
  if (samples.every(isEvent)) return true;
  const isJson = samples.every((text) => /^\s*\{\s*"/.test(text));
  return isJson && rank(RAW_NAMES, name) < RAW_NAMES.length;
}
