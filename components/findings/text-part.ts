import type { FindingDetail } from '#lib/findings/types.ts';

/** Script blocks can have megabytes: what the page shows first, and what one more step brings, in UTF-16 units. */
export const FIRST_CHARACTERS = 20_000;
export const MORE_CHARACTERS = 200_000;
/** Marks in one part; a hostile text may match a hundred thousand times. */
const RANGES_SHOWN = 1_000;
/** What stands before a match that lies deep in a text. */
const BEFORE_MATCH = 1_000;
/** React sends strings from this length on as UTF-8, in which a lone surrogate cannot stand. */
const SENT_AS_UTF8 = 1_024;

export type Range = readonly [start: number, end: number];

/** Where in a finding a long text stands, so that more of it can be asked for. */
export type TextSource =
  | { readonly kind: 'why'; readonly index: number }
  | { readonly kind: 'row'; readonly name: string; readonly index: number }
  | { readonly kind: 'field'; readonly eventId: string; readonly name: string; readonly index: number }
  | { readonly kind: 'xml'; readonly eventId: string };

/** A piece of a long text on its way to the browser. */
export type TextPart = {
  /** With U+FFFD where a lone surrogate stands. */
  readonly text: string;
  readonly loneSurrogates: readonly (readonly [index: number, code: number])[];
  /** Where the piece begins in the whole text, and how long that is. */
  readonly from: number;
  readonly length: number;
  /** What matched, relative to the piece. */
  readonly ranges: readonly Range[];
};

export type LongText = { readonly part: TextPart; readonly source: TextSource };
/** Short texts go as they are. */
export type ShownText = string | LongText;

export function cutText(text: string, from: number, size: number, ranges: readonly Range[] = []): TextPart {
  const start = splitsPair(text, from) ? from - 1 : from;
  const wantedEnd = Math.min(text.length, from + size);
  const end = splitsPair(text, wantedEnd) ? wantedEnd + 1 : wantedEnd;
  const piece = text.slice(start, end);
  return {
    text: piece.toWellFormed(),
    loneSurrogates: loneSurrogatesOf(piece),
    from: start,
    length: text.length,
    ranges: ranges
      .filter(([first, last]) => first < end && last > start)
      .slice(0, RANGES_SHOWN)
      .map(([first, last]): Range => [Math.max(0, first - start), Math.min(end, last) - start]),
  };
}

/** The piece as it stands in the evidence. */
export function restoreText(part: TextPart): string {
  if (part.loneSurrogates.length === 0) return part.text;
  const pieces: string[] = [];
  let from = 0;
  for (const [index, code] of part.loneSurrogates) {
    pieces.push(part.text.slice(from, index), String.fromCharCode(code));
    from = index + 1;
  }
  pieces.push(part.text.slice(from));
  return pieces.join('');
}

export function shownText(text: string, source: TextSource): ShownText {
  const isSafe = text.length < SENT_AS_UTF8 || text.isWellFormed();
  if (text.length <= FIRST_CHARACTERS && isSafe) return text;
  return { part: cutText(text, 0, FIRST_CHARACTERS), source };
}

/** Begins shortly before the first match when that lies beyond what is shown first. */
export function shownMatch(text: string, ranges: readonly Range[], source: TextSource): LongText {
  const [first] = ranges[0] ?? [0, 0];
  const from = first > FIRST_CHARACTERS - BEFORE_MATCH ? first - BEFORE_MATCH : 0;
  return { part: cutText(text, from, FIRST_CHARACTERS, ranges), source };
}

/** The whole text at a place of a finding, with what matched; null when there is none any more. */
export function textAt(
  finding: FindingDetail,
  source: TextSource,
): { readonly text: string; readonly ranges: readonly Range[] } | null {
  switch (source.kind) {
    case 'why': {
      const why = finding.why[source.index];
      return why ? { text: why.value, ranges: why.ranges } : null;
    }
    case 'row':
      return plain(fieldText(finding.row, source.name, source.index));
    case 'field': {
      const event = finding.events.find((one) => one.id === source.eventId);
      return event ? plain(fieldText(event.fields, source.name, source.index)) : null;
    }
    case 'xml':
      return plain(finding.events.find((one) => one.id === source.eventId)?.xml);
  }
}

function fieldText(fields: FindingDetail['row'], name: string, index: number): string | undefined {
  const value = fields.find(([field]) => field === name)?.[1];
  const one = Array.isArray(value) ? value[index] : value;
  return one === null || one === undefined ? undefined : String(one);
}

function plain(text: string | undefined): { text: string; ranges: readonly Range[] } | null {
  return text === undefined ? null : { text, ranges: [] };
}

function isHigh(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function isLow(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

function splitsPair(text: string, at: number): boolean {
  return at > 0 && at < text.length && isHigh(text.charCodeAt(at - 1)) && isLow(text.charCodeAt(at));
}

function loneSurrogatesOf(text: string): readonly (readonly [number, number])[] {
  if (text.isWellFormed()) return [];
  const lone: [number, number][] = [];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (isHigh(code) && isLow(text.charCodeAt(index + 1))) index += 1;
    else if (isHigh(code) || isLow(code)) lone.push([index, code]);
  }
  return lone;
}
