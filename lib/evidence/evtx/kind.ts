import type { Chunk } from './chunk.ts';
import { DESCRIPTOR_BYTES, FRAGMENT_HEADER_BYTES, NAME_HEADER_BYTES } from './layout.ts';
import { MAX_DEPTH, MORE_FLAG, token, valueType } from './tokens.ts';

/** Where a value comes from: nowhere, a constant, or one value of the record (its index). */
export type Source = null | string | number;

/** Where the System element of a definition has what a census counts by. */
export type KindSources = {
  readonly provider: Source;
  readonly eventId: Source;
  readonly time: Source;
  readonly channel: Source;
  readonly computer: Source;
};

/** Windows' own names are shorter. */
const MAX_NAME_CHARS = 64;
/** Token (1), dependency (2), size (4). */
const ELEMENT_HEADER_BYTES = 7;

type Field = keyof KindSources;

/** The children of System that say the kind, and the attribute that holds it when it is not the content. */
const FIELDS: readonly {
  readonly element: string;
  readonly attribute: string | null;
  readonly field: Field;
}[] = [
  { element: 'Provider', attribute: 'Name', field: 'provider' },
  { element: 'EventID', attribute: null, field: 'eventId' },
  { element: 'TimeCreated', attribute: 'SystemTime', field: 'time' },
  { element: 'Channel', attribute: null, field: 'channel' },
  { element: 'Computer', attribute: null, field: 'computer' },
];
const NO_FIELD = null;

/**
 * Finds where the System element of a definition has the kind of its events, in one pass and without building a tree:
 * what the census of a chunk that is left unparsed needs. Null for whatever Windows does not write so. When not null,
 * parseContent reads the definition without an error and gives the same sources, and no two texts in it touch each other.
 */
export function readKindSources(chunk: Chunk, start: number, end: number): KindSources | null {
  if (end > chunk.length) return null;
  try {
    return new KindReader(chunk, start, end).read();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

class KindReader {
  private readonly chunk: Chunk;
  private readonly view: DataView;
  private readonly end: number;
  private at: number;
  private readonly sources: { [Name in Field]?: Source } = {};
  /** Offset and characters of the name that was passed last. */
  private nameOffset = 0;
  private nameChars = 0;

  constructor(chunk: Chunk, start: number, end: number) {
    this.chunk = chunk;
    this.view = chunk.view;
    this.at = start;
    this.end = end;
  }

  read(): KindSources | null {
    const { view, end } = this;
    let depth = 0;
    let hasEvent = false;
    let isInEvent = false;
    let hasSystem = false;
    let isInSystem = false;
    /** The child of System that is open, if it is one of FIELDS and the first of its name. */
    let field: (typeof FIELDS)[number] | null = NO_FIELD;
    let followsText = false;
    content: while (this.at < end) {
      const code = view.getUint8(this.at);
      switch (code) {
        case token.openElement:
        case token.openElement | MORE_FLAG: {
          followsText = false;
          depth++;
          this.at += ELEMENT_HEADER_BYTES;
          if (depth > MAX_DEPTH || !this.passName()) return null;
          if (depth === 1) {
            // What no Event holds is looked through by others.
            isInEvent = !hasEvent;
            if (isInEvent && !this.isNamed('Event')) return null;
            hasEvent = true;
          } else if (depth === 2) {
            isInSystem = isInEvent && !hasSystem && this.isNamed('System');
            hasSystem ||= isInSystem;
          } else if (depth === 3 && isInSystem) field = this.fieldOf();
          if (code !== token.openElement && !this.passAttributes(depth === 3 ? field : NO_FIELD)) return null;
          const closing = view.getUint8(this.at++);
          if (closing === token.closeStartElement) break;
          if (closing !== token.closeEmptyElement) return null;
          depth--;
          if (depth === 1) isInSystem = false;
          else if (depth === 2) field = NO_FIELD;
          break;
        }
        case token.endElement:
          followsText = false;
          if (depth === 0) return null;
          this.at++;
          depth--;
          if (depth === 1) isInSystem = false;
          else if (depth === 2) field = NO_FIELD;
          break;
        case token.endOfFragment:
          if (depth > 0) return null;
          break content;
        case token.fragmentHeader:
          followsText = false;
          this.at += FRAGMENT_HEADER_BYTES;
          break;
        default: {
          if (followsText || !isText(code)) return null;
          followsText = true;
          const wanted = depth === 3 && field?.attribute === null ? field.field : null;
          if (!this.passText(code, wanted)) return null;
        }
      }
    }
    if (this.at > end || depth > 0 || !hasSystem) return null;
    const { provider = null, eventId = null, time = null, channel = null, computer = null } = this.sources;
    return { provider, eventId, time, channel, computer };
  }

  /** Passes the attributes of an element; the one that says the field's value is kept. */
  private passAttributes(field: (typeof FIELDS)[number] | null): boolean {
    const { view } = this;
    this.at += 4;
    let isFound = false;
    while ((view.getUint8(this.at) & ~MORE_FLAG) === token.attribute) {
      this.at++;
      if (!this.passName()) return false;
      const attribute = field?.attribute ?? null;
      const isWanted = !isFound && attribute !== null && this.isNamed(attribute);
      if (isWanted) isFound = true;
      const code = view.getUint8(this.at);
      if (isText(code) && !this.passText(code, isWanted && field ? field.field : null)) return false;
    }
    return true;
  }

  /** Passes a constant or a substitution and keeps it as the field's source. False for a second part of one value. */
  private passText(code: number, field: Field | null): boolean {
    const { view, at } = this;
    let source: Source = null;
    if ((code & ~MORE_FLAG) !== token.value) {
      if (field) source = view.getUint16(at + 1, true);
      this.at += DESCRIPTOR_BYTES;
    } else {
      if (view.getUint8(at + 1) !== valueType.string) return false;
      const count = view.getUint16(at + 2, true);
      this.at += 4 + count * 2;
      if (field && count === 0) return false;
      if (field) source = this.chunk.utf16(at + 4, count);
    }
    if (!field) return true;
    if (this.sources[field] !== null) return false;
    this.sources[field] = source;
    return true;
  }

  /** Passes the name that stands, or is referred to, here; false when there is none as Windows writes it. */
  private passName(): boolean {
    const { view, at } = this;
    const offset = view.getUint32(at, true);
    if (offset !== at + 4 && (offset === 0 || offset > at)) return false;
    const count = view.getUint16(offset + 6, true);
    const terminator = offset + NAME_HEADER_BYTES + count * 2;
    if (count === 0 || count > MAX_NAME_CHARS || view.getUint16(terminator, true) !== 0) return false;
    this.at = offset === at + 4 ? terminator + 2 : at + 4;
    this.nameOffset = offset + NAME_HEADER_BYTES;
    this.nameChars = count;
    return true;
  }

  private isNamed(name: string): boolean {
    if (this.nameChars !== name.length) return false;
    for (let index = 0, at = this.nameOffset; index < name.length; index++, at += 2) {
      if (this.view.getUint16(at, true) !== name.charCodeAt(index)) return false;
    }
    return true;
  }

  private fieldOf(): (typeof FIELDS)[number] | null {
    for (const candidate of FIELDS) {
      if (!this.isNamed(candidate.element)) continue;
      // Of several elements of one name the first counts.
      if (this.sources[candidate.field] !== undefined) return NO_FIELD;
      this.sources[candidate.field] = null;
      return candidate;
    }
    return NO_FIELD;
  }
}

function isText(code: number): boolean {
  const kind = code & ~MORE_FLAG;
  return kind === token.value || kind === token.normalSubstitution || kind === token.optionalSubstitution;
}
