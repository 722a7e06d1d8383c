import { formatIsoTime } from '#lib/evidence/time.ts';
import type { Result } from './detect.ts';
import type { ScanReport } from './scan.ts';

/** One finding as `scan --format jsonl` prints it (DESIGN, "Interfaces"). */
export function resultJson(result: Result, sightings: ScanReport['sightings']): Record<string, unknown> {
  return {
    detection: result.rule.name,
    detection_id: result.rule.id,
    type: result.rule.type,
    dest: result.dest,
    user: result.user,
    count: result.events.length,
    first_time: iso(result.firstTicks),
    last_time: iso(result.lastTicks),
    risk_score: result.mode === 'strict' ? result.rule.riskScore : 0,
    techniques: result.rule.techniques,
    fields: Object.fromEntries([...result.row].filter(([, value]) => value !== null)),
    mode: result.mode === 'lenient' ? 'lenient' : 'strict',
    extended: result.mode === 'extended',
    ...(result.filled.length > 0 ? { filled: result.filled } : {}),
    ...(result.missingParts.length > 0 ? { missing_parts: result.missingParts } : {}),
    ...(result.mappedFrom.length > 0 ? { mapped_from: result.mappedFrom } : {}),
    events: placesJson(result.events, sightings),
  };
}

/** Where events were seen. */
export function placesJson(
  events: Result['events'],
  sightings: ScanReport['sightings'],
): readonly Record<string, unknown>[] {
  return events.flatMap((event) =>
    (sightings.get(event.id) ?? []).map(({ file, recordId, timeTicks }) => ({
      file,
      record_id: recordNumber(recordId),
      time: iso(timeTicks),
    })),
  );
}

/** What to know about a finding from a form whose fields we named: null when there is none. */
export function mappedNote(forms: readonly string[]): string | null {
  return forms.length === 0
    ? null
    : `fields mapped from ${forms.join(', ')}; the published search would not match this source in Splunk`;
}

/** A number where JSON can hold it exactly, else the text. */
function recordNumber(recordId: string | null): number | string | null {
  const isExact = recordId !== null && /^\d{1,15}$/.test(recordId);
  return isExact ? Number(recordId) : recordId;
}

function iso(ticks: bigint | null): string | null {
  return ticks === null ? null : formatIsoTime(ticks);
}

/** What `--explain` adds: which terms matched where, and the steps from what was logged to what matched. */
export function explanationJson({ explain, decoding }: Result): Record<string, unknown> {
  return {
    explain: explain.map(({ field, term, value, ranges }) => ({ field, term, value, ranges })),
    ...(decoding.length > 0
      ? { decoding: decoding.map(({ method, before, after }) => ({ method, before, after })) }
      : {}),
  };
}
