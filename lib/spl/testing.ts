/** Events and an environment for the tests of this folder. */
import type { FieldValue, SearchableEvent } from '#lib/events/event.ts';
import { compileSearch } from './compile.ts';
import {
  type CompiledSearch,
  type DataModelObject,
  type MacroDefinition,
  type Row,
  type SearchEnvironment,
  SplError,
} from './types.ts';

export type Fields = Readonly<Record<string, FieldValue>>;

export function event(fields: Fields, timeTicks: bigint | null = null): SearchableEvent {
  const map = new Map(Object.entries(fields).filter(([, value]) => value !== null));
  return { timeTicks, get: (name) => map.get(name) ?? null, fieldNames: () => [...map.keys()] };
}

/** 2024-03-05T09:14:02Z and this many ticks of 100 ns. */
export const at = (ticks: number): bigint => 17_096_300_420_000_000n + BigInt(ticks);

function macro(name: string, args: readonly string[], definition: string): [string, MacroDefinition] {
  return [args.length === 0 ? name : `${name}(${args.length})`, { name, args, definition }];
}

const MACROS = new Map([
  macro(
    'powershell',
    [],
    '(source=WinEventLog:Microsoft-Windows-PowerShell/Operational OR source="XmlWinEventLog:Microsoft-Windows-PowerShell/Operational")',
  ),
  macro('security_content_ctime', ['field'], 'convert timeformat="%Y-%m-%dT%H:%M:%S" ctime($field$)'),
  macro(
    'security_content_summariesonly',
    [],
    'summariesonly=`summariesonly_config` allow_old_summaries=`oldsummaries_config` fillnull_value=`fillnull_config`',
  ),
  macro('summariesonly_config', [], 'false'),
  macro('oldsummaries_config', [], 'true'),
  macro('fillnull_config', [], 'null'),
  macro('drop_dm_object_name', ['object'], 'rename "$object$.*" as *'),
  macro(
    'wineventlog_security',
    [],
    'eventtype=wineventlog_security OR Channel=security OR source=XmlWinEventLog:Security',
  ),
  macro('windows_powershell_wmi_win32_scheduledjob_filter', [], 'search *'),
  macro('windows_enable_win32_scheduledjob_via_registry_filter', [], 'search *'),
  macro('endless', [], '`endless` `endless`'),
]);

const REGISTRY_FIELDS =
  'action dest process_guid process_id registry_hive registry_path registry_key_name registry_value_data registry_value_name registry_value_type status user vendor_product'.split(
    ' ',
  );
const UNKNOWN_BY_DEFAULT = new Set(
  'action dest registry_path registry_key_name registry_value_data registry_value_name registry_value_type user'.split(
    ' ',
  ),
);

const registry: DataModelObject = {
  name: 'Endpoint.Registry',
  prefix: 'Registry',
  fields: REGISTRY_FIELDS,
  has: (one) => one.get('tag') === 'registry',
  get: (one, field) => one.get(field) ?? (UNKNOWN_BY_DEFAULT.has(field) ? 'unknown' : null),
  isVerbatim: (field) => field === 'registry_path' || field === 'registry_value_name',
};

const ENVIRONMENT: SearchEnvironment = {
  macros: MACROS,
  dataModels: new Map([[registry.name, registry]]),
  lookups: new Map(),
  isVerbatim: (field) => ['ScriptBlockText', 'Image', '_raw'].includes(field),
};

export const compile = (text: string): CompiledSearch => compileSearch(text, ENVIRONMENT);

export const NOW_MS = Date.UTC(2024, 2, 6);

export function rowsOf(
  text: string,
  events: readonly SearchableEvent[],
  mode: 'strict' | 'lenient' = 'strict',
): readonly Row[] {
  return compile(text).run(events, { mode, nowMs: NOW_MS });
}

/** Rows as plain objects. */
export function run(
  text: string,
  events: readonly SearchableEvent[],
  mode: 'strict' | 'lenient' = 'strict',
): Fields[] {
  return rowsOf(text, events, mode).map((row) => Object.fromEntries(row.fields));
}

/** Which of the events a search keeps, by index. */
export function selected(text: string, events: readonly SearchableEvent[]): number[] {
  const search = compile(text);
  return events.flatMap((one, index) => (search.select(one) ? [index] : []));
}

/** The mistake that compiling the text reports. */
export function mistake(text: string): { message: string; place: string } {
  try {
    compile(text);
  } catch (error) {
    if (error instanceof SplError) return { message: error.message, place: text.slice(error.from, error.to) };
    throw error;
  }
  throw new Error(`compiled without a mistake: ${text}`);
}
