import { crc32 } from 'node:zlib';
import { CHUNK_BYTES, CHUNK_HEADER_BYTES, FILE_HEADER_BYTES } from '../header.ts';
import { MORE_FLAG, token, valueType } from '../tokens.ts';

/** A value of a record: its type and bytes. */
export type TestValue = readonly [type: number, bytes: Uint8Array];

type ElementOptions = {
  /** Index of a value; 'none' writes no dependency at all, as outside templates. */
  readonly dependency?: number | 'none';
  readonly attributes?: readonly (readonly [name: string, write: () => void])[];
};

/** Writes chunks of EVTX with any content, for tests: what Windows writes, and what it never would. */
export class ChunkBuilder {
  readonly bytes = Buffer.alloc(CHUNK_BYTES);
  position = CHUNK_HEADER_BYTES;
  /** Offsets of the records. */
  readonly records: number[] = [];
  private nextId = 1n;

  record(write: () => void): this {
    const start = this.position;
    this.records.push(start);
    this.bytes.writeUInt32LE(0x2a2a, start);
    this.bytes.writeBigUInt64LE(this.nextId++, start + 8);
    this.position = start + 24;
    write();
    this.position = Math.ceil((this.position + 4) / 8) * 8;
    const size = this.position - start;
    this.bytes.writeUInt32LE(size, start + 4);
    this.bytes.writeUInt32LE(size, this.position - 4);
    return this;
  }

  /** A record with one template: a System element of constants, and EventData (or the like) beside it. */
  event(
    writePayload: () => void,
    values: readonly TestValue[] = [],
    system: () => void = () => this.system(),
  ): this {
    return this.record(() =>
      this.fragment(() => {
        this.instance(() => {
          this.element('Event', () => {
            system();
            writePayload();
          });
        }, values);
      }),
    );
  }

  system(options: { eventId?: () => void; channel?: () => void; time?: () => void } = {}): void {
    this.element('System', () => {
      this.element('Provider', () => {}, { attributes: [['Name', () => this.text('Test-Provider')]] });
      this.element('EventID', options.eventId ?? (() => this.text('7')));
      const time = options.time ?? (() => this.text('2024-03-05T09:14:02.1254367Z'));
      this.element('TimeCreated', () => {}, { attributes: [['SystemTime', time]] });
      this.element('EventRecordID', () => this.text('900'));
      this.element('Channel', options.channel ?? (() => this.text('Test/Operational')));
      this.element('Computer', () => this.text('host.example'));
    });
  }

  eventData(...data: readonly (() => void)[]): void {
    this.element('EventData', () => {
      for (const write of data) this.data(write);
    });
  }

  data(write: () => void, name?: string): void {
    this.element('Data', write, name === undefined ? {} : { attributes: [['Name', () => this.text(name)]] });
  }

  /** A template instance with its definition; returns the definition's offset. */
  instance(write: () => void, values: readonly TestValue[] = []): number {
    this.instanceHeader(this.position + 10);
    const definition = this.position;
    this.position += 24;
    this.fragment(write);
    this.bytes.writeUInt32LE(this.position - definition - 24, definition + 20);
    this.values(values);
    return definition;
  }

  /** A template instance with the definition of another. */
  instanceOf(definition: number, values: readonly TestValue[]): void {
    this.instanceHeader(definition);
    this.values(values);
  }

  fragment(write: () => void): void {
    this.raw(token.fragmentHeader, 1, 1, 0);
    write();
    this.raw(token.endOfFragment);
  }

  element(name: string, write: () => void, options: ElementOptions = {}): void {
    const { attributes = [], dependency = 0xffff } = options;
    this.raw(token.openElement | (attributes.length > 0 ? MORE_FLAG : 0));
    if (dependency !== 'none') this.u16(dependency);
    const sizeAt = this.position;
    this.u32(0);
    this.name(name);
    if (attributes.length > 0) this.u32(0);
    for (const [attributeName, writeValue] of attributes) {
      this.raw(token.attribute);
      this.name(attributeName);
      writeValue();
    }
    this.raw(token.closeStartElement);
    write();
    this.raw(token.endElement);
    this.bytes.writeUInt32LE(this.position - sizeAt - 4, sizeAt);
  }

  text(text: string): void {
    this.raw(token.value, valueType.string);
    this.counted(text);
  }

  cdata(text: string): void {
    this.raw(token.cdata);
    this.counted(text);
  }

  charRef(code: number): void {
    this.raw(token.charRef);
    this.u16(code);
  }

  entityRef(name: string): void {
    this.raw(token.entityRef);
    this.name(name);
  }

  processingInstruction(target: string, data: string): void {
    this.raw(token.piTarget);
    this.name(target);
    this.raw(token.piData);
    this.counted(data);
  }

  substitution(index: number, isOptional = false): void {
    this.raw(isOptional ? token.optionalSubstitution : token.normalSubstitution);
    this.u16(index);
    this.raw(valueType.string);
  }

  raw(...bytes: readonly number[]): void {
    for (const byte of bytes) this.bytes[this.position++] = byte;
  }

  /** The bytes of a value that holds a template instance. They may stand anywhere, for the definition stands elsewhere. */
  instanceValue(definition: number, values: readonly TestValue[]): TestValue {
    const start = this.position;
    this.raw(token.fragmentHeader, 1, 1, 0);
    this.instanceOf(definition, values);
    this.raw(token.endOfFragment);
    const bytes = Uint8Array.from(this.bytes.subarray(start, this.position));
    this.bytes.fill(0, start, this.position);
    this.position = start;
    return [valueType.binXml, bytes];
  }

  /** Sets what the header claims, and both checksums. */
  finish(freeSpaceOffset = this.position): Buffer {
    this.bytes.write('ElfChnk\0', 0, 'latin1');
    this.bytes.writeUInt32LE(128, 40);
    this.bytes.writeUInt32LE(freeSpaceOffset, 48);
    return sealChunk(this.bytes);
  }

  private instanceHeader(definition: number): void {
    this.raw(token.templateInstance, 1);
    this.u32(0);
    this.u32(definition);
  }

  private values(values: readonly TestValue[]): void {
    this.u32(values.length);
    for (const [type, bytes] of values) {
      this.u16(bytes.length);
      this.raw(type, 0);
    }
    for (const [, bytes] of values) this.raw(...bytes);
  }

  private name(name: string): void {
    this.u32(this.position + 4);
    this.u32(0);
    this.u16(0);
    this.counted(name);
    this.u16(0);
  }

  private counted(text: string): void {
    this.u16(text.length);
    this.position += this.bytes.write(text, this.position, 'utf16le');
  }

  private u16(value: number): void {
    this.position = this.bytes.writeUInt16LE(value, this.position);
  }

  private u32(value: number): void {
    this.position = this.bytes.writeUInt32LE(value, this.position);
  }
}

/** Writes the checksums that fit a chunk's bytes. */
export function sealChunk(chunk: Buffer): Buffer {
  chunk.writeUInt32LE(crc32(chunk.subarray(512, chunk.readUInt32LE(48))), 52);
  chunk.writeUInt32LE(crc32(chunk.subarray(128, 512), crc32(chunk.subarray(0, 120))), 124);
  return chunk;
}

/** A file of these chunks with a correct header. */
export function evtxFile(chunks: readonly Uint8Array[], flags = 0): Buffer {
  const header = Buffer.alloc(FILE_HEADER_BYTES);
  header.write('ElfFile\0', 0, 'latin1');
  header.writeUInt16LE(chunks.length, 42);
  header.writeUInt32LE(flags, 120);
  header.writeUInt32LE(crc32(header.subarray(0, 120)), 124);
  return Buffer.concat([header, ...chunks]);
}
