import { decodeReferences } from '#lib/evidence/xml/references.ts';
import { type Attributes, readEndTag, readStartTag } from '#lib/evidence/xml/tags.ts';

/** A value of serialized PowerShell; null is `$null`, or a reference to what stands outside of the object. */
export type ClixmlValue = string | null | ClixmlObject;

export type ClixmlObject = {
  /** Its ToString, or the primitive value that it wraps. */
  text: string | null;
  /** Properties of its own (Props) and added ones (MS) by name. */
  readonly members: Map<string, ClixmlValue>;
  /** Elements, when it is a list; null when it is none. */
  items: ClixmlValue[] | null;
};

/** The text is no well-formed object; the message says why, as the end of a sentence, and never quotes it. */
export class ClixmlSyntaxError extends Error {
  override readonly name = 'ClixmlSyntaxError';
}

/** Export-Clixml of events nests 8 deep. */
const DEPTH_MAX = 64;
/** An event has some hundred. */
const ELEMENTS_MAX = 50_000;

const MEMBERS = new Set(['Props', 'MS']);
const LISTS = new Set(['LST', 'IE', 'QUE', 'STK']);
/** Names of types, and dictionaries, which no event has. */
const PASSED = new Set(['TN', 'TNRef', 'DCT']);
/** Primitive values whose texts are escaped; all others are of digits, letters and marks. */
const ESCAPED = new Set(['S', 'ToString', 'SBK', 'XD', 'URI', 'C', 'T']);

/** Undoes `_xHHHH_`, a UTF-16 code unit in hexadecimal ([MS-PSRP] 2.2.5.3.2). */
export function decodeEscapes(text: string): string {
  return text.includes('_x') || text.includes('_X')
    ? text.replace(/_x([0-9a-f]{4})_/gi, (_, digits: string) =>
        String.fromCharCode(Number.parseInt(digits, 16)),
      )
    : text;
}

/** Source of a pattern for what can hide a literal: an escape of something else than a line break or tab. */
export const ESCAPES = '_x(?!000[9ad]_)[0-9a-f]{4}_';

/** Reads the text of one Obj element ([MS-PSRP] 2.2.5.2). Throws ClixmlSyntaxError. */
export function parseObject(text: string): ClixmlObject {
  return new ObjectParser(text).parse();
}

class ObjectParser {
  readonly #text: string;
  #at = 0;
  #elements = 0;
  readonly #byId = new Map<string, ClixmlObject>();

  constructor(text: string) {
    this.#text = text;
  }

  parse(): ClixmlObject {
    const value = this.#element(0).value;
    if (value === null || typeof value === 'string') throw new ClixmlSyntaxError('is no object');
    return value;
  }

  /** Reads the element that begins here. */
  #element(depth: number): {
    readonly tag: string;
    readonly name: string | null;
    readonly value: ClixmlValue;
  } {
    this.#elements += 1;
    if (depth > DEPTH_MAX) throw new ClixmlSyntaxError('is nested too deep');
    if (this.#elements > ELEMENTS_MAX) throw new ClixmlSyntaxError('has too many values');
    const start = readStartTag(this.#text, this.#at);
    if (start === null) throw new ClixmlSyntaxError('has a malformed tag');
    this.#at = start.end;
    const name = attributeOf(start.attributes, 'N');
    const id = attributeOf(start.attributes, 'RefId') ?? '';
    if (start.name === 'Obj') {
      const object: ClixmlObject = { text: null, members: new Map(), items: null };
      this.#byId.set(id, object);
      if (!start.isEmpty) this.#inside('Obj', depth, object);
      return { tag: start.name, name, value: object };
    }
    if (start.name === 'Ref') {
      if (!start.isEmpty) this.#passElement('Ref', depth);
      return { tag: start.name, name, value: this.#byId.get(id) ?? null };
    }
    if (start.isEmpty) return { tag: start.name, name, value: start.name === 'Nil' ? null : '' };
    return { tag: start.name, name, value: this.#leaf(start.name) };
  }

  /** Reads the children of an Obj, of one of its containers of members, or of its list. */
  #inside(tag: string, depth: number, object: ClixmlObject): void {
    while (this.#toChild(tag)) {
      const child = this.#tagName();
      if (PASSED.has(child)) {
        this.#passElement(null, depth + 1);
      } else if (tag === 'Obj' && (MEMBERS.has(child) || LISTS.has(child))) {
        const start = readStartTag(this.#text, this.#at);
        if (start === null) throw new ClixmlSyntaxError('has a malformed tag');
        this.#at = start.end;
        if (LISTS.has(child)) object.items ??= [];
        if (!start.isEmpty) this.#inside(child, depth + 1, object);
      } else {
        const { name, value } = this.#element(depth + 1);
        if (LISTS.has(tag)) object.items?.push(value);
        else if (MEMBERS.has(tag)) object.members.set(name ?? '', value);
        else if (typeof value === 'string') object.text ??= value;
      }
    }
  }

  /** Goes to the next start tag in the element; false at the end tag, which is passed. */
  #toChild(tag: string): boolean {
    const next = this.#text.indexOf('<', this.#at);
    if (next < 0) throw new ClixmlSyntaxError('has no end');
    this.#at = next;
    if (this.#text[next + 1] !== '/') return true;
    this.#passEnd(tag);
    return false;
  }

  #passEnd(tag: string): void {
    const end = readEndTag(this.#text, this.#at, tag);
    if (end < 0) throw new ClixmlSyntaxError('has an end tag that does not fit');
    this.#at = end;
  }

  #tagName(): string {
    return readStartTag(this.#text, this.#at)?.name ?? '';
  }

  #leaf(tag: string): string {
    const end = this.#text.indexOf('<', this.#at);
    if (end < 0) throw new ClixmlSyntaxError('has no end');
    const text = decodeReferences(this.#text.slice(this.#at, end));
    this.#at = end;
    this.#passEnd(tag);
    if (tag === 'BA') return Buffer.from(text, 'base64').toString('hex').toUpperCase();
    return ESCAPED.has(tag) ? decodeEscapes(text) : text;
  }

  /** @param open the element whose start tag was passed already, or null */
  #passElement(open: string | null, depth: number): void {
    this.#elements += 1;
    if (depth > DEPTH_MAX) throw new ClixmlSyntaxError('is nested too deep');
    if (this.#elements > ELEMENTS_MAX) throw new ClixmlSyntaxError('has too many values');
    let tag = open;
    if (tag === null) {
      const start = readStartTag(this.#text, this.#at);
      if (start === null) throw new ClixmlSyntaxError('has a malformed tag');
      this.#at = start.end;
      if (start.isEmpty) return;
      tag = start.name;
    }
    while (this.#toChild(tag)) this.#passElement(null, depth + 1);
  }
}

function attributeOf(attributes: Attributes, name: string): string | null {
  for (const [own, value] of attributes) if (own === name) return decodeEscapes(decodeReferences(value));
  return null;
}
