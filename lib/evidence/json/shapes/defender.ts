import { timeValues } from '#lib/evidence/text/times.ts';
import { child, filledText, isObject, type JsonObject, type JsonValue, parseJson } from '../values.ts';
import { rawAndFields } from './plain.ts';
import { type Shape, systemOf } from './shape.ts';

/** Marks Defender's records, whose channel is their table. */
export const DEFENDER_PROVIDER = 'Microsoft Defender';

/** Tables of Defender's advanced hunting that are told by their rows. */
type DefenderTable = 'DeviceRegistryEvents' | 'DeviceProcessEvents' | 'DeviceFileEvents' | 'DeviceEvents';

const STREAMED = 'AdvancedHunting-';

/** The Windows event that tells the same, by ActionType. */
const EQUIVALENT: ReadonlyMap<string, number> = new Map([
  ['RegistryValueSet', 13],
  ['RegistryKeyCreated', 12],
  ['RegistryKeyDeleted', 12],
  ['RegistryValueDeleted', 12],
  ['RegistryKeyRenamed', 14],
  ['ProcessCreated', 1],
  ['FileCreated', 11],
  ['FileModified', 11],
  ['FileRenamed', 11],
  ['FileDeleted', 23],
  ['PowerShellCommand', 4104],
]);

/** Microsoft Defender's advanced hunting: rows of a query, the streaming API's records, and Sentinel's tables. */
export const defender: Shape = (document, text, times) => {
  const properties = child(document, 'properties');
  const row = isObject(properties) ? properties : document;
  const first = (key: string) => filledText(child(row, key));
  const action = first('ActionType');
  const time = first('Timestamp') ?? first('TimeGenerated');
  if (action === null || time === null || (first('DeviceName') ?? first('DeviceId')) === null) return null;
  const { systemTime, ...when } = timeValues(time, times);
  return {
    form: 'defender',
    ...when,
    system: systemOf({
      providerName: DEFENDER_PROVIDER,
      eventId: EQUIVALENT.get(action) ?? null,
      systemTime,
      channel: tableOf(document, row, action),
      computer: first('DeviceName'),
      userId: first('InitiatingProcessAccountSid'),
    }),
    data: () => rawAndFields(withAdditionalFields(row), text),
    userDataXml: null,
  };
};

function tableOf(document: JsonObject, row: JsonObject, action: string): string {
  const category = filledText(child(document, 'category'));
  if (category?.startsWith(STREAMED)) return category.slice(STREAMED.length);
  const named = filledText(child(row, '$table')) ?? filledText(child(row, 'Type'));
  if (named?.startsWith('Device')) return named;
  return guessedTable(row, action);
}

/** Rows of a query do not name their table; their columns and actions do. */
function guessedTable(row: JsonObject, action: string): DefenderTable {
  if (action.startsWith('Registry')) return 'DeviceRegistryEvents';
  if (action === 'ProcessCreated') return 'DeviceProcessEvents';
  const isFile =
    /^File(?:Created|Modified|Renamed|Deleted)$/.test(action) && child(row, 'FileName') !== undefined;
  return isFile ? 'DeviceFileEvents' : 'DeviceEvents';
}

/** AdditionalFields is JSON in a string where a query gave it so. */
function withAdditionalFields(row: JsonObject): JsonObject {
  const text = filledText(child(row, 'AdditionalFields'));
  if (text === null || !text.startsWith('{')) return row;
  try {
    const fields: JsonValue = parseJson(text);
    return { ...row, AdditionalFields: fields };
  } catch (error) {
    if (error instanceof SyntaxError) return row;
    throw error;
  }
}
