import type { DataModelObject } from '#lib/spl/types.ts';
import type { FieldValue, SearchableEvent } from '../event.ts';
import { hasTags } from './tags.ts';

/** How a CIM object is told: Splunk_SA_CIM's default/data/models/*.json, 5.x. */
type CimObject = {
  /** `Endpoint.Processes`; the part after the dot is the prefix of its fields. */
  readonly name: string;
  /** Tags of its base search; null: we hold no such events. */
  readonly tags: readonly string[] | null;
  /** Its fields that an event may lack. */
  readonly fields: readonly string[];
  /** Fields that the model computes `if(isnull(x) OR x="", "unknown", x)`. */
  readonly defaulted: readonly string[];
  /** Fields whose value is always one part of the raw text; what the model says for an absent one aside. */
  readonly verbatim?: readonly string[];
  /** Fields whose words are each a part of the raw text, but may stand in another order or apart. */
  readonly verbatimWords?: readonly string[];
  /** Fields that the model computes in another way. */
  readonly computed?: Readonly<Record<string, (event: SearchableEvent) => FieldValue>>;
  /** Narrows the base search. */
  readonly accepts?: (event: SearchableEvent) => boolean;
  /** Child datasets and the tags or condition that put an event into them: for `nodename`. */
  readonly children?: Readonly<Record<string, (event: SearchableEvent) => boolean>>;
};

/** What every object has: the base event's own fields. `nodename` lists the datasets that the event is in. */
const EVERY_OBJECT = ['nodename', 'tag', 'vendor_product', 'cim_entity_zone'];

/** Makes a data model object. Field values come from the event's field of the same name, which the log sources compute. */
export function cimObject(object: CimObject): DataModelObject {
  const { name, tags, accepts, children = {} } = object;
  const prefix = name.slice(name.indexOf('.') + 1);
  const defaulted = new Set([...object.defaulted, 'vendor_product']);
  const verbatim = new Set(object.verbatim);
  const verbatimWords = new Set(object.verbatimWords);
  const computed = new Map(Object.entries(object.computed ?? {}));
  const childNames = Object.entries(children);
  computed.set('nodename', (event) => [
    prefix,
    ...childNames.flatMap(([child, isIn]) => (isIn(event) ? [`${prefix}.${child}`] : [])),
  ]);
  return {
    name,
    prefix,
    fields: [...new Set([...object.fields, ...defaulted, ...computed.keys(), ...EVERY_OBJECT])].sort(),
    has: (event) => tags !== null && hasTags(event, tags) && (accepts === undefined || accepts(event)),
    get(event, field) {
      const compute = computed.get(field);
      if (compute !== undefined) return compute(event);
      const value = event.get(field);
      return (value === null || value === '') && defaulted.has(field) ? 'unknown' : value;
    },
    isVerbatim: (field) => (verbatimWords.has(field) ? 'words' : verbatim.has(field)),
  };
}

/** The fields that Enterprise Security's asset lists add to a host field; nobody fills them here. */
export function assetFields(host: string): readonly string[] {
  return [
    'bunit',
    'category',
    'priority',
    'requires_av',
    'should_timesync',
    'should_update',
    'is_expected',
  ].map((part) => `${host}_${part}`);
}

/** As assetFields, of a user field. */
export function identityFields(user: string): readonly string[] {
  return ['bunit', 'category', 'priority'].map((part) => `${user}_${part}`);
}

/** A field's text, null for an absent or empty one; of several values the first. */
export function textOf(event: SearchableEvent, field: string): string | null {
  const value = event.get(field);
  const first = value !== null && typeof value === 'object' ? (value[0] ?? null) : value;
  return first === null || first === '' ? null : String(first);
}
