import type { TimeReader } from '#lib/evidence/text/times.ts';
import type { JsonObject } from '../values.ts';
import { defender } from './defender.ts';
import { elastic } from './elastic.ts';
import { evtxDump } from './evtx-dump.ts';
import { getWinEvent } from './get-winevent.ts';
import { hecShape } from './hec.ts';
import { hitShape } from './hit.ts';
import { logAnalytics } from './log-analytics.ts';
import { nxlog } from './nxlog.ts';
import { plain } from './plain.ts';
import type { Shape, ShapedRecord } from './shape.ts';
import { splunk, splunkRow } from './splunk.ts';
import { velociraptor } from './velociraptor.ts';
import { winlogbeat } from './winlogbeat.ts';

/** The first that knows an object makes its record. A new one is a file beside this one and a place here. */
const SHAPES: readonly Shape[] = [
  hitShape(recordOf),
  splunk,
  evtxDump,
  winlogbeat,
  logAnalytics,
  velociraptor,
  nxlog,
  getWinEvent,
  defender,
  elastic,
  hecShape((value, text, times) => recordOf(value, text, times)),
];

/**
 * @param text what the object was read from; the `_raw` of one that is no Windows event
 * @param unclaimed makes the record of an object that no form claims
 */
export function recordOf(
  value: JsonObject,
  text: string,
  times: TimeReader,
  unclaimed: (row: JsonObject, text: string, times: TimeReader) => ShapedRecord = plain,
): ShapedRecord {
  for (const shape of SHAPES) {
    const record = shape(value, text, times);
    if (record) return record;
  }
  return unclaimed(splunkRow(value), text, times);
}
