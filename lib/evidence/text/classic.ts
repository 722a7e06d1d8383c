import { eventIdOf, opcodeText, type ShapedRecord, systemOf } from '#lib/evidence/json/shapes/shape.ts';
import { parseAnyTime } from '#lib/evidence/json/time.ts';
import { dataFromMessage } from './message.ts';
import { providerOf } from './providers.ts';
import { type TimeReader, timeValues } from './times.ts';

const MESSAGE = 'Message';
const KEY_MAX = 40;
/** Names of the keywords of audits (winmeta.xml) with the bits that Windows sets for them. */
const KEYWORDS: ReadonlyMap<string, string> = new Map([
  ['Audit Success', '0x8020000000000000'],
  ['Audit Failure', '0x8010000000000000'],
]);
/** `12/09/2020 06:41:32 PM`, with a fraction in later versions. */
const FIRST_LINE = /^\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d(?:\.\d{1,7})? [AP]M$/;

/**
 * The record of an event as Splunk's WinEventLog input writes it without XML: a line with the local time, lines of
 * `Key=value` in any order, and the message, which goes on to the end. Null when the text is none.
 *
 * @param indexedTime Splunk's _time of the event when it is known with its zone
 */
export function classicEvent(
  text: string,
  times: TimeReader,
  indexedTime: string | null = null,
): ShapedRecord | null {
  const { time, keys, message } = parts(text);
  if (!FIRST_LINE.test(time)) return null;
  const eventId = eventIdOf(keys.get('EventCode'));
  const channel = keys.get('LogName') || null;
  if (eventId === null && channel === null) return null;
  const source = keys.get('SourceName') || null;
  const sid = keys.get('Sid') ?? '';
  const { systemTime, timeTicks, localTime } = timeValues(zoned(indexedTime, times) ?? time, times);
  const opcode = keys.get('OpCode');
  return {
    form: 'splunk-text',
    timeTicks,
    localTime,
    system: systemOf({
      providerName: source === null ? null : providerOf(source),
      eventId,
      level: digits(keys.get('EventType')),
      task: digits(keys.get('TaskCategory')),
      opcode: opcode === 'Info' ? '0' : opcodeText(eventId, opcode),
      keywords: KEYWORDS.get(keys.get('Keywords') ?? '') ?? null,
      systemTime,
      recordId: digits(keys.get('RecordNumber')),
      channel,
      computer: keys.get('ComputerName') || null,
      userId: /^S-1-[\d-]{1,200}$/.test(sid) ? sid : null,
    }),
    data: () => dataFromMessage(channel, eventId, message),
    userDataXml: null,
  };
}

/** A time that tells its zone, else null. */
function zoned(text: string | null, times: TimeReader): string | null {
  const isZoned = text !== null && parseAnyTime(text) !== null && times.parse(text)?.isLocal === false;
  return isZoned ? text : null;
}

type Parts = {
  readonly time: string;
  readonly keys: ReadonlyMap<string, string>;
  readonly message: string;
};

function parts(text: string): Parts {
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const nextLine = (): string => {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? text.length : end);
    at = end < 0 ? text.length : end + 1;
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  };
  const time = nextLine().trim();
  const keys = new Map<string, string>();
  while (at < text.length) {
    const start = at;
    const line = nextLine();
    const equals = line.slice(0, KEY_MAX + 1).indexOf('=');
    if (equals < 1) continue;
    const key = line.slice(0, equals);
    if (key === MESSAGE) {
      return { time, keys, message: text.slice(start + equals + 1).trimEnd() };
    }
    if (!keys.has(key)) keys.set(key, line.slice(equals + 1).trim());
  }
  return { time, keys, message: '' };
}

function digits(text: string | undefined): string | null {
  return text !== undefined && /^\d{1,20}$/.test(text) ? text : null;
}
