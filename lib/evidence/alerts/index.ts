import { child, isObject, type JsonObject } from '#lib/evidence/json/values.ts';
import type { TimeReader } from '#lib/evidence/text/times.ts';
import { boundAlert, type ToolAlert } from './alert.ts';
import { chainsawAlert } from './chainsaw.ts';
import { hayabusaAlert, USUAL } from './hayabusa.ts';

/** Where collectors and search engines put the object that they were given. */
const WRAPPERS = ['event', 'result', '_source'];

/** What a rule of another tool said, of an object or row that holds this and no event; else null. */
export function alertOf(value: JsonObject, times: TimeReader): ToolAlert | null {
  const inner = WRAPPERS.map((key) => child(value, key)).filter(isObject);
  for (const one of [value, ...inner]) {
    const alert = hayabusaAlert(one, times) ?? chainsawAlert(one, times);
    if (alert) return boundAlert(alert);
  }
  return null;
}

/** Whether the rows of a table with such columns are alerts. */
export function isAlertTable(columns: readonly string[]): boolean {
  const hasAll = (...names: readonly string[]): boolean => names.every((name) => columns.includes(name));
  const isHayabusa = hasAll('RuleTitle', 'Timestamp') || hasAll('timestamp_desc', 'message', ...USUAL);
  return isHayabusa || (columns[0] === 'timestamp' && columns[1] === 'detections');
}

/** Source of a pattern that stands in the text of every alert in JSON, which is read whatever is searched for. */
export const ALERT_MARKS = 'RuleTitle"|timestamp_desc"|individual"|aggregate"|detection"';
