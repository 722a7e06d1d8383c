/**
 * Where documents hold what a search asks for. Layouts: Winlogbeat and the Elastic Agent's Windows integrations, with values
 * under their Windows names or moved to ECS by a module (Elastic, "Winlogbeat modules"; ECS field reference); Elastic Defend;
 * events as evtx_dump, Velociraptor and NXLog write them; raw text. They are those that our JSON reader knows.
 */

/**
 * `value`: the field's value is what is asked for. `within`: what is asked for is a piece of the value. `part`: it is put
 * together of this and other parts. `raw`: it stands somewhere in the text of the event.
 */
export type Place = { readonly field: string; readonly holds: 'value' | 'within' | 'part' | 'raw' };

export type Places = {
  readonly places: readonly Place[];
  /** Numbers of the Windows events that have the value. */
  readonly events: readonly string[];
};

/** Fields that number a Windows event; documents without `CHANNEL` are of other layouts, where the reader tells the number. */
export const EVENT_NUMBERS = ['winlog.event_id', 'event.code'] as const;
export const CHANNEL = 'winlog.channel';
export const INGESTED = 'event.ingested';
export const EVENT_TIME = '@timestamp';

/** Fields that hold the event as text. */
export const RAW_FIELDS = ['message', 'event.original'] as const;
const RAW_TEXT = RAW_FIELDS.map((field): Place => ({ field, holds: 'raw' }));

/** A value of a Windows event under the names that layouts give it. */
const eventData = (name: string, holds: Place['holds'] = 'value'): readonly Place[] =>
  ['winlog.event_data', 'Event.EventData', 'EventData']
    .map((parent) => ({ field: `${parent}.${name}`, holds }))
    .concat({
      field: name,
      holds,
    });

const ecs = (field: string, holds: Place['holds'] = 'value'): Place => ({ field, holds });

const REGISTRY_EVENTS = ['12', '13', '14', '4657'];

/** By the name that a search gives the value: Splunk's name of a Windows event's value, or the data model's. */
export const PLACES: Readonly<Record<string, Places>> = {
  ScriptBlockText: {
    places: [...eventData('ScriptBlockText'), ecs('powershell.file.script_block_text'), ...RAW_TEXT],
    events: ['4104'],
  },
  registry_path: {
    places: [
      ...eventData('TargetObject'),
      ecs('registry.path'),
      ...eventData('ObjectName'),
      ...['registry.hive', 'registry.key', 'registry.value'].map((field) => ecs(field, 'part')),
      ...RAW_TEXT,
    ],
    events: REGISTRY_EVENTS,
  },
  registry_value_name: {
    places: [
      ...eventData('ObjectValueName'),
      ecs('registry.value'),
      ...eventData('TargetObject', 'within'),
      ecs('registry.path', 'within'),
      ...RAW_TEXT,
    ],
    events: REGISTRY_EVENTS,
  },
};

/** Every field that a query may name. */
export const ALL_FIELDS: readonly string[] = [
  ...new Set([
    EVENT_TIME,
    INGESTED,
    CHANNEL,
    ...EVENT_NUMBERS,
    ...Object.values(PLACES).flatMap(({ places }) => places.map(({ field }) => field)),
  ]),
];
