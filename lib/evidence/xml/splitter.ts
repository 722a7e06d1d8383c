import type { TextEncoding } from './encoding.ts';

/** A span of the buffer that is one Event element, or text between two of them. */
export type Span = { readonly kind: 'event' | 'between'; readonly start: number; readonly end: number };

export type Splitter = {
  /**
   * Cuts the buffer into events and what stands between them. `rest` is where an event begins that does not end here, or
   * the end of what can be judged without more bytes.
   */
  split(buffer: Buffer, isLast: boolean): { spans: Span[]; rest: number };
};

const NAME_END = new Set([' ', '\t', '\r', '\n', '>', '/']);

/**
 * Splits only at `<Event` as a tag, never at line breaks: script text has lines, and may hold `<Event` itself, escaped or
 * in CDATA. Works on bytes, so that offsets are those of the file and only events are decoded.
 *
 * @param prefix namespace prefix of the file's events with its colon, '' without
 */
export function createSplitter(encoding: TextEncoding, prefix: string): Splitter {
  const open = encoding.encode(`<${prefix}Event`);
  const close = encoding.encode(`</${prefix}Event>`);
  const cdata = encoding.encode('<![CDATA[');
  const cdataEnd = encoding.encode(']]>');
  const unit = encoding.bytesPerUnit;

  /** indexOf on whole code units. */
  const find = (buffer: Buffer, needle: Buffer, from: number): number => {
    let at = buffer.indexOf(needle, from);
    while (at >= 0 && unit === 2 && at % 2 !== 0) at = buffer.indexOf(needle, at + 1);
    return at;
  };
  const findOpen = (buffer: Buffer, from: number): number => {
    for (let at = find(buffer, open, from); at >= 0; at = find(buffer, open, at + unit)) {
      const after = buffer.subarray(at + open.length, at + open.length + unit);
      if (after.length < unit) return at;
      if (NAME_END.has(encoding.decode(after))) return at;
    }
    return -1;
  };
  /** Past the event's closing tag; `cut` when another event begins first; null when the buffer ends first. */
  const findEnd = (buffer: Buffer, start: number): { at: number; isCut: boolean } | null => {
    let from = start + open.length;
    for (;;) {
      const end = find(buffer, close, from);
      const section = find(buffer, cdata, from);
      if (section >= 0 && (end < 0 || section < end)) {
        const sectionEnd = find(buffer, cdataEnd, section + cdata.length);
        const nextOpen = findOpen(buffer, from);
        if (nextOpen >= 0 && nextOpen < section) return { at: nextOpen, isCut: true };
        if (sectionEnd < 0) return null;
        from = sectionEnd + cdataEnd.length;
        continue;
      }
      const nextOpen = findOpen(buffer, from);
      if (nextOpen >= 0 && nextOpen + open.length < buffer.length && (end < 0 || nextOpen < end)) {
        return { at: nextOpen, isCut: true };
      }
      return end < 0 ? null : { at: end + close.length, isCut: false };
    }
  };

  return {
    split(buffer, isLast) {
      const spans: Span[] = [];
      let at = 0;
      for (;;) {
        const start = findOpen(buffer, at);
        if (start < 0) {
          // A tag may begin in the last bytes.
          const judged = isLast ? buffer.length : Math.max(at, buffer.length - open.length - unit) & ~(unit - 1);
          if (judged > at) spans.push({ kind: 'between', start: at, end: judged });
          return { spans, rest: Math.max(at, judged) };
        }
        if (start > at) spans.push({ kind: 'between', start: at, end: start });
        const end = findEnd(buffer, start);
        if (end === null) {
          if (!isLast) return { spans, rest: start };
          spans.push({ kind: 'event', start, end: buffer.length });
          return { spans, rest: buffer.length };
        }
        spans.push({ kind: 'event', start, end: end.at });
        at = end.at;
      }
    },
  };
}
