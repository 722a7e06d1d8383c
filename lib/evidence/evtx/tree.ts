/** Binary XML, parsed: a template or fragment as a tree whose substitutions are filled in per record. */

/** A place for value `index` of the record. */
export type Substitution = { readonly kind: 'substitution'; readonly index: number };
export type Text = { readonly kind: 'text'; readonly text: string };
export type ProcessingInstruction = { readonly kind: 'pi'; readonly target: string; readonly data: string };
/** A template instance inside other content, at this offset of the chunk. */
export type InnerInstance = { readonly kind: 'instance'; readonly offset: number };
export type Element = {
  readonly kind: 'element';
  readonly name: string;
  /** The element is left out when this value of the record is null ([MS-EVEN6] 2.2.12, DependencyID); -1: never. */
  readonly dependency: number;
  readonly attributes: readonly Attribute[];
  readonly children: readonly Node[];
  /** The name its text has among the event's data: of Data its Name attribute, else its own name. */
  readonly itemName: readonly Node[] | string;
};
export type Attribute = { readonly name: string; readonly value: readonly Node[] };
export type Node = Text | Substitution | ProcessingInstruction | InnerInstance | Element;

/**
 * Where a value of the System element comes from: nowhere, a constant, one value of the record (its index), or several
 * parts put together.
 */
export type Slot = null | string | number | readonly (string | number)[];

export type SystemSlots = {
  readonly providerName: Slot;
  readonly providerGuid: Slot;
  readonly eventId: Slot;
  readonly qualifiers: Slot;
  readonly version: Slot;
  readonly level: Slot;
  readonly task: Slot;
  readonly opcode: Slot;
  readonly keywords: Slot;
  readonly systemTime: Slot;
  readonly recordId: Slot;
  readonly activityId: Slot;
  readonly relatedActivityId: Slot;
  readonly processId: Slot;
  readonly threadId: Slot;
  readonly channel: Slot;
  readonly computer: Slot;
  readonly userId: Slot;
};

export type Template = {
  readonly nodes: readonly Node[];
  /** Null when there is no System element in it. */
  readonly system: SystemSlots | null;
  /** The content of Event, or of a fragment without Event: EventData, UserData, a substitution that holds either, … */
  readonly payload: readonly Node[];
  /** How often each value of the record is used; beyond its end: never. */
  readonly uses: readonly number[];
  /** Where template instances stand inside. */
  readonly innerOffsets: readonly number[];
  /** No value is used twice and no template is used inside: the record unfolds to no more than its own bytes. */
  readonly isPlain: boolean;
  /** Bound on the characters of markup and constant text. */
  readonly markupChars: number;
  /** Levels of elements. */
  readonly depth: number;
};
