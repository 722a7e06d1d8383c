import type { Chunk } from './chunk.ts';
import { FRAGMENT_HEADER_BYTES, instanceEnd, NAME_HEADER_BYTES } from './layout.ts';
import { systemSlots } from './slots.ts';
import { BinXmlError, MAX_DEPTH, MORE_FLAG, token, valueType } from './tokens.ts';
import type { Attribute, Element, Node, Template } from './tree.ts';
import { FIXED_SIZES, renderValue } from './values.ts';

const NO_DEPENDENCY = 0xffff;
/** A bound on what markup adds to an element, an attribute; high, so that it bounds memory too. */
const ELEMENT_CHARS = 64;
const ATTRIBUTE_CHARS = 16;
/** The longest escape is `&quot;`. */
const ESCAPE_FACTOR = 6;

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** Parses the content between `start` and `end`. Throws BinXmlError or RangeError when it is damaged. */
export function parseContent(chunk: Chunk, start: number, end: number): Template {
  return new ContentParser(chunk, start, end).parse();
}

class ContentParser {
  private readonly chunk: Chunk;
  private readonly view: DataView;
  private position: number;
  private readonly end: number;
  private readonly uses: number[] = [];
  private readonly innerOffsets: number[] = [];
  private isPlain = true;
  private markupChars = 0;
  private depth = 0;

  constructor(chunk: Chunk, start: number, end: number) {
    this.chunk = chunk;
    this.view = chunk.view;
    this.position = start;
    this.end = end;
  }

  parse(): Template {
    const nodes = this.content(0);
    const event = nodes.find((node): node is Element => node.kind === 'element' && node.name === 'Event');
    const payload = event ? event.children : nodes;
    return {
      nodes,
      system: systemSlots(payload),
      payload,
      uses: this.uses,
      innerOffsets: this.innerOffsets,
      isPlain: this.isPlain,
      markupChars: this.markupChars,
      depth: this.depth,
    };
  }

  /** Content up to the end tag of the element at `depth`, or of the fragment at depth 0. */
  private content(depth: number): Node[] {
    const nodes: Node[] = [];
    while (this.position < this.end) {
      if (this.textPart(nodes)) continue;
      const code = this.view.getUint8(this.position++);
      switch (code) {
        case token.openElement:
        case token.openElement | MORE_FLAG:
          nodes.push(this.element(code !== token.openElement, depth + 1));
          break;
        case token.endElement:
          if (depth > 0) return nodes;
          throw new BinXmlError('an element ends that never began');
        case token.endOfFragment:
          if (depth === 0) return nodes;
          throw new BinXmlError('an element has no end');
        case token.fragmentHeader:
          this.position += FRAGMENT_HEADER_BYTES - 1;
          break;
        case token.piTarget:
          nodes.push(this.processingInstruction());
          break;
        case token.templateInstance:
          nodes.push(this.innerInstance());
          break;
        default:
          throw new BinXmlError('a token is unknown');
      }
    }
    if (depth > 0) throw new BinXmlError('an element has no end');
    return nodes;
  }

  private element(hasAttributes: boolean, depth: number): Element {
    if (depth > MAX_DEPTH) throw new BinXmlError('elements nest too deep');
    if (depth > this.depth) this.depth = depth;
    const dependency = this.dependency();
    this.position += 4;
    const name = this.name();
    this.markupChars += ELEMENT_CHARS + name.length * 2;
    const attributes: Attribute[] = [];
    if (hasAttributes) {
      this.position += 4;
      while ((this.view.getUint8(this.position) & ~MORE_FLAG) === token.attribute) {
        this.position++;
        attributes.push(this.attribute());
      }
    }
    const code = this.view.getUint8(this.position++);
    if (code !== token.closeStartElement && code !== token.closeEmptyElement) {
      throw new BinXmlError('a start tag has no end');
    }
    const children = code === token.closeStartElement ? this.content(depth) : [];
    return { kind: 'element', name, dependency, attributes, children, itemName: itemName(name, attributes) };
  }

  /**
   * The dependency that precedes an element's size in templates. Fragments outside templates are written with and
   * without it, so what decides is where a name follows.
   */
  private dependency(): number {
    if (this.isName(this.position + 6)) {
      const index = this.view.getUint16(this.position, true);
      this.position += 2;
      return index === NO_DEPENDENCY ? -1 : index;
    }
    if (this.isName(this.position + 4)) return -1;
    throw new BinXmlError('an element has no name');
  }

  private isName(at: number): boolean {
    const offset = this.view.getUint32(at, true);
    // A name stands right here, or anywhere before in the chunk where it was used first.
    if (offset !== at + 4 && (offset === 0 || offset > at)) return false;
    const count = this.view.getUint16(offset + 6, true);
    const terminator = offset + NAME_HEADER_BYTES + count * 2;
    return count > 0 && terminator + 2 <= this.chunk.length && this.view.getUint16(terminator, true) === 0;
  }

  private name(): string {
    const offset = this.view.getUint32(this.position, true);
    this.position += 4;
    if (offset === this.position) {
      this.position += NAME_HEADER_BYTES + this.view.getUint16(offset + 6, true) * 2 + 2;
    }
    return this.chunk.nameAt(offset);
  }

  private attribute(): Attribute {
    const name = this.name();
    this.markupChars += ATTRIBUTE_CHARS + name.length;
    const value: Node[] = [];
    while (this.textPart(value));
    return { name, value };
  }

  /** Reads a token that is text or stands for text, if one comes next. */
  private textPart(nodes: Node[]): boolean {
    const { view } = this;
    const code = view.getUint8(this.position) & ~MORE_FLAG;
    switch (code) {
      case token.value: {
        const type = view.getUint8(this.position + 1);
        this.position += 2;
        this.addText(nodes, this.value(type));
        break;
      }
      case token.cdata:
        this.position++;
        this.addText(nodes, this.countedText());
        break;
      case token.charRef:
        this.addText(nodes, String.fromCharCode(view.getUint16(this.position + 1, true)));
        this.position += FRAGMENT_HEADER_BYTES - 1;
        break;
      case token.entityRef: {
        this.position++;
        const name = this.name();
        this.addText(nodes, ENTITIES.get(name) ?? `&${name};`);
        break;
      }
      case token.normalSubstitution:
      case token.optionalSubstitution: {
        const index = view.getUint16(this.position + 1, true);
        const uses = this.uses[index] ?? 0;
        this.uses[index] = uses + 1;
        if (uses > 0) this.isPlain = false;
        nodes.push({ kind: 'substitution', index });
        this.position += 4;
        return true;
      }
      default:
        return false;
    }
    return true;
  }

  private addText(nodes: Node[], text: string): void {
    this.markupChars += text.length * ESCAPE_FACTOR;
    const last = nodes.at(-1);
    if (last?.kind === 'text') nodes[nodes.length - 1] = { kind: 'text', text: last.text + text };
    else nodes.push({ kind: 'text', text });
  }

  /** Constant text; [MS-EVEN6] has only strings here, values of fixed size are read all the same. */
  private value(type: number): string {
    if (type === valueType.string) return this.countedText();
    if (type === valueType.ansiString) {
      const length = this.view.getUint16(this.position, true);
      const text = renderValue(this.chunk, type, this.position + 2, length);
      this.position += 2 + length;
      return text;
    }
    const size = type === valueType.null ? 0 : FIXED_SIZES.get(type);
    if (size === undefined) throw new BinXmlError('a constant has an unknown type');
    const text = renderValue(this.chunk, type, this.position, size);
    this.position += size;
    return text;
  }

  private countedText(): string {
    const count = this.view.getUint16(this.position, true);
    const text = this.chunk.utf16(this.position + 2, count);
    this.position += 2 + count * 2;
    return text;
  }

  private processingInstruction(): Node {
    const target = this.name();
    let data = '';
    if (this.position < this.end && (this.view.getUint8(this.position) & ~MORE_FLAG) === token.piData) {
      this.position++;
      data = this.countedText();
    }
    this.markupChars += ELEMENT_CHARS + target.length + data.length;
    return { kind: 'pi', target, data };
  }

  private innerInstance(): Node {
    this.isPlain = false;
    this.markupChars += ELEMENT_CHARS;
    const offset = this.position - 1;
    this.innerOffsets.push(offset);
    this.position = instanceEnd(this.chunk, offset);
    return { kind: 'instance', offset };
  }
}

function itemName(name: string, attributes: readonly Attribute[]): readonly Node[] | string {
  if (name !== 'Data') return name;
  const given = attributes.find((attribute) => attribute.name === 'Name');
  if (!given) return '';
  const [only] = given.value;
  return given.value.length === 1 && only?.kind === 'text' ? only.text : given.value;
}
