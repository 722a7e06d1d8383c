import { parseIsoTime } from '#lib/evidence/time.ts';
import type { KindValues } from './census.ts';

/** Printable ASCII without what has a meaning in XML, so that it stands for itself in values and in texts. */
const PLAIN = '[ !#-%(-;=?-~]';
const ATTRIBUTE = ` \\w+=(?:'${PLAIN}*'|"${PLAIN}*")`;
/** What does not tell the kind, or the time, of an event. */
const OTHERS = [
  'Version',
  'Level',
  'Task',
  'Opcode',
  'Keywords',
  'EventRecordID',
  'Correlation',
  'Execution',
  'Security',
].map((name) => `<${name}(?:${ATTRIBUTE})*(?: ?/>|>${PLAIN}*</${name}>)\\s*`);
const OTHER = `(?:${OTHERS.join('|')})*`;

/** The beginning of an event as Windows, wevtutil and Splunk write it, up to the end of its System element. */
const USUAL = new RegExp(
  [
    `<Event(?:${ATTRIBUTE})*>\\s*<System>\\s*`,
    `<Provider Name=(['"])(${PLAIN}+)\\1(?:${ATTRIBUTE})*(?: ?/>|></Provider>)\\s*`,
    `<EventID(?:${ATTRIBUTE})*>(\\d{1,10})</EventID>\\s*${OTHER}`,
    `<TimeCreated SystemTime=(['"])(${PLAIN}+)\\4 ?/>\\s*${OTHER}`,
    `<Channel>(${PLAIN}+)</Channel>\\s*<Computer>(${PLAIN}+)</Computer>\\s*${OTHER}</System>`,
  ].join(''),
  'y',
);

/** Reads what a census needs of events that are written in the usual way, without parsing them. */
export class UsualSystems {
  readonly #text: string;
  #last: KindValues = { providerName: null, eventId: null, channel: null, computer: null };

  /** @param text a text of several events, its bytes as characters */
  constructor(text: string) {
    this.#text = text;
  }

  /** Of the event that begins at an index; null when it has to be parsed. */
  read(start: number): { readonly kind: KindValues; readonly timeTicks: bigint | null } | null {
    USUAL.lastIndex = start;
    const found = USUAL.exec(this.#text);
    if (!found) return null;
    const [, , provider = '', eventId = '', , time = '', channel = '', computer = ''] = found;
    const last = this.#last;
    const isAsLast =
      last.channel === channel &&
      last.computer === computer &&
      last.providerName === provider &&
      last.eventId === Number(eventId);
    if (!isAsLast) {
      this.#last = {
        providerName: copied(provider),
        eventId: Number(eventId),
        channel: copied(channel),
        computer: copied(computer),
      };
    }
    return { kind: this.#last, timeTicks: parseIsoTime(time) };
  }
}

/** A part of a text would keep the whole text in memory. */
function copied(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
