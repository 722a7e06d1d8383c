/**
 * ArcSight Common Event Format (CEF:0; Micro Focus "Implementing ArcSight Common Event Format", 2019, version 25): header
 * fields divided by |, then an extension of key=value. In the header \ and | are escaped, in values \ and =; a line break
 * is only allowed in values, written as \n.
 */
import { ticksToMs } from './ticks.ts';
import type { Message } from './types.ts';

/** CEF's 0 to 10: low to 3, medium to 6, high to 8, very high above. */
const SEVERITY = { info: 1, low: 3, medium: 5, high: 8, critical: 10 } as const;
const HEADER_MAX = 512;

export function cefOf({ id, occurrence, at, title, body, link }: Message, version: string): string {
  const severity =
    'severity' in occurrence ? SEVERITY[occurrence.severity] : SOURCE_SEVERITY[occurrence.event];
  const header = ['Jobsight', 'Jobsight', version, signatureOf(occurrence), title, String(severity)];
  const extension: [string, string | number | null][] = [
    ['rt', at.getTime()],
    ['cat', occurrence.event],
    ['deviceExternalId', id],
    ...factsOf(occurrence),
    ['request', link],
    // Last, because it is the longest and what is cut off when a line gets too long.
    ['msg', body],
  ];
  return `CEF:0|${header.map(inHeader).join('|')}|${extension
    .filter(([, value]) => value !== null && value !== '')
    .map(([key, value]) => `${key}=${inValue(String(value))}`)
    .join(' ')}`;
}

const SOURCE_SEVERITY = { 'source-failure': 6, 'source-mended': 1, test: 0 } as const;

type Occurrence = Message['occurrence'];

function signatureOf(occurrence: Occurrence): string {
  return 'detectionId' in occurrence ? occurrence.detectionId : occurrence.event;
}

function factsOf(occurrence: Occurrence): [string, string | number | null][] {
  if ('findingId' in occurrence)
    return [
      ['externalId', `F-${occurrence.findingNumber}`],
      ['dhost', occurrence.host],
      ['duser', occurrence.user],
      ['start', ticksToMs(occurrence.firstTicks)],
      ['end', ticksToMs(occurrence.lastTicks)],
      ['cs1Label', 'Detection'],
      ['cs1', occurrence.detection],
      ['cs2Label', 'Techniques'],
      ['cs2', occurrence.techniques.join(',')],
      ['cs3Label', 'Mode'],
      ['cs3', occurrence.mode],
    ];
  if ('sourceId' in occurrence)
    return [
      ['cs1Label', 'Source'],
      ['cs1', occurrence.source],
    ];
  return [];
}

function inHeader(text: string): string {
  return clean(text, ' ').slice(0, HEADER_MAX).replace(/[\\|]/g, '\\$&');
}

function inValue(text: string): string {
  return clean(text, '\n').replace(/[\\=]/g, '\\$&').replaceAll('\n', '\\n');
}

/** Line ends of every kind become one; other controls become blanks. */
function clean(text: string, lineEnd: string): string {
  return text
    .replace(/\r\n?|[\n\v\f\u0085\u2028\u2029]/g, lineEnd)
    .replace(/[\p{Cc}\p{Cs}]/gu, (character) => (character === '\n' ? lineEnd : ' '));
}
