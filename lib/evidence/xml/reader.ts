import type { Block, ByteSource, CensusRow, EvidenceRecord, Problem, ReadOptions } from '#lib/evidence/record.ts';
import { parseIsoTime } from '#lib/evidence/time.ts';
import { Census } from './census.ts';
import { detectEncoding, type TextEncoding } from './encoding.ts';
import { EventSyntaxError, type ParsedEvent, parseEventText } from './event-text.ts';
import { createSplitter } from './splitter.ts';

const READ_BYTES = 1024 * 1024;
/** An event longer than this is not read: PowerShell cuts script blocks into parts far below it. */
const EVENT_MAX_BYTES = 64 * 1024 * 1024;
const LINE_FEED = 10;

/**
 * Reads Windows Event XML, one event a line or over many, with or without a root element, in UTF-8 or UTF-16. A block is
 * about 1 MiB, cut between events. What is no event becomes a problem with its byte offset and line. Holds at most one
 * event and one read in memory.
 *
 * Throws what the source throws, and the signal's reason when aborted.
 */
export async function* readXml(source: ByteSource, options: ReadOptions = {}): AsyncGenerator<Block> {
  const head = await readAt(source, 0, 65_536);
  const encoding = detectEncoding(head);
  const splitter = createSplitter(encoding, prefixOf(encoding.decode(head)));
  const lines = new LineCounter();
  const startOffset = options.startOffset ?? 0;
  await countLines(source, startOffset, lines);
  let offset = Math.max(startOffset, encoding.markLength);
  let blockStart = startOffset;
  let readOffset = offset;
  let index = options.startIndex ?? 0;
  let pending: Buffer = Buffer.alloc(0);
  let skippedFrom: Place | null = null;

  for (;;) {
    options.signal?.throwIfAborted();
    const bytes = await readAt(source, readOffset, READ_BYTES);
    readOffset += bytes.length;
    const isLast = bytes.length === 0 || readOffset >= source.sizeBytes;
    const buffer = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
    const builder = new BlockBuilder(encoding, options.needles);
    const { spans, rest } = splitter.split(buffer, isLast);
    for (const span of spans) {
      const part = buffer.subarray(span.start, span.end);
      const place = { offset: offset + span.start, line: lines.current };
      if (skippedFrom) {
        // The remains of an event that was too long go with it.
        if (span.kind === 'event') {
          builder.skipped(skippedFrom, place.offset - skippedFrom.offset);
          skippedFrom = null;
          builder.event(part, place);
        }
      } else if (span.kind === 'event') builder.event(part, place);
      else builder.between(part, place);
      lines.count(part);
    }
    offset += rest;
    pending = Buffer.from(buffer.subarray(rest));
    if (pending.length > EVENT_MAX_BYTES) {
      skippedFrom = { offset, line: lines.current };
      lines.count(pending);
      offset += pending.length;
      pending = Buffer.alloc(0);
    }
    if (isLast && skippedFrom) builder.skipped(skippedFrom, source.sizeBytes - skippedFrom.offset);
    const end = isLast ? source.sizeBytes : offset;
    if (!builder.isEmpty || end > blockStart || isLast) {
      yield builder.build(index, blockStart, end - blockStart);
      index += 1;
      blockStart = end;
    }
    if (isLast) return;
  }
}

type Place = { readonly offset: number; readonly line: number };

/** Gathers what one read gave. */
class BlockBuilder {
  readonly #encoding: TextEncoding;
  readonly #needles: RegExp | null;
  readonly #events: { readonly text: string; readonly place: Place }[] = [];
  readonly #problems: Problem[] = [];
  #mayMatch: boolean;

  constructor(encoding: TextEncoding, needles: readonly string[] | undefined) {
    this.#encoding = encoding;
    this.#needles = needles === undefined ? null : needlePattern(needles);
    this.#mayMatch = needles === undefined;
  }

  get isEmpty(): boolean {
    return this.#events.length === 0 && this.#problems.length === 0;
  }

  event(bytes: Buffer, place: Place): void {
    const text = this.#encoding.decode(bytes);
    this.#mayMatch ||= this.#needles?.test(text) ?? true;
    this.#events.push({ text, place });
  }

  between(bytes: Buffer, place: Place): void {
    const junk = this.#encoding
      .decode(bytes)
      .replace(/<\?[^>]*\?>|<!--[\s\S]*?-->|<\/?(?:\w+:)?[Ee]vents\b[^>]*>|<\/?[A-Za-z_][\w:.-]*(?:\s[^<>]*)?>/g, '')
      .replace(/[\s\ufeff\0]+/g, '');
    if (junk === '') return;
    this.#problems.push({
      place,
      skippedBytes: bytes.length,
      code: 'xml-syntax',
      message: `${bytes.length.toLocaleString('en')} bytes that are no event stand here and were left out.`,
      isLoss: true,
    });
  }

  skipped(place: Place, sizeBytes: number): void {
    this.#problems.push({
      place,
      skippedBytes: sizeBytes,
      code: 'record-too-long',
      message: `An event that begins here has no end within ${EVENT_MAX_BYTES / 1024 / 1024} MiB and was left out.`,
      isLoss: true,
    });
  }

  build(index: number, offset: number, lengthBytes: number): Block {
    const problems = [...this.#problems];
    const records: EvidenceRecord[] = [];
    const census = new Census();
    for (const { text, place } of this.#events) {
      try {
        const parsed = parseEventText(text);
        const record = new XmlRecord(parsed, place);
        census.add(record);
        if (this.#mayMatch) records.push(record);
      } catch (error) {
        if (!(error instanceof EventSyntaxError)) throw error;
        problems.push({
          place,
          skippedBytes: Buffer.byteLength(text),
          code: 'xml-syntax',
          message: `The event that begins here is not well-formed XML (${error.message}) and was left out.`,
          isLoss: true,
        });
      }
    }
    const rows: readonly CensusRow[] = census.rows;
    return {
      index,
      offset,
      lengthBytes,
      records,
      recordCount: census.count,
      isParsed: this.#mayMatch,
      problems: problems.toSorted((a, b) => a.place.offset - b.place.offset),
      census: () => rows,
    };
  }
}

class XmlRecord implements EvidenceRecord {
  readonly form = 'xml';
  readonly place: Place;
  readonly timeTicks: bigint | null;
  readonly #parsed: ParsedEvent;

  constructor(parsed: ParsedEvent, place: Place) {
    this.#parsed = parsed;
    this.place = place;
    this.timeTicks = parsed.system.systemTime === null ? null : parseIsoTime(parsed.system.systemTime);
  }

  get system() {
    return this.#parsed.system;
  }

  get data() {
    return this.#parsed.data;
  }

  get userDataXml() {
    return this.#parsed.userDataXml;
  }
}

/** References and CDATA may hide a literal, so an event that has them is looked at whole. */
function needlePattern(needles: readonly string[]): RegExp {
  const escaped = needles.map((needle) => needle.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(['&#', '<!\\[CDATA\\[', ...escaped].join('|'), 'i');
}

function prefixOf(head: string): string {
  return /<(\w+:)?Event[\s>/]/.exec(head)?.[1] ?? '';
}

class LineCounter {
  current = 1;

  /** UTF-16 has its line feed in one of two bytes; a byte of value 10 elsewhere in it is too rare to matter for a hint. */
  count(bytes: Uint8Array): void {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = buffer.indexOf(LINE_FEED); at >= 0; at = buffer.indexOf(LINE_FEED, at + 1)) this.current += 1;
  }
}

async function countLines(source: ByteSource, end: number, lines: LineCounter): Promise<void> {
  for (let at = 0; at < end; ) {
    const bytes = await readAt(source, at, Math.min(READ_BYTES, end - at));
    if (bytes.length === 0) return;
    lines.count(bytes);
    at += bytes.length;
  }
}

async function readAt(source: ByteSource, offset: number, length: number): Promise<Buffer> {
  const target = Buffer.alloc(Math.max(0, Math.min(length, source.sizeBytes - offset)));
  let filled = 0;
  while (filled < target.length) {
    const count = await source.read(target, filled, target.length - filled, offset + filled);
    if (count === 0) break;
    filled += count;
  }
  return target.subarray(0, filled);
}
