/**
 * An event is a record under the field names that searches use: Splunk's Windows names (EventCode, Computer,
 * ScriptBlockText), CIM names (dest, user, registry_path), and `_time`, `host`, `source`, `sourcetype`.
 */

/**
 * A field's value. SPL knows strings, numbers and multivalue fields; null is "the event has no such field".
 * Numbers computed by a search are numbers; everything read from evidence is a string.
 */
export type FieldValue = null | string | number | readonly (string | number)[];

/** What a search is evaluated on. */
export interface SearchableEvent {
  /** Event time in 100 ns ticks since 1970 UTC; `_time` is this as decimal seconds. Null: the event has no time. */
  readonly timeTicks: bigint | null;
  /** The value of a field, null when absent. Names are case-sensitive. Must not allocate for absent fields. */
  get(name: string): FieldValue;
  /** Names of all fields that are present. */
  fieldNames(): readonly string[];
}
