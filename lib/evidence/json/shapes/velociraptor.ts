import type { DataItem } from '#lib/evidence/record.ts';
import { isoOrGiven, parseAnyTime } from '../time.ts';
import { at, child, filledText, isObject, type JsonObject, type JsonValue, scalarText } from '../values.ts';
import {
  dataItem,
  eventIdOf,
  guidText,
  keywordsText,
  type Shape,
  type ShapedRecord,
  systemOf,
} from './shape.ts';

/** Velociraptor's parse_evtx, and its artifacts that hunt in event logs and put the System values into columns. */
export const velociraptor: Shape = (value) => {
  const system = child(value, 'System');
  if (isObject(system) && (isObject(child(system, 'EventID')) || isObject(child(system, 'Provider')))) {
    return fromParseEvtx(value, system);
  }
  const isHunt = isObject(child(value, 'EventData')) || isObject(child(value, 'UserData'));
  if (
    !isHunt ||
    filledText(child(value, 'Channel')) === null ||
    eventIdOf(child(value, 'EventID')) === null
  ) {
    return null;
  }
  const systemTime = filledText(child(value, 'EventTime')) ?? filledText(child(value, 'TimeCreated'));
  return {
    ...bodyOf(value),
    timeTicks: systemTime === null ? null : parseAnyTime(systemTime),
    system: systemOf({
      providerName: filledText(child(value, 'Provider')),
      eventId: eventIdOf(child(value, 'EventID')),
      systemTime: isoOrGiven(systemTime),
      recordId: filledText(child(value, 'EventRecordID')),
      channel: filledText(child(value, 'Channel')),
      computer: filledText(child(value, 'Computer')),
      userId: filledText(child(value, 'UserSID')),
    }),
  };
};

function fromParseEvtx(value: JsonObject, system: JsonObject): ShapedRecord {
  const text = (path: string) => filledText(at(system, path));
  const systemTime = text('TimeCreated.SystemTime');
  return {
    ...bodyOf(value),
    timeTicks: systemTime === null ? null : parseAnyTime(systemTime),
    system: systemOf({
      providerName: text('Provider.Name'),
      providerGuid: guidText(text('Provider.Guid')),
      eventId: eventIdOf(at(system, 'EventID.Value')) ?? eventIdOf(child(system, 'EventID')),
      qualifiers: text('EventID.Qualifiers'),
      version: text('Version'),
      level: text('Level'),
      task: text('Task'),
      opcode: text('Opcode'),
      keywords: keywordsText(child(system, 'Keywords')),
      systemTime: isoOrGiven(systemTime),
      recordId: text('EventRecordID'),
      activityId: guidText(text('Correlation.ActivityID')),
      relatedActivityId: guidText(text('Correlation.RelatedActivityID')),
      processId: text('Execution.ProcessID'),
      threadId: text('Execution.ThreadID'),
      channel: text('Channel'),
      computer: text('Computer'),
      userId: text('Security.UserID'),
    }),
  };
}

function bodyOf(value: JsonObject): Pick<ShapedRecord, 'form' | 'data' | 'userDataXml'> {
  const data = () => [...leaves(child(value, 'EventData'), 'Data'), ...leaves(child(value, 'UserData'), '')];
  return { form: 'velociraptor', data, userDataXml: null };
}

/** Innermost values under their own keys; those under `unnamed` have no name in the event. */
function leaves(value: JsonValue | undefined, unnamed: string): DataItem[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]): DataItem[] => {
    if (isObject(inner)) return leaves(inner, unnamed);
    const texts = Array.isArray(inner) ? (inner as readonly JsonValue[]) : [inner];
    return texts.map((text) => dataItem(key === unnamed ? '' : key, scalarText(text) ?? ''));
  });
}
