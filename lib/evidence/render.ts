import type { EvidenceRecord, SystemValues } from './record.ts';

const NAMESPACE = 'http://schemas.microsoft.com/win/2004/08/events/event';

/**
 * A record as Windows Event XML, in the order and with the single quotes that Windows writes. Characters that XML cannot
 * hold (NUL, control characters, lone surrogates) become numeric references, which our XML reader reads back.
 */
export function renderEventXml(record: Pick<EvidenceRecord, 'system' | 'data' | 'userDataXml'>): string {
  const body = record.userDataXml ?? renderEventData(record.data);
  return `<Event xmlns='${NAMESPACE}'>${renderSystem(record.system)}${body}</Event>`;
}

function renderSystem(system: SystemValues): string {
  const eventId = system.eventId === null ? '' : String(system.eventId);
  return [
    '<System>',
    `<Provider${attribute('Name', system.providerName)}${attribute('Guid', system.providerGuid)}/>`,
    `<EventID${attribute('Qualifiers', system.qualifiers)}>${eventId}</EventID>`,
    element('Version', system.version),
    element('Level', system.level),
    element('Task', system.task),
    element('Opcode', system.opcode),
    element('Keywords', system.keywords),
    `<TimeCreated${attribute('SystemTime', system.systemTime)}/>`,
    element('EventRecordID', system.recordId),
    `<Correlation${attribute('ActivityID', system.activityId)}${attribute('RelatedActivityID', system.relatedActivityId)}/>`,
    `<Execution${attribute('ProcessID', system.processId)}${attribute('ThreadID', system.threadId)}/>`,
    element('Channel', system.channel),
    element('Computer', system.computer),
    `<Security${attribute('UserID', system.userId)}/>`,
    '</System>',
  ].join('');
}

function renderEventData(data: EvidenceRecord['data']): string {
  if (data.length === 0) return '<EventData/>';
  const items = data.map(
    ([name, value]) => `<Data${name === '' ? '' : attribute('Name', name)}>${escapeXml(value)}</Data>`,
  );
  return `<EventData>${items.join('')}</EventData>`;
}

function element(name: string, value: string | null): string {
  return value === null ? '' : `<${name}>${escapeXml(value)}</${name}>`;
}

function attribute(name: string, value: string | null): string {
  return value === null ? '' : ` ${name}='${escapeXml(value)}'`;
}

const NAMED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&apos;',
  '"': '&quot;',
};

/** What XML gives a meaning, control characters but tab and line feed, noncharacters, lone surrogates. */
const ESCAPED = /[&<>'"]|(?![\t\n])\p{Cc}|[\ufffe\uffff]|\p{Cs}/gu;

/** Line breaks stay as they are in text; a carriage return becomes a reference, or a parser would normalize it away. */
export function escapeXml(text: string): string {
  return text.replace(ESCAPED, (character) => NAMED[character] ?? `&#${character.charCodeAt(0)};`);
}
