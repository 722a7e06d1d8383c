import type { DataItem } from '#lib/evidence/record.ts';
import { escapeXml } from '#lib/evidence/render.ts';
import { isoOrGiven, parseAnyTime } from '../time.ts';
import { child, filledText, isObject, type JsonObject, type JsonValue, scalarText } from '../values.ts';
import { dataItem, eventIdOf, guidText, keywordsText, type Shape, systemOf } from './shape.ts';

/** Keys under which converters of XML put the attributes of an element. */
const ATTRIBUTE_KEYS = ['#attributes', '_attributes'];
const SEPARATE = '_attributes';
const TEXT_KEYS = ['#text', '_text', 'Value'];

/**
 * The XML of an event turned into JSON element by element: evtx_dump (attributes inside or separate), Chainsaw's search,
 * and converters like them.
 */
export const evtxDump: Shape = (value) => {
  const event = child(value, 'Event');
  const system = child(event, 'System');
  if (!isObject(event) || !isObject(system)) return null;
  const text = (name: string) => elementText(child(system, name)) || null;
  const attribute = (name: string, key: string) => attributeOf(system, name, key) || null;
  const systemTime = attribute('TimeCreated', 'SystemTime') ?? text('TimeCreated');
  const userData = child(event, 'UserData');
  return {
    form: 'evtx_dump',
    timeTicks: systemTime === null ? null : parseAnyTime(systemTime),
    system: systemOf({
      providerName: attribute('Provider', 'Name'),
      providerGuid: guidText(attribute('Provider', 'Guid')),
      eventId: eventIdOf(text('EventID') ?? undefined),
      qualifiers: attribute('EventID', 'Qualifiers'),
      version: text('Version'),
      level: text('Level'),
      task: text('Task'),
      opcode: text('Opcode'),
      keywords: keywordsText(text('Keywords') ?? undefined),
      systemTime: isoOrGiven(systemTime),
      recordId: text('EventRecordID'),
      activityId: guidText(attribute('Correlation', 'ActivityID')),
      relatedActivityId: guidText(attribute('Correlation', 'RelatedActivityID')),
      processId: attribute('Execution', 'ProcessID'),
      threadId: attribute('Execution', 'ThreadID'),
      channel: text('Channel'),
      computer: text('Computer'),
      userId: attribute('Security', 'UserID'),
    }),
    data: () => [...eventData(child(event, 'EventData')), ...leaves(userData)],
    userDataXml: isObject(userData) ? () => elementXml('UserData', userData, undefined) : null,
  };
};

/** The values of EventData: by name, or in Data elements with or without one. */
function eventData(value: JsonValue | undefined): DataItem[] {
  const text = scalarText(value);
  if (!isObject(value)) return text === null || text.trim() === '' ? [] : [['', text]];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (isAttributes(key)) return [];
    if (key !== 'Data') return [dataItem(key, elementText(inner))];
    return (Array.isArray(inner) ? (inner as readonly JsonValue[]) : [inner]).flatMap(dataElement);
  });
}

function dataElement(value: JsonValue): DataItem[] {
  const name = ownAttribute(value, 'Name') ?? '';
  const texts = isObject(value)
    ? TEXT_KEYS.map((key) => child(value, key)).find((one) => one !== undefined)
    : value;
  const all = Array.isArray(texts) ? (texts as readonly JsonValue[]) : [texts ?? null];
  return all.map((text) => dataItem(name, scalarText(text) ?? ''));
}

/** Text of an element: a scalar, or the text beside its attributes. */
function elementText(value: JsonValue | undefined): string {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(elementText).join('\n');
  if (!isObject(value)) return scalarText(value) ?? '';
  for (const key of TEXT_KEYS) {
    const text = child(value, key);
    if (text !== undefined) return elementText(text);
  }
  return '';
}

function attributeOf(parent: JsonObject, name: string, key: string): string | null {
  return (
    filledText(child(child(parent, `${name}${SEPARATE}`), key)) ?? ownAttribute(child(parent, name), key)
  );
}

function ownAttribute(value: JsonValue | undefined, key: string): string | null {
  for (const attributes of ATTRIBUTE_KEYS) {
    const text = filledText(child(child(value, attributes), key));
    if (text !== null) return text;
  }
  return filledText(child(value, `@${key}`)) ?? filledText(child(value, key));
}

function isAttributes(key: string): boolean {
  return ATTRIBUTE_KEYS.includes(key) || key.endsWith(SEPARATE) || key.startsWith('@') || key === 'xmlns';
}

/** Innermost elements of UserData with their texts. */
function leaves(value: JsonValue | undefined): DataItem[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]): DataItem[] => {
    if (isAttributes(key)) return [];
    return elementsOf(inner).flatMap((element) =>
      hasElements(element) ? leaves(element) : [dataItem(localName(key), elementText(element))],
    );
  });
}

function elementsOf(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
}

function hasElements(value: JsonValue): boolean {
  return isObject(value) && Object.keys(value).some((key) => !isAttributes(key) && !TEXT_KEYS.includes(key));
}

/** An element as XML, without prefixes. */
function elementXml(name: string, value: JsonValue, separate: JsonValue | undefined): string {
  const own = ATTRIBUTE_KEYS.map((key) => child(value, key)).find(isObject);
  const given = isObject(separate) ? separate : (own ?? {});
  const attributes = Object.entries(given)
    .filter(([key]) => isName(key) && !key.includes(':'))
    .map(([key, text]) => ` ${key}='${escapeXml(scalarText(text) ?? '')}'`);
  const inner =
    isObject(value) && hasElements(value)
      ? Object.entries(value)
          .filter(([key]) => !isAttributes(key) && isName(localName(key)))
          .flatMap(([key, element]) =>
            elementsOf(element).map((one) =>
              elementXml(localName(key), one, child(value, `${key}${SEPARATE}`)),
            ),
          )
          .join('')
      : escapeXml(elementText(value));
  return `<${name}${attributes.join('')}>${inner}</${name}>`;
}

function isName(text: string): boolean {
  return /^[\p{L}_][\p{L}\d_.:-]*$/u.test(text);
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
